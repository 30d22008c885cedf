/** `comity approve`: further signatures under statements of one's own party, and which statements want them. */
import { type Client, ClientError, eachItem, type StatementResponse } from '@comity/contract'
import { decodeStatement, parseStatementUrn, statementUrn } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { crypto } from '../crypto-port.ts'
import { type Filed, type FilingOptions, fileDraft, filedResult, signed, submitChecked } from '../filing.ts'
import { openKeyFile } from '../keys/open-keys.ts'
import { recoveryKeysIn } from '../keys/party-keys.ts'
import { signerOf } from '../keys/role-key.ts'
import { short } from '../names.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { namesStatement, statementIdOf } from '../statement-id.ts'
import { dateText, fields, table, wrap } from '../terminal/text.ts'
import { withFilingOptions } from './filing-options.ts'

export const registerApprove: Register = (program, { run }) => {
  withFilingOptions(program.command('approve [statement]'))
    .summary('sign beside another of your party, or list what waits')
    .description(
      'Approves a statement of your own party with an approval key or with a recovery key: by its identifier, how that begins, or its file. It takes effect once as many keys have signed as the party demands; the answer says whether it has.',
    )
    .option('--list', 'list what waits for further signatures, and approve nothing')
    .option('--recovery-file <file>', 'approve with the recovery key in this file')
    .addHelpText(
      'after',
      `\nFor four eyes the second key belongs to a second person, in a home of their own:
see "comity party approver --help" and "comity party join --help". A change of
the party itself is approved before it is registered, as a file.\n${example(
        'comity approve --list --as acme',
        'comity approve 3f2a9c1d --as acme',
        'comity approve acme-update.cbor --as acme',
      )}`,
    )
    .action(run(approve))
}

interface ApproveOptions extends FilingOptions {
  readonly list?: boolean
  readonly recoveryFile?: string
}

async function approve(session: Session, options: ApproveOptions, named?: string): Promise<Result> {
  if (options.list === true) {
    if (named === undefined) return listWaiting(session)
    throw new CliError('usage', `--list approves nothing: leave out "${named}", or --list`)
  }
  if (named === undefined) throw new CliError('usage', 'which statement? Name one, or see with --list what waits')
  const id = await idOf(session, named)
  const draft = { kind: 'approval', sub: statementUrn(id), payload: {}, title: `approval of ${id.slice(0, 16)}…` }
  const filed =
    options.recoveryFile === undefined
      ? await fileDraft(session, draft, options)
      : await fileWithRecoveryKey(session, draft, options.recoveryFile)
  const approved = await standingOf(await session.client(), id)
  return {
    text: `${filed.text}\n${fields([
      ['approves', approved.kind === undefined ? `${id.slice(0, 16)}…` : `${approved.kind} of ${short(approved.sub)}`],
      ['now', outcomeText(approved)],
    ])}`,
    json: { ...filed.json, approves: approved },
  }
}

async function fileWithRecoveryKey(
  session: Session,
  draft: { readonly kind: string; readonly sub: string; readonly payload: object; readonly title: string },
  file: string,
): Promise<Result<Filed>> {
  const path = session.path(file)
  const [key] = recoveryKeysIn((await openKeyFile(session, path, session.options)).keys)
  if (key === undefined) throw new CliError('missing-key', `${path} holds no recovery key`)
  const { urn, home } = session.profile
  const bytes = signed(draft, { iss: urn, signer: signerOf(key), iat: session.context.now() })
  const client = await session.client('party')
  return filedResult(client, await submitChecked(session, client, bytes, { home }), draft.title)
}

async function idOf(session: Session, named: string): Promise<string> {
  if (namesStatement(named)) return statementIdOf(await session.client(), named)
  return decodeStatement(await session.input(named, 'the statement'), crypto).id
}

/** What became of the statement that was approved. */
type Standing =
  | { readonly id: string; readonly state: 'not-registered'; readonly effective: null; readonly kind?: never }
  | {
      readonly id: string
      readonly state: 'in-effect' | 'waiting'
      readonly kind: string
      readonly sub: string
      readonly effective: number | null
      readonly pending?: { readonly have: number; readonly need: number }
    }

async function standingOf(client: Client, id: string): Promise<Standing> {
  try {
    const { kind, sub, effective, pending } = await client.statement(id)
    const state = pending === undefined ? 'in-effect' : 'waiting'
    return { id, state, kind, sub, effective, ...(pending === undefined ? {} : { pending }) }
  } catch (error) {
    if (error instanceof ClientError && error.code === 'not-found')
      return { id, state: 'not-registered', effective: null }
    throw error
  }
}

function outcomeText({ state, effective, ...more }: Standing): string {
  if (state === 'not-registered') return 'not in this log yet: it counts once the statement itself is submitted'
  if (state === 'in-effect') return `in effect since entry ${effective}`
  const { have = 0, need = 0 } = 'pending' in more ? (more.pending ?? {}) : {}
  return `waits for ${need - have} more of ${need} keys`
}

/** Statements of the party that have been registered and are without effect until more of its keys have signed. */
async function waiting(session: Session): Promise<readonly StatementResponse[]> {
  const client = await session.client()
  const found: StatementResponse[] = []
  for await (const { id } of eachItem(client.statements, { party: session.profile.urn, pending: true, limit: 200 })) {
    found.push(await client.statement(id))
  }
  return found
}

async function listWaiting(session: Session): Promise<Result> {
  const { alias } = session.profile
  const found = await waiting(session)
  const listed = found.map(({ id, kind, sub, index, at, pending, approvals }) => ({
    id,
    kind,
    sub,
    index,
    at,
    pending,
    approvals,
  }))
  if (found.length === 0) return { text: wrap(`Of ${alias} nothing waits for further signatures.`), json: listed }
  const rows = found.map(({ id, kind, sub, at, pending }) => [
    id.slice(0, 16),
    kind,
    short(parseStatementUrn(sub) ?? sub),
    `${pending?.have ?? 0} of ${pending?.need ?? 0}`,
    dateText(at).slice(0, 10),
  ])
  return {
    text: [
      table(['statement', 'kind', 'about', 'keys', 'since'], rows),
      '',
      wrap(`Approve one with: comity approve STATEMENT --as ${alias}`),
    ].join('\n'),
    json: listed,
  }
}
