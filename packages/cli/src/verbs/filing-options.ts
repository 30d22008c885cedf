import type { Command } from 'commander'

/** What every verb that files a statement takes. */
export function withFilingOptions(command: Command): Command {
  return command
    .option('--key <file>', "sign with this key file in place of the party's own")
    .option('--out <file>', 'also write the statement with its receipt to a file')
    .option('--force', 'replace the file of --out if it exists')
}

/** What verbs take that file nothing when the party has said the same before. */
export function withAgain(command: Command): Command {
  return command.option('--again', 'file it though the party said the same before')
}
