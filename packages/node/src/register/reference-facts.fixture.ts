/**
 * The facts of a cut in the plainest way: every statement that took effect, decoded and gone through from the first to
 * the last for each question. Slow, and meant to be obviously right; what the register answers is held against it.
 */
import {
  type AdherenceFact,
  type AdvisoryFact,
  type Cut,
  type DocumentState,
  type Facts,
  type PartyFact,
  type ProductFact,
  type Ref,
  type ReleaseFact,
  compareAcknowledgements,
  compareAdvisories,
  compareProducts,
  compareReleases,
} from '@comity/assessment'
import type { InstrumentId } from '@comity/instruments'
import type {
  AcknowledgementPayload,
  AdherencePayload,
  AdvisoryPayload,
  PartyPayload,
  ReleasePayload,
  Statement,
} from '@comity/statement'
import { partyUrn } from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import type { Database } from './database.ts'
import { type Entry, payloadOf } from './entry.ts'
import { decodeEntry } from './fold.ts'
import { indexOf, logOf } from './position.ts'
import type { WritingLog } from './writing-log.fixture.ts'

/** A statement that took effect in the cut. */
interface Done extends Pick<Entry, 'payload'> {
  readonly origin: string
  readonly index: number
  readonly effective: number
  readonly at: number
  readonly statement: Statement
}

interface Stay {
  readonly origin: string
  /** The party statements of the stay, the move at its end included. */
  readonly parties: readonly Done[]
  readonly last: number
}

export class ReferenceFacts implements Facts {
  readonly #origins: ReadonlySet<string>
  readonly #done: readonly Done[]

  /** `database` says which entries were accepted, and where they took effect. */
  constructor(database: Database, logs: readonly WritingLog[], cut: Cut) {
    this.#origins = new Set(cut.map((prefix) => prefix.origin))
    const origins = database.prepare('SELECT origin FROM log ORDER BY log').all()
    this.#done = database
      .prepare('SELECT position, effective, at FROM entry WHERE effective IS NOT NULL ORDER BY position')
      .all()
      .flatMap((row): Done[] => {
        const position = Number(row['position'])
        const effective = indexOf(Number(row['effective']))
        const origin = String(origins[logOf(position)]?.['origin'])
        const size = cut.find((prefix) => prefix.origin === origin)?.size ?? 0
        const index = indexOf(position)
        const leaf = logs.find((log) => log.origin === origin)?.leaves[index]
        if (effective >= size || leaf === undefined) return []
        const { statement, payload } = decodeEntry(position, leaf)
        return [{ origin, index, effective, at: Number(row['at']), statement, payload }]
      })
  }

