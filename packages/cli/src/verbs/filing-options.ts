import type { Command } from 'commander'

/** What every verb that files a statement takes. */
export function withFilingOptions(command: Command): Command {
  return command
    .option('--key <file>', "sign with this key file in place of the party's own")
    .option('--out <file>', 'also write the statement with its receipt to a file')
}
