/** `comity scheduled`: statements that were signed beforehand and enter the log at their minute. */
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { vaultClient } from '../own-vault.ts'
import { submissionNamed, submissionText } from '../prepared.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'

export const registerScheduled: Register = (program, { run }) => {
  const family = program
    .command('scheduled')
    .summary('statements that are signed, and enter the log at their minute')
    .description(
      'What was signed beforehand with --at lies sealed in the vault of your party. Its node submits it at its minute, also after a restart, and late where it was not running. Until then nobody else can tell that it is there.',
    )
    .addHelpText('after', example('comity scheduled list'))
  family
    .command('list')
    .summary('what waits, and what became of the others')
    .description('Lists what was prepared, the last first.')
    .addHelpText('after', example('comity scheduled list', 'comity scheduled list --json'))
    .action(run(list))
  family
    .command('cancel <id>')
    .summary('cancel one that waits')
    .description('Takes back a statement that waits for its minute. It never enters the log.')
    .addHelpText('after', example('comity scheduled cancel 3f2a9c1d'))
    .action(run(cancel))
}

async function list(session: Session): Promise<Result> {
  const client = await vaultClient(session)
  const { submissions } = await client.submissions.list()
  const text = submissions.length === 0 ? 'Nothing is scheduled.' : submissions.map(submissionText).join('\n\n')
  return { text, json: submissions }
}

async function cancel(session: Session, _options: object, begun: string): Promise<Result> {
  const client = await vaultClient(session)
  const found = await submissionNamed(client, begun)
  if (found.state !== 'waiting')
    throw new CliError('refused', `${found.id.slice(0, 8)} is ${found.state} already`, { inner: 'unknown-submission' })
  await client.submissions.cancel(found.id)
  return { text: `Cancelled: ${found.kind} of ${found.id.slice(0, 8)}`, json: { ...found, state: 'cancelled' } }
}
