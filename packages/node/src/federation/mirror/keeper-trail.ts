import type { VerifierKey } from '@comity/log'
import {
  type PartyPayload,
  type PartyState,
  StatementError,
  foundParty,
  maySign,
  parseStatementUrn,
  updateParty,
} from '@comity/statement'
import { crypto } from '../../crypto-port.ts'
import type { CheckedEntry } from '../../reading/check-entries.ts'
import { logVerifierKeys } from '../../reading/log-keys.ts'
import type { Unclosed } from '../../register/fold.ts'
import { indexOf } from '../../register/position.ts'
import { payloadOf } from '../../register/entry.ts'
import type { Register } from '../../register/register.ts'

/** What the register says that the trail begins at. */
export interface TrailStart {
  readonly keeper: string
  readonly origin: string
  readonly state: PartyState | undefined
  /** First entry of the batch that is open where the trail begins, and of the batch before it. */
  readonly batchStart: number
  readonly lastBatch: number
  /** Kids that the log has approved a statement of the keeper with. */
  readonly approved: (statement: string) => readonly string[]
}

/**
 * What a keeper's own statements say about its log keys, read ahead of the fold: a head is signed with keys that entries
 * may bring which only that head covers. So the entries are read first, and count when the head turns out to be signed
 * with a key that they lead to. Values only: {@link after} leaves the trail as it was.
 *
 * It asks of the keeper's `party` and `approval` statements what the judge asks, and nothing of any others.
 */
export class KeeperTrail {
  readonly #start: TrailStart
  readonly #approvals: ReadonlyMap<string, readonly string[]>

  private constructor(start: TrailStart, approvals: ReadonlyMap<string, readonly string[]>) {
    this.#start = start
    this.#approvals = approvals
  }

  /** Where the register stands. */
  static of(register: Register, keeper: string): KeeperTrail {
    const { origin, size, range } = register
    const before = register.database
      .prepare('SELECT position FROM batch WHERE position >= ? AND position < ? ORDER BY position DESC LIMIT 1')
      .get(range.from, range.from + size - 1)
    return KeeperTrail.from({
      keeper,
      origin,
      state: register.book.stateOf(keeper),
      batchStart: size,
      lastBatch: before === undefined ? 0 : indexOf(Number(before['position'])) + 1,
      approved: (statement) => register.approvals(statement, keeper),
    })
  }

  static from(start: TrailStart): KeeperTrail {
    return new KeeperTrail(start, new Map())
  }

  /** The keeper as its statements so far leave it; undefined before its first. */
  get state(): PartyState | undefined {
    return this.#start.state
  }

  /** First entry that no time leaf closes yet. */
  get batchStart(): number {
    return this.#start.batchStart
  }

  /** Keys with which a head may be signed that covers the log up to the last time leaf, or up to the end of the open batch. */
  keysAt(size: number): readonly VerifierKey[] {
    const { state, origin, lastBatch, batchStart } = this.#start
    if (state === undefined) return []
    return logVerifierKeys(state, origin, size > batchStart ? batchStart : lastBatch, size)
  }

  /** Keys that no closed batch has ended: a later head may be signed with any of them. */
  keysNow(): readonly VerifierKey[] {
    const { state, origin, batchStart } = this.#start
    return state === undefined ? [] : logVerifierKeys(state, origin, batchStart, Number.POSITIVE_INFINITY)
  }

  /** Every key that the log ever had so far. */
  keysEver(): readonly VerifierKey[] {
    const { state, origin } = this.#start
    return state === undefined ? [] : logVerifierKeys(state, origin, 0, Number.POSITIVE_INFINITY)
  }

  /** The trail behind further entries. Those whose signature does not hold say nothing. */
  after(entries: readonly CheckedEntry[]): KeeperTrail {
    const { keeper } = this.#start
    let { state, lastBatch, batchStart } = this.#start
    let approvals = this.#approvals
    for (const each of entries) {
      if ('malformed' in each || each.signature !== 'right' || each.entry.statement.iss !== keeper) continue
      const { entry } = each
      const index = indexOf(entry.position)
      const { kind } = entry.statement
      if (kind === 'time') {
        lastBatch = batchStart
        batchStart = index + 1
      }
      if (kind === 'approval') approvals = this.#approved(approvals, state, entry, index)
      if (kind === 'party') state = this.#changed(state, approvals, entry, index)
    }
    return new KeeperTrail({ ...this.#start, state, lastBatch, batchStart }, approvals)
  }

  #approved(
    approvals: ReadonlyMap<string, readonly string[]>,
    state: PartyState | undefined,
    { statement }: Unclosed,
    index: number,
  ): ReadonlyMap<string, readonly string[]> {
    const target = parseStatementUrn(statement.sub)
    if (state === undefined || target === undefined) return approvals
    const may = attempt(() => maySign(state, statement.kidHex, 'approval', index))
    if (may === undefined) return approvals
    return new Map(approvals).set(target, [...(approvals.get(target) ?? []), statement.kidHex])
  }

  #changed(
    state: PartyState | undefined,
    approvals: ReadonlyMap<string, readonly string[]>,
    entry: Unclosed,
    index: number,
  ): PartyState | undefined {
    const { statement } = entry
    const payload = payloadOf<PartyPayload>(entry)
    const given = { approvals: [...this.#start.approved(statement.id), ...(approvals.get(statement.id) ?? [])] }
    const changed = attempt(() =>
      state === undefined
        ? foundParty(statement, payload, index, crypto)
        : updateParty(state, statement, payload, index, given, crypto),
    )
    // A keeper stays at home: the judge refuses to let it go.
    return changed?.home === this.#start.origin ? changed : state
  }
}

/** What the rules refuse has no effect here either. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof StatementError) return undefined
    throw error
  }
}
