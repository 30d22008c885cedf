import {
  LogError,
  type NoteVerifier,
  type Tree,
  type TlogPolicy,
  cosignatureTime,
  noteVerifier,
  parseCheckpoint,
  parseNote,
  parseTlogPolicy,
  policySatisfied,
} from '@comity/log'
import { sha256, verify } from '@comity/crypto'
import type { TimePayload } from '@comity/statement'
import { AuditError } from './audit-error.ts'
import type { Differences } from './difference.ts'
import type { Spill } from './spill.ts'

/** How far a log's time may lie outside what witnesses say, in seconds. */
export const timeTolerance = 300

/** What the times of a log rest on. */
export interface TimeReport {
  /** Times of the first and the last batch, whole seconds since the epoch. */
  readonly first: number
  readonly last: number
  /** Entries whose time witnesses that the relier trusts confirm from above. */
  readonly bounded: number
  /** Entries whose time is the keeper's word alone. */
  readonly claimed: number
  /** Entries whose time lies outside what those witnesses say. */
  readonly contested: number
}

interface Witness {
  readonly name: string
  readonly verifier: NoteVerifier
}

/**
 * Compares the times of a log with the cosignatures in its later time leaves.
 *
 * A witness that cosigned the first n entries at time t saw them by then, so none of them can be later than t; and the
 * time leaf that carries its cosignature cannot be earlier. Only witnesses count that the relier's own trust policy
 * names, and only together as its quorum demands. Cosigned checkpoints that contradict the tree are reported whoever
 * signed them.
 */
export class TimeCheck {
  readonly #spill: Spill
  readonly #tree: Tree
  readonly #origin: string
  readonly #differences: Differences
  readonly #policy: TlogPolicy | undefined
  readonly #witnesses: readonly Witness[]
  /** The latest time at which a quorum had cosigned what a leaf so far carries. */
  #notBefore = 0

  /** `trust`: witnesses and quorum as C2SP tlog-policy text. Throws AuditError `bad-option`. */
  constructor(parts: { spill: Spill; tree: Tree; origin: string; differences: Differences; trust: string }) {
    this.#spill = parts.spill
    this.#tree = parts.tree
    this.#origin = parts.origin
    this.#differences = parts.differences
    this.#policy = readPolicy(parts.trust)
    this.#witnesses = (this.#policy?.witnesses ?? []).flatMap(({ name, key }) => {
      const verifier = noteVerifier(key, { ed25519: verify })
      return verifier === undefined ? [] : [{ name, verifier }]
    })
  }

  /** Names of the witnesses that count, as the trust policy gives them. */
  get witnesses(): readonly string[] {
    return this.#witnesses.map(({ name }) => name)
  }

  /** Takes up an accepted time leaf at `position`, whose batch began at `start`. */
  add(position: number, start: number, { at, cosigned }: TimePayload): void {
    for (const [i, note] of cosigned.entries()) this.#addCosigned(`entry ${position}, cosigned ${i}`, start, note)
    if (at >= this.#notBefore - timeTolerance) return
    this.#spill.prepare('INSERT INTO early_batch (position) VALUES (?)').run(position)
    this.#differences.add({
      code: 'time-outside-bound',
      where: `entries ${start} to ${position}`,
      what: `their time is ${this.#notBefore - at} s before cosignatures that stand in the log by then`,
      expected: `${this.#notBefore - timeTolerance} or later`,
      found: String(at),
    })
  }

  /** Compares every batch with the earliest cosignature that covers it, newest first. */
  finish(): TimeReport {
    const cosignatures = this.#spill.prepare('SELECT size, at FROM cosignature ORDER BY size DESC').iterate()
    let next = cosignatures.next()
    let notAfter = Number.POSITIVE_INFINITY
    let end: number | undefined
    const counts = { bounded: 0, claimed: 0, contested: 0 }
    let first = 0
    let last = 0
    const rows = this.#spill
      .prepare(
        'SELECT batch.position, at, early_batch.position AS early FROM batch LEFT JOIN early_batch USING (position) ORDER BY batch.position DESC',
      )
      .iterate()
    const previous = this.#spill.prepare('SELECT position FROM batch WHERE position < ? ORDER BY position DESC LIMIT 1')
    for (const row of rows) {
      const position = Number(row['position'])
      const at = Number(row['at'])
      for (; next.done !== true && Number(next.value['size']) > position; next = cosignatures.next()) {
        notAfter = Math.min(notAfter, Number(next.value['at']))
      }
      const start = Number(previous.get(position)?.['position'] ?? -1) + 1
      const isLate = at > notAfter + timeTolerance
      if (isLate) this.#reportLate(start, position, at, notAfter)
      const basis =
        isLate || row['early'] !== null ? 'contested' : notAfter === Number.POSITIVE_INFINITY ? 'claimed' : 'bounded'
      counts[basis] += position + 1 - start
      end ??= at
      last = end
      first = at
    }
    return { first, last, ...counts }
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

  #addCosigned(where: string, before: number, text: string): void {
    try {
      const note = parseNote(text)
      const { origin, size, root } = parseCheckpoint(note.text)
      if (origin !== this.#origin || size > before) {
        const what = `the cosigned checkpoint is of ${origin} at size ${size}; it must be of ${this.#origin} and at most ${before}`
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
      this.#bound(size, this.#timesOf(note))
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

  /** When each witness that counts cosigned, earliest first. A line that does not verify says nothing. */
  #timesOf(note: ReturnType<typeof parseNote>): readonly { readonly name: string; readonly at: number }[] {
    const text = Buffer.from(note.text)
    const times = note.signatures.flatMap((signature) => {
      const witness = this.#witnesses.find(
        ({ verifier }) => verifier.name === signature.name && verifier.keyId === signature.keyId,
      )
      if (witness === undefined || !witness.verifier.verify(text, signature.signature)) return []
      return [{ name: witness.name, at: cosignatureTime(signature) }]
    })
    return times.sort((a, b) => a.at - b.at)
  }

  #bound(size: number, times: readonly { readonly name: string; readonly at: number }[]): void {
    const notAfter = this.#reached(times)
    const notBefore = this.#reached(times.toReversed())
    if (notAfter === undefined || notBefore === undefined) return
    this.#spill.prepare('INSERT INTO cosignature (size, at) VALUES (?, ?)').run(size, notAfter)
    this.#notBefore = Math.max(this.#notBefore, notBefore)
  }

  /** The time at which the quorum is reached when witnesses are taken in this order; undefined without one. */
  #reached(times: readonly { readonly name: string; readonly at: number }[]): number | undefined {
    const policy = this.#policy
    if (policy === undefined) return undefined
    const names = new Set<string>()
    return times.find(({ name }) => policySatisfied(policy, names.add(name)))?.at
  }
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
