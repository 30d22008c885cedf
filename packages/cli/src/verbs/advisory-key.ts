/** `comity advisory new-key`: another OpenPGP key for the CSAF documents of a node. */
import type { Command } from 'commander'
import type { Result } from '../context.ts'
import { example, type Registrar } from '../registrar.ts'
import type { Session } from '../session.ts'
import { fields, wrap } from '../terminal/text.ts'

export function registerCsafKey(advisory: Command, { run }: Registrar): void {
  advisory
    .command('new-key')
    .summary('sign CSAF documents with a new OpenPGP key')
    .description(
      'Makes a new OpenPGP key for the node, for its keeper: CSAF documents that are published from now on are signed with it. The key before it is destroyed, and its public part stays listed for what it has signed.',
    )
    .addHelpText('after', example('comity advisory new-key --as agency'))
    .action(run(newKey))
}

async function newKey(session: Session): Promise<Result> {
  const client = await session.client('keeper')
  const { fingerprint, listed } = await client.rotateCsafKey()
  return {
    text: [
      'Made a new OpenPGP key.',
      fields([
        ['signs', fingerprint],
        ['listed before', listed.slice(0, -1).join('\n') || 'none'],
      ]),
      wrap('Whoever pins keys has to be told; everybody else reads it in provider-metadata.json.'),
    ].join('\n'),
    json: { fingerprint, listed },
  }
}
