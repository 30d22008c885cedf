/** The cases of a cut in the plainest way: each played from its first move to its last, for each question. */
import { type CaseFact, type CasesAsked, compareCases, firstOfEach, isAsked } from '@comity/assessment'
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
import type { MovePayload } from '@comity/statement'
import { payloadOf } from './entry.ts'
import { type Done, homeOf, type ReferenceHomes } from './reference-homes.fixture.ts'

interface Played {
  readonly case: Case
  readonly moves: readonly { readonly name: string; readonly body: object; readonly done: Done }[]
  readonly ended: number
}

export class ReferenceCases {
  readonly #done: readonly Done[]
  readonly #origins: ReadonlySet<string>
  readonly #homes: ReferenceHomes

  constructor(done: readonly Done[], origins: ReadonlySet<string>, homes: ReferenceHomes) {
    this.#done = done
    this.#origins = origins
    this.#homes = homes
  }

  /** As `Facts.cases`. */
  of(urn: string, asked: CasesAsked, limit: number): readonly CaseFact[] {
    if (!this.#homes.isRooted(urn)) return []
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
    return homeOf(this.#homes.partyStatements(party, origin).findLast(({ index }) => index < effective)) === origin
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
    const moves = played.map(({ name, done }) => ({ name, ref: this.#homes.ref(done) }))
    const [opening] = moves
    if (opening === undefined) throw new Error('a case without moves')
    const roles = rolesOf(now, party).toSorted()
    const away = this.#done.filter((each) => isFiling(each, of) && this.#homes.counts(each))
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
}

export function isAdherence({ statement }: Done): boolean {
  return statement.kind === 'adherence' || statement.kind === 'support'
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
