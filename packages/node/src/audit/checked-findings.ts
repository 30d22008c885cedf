import { treeHasher } from '@comity/crypto'
import {
  AssessmentError,
  type AssessmentRequest,
  type PartyFindings,
  assessParty,
  findingsLeaf,
  findingsRoot,
  rulesetOf,
} from '@comity/assessment'
import { type FindingsPayload, digestText } from '@comity/statement'
import { indexOf } from '../register/position.ts'
import { RegisterFacts } from '../register/facts.ts'
import { count } from './columns.ts'
import { differingFindings, findingWords, readPublished } from './compare-findings.ts'
import type { Differences } from './difference.ts'
import type { LogAudit } from './log-audit.ts'
import type { DocumentCheck, AuditSource } from './source.ts'
import type { Spill } from './spill.ts'

/** A document of findings up to this size, in bytes, is read to say which of them differ. */
const comparedBytes = 16 * 1024 * 1024

/** A log whose entries were read, and what of them counts when cuts name it. */
export interface ReadLog {
  readonly audit: LogAudit
  /** Read from a copy at another node, for the sake of the cuts that name it. */
  readonly isAlong: boolean
  /** Entries that it had when the audit began: what it published since may rest on what others had not shown yet. */
  readonly sizeAtFirst: number
}

/** `later`: published while the audit ran, over more than it had read by then. */
export type Outcome = 'recomputed' | 'later' | 'not'

/** One findings statement of a log. */
export class CheckedFindings {
  readonly #spill: Spill
  readonly #logs: ReadonlyMap<string, ReadLog>
  /** Where documents are looked for, in this order. */
  readonly #sources: readonly AuditSource[]
  readonly #log: ReadLog
  readonly #differences: Differences

  constructor(spill: Spill, logs: ReadonlyMap<string, ReadLog>, sources: readonly AuditSource[], log: ReadLog) {
    this.#spill = spill
    this.#logs = logs
    this.#sources = sources
    this.#log = log
    this.#differences = log.audit.differences
  }

  /** What came out is in the differences of the log. */
  async check(row: Readonly<Record<string, unknown>>, payload: FindingsPayload): Promise<Outcome> {
    const index = indexOf(Number(row['position']))
    const where = `entry ${index}`
    const { cut, at, ruleset, trust, digest } = payload
    const seen = this.#seen(where, index, cut)
    if (seen !== 'seen') return seen === 'later' ? 'later' : 'not'
    const request: AssessmentRequest = { cut, at, ruleset, trust }
    try {
      rulesetOf(ruleset)
      const found = await this.#recompute(where, request)
      if (found !== digest) await this.#reportDiffering(where, payload, found)
      return 'recomputed'
    } catch (error) {
      if (!(error instanceof AssessmentError)) throw error
      if (error.code === 'unknown-ruleset')
        this.#differences.leave({ code: 'ruleset-unknown', where, what: error.message })
      else this.#differences.add({ code: 'document-missing', where, what: error.message, reason: error.code })
      return 'not'
    }
  }

