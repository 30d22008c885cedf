/** Statements that are signed now and enter the log at their minute: the node keeps them sealed until then. */
import type { Client, Submission } from '@comity/contract'
import { type SealedField, statementUrn } from '@comity/statement'
import { CliError } from './cli-error.ts'
import type { Result } from './context.ts'
import { type Draft, type FilingOptions, signed } from './filing.ts'
import { signingKey } from './keys/open-keys.ts'
import { signerOf } from './keys/role-key.ts'
import { secondsFrom, short } from './names.ts'
import { vaultClient } from './own-vault.ts'
import type { Session } from './session.ts'
import { dateText, fields, wrap } from './terminal/text.ts'

export interface PreparingOptions extends FilingOptions {
  /** When it enters the log. */
  readonly at?: string
}

/** The minute of `--at`, in seconds since the epoch. Throws CliError `usage` for one that has passed. */
export function minuteOf(session: Session, at: string): number {
  const due = secondsFrom(at, '--at')
  if (!/T[0-9]{2}:/.test(at))
    throw new CliError('usage', `--at "${at}" has no hour and zone, as 2026-12-15T15:00:00Z or +03:00 behind it`)
  if (due > session.context.now()) return due
  throw new CliError('usage', `--at ${at} has passed: leave it out to file at once`)
}

/** Signs as the party of the session. */
export async function signedDraft(
  session: Session,
  draft: Omit<Draft, 'title'>,
  { key }: Pick<FilingOptions, 'key'>,
): Promise<Uint8Array> {
  const { home, profile, context } = session
  const named = key === undefined ? {} : { key: session.path(key) }
  const opened = await signingKey(session, { home, profile, kind: draft.kind }, { ...session.options, ...named })
  return signed(draft, { iss: profile.urn, signer: signerOf(opened), iat: context.now() })
}

/** Signs a statement and gives it to the node, which submits it with its documents at the minute. */
export async function prepareDraft(
  session: Session,
  draft: Draft & { readonly fields?: readonly SealedField[] },
  options: PreparingOptions & { readonly at: string },
): Promise<Result<Submission>> {
  const at = minuteOf(session, options.at)
  if (options.out !== undefined)
    throw new CliError('usage', '--out goes with a receipt, which there is once it has entered the log')
  const client = await vaultClient(session)
  const statement = await signedDraft(session, draft, options)
  const documents = (draft.attachments ?? []).map(({ type, bytes: content }) => ({ type, content }))
  const prepared = await client.submissions.prepare({
    statement,
    documents,
    fields: (draft.fields ?? []).map((field) => ({ ...field })),
    at,
  })
  return { text: preparedText(prepared, draft.title), json: prepared }
}

function preparedText({ id, at, statement }: Submission, title: string): string {
  return [
    wrap(`Signed and sealed until its minute: ${title}`),
    fields([
      ['at', dateText(at)],
      ['statement', statement],
      ['prepared', id],
      ['cancel', `comity scheduled cancel ${id.slice(0, 8)}`],
    ]),
  ].join('\n')
}

const states: Readonly<Record<Submission['state'], string>> = {
  waiting: 'waits, sealed',
  registered: 'submitted',
  refused: 'refused',
  cancelled: 'cancelled',
}

/** One that was prepared, and what became of it, for people. */
export function submissionText(of: Submission): string {
  const { id, at, kind, sub, state, statement, endedAt, index, code, detail } = of
  const late = state === 'registered' && endedAt !== undefined && endedAt > at ? `, ${endedAt - at} s late` : ''
  return [
    wrap(`${id.slice(0, 8)}  ${dateText(at)}  ${states[state]}${late}`),
    wrap(`${kind} about ${short(sub)}`, { indent: '  ' }),
    wrap(`statement ${short(statementUrn(statement))}`, { indent: '  ' }),
    ...(index === undefined ? [] : [wrap(`entry ${index} of the log`, { indent: '  ' })]),
    ...(code === undefined ? [] : [wrap(`${detail ?? ''} [${code}]`, { indent: '  ' })]),
  ].join('\n')
}

/** One by how its identifier begins. Throws CliError `not-found`, `ambiguous`. */
export async function submissionNamed(client: Client, begun: string): Promise<Submission> {
  const { submissions } = await client.submissions.list()
  const found = submissions.filter(({ id }) => begun.length >= 4 && id.startsWith(begun))
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) return only
  if (only === undefined)
    throw new CliError('not-found', `nothing is scheduled as "${begun}": see "comity scheduled list"`)
  throw new CliError('ambiguous', `${found.length} begin with "${begun}": give more digits`)
}
