import type { Client } from '@comity/contract'
import {
  attachReceipt,
  checkPayload,
  coreRegistry,
  decodeCoseKeySet,
  decodeReceipt,
  decodeStatement,
  keyThumbprint,
  parseIJson,
  readPayload,
  type Signer,
  type Statement,
  signStatement,
  statementUrn,
  toHex,
  verifyReceipt,
} from '@comity/statement'
import { sha256Hex } from '@comity/crypto'
import { CliError } from './cli-error.ts'
import type { Result } from './context.ts'
import { crypto } from './crypto-port.ts'
import { signerOf } from './keys/role-key.ts'
import { signingKey } from './keys/open-keys.ts'
import { checkFree, writeFile } from './output-file.ts'
import type { Profile } from './home/profile.ts'
import { nameOf, short } from './names.ts'
import type { Session } from './session.ts'
import { dateText, fields, wrap } from './terminal/text.ts'

/** A document that a statement cites, to be stored before it. */
export interface Attachment {
  readonly digest: string
  readonly size: number
  readonly type: string
  readonly bytes: Uint8Array
}

export function attachment(bytes: Uint8Array, type: string): Attachment {
  return { digest: `sha256:${sha256Hex(bytes)}`, size: bytes.length, type, bytes }
}

/** As the `documents` of a payload list it. */
export function documentEntry({ digest, size, type }: Attachment): { digest: string; size: number; type: string } {
  return { digest, size, type }
}

export interface FilingOptions {
  readonly key?: string
  readonly out?: string
  /** Whether the file of `out` may be replaced. */
  readonly force?: boolean
}

/** What is to be said, before it is signed. */
export interface Draft {
  readonly kind: string
  readonly sub: string
  readonly payload: object | Uint8Array
  readonly attachments?: readonly Attachment[]
  /** For people: what this statement does, such as `support of gids`. */
  readonly title: string
}

/** Signs a statement after checking that a node could take it. Throws CliError `bad-input` with a JSON pointer. */
export function signed(
  draft: Omit<Draft, 'title'>,
  by: { readonly iss: string; readonly signer: Signer; readonly iat: number },
): Uint8Array {
  const { kind, sub, payload } = draft
  const known = coreRegistry.get(kind)
  if (known === undefined) {
    throw new CliError('usage', `"${kind}" is no kind of statement: ${[...coreRegistry.keys()].join(', ')}`)
  }
  checkPayload(known, payload instanceof Uint8Array ? parseIJson(payload) : payload, { iss: by.iss, sub, iat: by.iat })
  const bytes = signStatement({ kind, sub, payload, ...by })
  readPayload(decodeStatement(bytes, crypto))
  return bytes
}

/** Signs as the party of the session and files it with its documents. */
export async function fileDraft(session: Session, draft: Draft, options: FilingOptions): Promise<Result<Filed>> {
  const { profile } = session
  if (options.out !== undefined) checkFree(session.path(options.out), options.force)
  const key = await signingKey(
    session,
    { home: session.home, profile, kind: draft.kind },
    { ...session.options, ...pathOf(session, options) },
  )
  const bytes = signed(draft, { iss: profile.urn, signer: signerOf(key), iat: session.context.now() })
  const client = await session.client('party')
  for (const { digest, bytes: content, type } of draft.attachments ?? []) {
    session.progress.update(`Storing ${short(digest)}`)
    await client.putDocument(digest, content, type)
  }
  const filed = await submitChecked(session, client, bytes, profile)
  if (options.out !== undefined) writeFile(session.path(options.out), filed.transparent, options.force)
  return filedResult(client, filed, draft.title)
}

function pathOf(session: Session, { key }: FilingOptions): { key?: string } {
  return key === undefined ? {} : { key: session.path(key) }
}

/** A statement in the log, its receipt verified. */
export interface CheckedFiling {
  readonly statement: Statement
  readonly index: number
  readonly size: number
  readonly origin: string
  readonly at: number
  readonly duplicate: boolean
  /** The statement with its receipt. */
  readonly transparent: Uint8Array
}