  /** Whether every log of the cut was read, as far as the cut goes, and is the one that the cut names. */
  #seen(where: string, index: number, cut: FindingsPayload['cut']): 'seen' | 'unseen' | 'later' {
    for (const prefix of cut) {
      const outcome = this.#seenPrefix(where, index, prefix)
      if (outcome !== 'seen') return outcome
    }
    return 'seen'
  }

  #seenPrefix(where: string, index: number, prefix: FindingsPayload['cut'][number]): 'seen' | 'unseen' | 'later' {
    const { origin, size, root } = prefix
    const known = this.#logs.get(origin)
    if (known === this.#log) return 'seen'
    const rest = `these findings were computed from ${count(size, 'entry', 'entries')} of the log ${origin} too`
    if (known === undefined) {
      const at = `/mirrors/${encodeURIComponent(origin)}`
      const what = `${rest}. It was not given, and no node that was given has a copy of it: give its address, or that of a node which serves a copy at ${at}`
      this.#differences.leave({ code: 'log-not-at-hand', where, what })
      return 'unseen'
    }
    const { audit, isAlong } = known
    if (size > audit.size) {
      if (index >= this.#log.sizeAtFirst && audit.isWhole) return 'later'
      const what = `${rest}, of which ${audit.source.name} shows ${audit.size}`
      if (isAlong || !audit.isWhole) this.#differences.leave({ code: 'log-not-at-hand', where, what })
      else this.#differences.add({ code: 'cut-differs', where, what })
      return 'unseen'
    }
    const found = digestText(audit.tree.root(size))
    if (found === root) return 'seen'
    if (audit.isWhole) {
      const what = `${rest}, and those are others than ${audit.source.name} shows`
      this.#differences.add({ code: 'cut-differs', where, what, expected: found, found: root })
    } else {
      const what = `${rest}, and ${audit.source.name} shows others than its own head covers`
      this.#differences.leave({ code: 'log-not-at-hand', where, what })
    }
    return 'unseen'
  }

  /** Names the findings that differ, where the document that the statement cites shows what was published. */
  async #reportDiffering(where: string, payload: FindingsPayload, expected: string): Promise<void> {
    const { cut, at, digest, documents = [] } = payload
    const time = new Date(at * 1000).toISOString().replace('.000Z', 'Z')
    const over = `the findings of ${time} over ${cut.map(({ size }) => size).join(' + ')} entries`
    const reference = documents.find(({ size }) => size <= comparedBytes)
    const bytes = reference && (await this.#bytesOf(reference.digest, comparedBytes))
    const published = bytes && readPublished(bytes, digest)
    if (published === undefined) {
      const why =
        reference === undefined
          ? 'the statement cites no document of them'
          : bytes === undefined
            ? 'the document of them that it cites is not at hand'
            : 'the document that it cites is not what its digest was taken over'
      const what = `${over} are not what their rules give. Whose they are cannot be told: ${why}`
      this.#differences.add({ code: 'findings-differ', where, what, expected, found: digest })
      return
    }
    const request: AssessmentRequest = { cut, at, ruleset: payload.ruleset, trust: payload.trust }
    for (const each of differingFindings(findingsOf(this.#facts(request), request), published)) {
      const { party, provision } = each
      this.#differences.add({
        code: 'findings-differ',
        where,
        what: `in ${over} that of ${this.#nameOf(party)} under ${provision} is not what the rules give`,
        expected: findingWords(each.computed, this.#log.audit.origin),
        found: findingWords(each.published, this.#log.audit.origin),
        party,
        provision,
      })
    }
  }

  async #bytesOf(digest: string, most: number): Promise<Uint8Array | undefined> {
    for (const source of this.#sources) {
      const bytes = await source.documentBytes(digest, most)
      if (bytes !== undefined) return bytes
    }
    return undefined
  }

  /** The name of a party as the log has it, and how its URN begins. */
  #nameOf(urn: string): string {
    const row = this.#spill.prepare('SELECT names FROM party WHERE urn = ? ORDER BY party LIMIT 1').get(urn)
    const names: readonly { readonly text: string }[] = row === undefined ? [] : JSON.parse(String(row['names']))
    const short = `${urn.slice('urn:comity:party:'.length).slice(0, 8)}…`
    return names[0] === undefined ? `a party that the log does not know, ${short},` : `${names[0].text} (${short})`
  }

  /** First as if every document were there and none were read; then, if that is not so, once more with what is known. */
  async #recompute(where: string, request: AssessmentRequest): Promise<string> {
    let digest = this.#digest(request)
    if (!(await this.#checkAsked(where))) digest = this.#digest(request)
    // What one document says may lead to another one.
    while (await this.#fetchRead()) digest = this.#digest(request)
    return digest
  }

  /** Holds the findings of one party at a time. */
  #digest(request: AssessmentRequest): string {
    return findingsRoot(leaves(findingsOf(this.#facts(request), request)), treeHasher)
  }

  #facts({ cut }: AssessmentRequest): RegisterFacts {
    return new RegisterFacts(this.#spill, cut, {
      stored: (hex) => this.#isStored(`sha256:${hex}`),
      read: (hex, limit) => this.#read(`sha256:${hex}`, limit),
    })
  }

  #isStored(digest: string): boolean {
    const row = this.#spill.prepare('SELECT state FROM asked_document WHERE digest = ?').get(digest)
    if (row === undefined)
      this.#spill.prepare('INSERT INTO asked_document (digest, log) VALUES (?, ?)').run(digest, this.#log.audit.log)
    const state = row?.['state'] ?? null
    return state === null || state === 'present' || state === 'withheld'
  }

  /** The bytes of a document, once they were fetched: {@link #fetchRead}. */
  #read(digest: string, most: number): Uint8Array | undefined {
    const row = this.#spill.prepare('SELECT bytes FROM read_document WHERE digest = ? AND most = ?').get(digest, most)
    if (row === undefined) {
      this.#spill.prepare('INSERT INTO read_document (digest, most) VALUES (?, ?)').run(digest, most)
    }
    const bytes = row?.['bytes'] ?? undefined
    return bytes === undefined ? undefined : (bytes as Uint8Array) // the column is a BLOB
  }

  /** Fetches the bytes asked for since the last time, one document after the other. Returns whether there were any. */
  async #fetchRead(): Promise<boolean> {
    const next = this.#spill.prepare('SELECT digest, most FROM read_document WHERE state IS NULL LIMIT 1')
    const set = this.#spill.prepare("UPDATE read_document SET state = 'asked', bytes = ? WHERE digest = ? AND most = ?")
    for (let isNew = false; ; isNew = true) {
      const row = next.get()
      if (row === undefined) return isNew
      const digest = String(row['digest'])
      const most = Number(row['most'])
      set.run((await this.#bytesOf(digest, most)) ?? null, digest, most)
    }
  }

  /** Reads the documents asked for since the last time. Returns whether the findings may rest on all of them. */
  async #checkAsked(where: string): Promise<boolean> {
    const next = this.#spill.prepare('SELECT digest FROM asked_document WHERE state IS NULL LIMIT ?')
    const set = this.#spill.prepare('UPDATE asked_document SET state = ? WHERE digest = ?')
    let isComplete = true
    for (;;) {
      const digests = next.all(this.#sources[0]?.concurrency ?? 1).map((row) => String(row['digest']))
      if (digests.length === 0) return isComplete
      const states = await Promise.all(digests.map((digest) => this.#stateOf(digest, where)))
      for (const [i, digest] of digests.entries()) {
        const state = this.#judged(digest, states[i] ?? 'absent', where)
        set.run(state, digest)
        if (state !== 'present' && state !== 'withheld') isComplete = false
      }
    }
  }

  /** Asks one source after the other until one has the bytes. */
  async #stateOf(digest: string, where: string): Promise<DocumentCheck> {
    let best: DocumentCheck = 'absent'
    for (const source of this.#sources) {
      const state = await source.document(digest)
      if (state === 'differs') {
        const what = `the document ${digest} that these findings rest on has other bytes at ${source.name} than its digest says`
        this.#differences.add({ code: 'document-differs', where, what })
      }
      if (state === 'present') return state
      if (best === 'absent') best = state
    }
    return best
  }

  /** A source may only withhold what a statement in a log withholds; findings older than that rested on the bytes. */
  #judged(digest: string, state: DocumentCheck, where: string): DocumentCheck {
    if (state === 'present' || state === 'differs') return state
    if (this.#spill.prepare('SELECT 1 FROM withholding WHERE digest = ?').get(digest) === undefined) return 'absent'
    const what = `the document ${digest} was withheld after these findings; that it was there cannot be seen any more`
    this.#differences.leave({ code: 'document-not-at-hand', where, what })
    return 'withheld'
  }
}

function* findingsOf(facts: RegisterFacts, request: AssessmentRequest): Generator<PartyFindings> {
  for (const party of facts.bound()) {
    const found = assessParty(party, request, facts)
    if (found.findings.length > 0) yield found
  }
}

function* leaves(all: Iterable<PartyFindings>): Generator<Uint8Array> {
  for (const each of all) yield findingsLeaf(each, treeHasher)
}
