import { type Client, ClientError } from '@comity/contract'
import { canonicalJson } from '@comity/statement'
import type { Result } from './context.ts'
import {
  checkedReceipt,
  type Draft,
  type Filed,
  type FilingOptions,
  fileDraft,
  filedResult,
  withRows,
} from './filing.ts'
import { short } from './names.ts'
import { checkFree, writeFile } from './output-file.ts'
import type { Session } from './session.ts'
import { dateText } from './terminal/text.ts'

/** Options of a verb that files nothing when the party has said the same before. */
export interface AgainOptions extends FilingOptions {
  readonly again?: boolean
}

/** The latest statement about the same thing that took effect. */
export interface Earlier<Payload = unknown> {
  readonly id: string
  /** Whole seconds since the epoch. */
  readonly at: number
  readonly payload: Payload
}

/** What a register answers, or undefined where it knows no such thing. */
export async function ifKnown<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof ClientError && error.code === 'not-found') return undefined
    throw error
  }
}

/** The statement at this place with its payload, which is of the kind that the caller asked the register for. */
export async function earlierAt<Payload>(
  client: Client,
  place: { readonly id: string; readonly at: number } | undefined,
): Promise<Earlier<Payload> | undefined> {
  if (place === undefined) return undefined
  const { id, at } = place
  const { payload } = await client.statement(id)
  // Safe: a node answers with a payload that fits the schema of its kind.
  return { id, at, payload: payload as Payload }
}

/** Two payloads that say the same. */
export function saysTheSame(one: object, other: object): boolean {
  return canonicalJson(one) === canonicalJson(other)
}

/** How an earlier statement is named to people: `3f2a9c1d… of 2026-11-21`. */
export function earlierText({ id, at }: Earlier): string {
  return `${short(id)} of ${dateText(at).slice(0, 10)}`
}

/**
 * Files a draft, unless the earlier statement says the same: then nothing is filed, and what is said is about that one,
 * receipt and `--out` included.
 */
export async function fileUnlessSaid(
  session: Session,
  draft: Draft & { readonly payload: object },
  options: AgainOptions,
  earlier: Earlier<object> | undefined,
): Promise<Result<Filed>> {
  if (earlier === undefined || options.again === true || !saysTheSame(earlier.payload, draft.payload)) {
    return fileDraft(session, draft, options)
  }
  const client = await session.client()
  if (options.out !== undefined) checkFree(session.path(options.out), options.force)
  const bytes = await client.rawStatement(earlier.id)
  const checked = await checkedReceipt(session, client, bytes, await client.receipt(earlier.id), session.profile)
  if (options.out !== undefined) writeFile(session.path(options.out), checked.transparent, options.force)
  const said = await filedResult(client, { ...checked, duplicate: true }, draft.title)
  return withRows(said, [['filed', 'nothing: this was said before; to say it again: --again']])
}
