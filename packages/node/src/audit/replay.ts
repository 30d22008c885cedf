import { StatementError, type TimePayload } from '@comity/statement'
import type { Tree } from '@comity/log'
import { type Bench, judge } from '../judge/judge.ts'
import { NodeError } from '../node-error.ts'
import { batchLimit } from '../pipeline/sequencer.ts'
import { type Unclosed, foldBatch } from '../register/fold.ts'
import type { Register } from '../register/register.ts'
import type { CheckedEntry } from './check-entries.ts'
import type { Differences } from './difference.ts'
import type { TimeCheck } from './time-check.ts'

/** A node closes a batch at 1,024 entries; what a crash left open before it may come on top. */
const longestBatch = 4 * batchLimit

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
  /** Signed entries of the batch under way. */
  #open: Unclosed[] = []
  /** Entries of it for which no key was known; the judge says why. */
  #keyless: Unclosed[] = []
  #batchStart = 0
  #next = 0
  #lastBatch = 0
  #keeper: string | undefined
  #isOver = false

  constructor(parts: ReplayParts) {
    this.#parts = parts
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
      this.#next = each.position + 1
      if (each.position === 0) this.#keeper = 'entry' in each ? each.entry.statement.iss : undefined
      if ('failed' in each) this.#parts.differences.add(each.failed)
      else if (each.isSigned) this.#open.push(each.entry)
      else this.#keyless.push(each.entry)
      if (this.#closes(each)) this.#close(each.entry)
      else if (this.#next - this.#batchStart > longestBatch) this.#stop()
    }
  }

  /** To be called after the last entry: the checkpoint of a log covers whole batches. */
  finish(): void {
    if (!this.#isOver && this.#next > this.#batchStart) this.#stop()
  }

  #closes(each: CheckedEntry): each is CheckedEntry & { readonly entry: Unclosed } {
    if (!('entry' in each) || !each.isSigned) return false
    const { kind, iss } = each.entry.statement
    return kind === 'time' && iss === this.#keeper
  }

  #close(leaf: Unclosed): void {
    const { register, tree, origin, times, differences } = this.#parts
    const at = leaf.statement.iat
    const bench: Bench = { origin, size: this.#batchStart, root: (size) => tree.root(size) }
    let isLeafVoid = false
    foldBatch(this.#open, at, register, bench, ({ position }, reason) => {
      isLeafVoid ||= position === leaf.position
      this.#refuse(position, reason)
    })
    for (const entry of this.#keyless) this.#refuse(entry.position, reasonFor({ ...entry, at }, register, bench))
    // Safe: the leaf's kind is `time`, and its payload was read against that schema.
    if (!isLeafVoid) times.add(leaf.position, this.#batchStart, leaf.payload as TimePayload)
    this.#lastBatch = this.#batchStart
    this.#batchStart = leaf.position + 1
    this.#open = []
    this.#keyless = []
    // Nobody asks an audit which findings to renew.
    register.dirty.clear()
    if (register.keeper !== undefined && register.policy !== undefined && this.#batchStart >= bootstrapEntries) return
    differences.add({
      code: 'bootstrap-missing',
      where: `entries 0 to ${this.#batchStart - 1}`,
      what: 'the log does not begin with its keeper, its policy and its first time, so nothing in it can be judged',
    })
    this.#isOver = true
  }

  #refuse(position: number, reason: NodeError | StatementError): void {
    this.#parts.differences.add({
      code: 'entry-refused',
      where: `entry ${position}`,
      what: `the log's own rules refuse this entry: ${reason.message}`,
      reason: reason.code,
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
