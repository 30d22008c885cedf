import { LogError, type Tree, type TlogPolicy, parseCheckpoint, parseNote, parseTlogPolicy } from '@comity/log'
import { sha256 } from '@comity/crypto'
import type { TimePayload } from '@comity/statement'
import { PolicyWitnesses, timeTolerance, timeWindow, type WitnessTime } from '../federation/witness/entry-time.ts'
import { type PositionRange, indexOf } from '../register/position.ts'
import { AuditError } from './audit-error.ts'
import type { Differences } from './difference.ts'
import type { Spill } from './spill.ts'

/** What the times of a log rest on. */
export interface TimeReport {
  /** Times of the first and the last batch, whole seconds since the epoch. */
  readonly first: number
  readonly last: number
  /** Entries whose time witnesses that the relier trusts bound within five minutes. */
  readonly bounded: number
  /** Entries whose time is the keeper's word alone. */
  readonly claimed: number
  /** Entries whose time lies outside what those witnesses say. */
  readonly contested: number
}

/** A cosignature of a witness that counts, and the time of the leaf that carries it. */
interface Carried extends WitnessTime {
  readonly carriedAt: number
  readonly position: number
}

/**
 * Compares the times of a log with the cosignatures in its later time leaves: see {@link PolicyWitnesses.entryTime}, which
 * decides. Cosigned checkpoints that contradict the tree are reported whoever signed them.
 */
export class TimeCheck {
  readonly #spill: Spill
  /** Positions of this log's entries; in words and in proofs entries go by their index. */
  readonly #range: PositionRange
  readonly #tree: Tree
  readonly #origin: string
  readonly #differences: Differences
  readonly #witnesses: PolicyWitnesses | undefined
  /** The last cosignature of each witness that a leaf so far carries. */
  readonly #before = new Map<string, Carried>()

  /** `trust`: witnesses and quorum as C2SP tlog-policy text. Throws AuditError `bad-option`. */
  constructor(parts: {
    spill: Spill
    range: PositionRange
    tree: Tree
    origin: string
    differences: Differences
    trust: string
  }) {
    this.#spill = parts.spill
    this.#range = parts.range
    this.#tree = parts.tree
    this.#origin = parts.origin
    this.#differences = parts.differences
    const policy = readPolicy(parts.trust)
    this.#witnesses = policy === undefined ? undefined : new PolicyWitnesses(policy)
  }

  /** Names of the witnesses that count, as the trust policy gives them. */
  get witnesses(): readonly string[] {
    return this.#witnesses?.names ?? []
  }