/** Files a statement and checks the receipt that comes back: what it says is in the log is what was filed. */
export async function submitChecked(
  session: Session,
  client: Client,
  bytes: Uint8Array,
  profile?: Pick<Profile, 'home'>,
): Promise<CheckedFiling> {
  const { receipt, duplicate } = await client.submit(bytes)
  return { ...(await checkedReceipt(session, client, bytes, receipt, profile)), duplicate }
}

/** Verifies a receipt with the node's receipt keys, and that it is of the party's home log where one is given. */
export async function checkedReceipt(
  session: Session,
  client: Client,
  bytes: Uint8Array,
  receipt: Uint8Array,
  profile?: Pick<Profile, 'home'>,
): Promise<Omit<CheckedFiling, 'duplicate'>> {
  const statement = decodeStatement(bytes, crypto)
  const { kidHex, origin, iat, iss } = decodeReceipt(receipt)
  if (profile !== undefined && origin !== profile.home) {
    throw new CliError('refused', `the receipt is of the log ${origin}; the home log of this party is ${profile.home}`)
  }
  const keys = decodeCoseKeySet(await client.receiptKeys())
  const key = keys.find((each) => toHex(keyThumbprint(each, crypto)) === kidHex)
  if (key === undefined) throw new CliError('refused', 'the receipt is signed by none of the receipt keys of this node')
  const { index, size } = verifyReceipt(receipt, statement.leaf, key, crypto)
  await rememberKeeper(session, client, iss)
  return {
    statement,
    index,
    size,
    origin: origin ?? '',
    at: iat ?? 0,
    transparent: attachReceipt(bytes, receipt, crypto),
  }
}

/** Keeps the keeper's first statement, so that receipts of its log can be verified offline later. */
async function rememberKeeper(session: Session, client: Client, keeper: string | undefined): Promise<void> {
  if (keeper === undefined || session.home.aliases().length === 0) return
  session.home.remember(keeper, await client.rawStatement((await client.party(keeper)).versions.at(-1)?.id ?? ''))
}

/** What programs hear about a statement that was filed. */
export interface Filed {
  readonly id: string
  readonly urn: string
  readonly kind: string
  readonly iss: string
  readonly sub: string
  /** The log, and where in it. */
  readonly origin: string
  readonly index: number
  readonly size: number
  /** Whole seconds since the epoch. */
  readonly at: number
  readonly duplicate: boolean
  /** Index at which it took effect; null while it waits for keys. */
  readonly effective: number | null
  readonly pending?: { readonly have: number; readonly need: number }
}

/** What is said about a statement that was filed. */
export async function filedResult(client: Client, filed: CheckedFiling, title: string): Promise<Result<Filed>> {
  const { statement, index, size, origin, at, duplicate } = filed
  const { effective, pending } = await client.statement(statement.id)
  const waits =
    pending === undefined
      ? undefined
      : `${pending.need - pending.have} more of ${pending.need} keys, with: comity approve\n${statement.id}`
  return {
    text: [
      wrap(`${duplicate ? 'Was registered before' : 'Registered'}: ${title}`),
      fields([
        ['statement', statement.id],
        ['entry', `${index} of log ${short(origin)}`],
        ['time', dateText(at)],
        ['waits for', waits],
      ]),
    ].join('\n'),
    json: {
      id: statement.id,
      urn: statementUrn(statement.id),
      kind: statement.kind,
      iss: statement.iss,
      sub: statement.sub,
      origin,
      index,
      size,
      at,
      duplicate,
      effective,
      ...(pending === undefined ? {} : { pending }),
    },
  }
}

/** Adds lines to what is said about a statement that was filed, in the same columns. Undefined values are left out. */
export function withRows(
  filed: Result<Filed>,
  rows: readonly (readonly [string, string | number | undefined])[],
): Result<Filed> {
  const more = fields(rows.map(([label, value]) => [label.padEnd('statement'.length), value]))
  return more === '' ? filed : { ...filed, text: `${filed.text}\n${more}` }
}

/** Who a party is, for people: its name and how its URN begins. */
export async function describeParty(client: Client, urn: string): Promise<string> {
  const { names } = await client.party(urn)
  return `${nameOf(names)} (${short(urn.slice(-64))})`
}
