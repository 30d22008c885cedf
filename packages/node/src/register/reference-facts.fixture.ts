/**
 * The facts of a cut in the plainest way: every statement that took effect, decoded and gone through from the first to
 * the last for each question. Slow, and meant to be obviously right; what the register answers is held against it.
 */
import {
  type AdherenceFact,
  type AdvisoryFact,
  type CaseFact,
  type CasesAsked,
  type Cut,
  type DocumentState,
  type Facts,
  type PartyFact,
  type ProductFact,
  type Ref,
  type ReleaseFact,
  compareAcknowledgements,
  compareAdvisories,
  compareCases,
  compareProducts,
  compareReleases,
  firstOfEach,
  isAsked,
} from '@comity/assessment'
import {
  adherenceCase,
  adherenceVersion,
  atTime,
  type Case,
  deadlineOf,
  isEnded,
  missingConditions,
  moveOfKind,
  type Notice,
  openCase,
  type Procedure,
  ProcedureError,
  procedureOf,
  reduce,
  rolesOf,
  type RunningClock,
  standingOf,
  standingWith,
} from '@comity/procedures'
import type { InstrumentId } from '@comity/instruments'
import type {
  AcknowledgementPayload,
  AdherencePayload,
  AdvisoryPayload,
  MovePayload,
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
  /** The time at which it took effect. */
  readonly doneAt: number
  readonly statement: Statement
}

interface Played {
  readonly case: Case
  readonly moves: readonly { readonly name: string; readonly body: object; readonly done: Done }[]
  readonly ended: number
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
      .prepare(
        `SELECT entry.position AS position, entry.effective AS effective, entry.at AS at, done.at AS done_at FROM entry
         CROSS JOIN entry done ON done.position = entry.effective ORDER BY entry.position`,
      )
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
        return [{ origin, index, effective, at: Number(row['at']), doneAt: Number(row['done_at']), statement, payload }]
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