  /** Takes up an accepted time leaf at index `position`, whose batch began at `start`. */
  add(position: number, start: number, { at, cosigned }: TimePayload): void {
    for (const [i, note] of cosigned.entries()) {
      this.#addCosigned({ where: `entry ${position}, cosigned ${i}`, start, position, at, note })
    }
    const before = within(this.#before.values(), at)
    const { notBefore, basis } = this.#witnesses?.entryTime(at, [], before) ?? {}
    if (basis !== 'contested' || notBefore === undefined) return
    this.#spill.prepare('INSERT INTO early_batch (position) VALUES (?)').run(this.#range.from + position)
    this.#differences.add({
      code: 'time-outside-bound',
      where: `entries ${start} to ${position}`,
      what: `their time is ${notBefore - at} s before cosignatures that stand in the log by then`,
      expected: `${notBefore - timeTolerance} or later`,
      found: String(at),
    })
  }

  /** Compares every batch with the cosignatures that cover it, newest first. */
  finish(): TimeReport {
    const rows = this.#spill
      .prepare(
        `SELECT batch.position, at, early_batch.position AS early FROM batch LEFT JOIN early_batch USING (position)
         WHERE batch.position >= ? AND batch.position < ? ORDER BY batch.position DESC`,
      )
      .iterate(this.#range.from, this.#range.to)
    const previous = this.#spill.prepare(
      'SELECT position FROM batch WHERE position < ? AND position >= ? ORDER BY position DESC LIMIT 1',
    )
    const covering = this.#covering()
    let end: number | undefined
    const counts = { bounded: 0, claimed: 0, contested: 0 }
    let first = 0
    let last = 0
    for (const row of rows) {
      const position = indexOf(Number(row['position']))
      const at = Number(row['at'])
      const before = previous.get(Number(row['position']), this.#range.from)?.['position']
      const start = before === undefined ? 0 : indexOf(Number(before)) + 1
      const after = within(covering(position), at)
      const { basis, notAfter = 0 } = this.#witnesses?.entryTime(at, after, []) ?? { basis: 'claimed' }
      if (basis === 'contested') this.#reportLate(start, position, at, notAfter)
      const isContested = basis === 'contested' || row['early'] !== null
      counts[isContested ? 'contested' : basis === 'confirmed' ? 'bounded' : 'claimed'] += position + 1 - start
      end ??= at
      last = end
      first = at
    }
    // The next log has cosignatures of its own.
    this.#spill.prepare('DELETE FROM cosignature').run()
    return { first, last, ...counts }
  }

  /** The first cosignature of each witness that covers a position; to be asked for decreasing positions. */
  #covering(): (position: number) => Iterable<Carried> {
    const rows = this.#spill
      .prepare('SELECT size, witness, at, position, carried_at FROM cosignature ORDER BY size DESC')
      .iterate()
    const first = new Map<string, Carried>()
    let next = rows.next()
    return (position) => {
      for (; next.done !== true && Number(next.value['size']) > position; next = rows.next()) {
        const carried: Carried = {
          witness: String(next.value['witness']),
          at: Number(next.value['at']),
          position: Number(next.value['position']),
          carriedAt: Number(next.value['carried_at']),
        }
        const known = first.get(carried.witness)
        if (known === undefined || carried.position < known.position) first.set(carried.witness, carried)
      }
      return first.values()
    }
  }

  #reportLate(start: number, position: number, at: number, notAfter: number): void {
    this.#differences.add({
      code: 'time-outside-bound',
      where: `entries ${start} to ${position}`,
      what: `their time is ${at - notAfter} s after witnesses had cosigned them`,
      expected: `${notAfter + timeTolerance} or earlier`,
      found: String(at),
    })
  }

  #addCosigned(leaf: { where: string; start: number; position: number; at: number; note: string }): void {
    const { where, start, position, at: carriedAt, note: text } = leaf
    try {
      const { origin, size, root } = parseCheckpoint(parseNote(text).text)
      if (origin !== this.#origin || size > start) {
        const what = `the cosigned checkpoint is of ${origin} at size ${size}; it must be of ${this.#origin} and at most ${start}`
        this.#differences.add({ code: 'cosigned-malformed', where, what })
        return
      }
      const own = this.#tree.root(size)
      if (Buffer.compare(own, root) !== 0) {
        this.#differences.add({
          code: 'cosigned-differs',
          where,
          what: `witnesses cosigned another tree of ${size} entries than this log shows: it was forked`,
          expected: Buffer.from(root).toString('hex'),
          found: Buffer.from(own).toString('hex'),
        })
        return
      }
      for (const { witness, at } of this.#witnesses?.timesIn(text).times ?? []) {
        this.#before.set(witness, { witness, at, position, carriedAt })
        this.#spill
          .prepare('INSERT INTO cosignature (size, witness, at, position, carried_at) VALUES (?, ?, ?, ?, ?)')
          .run(size, witness, at, position, carriedAt)
      }
    } catch (error) {
      if (!(error instanceof LogError)) throw error
      this.#differences.add({
        code: 'cosigned-malformed',
        where,
        what: `no cosigned checkpoint: ${error.message}`,
        reason: error.code,
      })
    }
  }
}

/** Those that stand near enough to an entry of this time. */
function within(carried: Iterable<Carried>, at: number): readonly Carried[] {
  return [...carried].filter(({ carriedAt }) => Math.abs(carriedAt - at) <= timeWindow)
}

function readPolicy(text: string): TlogPolicy | undefined {
  if (text === '') return undefined
  try {
    return parseTlogPolicy(text, sha256)
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new AuditError('bad-option', `the trust policy cannot be read: ${error.message}`, { cause: error })
  }
}
