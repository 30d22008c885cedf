import { type AdvisoryPayload, parseProductUrn } from '@comity/statement'
import type { Database } from '../register/database.ts'
import { logOf, rangeOf } from '../register/position.ts'
import { isThing, thingKey } from '../register/thing.ts'
import { type CitedDocument, DocumentTable } from './document-table.ts'
import type { Acknowledged, CitedAdvisory } from './match.ts'
import type { CitedWord } from './match-record.ts'
import { hexOf } from './match-table.ts'

type PublicPart = Omit<CitedAdvisory, 'as' | 'state' | 'why' | 'format' | 'document'>

/** What is public about the documents that matches cite, each read once: from the vault and from the register. */
export class CitedAdvisories {
  readonly #register: Database
  readonly #documents: DocumentTable
  readonly #read = new Map<number, PublicPart>()
  readonly #acknowledged = new Map<string, Acknowledged | undefined>()

  constructor(view: Database, register: Database) {
    this.#register = register
    this.#documents = new DocumentTable(view)
  }

  cite({ advisory, title, as, state, why, format, document }: CitedWord): CitedAdvisory {
    const known = this.#read.get(advisory) ?? this.#publicPart(this.#documents.get(advisory))
    this.#read.set(advisory, known)
    const told = { as, state, why, format, document }
    return known.title === '' ? { ...told, ...known, title } : { ...told, ...known }
  }

  /** The party's latest acknowledgement of any revision of any of the advisories. */
  acknowledged(party: string, cited: readonly CitedAdvisory[]): Acknowledged | undefined {
    const subs = new Set(cited.flatMap(({ sub }) => sub ?? []))
    const all = [...subs].flatMap((sub) => {
      if (!this.#acknowledged.has(sub)) this.#acknowledged.set(sub, this.#answerTo(party, sub))
      return this.#acknowledged.get(sub) ?? []
    })
    return all.reduce<Acknowledged | undefined>(
      (last, each) => (last === undefined || each.at > last.at ? each : last),
      undefined,
    )
  }

  #publicPart(document: CitedDocument | undefined): PublicPart {
    const { published, followed, withdrawn = false } = document ?? {}
    const none = { names: [], products: [], title: '', withdrawn }
    if (published === undefined) return { origin: followed?.origin ?? '', ...none }
    const { sub, statement, effective, party } = published
    const row = this.#register.prepare('SELECT payload FROM advisory WHERE effective = ?').get(effective)
    const payload: Partial<AdvisoryPayload> = row === undefined ? {} : JSON.parse(String(row['payload']))
    const log = logOf(effective)
    const { title = '', severity, remedy, products = [] } = payload
    return {
      origin: this.#originOf(log),
      sub,
      statement,
      party,
      names: this.#namesOf(party, log),
      products: products.map((urn) => ({ urn, name: this.#productName(urn, log) })),
      title,
      ...(severity !== undefined && { severity: severity.vector }),
      ...(remedy !== undefined && { remedy }),
      withdrawn,
    }
  }

  #originOf(log: number): string {
    return String(this.#register.prepare('SELECT origin FROM log WHERE log = ?').get(log)?.['origin'] ?? '')
  }

  /** As the log has them in which the advisory stands. */
  #namesOf(party: string, log: number): CitedAdvisory['names'] {
    const { from, to } = rangeOf(log)
    const row = this.#register
      .prepare('SELECT names FROM party WHERE urn = ? AND party >= ? AND party < ?')
      .get(party, from, to)
    return row === undefined ? [] : JSON.parse(String(row['names']))
  }

  /** What it is called in its latest statement in that log; its short name where there is none. */
  #productName(urn: string, log: number): string {
    const { from, to } = rangeOf(log)
    const row = this.#register
      .prepare(
        `SELECT name FROM product kind_row WHERE ${isThing} AND effective >= ? AND effective < ? ORDER BY effective DESC LIMIT 1`,
      )
      .get(thingKey(urn), urn, from, to)
    return row === undefined ? (parseProductUrn(urn)?.slug ?? urn) : String(row['name'])
  }

  #answerTo(party: string, sub: string): Acknowledged | undefined {
    const row = this.#register
      .prepare(
        `SELECT acknowledgement.state AS state, acknowledgement.justification AS justification, entry.id AS id, closing.at AS at
         FROM acknowledgement JOIN party ON party.party = acknowledgement.party
         JOIN entry ON entry.position = acknowledgement.position
         JOIN entry closing ON closing.position = acknowledgement.effective
         WHERE acknowledgement.sub = ? AND party.urn = ? ORDER BY closing.at DESC, acknowledgement.effective DESC LIMIT 1`,
      )
      .get(sub, party)
    if (row === undefined) return undefined
    return {
      // Safe: the column holds what the kind's schema admits.
      state: String(row['state']) as Acknowledged['state'],
      ...(row['justification'] !== null && { justification: String(row['justification']) }),
      sub,
      // Safe: the column is a BLOB of 32 bytes.
      statement: hexOf(row['id'] as Uint8Array),
      at: Number(row['at']),
    }
  }
}
