import { StatementError, type TimePayload } from '@comity/statement'
import type { Tree } from '@comity/log'
import { type Bench, judge } from '../judge/judge.ts'
import { NodeError } from '../node-error.ts'
import { Batches, type ClosedBatch } from '../reading/batches.ts'
import type { CheckedEntry } from '../reading/check-entries.ts'
import { type Unclosed, foldBatch, longestBatch } from '../register/fold.ts'
import { indexOf } from '../register/position.ts'
import type { Register } from '../register/register.ts'
import type { Difference, Differences } from './difference.ts'
import type { TimeCheck } from './time-check.ts'

/** What stands at the beginning of every log: its keeper, its policy, its first time. */
const bootstrapEntries = 3

export interface ReplayParts {
  readonly origin: string
  readonly register: Register
  readonly tree: Tree
  readonly times: TimeCheck
  readonly differences: Differences
}

/**
 * Folds checked entries into the audit's own register, batch by batch, with the very judge and reducers of a node. An
 * entry that the judge refuses is void: it is reported and has no effect.
 */
export class Replay {
  readonly #parts: ReplayParts
  readonly #batches: Batches
  #batchStart = 0
  #next = 0
  #lastBatch = 0
  #keeper: string | undefined
  #isOver = false

  constructor(parts: ReplayParts) {
    this.#parts = parts
    this.#batches = new Batches(parts.register.book, () => this.#keeper)
  }

  /** Where the newest batch began. */
  get lastBatch(): number {
    return this.#lastBatch
  }

  /** Entries folded so far. */
  get size(): number {
    return this.#next
  }

  /** Set when nothing that follows could be judged: the log has no beginning, or a batch that does not end. */
  get isOver(): boolean {
    return this.#isOver
  }

  add(checked: readonly CheckedEntry[]): void {
    for (const each of checked) {
      if (this.#isOver) return
      const index = indexOf(each.position)
      this.#next = index + 1
      if (index === 0) this.#keeper = 'entry' in each ? each.entry.statement.iss : undefined
      const wrong = differenceOf(each)
      if (wrong !== undefined) this.#parts.differences.add(wrong)
      const closed = this.#batches.add(each)
      if (closed !== undefined) this.#close(closed)
      else if (this.#next - this.#batchStart > longestBatch) this.#stop()
    }
  }

  /** To be called after the last entry: the checkpoint of a log covers whole batches. */
  finish(): void {
    if (!this.#isOver && this.#next > this.#batchStart) this.#stop()
  }

  #close({ entries, leaf: { entry: leaf } }: ClosedBatch): void {
    const { register, tree, origin, times, differences } = this.#parts
    const at = leaf.statement.iat
    const bench: Bench = { origin, size: this.#batchStart, root: (size) => tree.root(size) }
    let isLeafVoid = false
    foldBatch(signed(entries, 'right'), at, register, bench, ({ position }, reason) => {
      isLeafVoid ||= position === leaf.position
      this.#refuse(position, reason)
    })
    // For want of a key the judge refuses these, and says why.
    for (const entry of signed(entries, 'unknown'))
      this.#refuse(entry.position, reasonFor({ ...entry, at }, register, bench))
    // Safe: the leaf's kind is `time`, and its payload was read against that schema.
    if (!isLeafVoid) times.add(indexOf(leaf.position), this.#batchStart, leaf.payload as TimePayload)
    this.#lastBatch = this.#batchStart
    this.#batchStart = indexOf(leaf.position) + 1
    if (register.keeper !== undefined && register.policy !== undefined && this.#batchStart >= bootstrapEntries) return
    differences.add({
      code: 'bootstrap-missing',
      where: `entries 0 to ${this.#batchStart - 1}`,
      what: 'the log does not begin with its keeper, its policy and its first time, so nothing in it can be judged',
    })
    this.#isOver = true
  }

  #refuse(position: number, reason: NodeError | StatementError): void {
    // A statement stands in a log once; only time leaves of one second are equal to each other.
    const isRepeated = reason.code === 'duplicate-statement'
    this.#parts.differences.add({
      code: isRepeated ? 'entry-repeated' : 'entry-refused',
      where: `entry ${indexOf(position)}`,
      what: `the log's own rules refuse this entry: ${reason.message}`,
      ...(isRepeated ? {} : { reason: reason.code }),
    })
  }

  #stop(): void {
    this.#isOver = true
    this.#parts.differences.add({
      code: 'batch-open',
      where: `entries ${this.#batchStart} to ${this.#next - 1}`,
      what: 'no time leaf of the keeper closes these entries, so they have no time and cannot be judged',
    })
  }
}

/** The entries of a batch whose signature is such. */
function signed(entries: readonly CheckedEntry[], signature: 'right' | 'unknown'): Unclosed[] {
  return entries.flatMap((each) => ('entry' in each && each.signature === signature ? [each.entry] : []))
}

/** What is wrong with an entry whatever the log's rules say. */
function differenceOf(each: CheckedEntry): Difference | undefined {
  const where = `entry ${indexOf(each.position)}`
  if ('malformed' in each) {
    const { malformed: code, reason } = each
    if (code === 'entry-not-canonical') return { code, where, what: reason.message }
    return { code, where, what: `the entry is no statement: ${reason.message}`, reason: reason.code }
  }
  const { reason } = each
  if (reason === undefined) return undefined
  return {
    code: 'signature-wrong',
    where,
    what: `the signature does not hold: ${reason.message}`,
    reason: reason.code,
  }
}

/** Why the judge refuses an entry whose signature could not be checked for want of its key. */
function reasonFor(
  entry: Unclosed & { readonly at: number },
  register: Register,
  bench: Bench,
): NodeError | StatementError {
  try {
    judge(entry, register, bench)
  } catch (reason) {
    if (reason instanceof NodeError || reason instanceof StatementError) return reason
    throw reason
  }
  return new StatementError('unknown-key', `no statement before it brings the key ${entry.statement.kidHex}`)
}
