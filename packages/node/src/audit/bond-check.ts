import { LogError, parseTlogProof } from '@comity/log'
import { type ContinuationPayload, digestText } from '@comity/statement'
import { advisoriesById, idText } from '../register/by-id.ts'
import { indexOf } from '../register/position.ts'
import { count } from './columns.ts'
import type { ReadLog } from './checked-findings.ts'
import type { BondsReport, Fork } from './report.ts'
import { compareSeenHead } from './seen-heads.ts'
import type { Spill } from './spill.ts'

/** Unfounded words that are listed. */
const listed = 100

/**
 * Checks what statements of one log say of another: continuations, by a log or by a party that moved, and answers to
 * advisories of another log. A log's own judge sees its own entries alone, so an honest log may hold a word of a party
 * that is not so; it has no effect. A log that continues another speaks for itself.
 */
export class BondCheck {
  readonly #spill: Spill
  readonly #logs: ReadonlyMap<string, ReadLog>
  readonly #forks: Fork[]
  #checked = 0
  #open = 0
  #unfounded: { where: string; party: string; what: string }[] = []

  constructor(parts: { spill: Spill; logs: ReadonlyMap<string, ReadLog>; forks: Fork[] }) {
    this.#spill = parts.spill
    this.#logs = parts.logs
    this.#forks = parts.forks
  }

  async run(log: ReadLog): Promise<BondsReport> {
    this.#checked = 0
    this.#open = 0
    this.#unfounded = []
    await this.#continuations(log)
    this.#answers(log)
    return { checked: this.#checked, open: this.#open, unfounded: this.#unfounded }
  }

  async #continuations(log: ReadLog): Promise<void> {
    const { from, to } = log.audit.register.range
    const rows = this.#spill
      .prepare(
        `SELECT continuation.position AS position, urn, payload FROM continuation CROSS JOIN party USING (party)
         WHERE effective >= ? AND effective < ? ORDER BY effective`,
      )
      .all(from, to)
    for (const row of rows) {
      const payload: ContinuationPayload = JSON.parse(String(row['payload']))
      await this.#continuation(log, indexOf(Number(row['position'])), String(row['urn']), payload)
    }
  }

  async #continuation(log: ReadLog, index: number, party: string, payload: ContinuationPayload): Promise<void> {
    const { predecessor } = payload
    const where = `entry ${index}`
    const { differences, register } = log.audit
    const known = this.#logs.get(predecessor.origin)?.audit
    const rest = `it continues ${predecessor.origin} from ${count(predecessor.size, 'entry', 'entries')}`
    if (known === undefined || !known.isWhole || predecessor.size > known.size) {
      this.#open += 1
      const why =
        known === undefined ? 'and that log was not read' : `of which ${known.source.name} shows ${known.size}`
      differences.leave({ code: 'log-not-at-hand', where, what: `${rest}, ${why}` })
      return
    }
    const found = digestText(known.tree.root(predecessor.size))
    const note = checkpointIn(payload)
    // A head that the predecessor signed and that contradicts what it shows is a fork of the predecessor.
    const wrongHead =
      note === undefined
        ? undefined
        : await compareSeenHead(known, { note: Buffer.from(note), source: known.source }, this.#forks)
    if (found === predecessor.root && wrongHead === undefined) {
      this.#checked += 1
      return
    }
    const what =
      found === predecessor.root
        ? `${rest}, with a checkpoint that ${predecessor.origin} did not sign`
        : `${rest}, and they are others than ${predecessor.origin} has`
    if (party === register.keeper)
      differences.add({ code: 'bond-differs', where, what, expected: found, found: predecessor.root })
    else this.#add(where, party, what)
  }

  #answers(log: ReadLog): void {
    const { register, differences } = log.audit
    const { from, to } = register.range
    const rows = this.#spill
      .prepare(
        `SELECT acknowledgement.position AS position, advisory, sub, urn FROM acknowledgement CROSS JOIN party USING (party)
         WHERE effective >= ? AND effective < ? ORDER BY effective`,
      )
      .iterate(from, to)
    let open = 0
    let first = 0
    for (const row of rows) {
      const id = idText(row['advisory'])
      const sub = String(row['sub'])
      if (advisoriesById(this.#spill, id, register.range).length > 0) continue
      const index = indexOf(Number(row['position']))
      if (advisoriesById(this.#spill, id).some((each) => each.sub === sub)) this.#checked += 1
      else if (this.#isStatement(row['advisory'])) {
        const what = `it answers ${id.slice(0, 16)}… as the advisory ${sub}, which that statement is not`
        this.#add(`entry ${index}`, String(row['urn']), what)
      } else if (open++ === 0) first = index
    }
    this.#open += open
    if (open === 0) return
    const what = `${count(open, 'answer', 'answers')} from there on ${open === 1 ? 'names an advisory' : 'name advisories'} that no log which was read has`
    differences.leave({ code: 'log-not-at-hand', where: `entry ${first}`, what })
  }

  #isStatement(id: unknown): boolean {
    // Safe: the schema declares every column of identifiers as BLOB NOT NULL.
    return this.#spill.prepare('SELECT 1 FROM entry WHERE id = ? LIMIT 1').get(id as Uint8Array) !== undefined
  }

  #add(where: string, party: string, what: string): void {
    if (this.#unfounded.length < listed) this.#unfounded.push({ where, party, what })
  }
}

/** The predecessor's signed note that a continuation brings, by itself or in its proof. */
function checkpointIn({ checkpoint, proof }: ContinuationPayload): string | undefined {
  if (checkpoint !== undefined || proof === undefined) return checkpoint
  try {
    return parseTlogProof(proof).checkpoint
  } catch (error) {
    // That it can be read was checked with the payload.
    if (error instanceof LogError) return undefined
    throw error
  }
}