  party(urn: string): PartyFact | undefined {
    const stays = this.#stays(urn)
    const last = stays.at(-1)?.parties.at(-1)
    if (last === undefined) return undefined
    const { type, home } = payloadOf<PartyPayload>(last)
    return { urn, type, home: this.#isRooted(urn) ? home : this.#firstHome(urn) }
  }

  bound(): Iterable<string> {
    const urns = new Set(this.#done.filter(isAdherence).map(({ statement }) => statement.iss))
    return [...urns].filter((urn) => this.#statements(urn, 'adherence', 'support').length > 0).sort()
  }

  adherence(urn: string, instrument: InstrumentId): AdherenceFact | undefined {
    const last = this.#statements(urn, 'adherence', 'support').findLast(({ statement }) =>
      statement.sub.endsWith(`:${instrument}`),
    )
    if (last === undefined) return undefined
    const { withdrawal, declarations = [], reservations = [] } = payloadOf<AdherencePayload>(last)
    return {
      ref: this.#ref(last),
      form: last.statement.kind === 'support' ? 'support' : 'adherence',
      ...(withdrawal && { withdrawnAfter: Date.parse(withdrawal.after) / 1000 }),
      declarations: declarations.map((each) => each.provision),
      reservations: reservations.map((each) => each.provision),
    }
  }

  products(urn: string, limit: number): readonly ProductFact[] {
    return latest(this.#counting(urn, 'product'))
      .map((each) => ({ ref: this.#ref(each), sub: each.statement.sub, updatePolicy: true }))
      .sort(compareProducts)
      .slice(0, limit)
  }

  releases(urn: string, limit: number): readonly ReleaseFact[] {
    return latest(this.#counting(urn, 'release'))
      .map((each) => ({
        ref: this.#ref(each),
        sub: each.statement.sub,
        sbom: this.#document(payloadOf<ReleasePayload>(each).sbom, each),
      }))
      .sort(compareReleases)
      .slice(0, limit)
  }

  advisories(urn: string, limit: number): readonly AdvisoryFact[] {
    return this.#counting(urn, 'advisory')
      .map((each) => ({
        ref: this.#ref(each),
        sub: each.statement.sub,
        document: this.#document(payloadOf<AdvisoryPayload>(each).document, each),
        told: this.#told(each),
      }))
      .sort(compareAdvisories)
      .slice(0, limit)
  }

  #told(advisory: Done): readonly Ref[] {
    return this.#done
      .filter(({ statement, ...rest }) => {
        if (statement.kind !== 'acknowledgement' || statement.iss === advisory.statement.iss) return false
        const isOfThis = payloadOf<AcknowledgementPayload>(rest).advisory === advisory.statement.id
        return isOfThis && statement.sub === advisory.statement.sub
      })
      .filter((each) => this.#counts(each))
      .map((each) => this.#ref(each))
      .sort(compareAcknowledgements)
      .slice(0, 16)
  }

  #document(digest: string, { origin, statement }: Done): DocumentState {
    const isWithheld = this.#done.some(
      (each) =>
        each.statement.kind === 'withholding' &&
        each.statement.sub === `urn:comity:document:${digest}` &&
        (each.origin === origin || each.statement.iss === statement.iss) &&
        this.#counts(each),
    )
    return isWithheld ? 'withheld' : 'present'
  }

  #ref(done: Done): Ref {
    const { origin, index, at, statement } = done
    const { id, kind, iss, iat, kidHex } = statement
    const contested = this.#stays(iss)
      .flatMap(({ parties }) => parties)
      .some((each) => payloadOf<PartyPayload>(each).compromise?.some((m) => m.kid === kidHex && m.since <= iat))
    return { origin, index, id, kind, party: iss, iat, at, contested }
  }

  /** Whether something its author stated counts: in one of the stays, and only if their beginning is seen. */
  #counts({ origin, effective, statement }: Done): boolean {
    return this.#isRooted(statement.iss) && this.#stayOf(statement.iss, origin, effective) >= 0
  }

  #counting(urn: string, ...kinds: readonly string[]): readonly Done[] {
    return this.#isRooted(urn) ? this.#statements(urn, ...kinds) : []
  }

  /** What a party stated while at home, in the order of its stays and of effect. */
  #statements(urn: string, ...kinds: readonly string[]): readonly Done[] {
    const stay = (done: Done) => this.#stayOf(urn, done.origin, done.effective)
    return this.#done
      .filter(({ statement }) => statement.iss === urn && kinds.includes(statement.kind))
      .filter((done) => stay(done) >= 0)
      .sort((a, b) => stay(a) - stay(b) || a.effective - b.effective)
  }

  #stayOf(urn: string, origin: string, effective: number): number {
    return this.#stays(urn).findIndex((stay) => {
      const first = stay.parties[0]?.index ?? 0
      return stay.origin === origin && effective >= first && effective <= stay.last
    })
  }

  #partyStatements(urn: string, origin: string): readonly Done[] {
    return this.#done.filter(
      (each) => each.origin === origin && each.statement.iss === urn && each.statement.kind === 'party',
    )
  }

  #firstHome(urn: string): string {
    const first = this.#done.find(({ statement }) => partyUrn(statement.payload, crypto) === urn)
    return first === undefined ? '' : payloadOf<PartyPayload>(first).home
  }

  #isRooted(urn: string): boolean {
    return this.#partyStatements(urn, this.#firstHome(urn)).length > 0
  }

  #stays(urn: string): readonly Stay[] {
    const firstHome = this.#firstHome(urn)
    if (this.#origins.has(firstHome)) return this.#follow(this.#partyStatements(urn, firstHome))
    // Nobody can tell where it is at home: what each log says by itself, by when it came there.
    return [...this.#origins]
      .flatMap((origin) => {
        const all = this.#partyStatements(urn, origin)
        const homes = all.filter((each, i) => homeOf(each) === origin && homeOf(all[i - 1]) !== origin)
        return homes.map((each) => stayFrom(all.slice(all.indexOf(each))))
      })
      .sort((a, b) => {
        const [one, other] = [a.parties[0], b.parties[0]]
        if (one === undefined || other === undefined) return 0
        return one.at - other.at || (a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : one.index - other.index)
      })
  }

  #follow(all: readonly Done[]): readonly Stay[] {
    if (all.length === 0) return []
    const stay = stayFrom(all)
    const move = stay.parties.at(-1)
    const home = homeOf(move)
    if (move === undefined || home === undefined || home === stay.origin) return [stay]
    const there = this.#partyStatements(move.statement.iss, home)
    const arrived = there.findIndex(({ statement }) => statement.id === move.statement.id)
    return [stay, ...(arrived < 0 ? [] : this.#follow(there.slice(arrived)))]
  }
}

/** From a party statement on to the one that names another home. */
function stayFrom(all: readonly Done[]): Stay {
  const origin = all[0]?.origin ?? ''
  const left = all.findIndex((each) => homeOf(each) !== origin)
  if (left < 0) return { origin, parties: all, last: Number.MAX_SAFE_INTEGER }
  return { origin, parties: all.slice(0, left + 1), last: all[left]?.index ?? 0 }
}

function homeOf(done: Done | undefined): string | undefined {
  return done && payloadOf<PartyPayload>(done).home
}

function isAdherence({ statement }: Done): boolean {
  return statement.kind === 'adherence' || statement.kind === 'support'
}

/** The last statement about each thing. */
function latest(statements: readonly Done[]): Done[] {
  return [...new Map(statements.map((each) => [each.statement.sub, each])).values()]
}
