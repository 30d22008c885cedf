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
import type { FindingsPayload } from '@comity/statement'
import { RegisterFacts } from '../register/facts.ts'
import { differingFindings, findingWords, readPublished } from './compare-findings.ts'
import type { Differences } from './difference.ts'
import type { DocumentCheck, AuditSource } from './source.ts'
import type { Spill } from './spill.ts'

/** A document of findings up to this size, in bytes, is read to say which of them differ. */
const comparedBytes = 16 * 1024 * 1024

export interface FindingsReport {
  /** Findings statements in the log. */
  readonly published: number
  /** Those that were computed again. */
  readonly recomputed: number
}

export interface DocumentsReport {
  /** Documents that findings rest on and whose bytes were read and compared with their digest. */
  readonly checked: number
  readonly missing: number
  readonly withheld: number
}

/**
 * Computes every published finding again, on its own cut, time, ruleset and trust policy, and compares the digest. The
 * documents they rest on are read and hashed.
 */
export class FindingsCheck {
  readonly #spill: Spill
  readonly #source: AuditSource
  readonly #differences: Differences

  constructor(parts: { spill: Spill; source: AuditSource; differences: Differences }) {
    this.#spill = parts.spill
    this.#source = parts.source
    this.#differences = parts.differences
  }

  async run(onDone: (done: number, total: number) => void): Promise<FindingsReport> {
    const total = Number(this.#spill.prepare('SELECT count(*) AS n FROM published_findings').get()?.['n'] ?? 0)
    const next = this.#spill.prepare(
      'SELECT position, effective, payload FROM published_findings WHERE effective > ? ORDER BY effective LIMIT 1',
    )
    let recomputed = 0
    let done = 0
    for (let row = next.get(-1); row !== undefined; row = next.get(Number(row['effective']))) {
      const payload: FindingsPayload = JSON.parse(String(row['payload']))
      if (await this.#check(`entry ${Number(row['position'])}`, payload)) recomputed += 1
      onDone(++done, total)
    }
    return { published: total, recomputed }
  }

  documents(): DocumentsReport {
    const count = (condition: string) =>
      Number(this.#spill.prepare(`SELECT count(*) AS n FROM asked_document WHERE ${condition}`).get()?.['n'] ?? 0)
    return {
      checked: count("state = 'present'"),
      missing: count("state IN ('absent', 'differs')"),
      withheld: count("state = 'withheld'"),
    }
  }

  /** Returns whether the finding could be computed again; what came out is in the differences. */
  async #check(where: string, payload: FindingsPayload): Promise<boolean> {
    const { cut, at, ruleset, trust, digest } = payload
    const request: AssessmentRequest = { cut, at, ruleset, trust }
    const unseen = cut.find(
      ({ origin }) => this.#spill.prepare('SELECT 1 FROM log WHERE origin = ?').get(origin) === undefined,
    )
    if (unseen !== undefined) {
      const what = `these findings were computed from the log ${unseen.origin} too, which this audit does not read`
      this.#differences.leave({ code: 'log-not-at-hand', where, what })
      return false
    }
    try {
      rulesetOf(ruleset)
      const found = await this.#recompute(where, request)
      if (found !== digest) await this.#reportDiffering(where, payload, found)
      return true
    } catch (error) {
      if (!(error instanceof AssessmentError)) throw error
      if (error.code === 'unknown-ruleset')
        this.#differences.leave({ code: 'ruleset-unknown', where, what: error.message })
      else this.#differences.add({ code: 'document-missing', where, what: error.message, reason: error.code })
      return false
    }
  }

  /** Names the findings that differ, where the document that the statement cites shows what was published. */
  async #reportDiffering(where: string, payload: FindingsPayload, expected: string): Promise<void> {
    const { cut, at, digest, documents = [] } = payload
    const time = new Date(at * 1000).toISOString().replace('.000Z', 'Z')
    const over = `the findings of ${time} over ${cut.map(({ size }) => size).join(' + ')} entries`
    const reference = documents.find(({ size }) => size <= comparedBytes)
    const bytes = reference && (await this.#source.documentBytes(reference.digest, comparedBytes))
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
        expected: findingWords(each.computed),
        found: findingWords(each.published),
        party,
        provision,
      })
    }
  }

  /** The name of a party as the log has it, and how its URN begins. */
  #nameOf(urn: string): string {
    const row = this.#spill.prepare('SELECT names FROM party WHERE urn = ? ORDER BY party LIMIT 1').get(urn)
    const names: readonly { readonly text: string }[] = row === undefined ? [] : JSON.parse(String(row['names']))
    const short = `${urn.slice('urn:comity:party:'.length).slice(0, 8)}…`
    return names[0] === undefined ? `a party that the log does not know, ${short},` : `${names[0].text} (${short})`
  }

  /** First as if every document were there; then, if one asked for is not, once more with what is known. */
  async #recompute(where: string, request: AssessmentRequest): Promise<string> {
    const digest = this.#digest(request)
    return (await this.#checkAsked(where)) ? digest : this.#digest(request)
  }

  /** Holds the findings of one party at a time. */
  #digest(request: AssessmentRequest): string {
    return findingsRoot(leaves(findingsOf(this.#facts(request), request)), treeHasher)
  }

  #facts({ cut }: AssessmentRequest): RegisterFacts {
    return new RegisterFacts(this.#spill, cut, (hex) => this.#isStored(`sha256:${hex}`))
  }

  #isStored(digest: string): boolean {
    const row = this.#spill.prepare('SELECT state FROM asked_document WHERE digest = ?').get(digest)
    if (row === undefined) this.#spill.prepare('INSERT INTO asked_document (digest) VALUES (?)').run(digest)
    const state = row?.['state'] ?? null
    return state === null || state === 'present' || state === 'withheld'
  }

  /** Reads the documents asked for since the last time. Returns whether the findings may rest on all of them. */
  async #checkAsked(where: string): Promise<boolean> {
    const next = this.#spill.prepare('SELECT digest FROM asked_document WHERE state IS NULL LIMIT ?')
    const set = this.#spill.prepare('UPDATE asked_document SET state = ? WHERE digest = ?')
    let isComplete = true
    for (;;) {
      const digests = next.all(this.#source.concurrency).map((row) => String(row['digest']))
      if (digests.length === 0) return isComplete
      const states = await Promise.all(digests.map((digest) => this.#source.document(digest)))
      for (const [i, digest] of digests.entries()) {
        const state = this.#judged(digest, states[i] ?? 'absent', where)
        set.run(state, digest)
        if (state !== 'present' && state !== 'withheld') isComplete = false
      }
    }
  }

  /** A source may only withhold what a statement in the log withholds; findings older than that rested on the bytes. */
  #judged(digest: string, state: DocumentCheck, where: string): DocumentCheck {
    if (state === 'differs') {
      const what = `the document ${digest} that these findings rest on has other bytes than its digest says`
      this.#differences.add({ code: 'document-differs', where, what })
    }
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
