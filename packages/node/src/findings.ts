import { sha256Hex, treeHasher } from '@comity/crypto'
import {
  AssessmentError,
  type AssessmentRequest,
  type Cut,
  type FindingsDocument,
  type PartyFindings,
  assessParty,
  boundParties,
  currentRuleset,
  explain,
  findingsBytes,
  findingsDocument,
  orderedCut,
} from '@comity/assessment'
import { digestText } from '@comity/statement'
import type { Documents } from './documents.ts'
import { documentsOf } from './register/cut-documents.ts'
import type { Database } from './register/database.ts'
import { MissingDocument, RegisterFacts } from './register/facts.ts'
import type { DocumentReference, Register } from './register/register.ts'
import type { Stale } from './register/stale.ts'
import type { Ledger } from './pipeline/ledger.ts'
import { inSlices } from './slices.ts'

/** Largest document of published findings, in bytes: what an auditor still reads. */
const documentBytes = 16 * 1024 * 1024

export interface FindingsParts {
  readonly reader: Database
  readonly register: Pick<Register, 'database'>
  readonly stale: Stale
  readonly documents: Pick<Documents, 'has' | 'put' | 'read' | 'sizeOf'>
  readonly ledger: Pick<Ledger, 'origin' | 'head' | 'tree'>
}

/**
 * Findings over this node's log and those that it mirrors.
 *
 * The current ones are kept in the view and renewed for the parties that a batch touched, when somebody asks or after a
 * moment, whichever comes first: a burst of statements by one party costs one assessment.
 */
export class FindingsKeeper {
  /** Reads what is committed: the sequencer may be in the middle of a batch. */
  readonly #reader: Database
  /** Written between batches only. */
  readonly #writer: Database
  readonly #stale: Stale
  readonly #documents: FindingsParts['documents']
  readonly #ledger: FindingsParts['ledger']

  constructor(parts: FindingsParts) {
    this.#reader = parts.reader
    this.#writer = parts.register.database
    this.#stale = parts.stale
    this.#documents = parts.documents
    this.#ledger = parts.ledger
  }

  /**
   * What findings are computed from when nobody says otherwise: the signed log as it stands, every mirrored log that is
   * followed as far as it is folded, the time of the own log's newest time leaf, and no trust policy. A prefix of the own
   * log of another size stands alone, unless `mirrored` says which prefixes stand beside it.
   */
  request(size?: number, at?: number, mirrored: Cut = size === undefined ? this.#mirrored() : []): AssessmentRequest {
    const { head, tree, origin } = this.#ledger
    const own = size ?? head?.size ?? 0
    const { version, digest } = currentRuleset
    const row = this.#reader.prepare('SELECT at FROM batch WHERE position < ? ORDER BY position DESC LIMIT 1').get(own)
    return {
      cut: orderedCut([{ origin, size: own, root: digestText(tree.root(own)) }, ...mirrored]),
      at: at ?? Number(row?.['at'] ?? 0),
      ruleset: { version, digest },
      trust: null,
    }
  }

  /** The findings of everybody bound, on a given prefix. Takes long where many are, and gives way to others meanwhile. */
  async assess(request: AssessmentRequest): Promise<FindingsDocument> {
    const facts = this.#facts(request)
    const assessed: PartyFindings[] = []
    await inSlices(boundParties(facts), (party) => assessed.push(assessParty(party, request, facts)))
    return findingsDocument(request, assessed, treeHasher)
  }

  /**
   * What can be published: the findings on all that this node sees. A mirrored log that cites a document which is not
   * here, or not yet, stays out of the cut, so that nobody else's log keeps this node from publishing.
   */
  async publishable(): Promise<FindingsDocument> {
    const { cut: all, ...rest } = this.request()
    let cut = all
    for (;;) {
      try {
        return await this.assess({ cut, ...rest })
      } catch (error) {
        if (!(error instanceof MissingDocument) || error.origin === this.#ledger.origin) throw error
        const { origin: missing } = error
        cut = cut.filter(({ origin }) => origin !== missing)
      }
    }
  }

  /** Stores findings as a document for the statement that publishes them; none where they are more than 16 MiB. */
  async keep(parties: readonly PartyFindings[]): Promise<readonly DocumentReference[]> {
    const bytes = findingsBytes(parties)
    if (bytes.length > documentBytes) return []
    const digest = `sha256:${sha256Hex(bytes)}`
    return [{ digest, size: await this.#documents.put(digest, bytes), type: 'application/json' }]
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

  /** URNs of the parties whose findings may have changed since they were last renewed. */
  changed(): string[] {
    return [...this.#stale.parties]
  }

  /**
   * Renews what is kept for these parties. Writes through the sequencer's connection, so it is called between batches
   * only.
   */
  renew(changed: readonly string[] = this.changed()): void {
    if (changed.length === 0) return
    const request = this.request()
    const facts = this.#facts(request, this.#writer)
    const put = this.#writer.prepare(
      'INSERT INTO finding (urn, document) VALUES (?, ?) ON CONFLICT (urn) DO UPDATE SET document = excluded.document',
    )
    const drop = this.#writer.prepare('DELETE FROM finding WHERE urn = ?')
    const found = changed.map((party) => this.#assessable(party, request, facts))
    this.#writer.prepare('BEGIN').run()
    try {
      for (const { party, findings } of found) {
        if (findings.length > 0) put.run(party, JSON.stringify(findings))
        else drop.run(party)
        this.#stale.renewed(party)
      }
      this.#writer.prepare('COMMIT').run()
    } catch (error) {
      this.#writer.prepare('ROLLBACK').run()
      throw error
    }
    this.#stale.forget(changed)
  }

  /** Prefixes of the mirrored logs that are followed. One of which nothing is folded yet says nothing. */
  #mirrored(): Cut {
    return this.#reader
      .prepare('SELECT origin, size, root FROM log WHERE log > 0 AND followed = 1 AND size > 0')
      .all()
      .map((row) => ({
        origin: String(row['origin']),
        size: Number(row['size']),
        root: `sha256:${String(row['root'])}`,
      }))
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
    return new RegisterFacts(database, request.cut, documentsOf(this.#documents))
  }
}