  cases(urn: string, asked: CasesAsked, limit: number): readonly CaseFact[] {
    if (!this.#isRooted(urn)) return []
    return [...this.#origins]
      .flatMap((origin) => this.#casesAt(origin))
      .filter(({ case: { procedure } }) => procedure === asked.procedure)
      .map((played) => this.#caseFact(played, urn, asked.at))
      .filter((fact) => fact.roles.length > 0 && isAsked(fact, asked))
      .sort(compareCases(asked))
      .slice(0, limit)
  }

  /** Every case of one seat, played from its first move to the last in the cut. */
  #casesAt(origin: string): readonly Played[] {
    const cases = new Map<string, Played>()
    const here = this.#done
      .filter((each) => each.origin === origin && isMoveAt(each))
      .sort((a, b) => a.effective - b.effective)
    for (const done of here) {
      const { version, move, seat, place } = this.#moveOf(done, cases)
      const { urn, name } = move
      const before = cases.get(urn)
      const procedure = procedureOf(version)
      try {
        const after =
          before === undefined ? openCase(procedure, move, { seat, place }) : reduce(procedure, before.case, move)
        if (before === undefined && !this.#isSeat(procedure, after, done)) continue
        const then = before && atTime(procedure, before.case, move.at)
        const ended = !isEnded(procedure, after) ? 0 : then && isEnded(procedure, then) ? then.movedAt : move.at
        cases.set(urn, {
          case: after,
          moves: [...(before?.moves ?? []), { name, body: move.body, done }],
          ended: before?.ended || ended,
        })
      } catch (error) {
        // One that waited for approvals for too long.
        if (!(error instanceof ProcedureError)) throw error
      }
    }
    return [...cases.values()]
  }

  /** Whether who has the seat is still at home in the log, after the wait for approvals. */
  #isSeat({ seat }: Procedure, { opener, roles }: Case, { origin, effective }: Done): boolean {
    const party = seat === 'opener' ? opener : (roles[seat]?.[0] ?? '')
    return homeOf(this.#partyStatements(party, origin).findLast(({ index }) => index < effective)) === origin
  }

  /** An adherence or support is a move in the case of that party and instrument. */
  #moveOf(done: Done, cases: ReadonlyMap<string, Played>) {
    const { kind, sub, iss: by, id: statement } = done.statement
    const rest = { statement, by, at: done.doneAt, filedAt: done.doneAt }
    const nowhere = { zone: 'UTC' }
    if (isAdherence(done)) {
      const so = cases.get(adherenceCase(by, sub.slice(sub.lastIndexOf(':') + 1)))
      const made = moveOfKind(kind, sub, by, done.payload, so?.case, done.doneAt)
      if (made === undefined) throw new Error(`no move of ${kind} ${sub}`)
      return { version: adherenceVersion, move: { ...made, ...rest }, seat: done.origin, place: nowhere }
    }
    const { procedure: version, move: name, body, seat, place = nowhere } = payloadOf<MovePayload>(done)
    return { version, move: { urn: sub, name, body, ...rest }, seat, place }
  }

  #caseFact({ case: of, moves: played, ended: endedBy }: Played, party: string, at: number): CaseFact {
    const procedure = procedureOf(of.procedure)
    const now = atTime(procedure, of, at)
    const ended = endedBy || (isEnded(procedure, now) ? now.movedAt : 0)
    const moves = played.map(({ name, done }) => ({ name, ref: this.#ref(done) }))
    const [opening] = moves
    if (opening === undefined) throw new Error('a case without moves')
    const roles = rolesOf(now, party).toSorted()
    const away = this.#done.filter((each) => isFiling(each, of) && this.#counts(each))
    const filings = [...away, ...played.map(({ done }) => done)]
    // Without a word from elsewhere that is for this clock, the seat alone says how it stands.
    const isKept = (clock: string, running: RunningClock): boolean =>
      away.some(
        ({ statement: { iss }, doneAt, ...rest }) =>
          isForClock(procedure, now, clock, payloadOf<MovePayload>(rest).move, iss) && doneAt <= deadlineOf(running),
      ) && isInTime(procedure, now, clock, filings)
    const clocks = Object.entries(now.clocks).filter(
      ([, running]) => ended === 0 || running.stoppedAt !== undefined || deadlineOf(running) < ended,
    )
    return {
      urn: of.urn,
      procedure: of.procedure,
      state: now.state,
      standing: of.withdrawnAt !== undefined ? 'withdrawn' : ended > 0 ? 'ended' : 'open',
      opening: opening.ref,
      roles,
      moves: firstOfEach(moves.filter(({ ref }) => ref.party === party)),
      others: firstOfEach(moves.filter(({ ref }) => ref.party !== party)),
      kept: Object.fromEntries(
        Object.entries(now.facts).filter(([, fact]) => typeof fact === 'string'),
      ) as CaseFact['kept'],
      marks: Object.keys(now.facts)
        .filter((name) => names(now.facts[name], party))
        .sort(),
      ...(procedure.name === 'restriction' && { missing: missingIn(played) }),
      clocks: clocks
        .map(([name, running]) => ({
          name,
          standing: isKept(name, running) ? 'kept' : standingOf(running, at, now.suspendedAt),
          bound: roles.includes(procedure.clocks[name]?.binds ?? ''),
          deadline: deadlineOf(running),
        }))
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
    }
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

/** A list with the party in it, or a record by party that has it. */
function names(fact: unknown, party: string): boolean {
  if (Array.isArray(fact)) return fact.includes(party)
  return typeof fact === 'object' && fact !== null && Object.keys(fact).includes(party)
}

function missingIn(moves: Played['moves']): readonly string[] {
  const said = moves.filter(({ name }) => name === 'notice' || name === 'record' || name === 'supplement')
  const whole = Object.fromEntries(said.flatMap(({ body }) => Object.entries(body)))
  return missingConditions(whole as unknown as Notice) // safe: each body was read against a schema with the fields of a notice
}

function isMoveAt({ origin, ...done }: Done): boolean {
  const { statement, ...rest } = done
  if (statement.kind === 'adherence' || statement.kind === 'support') return true
  return statement.kind === 'move' && payloadOf<MovePayload>(rest).seat === origin
}

function isFiling({ origin, statement, ...rest }: Done, of: Case): boolean {
  if (statement.kind !== 'move' || statement.sub !== of.urn) return false
  return origin !== of.seat && payloadOf<MovePayload>(rest).seat === of.seat
}

/** Whether a move of this name by this party is one that a clock waits for. */
function isForClock({ clocks, moves }: Procedure, of: Case, clock: string, move: string, party: string): boolean {
  const by = moves[move]?.by ?? []
  if (clocks[clock]?.stops.includes(move) !== true) return false
  return by === 'anyone' || by.some((role) => of.roles[role]?.includes(party) === true)
}

/** Whether what was filed anywhere in time keeps a clock. */
function isInTime(procedure: Procedure, of: Case, clock: string, filed: readonly Done[]): boolean {
  const filings = filed.map(({ statement, doneAt, ...rest }) => ({
    statement: statement.id,
    name: payloadOf<Partial<MovePayload>>(rest).move ?? '',
    by: statement.iss,
    filedAt: doneAt,
  }))
  return standingWith(procedure, of, clock, filings, Number.MAX_SAFE_INTEGER)?.standing === 'kept'
}
