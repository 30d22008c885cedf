/** One move on its way into the own log: what it lacks of its author first, then the move, or a signed refusal. */
import { type Statement, StatementError, decodeStatement } from '@comity/statement'
import { crypto } from '../../crypto-port.ts'
import { NodeError } from '../../node-error.ts'
import { Refused } from '../../pipeline/sequencer.ts'
import type { Database } from '../../register/database.ts'
import { indexOf } from '../../register/position.ts'
import { type Filing, lackingFor, lackingOf, type Standing } from './filings.ts'
import type { SeatRefusal } from './seat-record.ts'
import { whyNot } from './why-not.ts'

/** Party statements that are taken over for one party at a time: nobody changes its keys so often. */
const chainMost = 1000

export interface TakeParts {
  /** Committed rows of the register. */
  readonly database: Database
  /** The bytes of an entry of a followed log; undefined where its copy cannot be read. */
  readonly leaf: (origin: string, index: number) => Uint8Array | undefined
  readonly submit: (bytes: Uint8Array) => Promise<unknown>
  /** The keeper's signed word that this log does not take a statement. */
  readonly refuse: (statement: Statement, reason: NodeError | StatementError) => Uint8Array
  /** Whole seconds since the epoch. */
  readonly now: () => number
}

/** `later`: not yet, and nothing but its author's further moves in that case has to wait for it. */
export type Outcome = 'taken' | 'later' | SeatRefusal

/** Takes a move over. Throws when this node cannot take statements now. */
export async function take(parts: TakeParts, filing: Filing): Promise<Outcome> {
  const { database, now } = parts
  const impossible = whyNot(database, filing, now())
  if (impossible !== undefined) return refusal(parts, filing, impossible)
  const lacking = lackingFor(database, filing)
  if (lacking.length > chainMost) return refusal(parts, filing, tooLong(filing))
  let fault: NodeError | StatementError | undefined
  for (const each of lacking) {
    const bytes = bytesOf(parts, filing.origin, each)
    if (bytes === undefined) return 'later'
    const refused = await submitted(parts, bytes)
    if (refused === undefined) continue
    const { reason, signed } = refused
    if (each.id !== filing.id) {
      // What the log says of the move is what counts; why it does not know its author is what is wrong then.
      fault ??= reason
      continue
    }
    if (passing.has(reason.code)) return 'later'
    const isForeign = reason.code === 'unknown-party' || reason.code === 'unknown-key'
    return isForeign ? refusal(parts, filing, fault ?? reason) : refusal(parts, filing, reason, signed)
  }
  return 'taken'
}

/**
 * Takes over what the own log lacks of a party's statements about itself, up to a position in a followed log. Throws when
 * this node cannot take statements now.
 */
export async function takeParty(parts: TakeParts, origin: string, party: number, before: number): Promise<void> {
  for (const each of lackingOf(parts.database, party, before).slice(0, chainMost)) {
    const bytes = bytesOf(parts, origin, each)
    // The policy may not admit it, or another word of the party's stands here in its place: then so it stays.
    if (bytes === undefined || (await submitted(parts, bytes)) !== undefined) return
  }
}

/** Reasons that lie in the node and not in what it is given: everything waits. */
const stops: ReadonlySet<string> = new Set([
  'too-many-requests',
  'closed',
  'frozen',
  'storage-failed',
  'missing-key',
  'not-founded',
  'log-forked',
])

/** Why a node takes nothing at the moment, if that is what an error says. */
export function stopOf(error: unknown): string | undefined {
  return error instanceof NodeError && stops.has(error.code) ? error.code : undefined
}

/** Reasons that pass: the document is on its way, and the clock of the other node a little ahead. */
const passing: ReadonlySet<string> = new Set(['missing-document', 'clock-in-future'])

interface NotTaken {
  readonly reason: NodeError | StatementError
  /** The refusal under the keeper's signature; none where the log does not know whose statement it is. */
  readonly signed?: Uint8Array
}

async function submitted({ submit }: TakeParts, bytes: Uint8Array): Promise<NotTaken | undefined> {
  try {
    await submit(bytes)
    return undefined
  } catch (error) {
    if (error instanceof Refused) return { reason: error.reason, signed: error.refusal }
    const isReason = error instanceof NodeError || error instanceof StatementError
    if (isReason && stopOf(error) === undefined) return { reason: error }
    throw error
  }
}

function bytesOf({ leaf }: TakeParts, origin: string, { position }: Standing): Uint8Array | undefined {
  return leaf(origin, indexOf(position))
}

function refusal(
  { leaf, refuse, now }: TakeParts,
  { id, urn, name, by, origin, position, at }: Filing,
  reason: NodeError | StatementError,
  signed?: Uint8Array,
): Outcome {
  const index = indexOf(position)
  const bytes = leaf(origin, index)
  if (bytes === undefined) return 'later'
  const word = signed ?? refuse(decodeStatement(bytes, crypto), reason)
  return {
    id,
    urn,
    name,
    by,
    origin,
    index,
    at,
    code: reason.code,
    detail: reason.message.slice(0, 1000),
    refusedAt: now(),
    refusal: Buffer.from(word).toString('base64url'),
  }
}

function tooLong({ by }: Filing): NodeError {
  return new NodeError(
    'unknown-party',
    `this log lacks more than ${chainMost} party statements of ${by}: bring them here first`,
  )
}
