/** What `comity serve` is told about telling people: the relay that takes its mail, and where webhooks may lead. */
import type { MailRelay } from '@comity/node'
import { CliError } from '../cli-error.ts'
import { readBytes } from '../home/private-file.ts'
import type { Session } from '../session.ts'

export interface MailOptions {
  readonly mailRelay?: string
  readonly mailFrom?: string
  readonly mailPasswordFile?: string
}

/**
 * The relay of `--mail-relay`, if one is given. Its password is the first line of `--mail-password-file`, or
 * `$COMITY_MAIL_PASSWORD`: on a command line everybody on the machine would read it. Throws `usage`.
 */
export async function mailRelayOf(session: Session, options: MailOptions): Promise<MailRelay | undefined> {
  const { mailRelay: url, mailFrom: from, mailPasswordFile } = options
  if ((url === undefined) !== (from === undefined))
    throw new CliError('usage', '--mail-relay and --mail-from go together')
  if (url === undefined || from === undefined) return undefined
  const inFile =
    mailPasswordFile === undefined
      ? undefined
      : Buffer.from(readBytes(session.path(mailPasswordFile), 'the mail password'))
          .toString('utf8')
          .split('\n')[0]
          ?.trimEnd()
  const password = inFile ?? session.context.env['COMITY_MAIL_PASSWORD']
  const { MailRelay: Relay, NodeError } = await import('@comity/node')
  try {
    return new Relay({ url, from, ...(password === undefined ? {} : { password }) })
  } catch (error) {
    if (error instanceof NodeError)
      throw new CliError('usage', `--mail-relay, --mail-from: ${error.message}`, { cause: error })
    throw error
  }
}
