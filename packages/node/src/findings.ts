import { treeHasher } from '@comity/crypto'
import {
  AssessmentError,
  type AssessmentRequest,
  type FindingsDocument,
  type PartyFindings,
  assess,
  assessParty,
  currentRuleset,
  explain,
} from '@comity/assessment'
import { digestText } from '@comity/statement'
import type { Documents } from './documents.ts'
import type { Database } from './register/database.ts'
import { RegisterFacts } from './register/facts.ts'
import type { Register } from './register/register.ts'
import type { Ledger } from './pipeline/ledger.ts'

/**
 * Findings over this node's log.
 *
 * The current ones are kept in the view and renewed for the parties that a batch touched, when somebody asks or after a
 * moment, whichever comes first: a burst of statements by one party costs one assessment.
 */
export class FindingsKeeper {
  /** Reads what is committed: the sequencer may be in the middle of a batch. */
  readonly #reader: Database
  readonly #register: Register
  readonly #documents: Documents
  readonly #ledger: Ledger

  constructor(parts: { reader: Database; register: Register; documents: Documents; ledger: Ledger }) {
    this.#reader = parts.reader
    this.#register = parts.register
    this.#documents = parts.documents
    this.#ledger = parts.ledger
  }

  /** What a finding is computed from when nobody says otherwise: the signed log as it stands, and no trust policy. */
  request(size: number = this.#ledger.head?.size ?? 0, at?: number): AssessmentRequest {
    const { version, digest } = currentRuleset
    const row = this.#reader.prepare('SELECT at FROM batch WHERE position < ? ORDER BY position DESC LIMIT 1').get(size)
    const root = digestText(this.#ledger.tree.root(size))
    return {
      cut: [{ origin: this.#ledger.origin, size, root }],
      at: at ?? Number(row?.['at'] ?? 0),
      ruleset: { version, digest },
      trust: null,
    }
  }

  /** The findings of everybody bound, on a given prefix. */
  assess(request: AssessmentRequest): FindingsDocument {
    return assess(request, this.#facts(request), treeHasher)
  }

  /** The findings of one party as the log stands. */
  current(party: string): PartyFindings | undefined {
    const request = this.request()
    const found = assessParty(party, request, this.#facts(request))
    return found.findings.length === 0 ? undefined : found
  }

  /** One finding opened down to the statements it rests on, or fails for want of. */
  explain(party: string, provision: Parameters<typeof explain>[1]) {
    const request = this.request()
    return explain(party, provision, request, this.#facts(request))
  }

  /** Row numbers of the parties whose findings may have changed since they were last renewed. */
  changed(): number[] {
    return [...this.#register.dirty]
  }

  /**
   * Renews what is kept for these parties. Writes through the sequencer's connection, so it is called between batches
   * only.
   */
  renew(changed: readonly number[] = this.changed()): void {
    const { dirty, database } = this.#register
    if (changed.length === 0) return
    const request = this.request()
    const facts = this.#facts(request, database)
    const put = database.prepare(
      'INSERT INTO finding (party, document) VALUES (?, ?) ON CONFLICT (party) DO UPDATE SET document = excluded.document',
    )
    const drop = database.prepare('DELETE FROM finding WHERE party = ?')
    const renewed = database.prepare('DELETE FROM stale WHERE party = ?')
    const found = changed.map((party) => this.#assessable(this.#register.book.urnOf(party), request, facts))
    database.prepare('BEGIN').run()
    try {
      for (const [i, party] of changed.entries()) {
        const findings = found[i]?.findings ?? []
        if (findings.length > 0) put.run(party, JSON.stringify(findings))
        else drop.run(party)
        renewed.run(party)
      }
      database.prepare('COMMIT').run()
    } catch (error) {
      database.prepare('ROLLBACK').run()
      throw error
    }
    for (const party of changed) dirty.delete(party)
  }

  /** No findings are kept for a party whose document is lost: who asks for them is told which one. */
  #assessable(party: string, request: AssessmentRequest, facts: RegisterFacts): PartyFindings {
    try {
      return assessParty(party, request, facts)
    } catch (error) {
      if (error instanceof AssessmentError && error.code === 'document-missing') return { party, findings: [] }
      throw error
    }
  }

  #facts(request: AssessmentRequest, database = this.#reader): RegisterFacts {
    return new RegisterFacts(database, request.cut, (digest) => this.#documents.has(`sha256:${digest}`))
  }
}
