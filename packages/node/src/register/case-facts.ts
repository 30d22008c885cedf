import {
  type CaseFact,
  type CaseMove,
  type CasesAsked,
  askedStanding,
  compareCases,
  firstOfEach,
  isAsked,
} from '@comity/assessment'
import {
  type Case,
  deadlineOf,
  missingConditions,
  type Notice,
  type Procedure,
  procedureOf,
  rolesOf,
  standingOf,
} from '@comity/procedures'
import { clocksIn } from './case-clocks.ts'
import { type CaseRecord, caseRecord } from './case-record.ts'
import { type CutRows, type Row, refColumns, refJoin } from './cut-rows.ts'
import type { Database } from './database.ts'
import { type Ranking, first, firstRows } from './first-rows.ts'
import { rangeOf } from './position.ts'

/** Facts of one party that are kept from one question to the next. */
const factsKept = 512

/** Moves of a restriction that say what was restricted, on which law, until when. */
const notices = ['notice', 'record', 'supplement']

/** The cases of parties as of a cut, over all seats in it. */
export class CaseFacts {
  readonly #database: Database
  readonly #cut: CutRows
  /** Of one party at one time, by number of the case. */
  readonly #known = new Map<number, CaseFact>()
  #knownFor = ''

  constructor(database: Database, cut: CutRows) {
    this.#database = database
    this.#cut = cut
  }

  /** The first by `compareCases` of the cases of which `isAsked` holds. */
  of(party: string, asked: CasesAsked, limit: number): readonly CaseFact[] {
    const knownFor = `${party} ${asked.at}`
    if (this.#knownFor !== knownFor) this.#known.clear()
    this.#knownFor = knownFor
    const compare = compareCases(asked)
    const ranking: Ranking<CaseFact> = {
      // Safe: `#asked` yields no row without its fact.
      read: (row) => row['fact'] as CaseFact,
      compare,
      isBest: (fact) => askedStanding(fact, asked) === 'met',
    }
    const found = this.#cut.logs.flatMap((log) => firstRows(this.#asked(party, asked, log), limit, ranking))
    return first(found, limit, compare)
  }

  /** Cases of one seat that are what is asked for, the last opened first. */
  *#asked(party: string, asked: CasesAsked, log: number): Generator<Row> {
    const procedure = procedureOf(asked.procedure)
    for (const { roles, ...row } of this.#casesWith(party, asked.procedure, log)) {
      const has = (role: string): boolean => roles.includes(role)
      if (asked.roles?.some(has) === false || asked.without?.some(has) === true) continue
      const file = Number(row['effective'])
      const known = this.#known.get(file)
      const fact = known ?? this.#factIfLikely(procedure, file, party, asked)
      if (fact !== undefined && isAsked(fact, asked)) yield { ...row, fact }
    }
  }

  /** Cases in which a party has roles in the cut, with these. */
  *#casesWith(party: string, version: string, log: number): Generator<Row & { readonly roles: readonly string[] }> {
    const { from } = rangeOf(log)
    const end = this.#cut.endAt(from)
    const rows = this.#database
      .prepare(
        `SELECT case_party.case_file AS effective, move.position AS position, role FROM case_party
         CROSS JOIN case_file ON case_file.case_file = case_party.case_file
         CROSS JOIN move ON move.effective = case_party.case_file
         WHERE case_party.urn = ? AND case_party.procedure = ? AND case_party.case_file >= ? AND case_party.case_file < ?
           AND since < ? AND case_file.procedure = ? ORDER BY case_party.case_file DESC`,
      )
      .iterate(party, procedureOf(version).name, from, end, end, version)
    let open: (Row & { readonly roles: string[] }) | undefined
    for (const row of rows) {
      if (open?.['effective'] === row['effective']) {
        open?.roles.push(String(row['role']))
        continue
      }
      if (open !== undefined) yield open
      open = { ...row, roles: [String(row['role'])] }
    }
    if (open !== undefined) yield open
  }

  /** Undefined also where the case as its moves left it, without the logs of others, cannot be what is asked for. */
  #factIfLikely(procedure: Procedure, file: number, party: string, asked: CasesAsked): CaseFact | undefined {
    const record = caseRecord(this.#database, file, this.#cut, asked.at)
    if (record === undefined || !isLikely(record, asked)) return undefined
    const fact = this.#fact(procedure, record, party, asked.at)
    if (this.#known.size >= factsKept) this.#known.clear()
    this.#known.set(file, fact)
    return fact
  }

  #fact(procedure: Procedure, record: CaseRecord, party: string, at: number): CaseFact {
    const { file, case: of, ended } = record
    const rows = this.#database
      .prepare(
        `SELECT ${refColumns}, kind_row.name AS name FROM move kind_row ${refJoin}
         WHERE kind_row.case_file = ? AND kind_row.effective < ? ORDER BY kind_row.effective`,
      )
      .all(file, this.#cut.endAt(file))
    const moves = rows.map((row): CaseMove => ({ name: String(row['name']), ref: this.#cut.ref(row) }))
    const [opening] = moves
    if (opening === undefined) throw new Error(`the case ${of.urn} has no opening move`)
    const roles = rolesOf(of, party).toSorted()
    const missing = procedure.name === 'restriction' ? this.#missing(file) : undefined
    return {
      urn: of.urn,
      procedure: of.procedure,
      state: of.state,
      standing: of.withdrawnAt !== undefined ? 'withdrawn' : ended > 0 ? 'ended' : 'open',
      opening: opening.ref,
      roles,
      moves: firstOfEach(moves.filter(({ ref }) => ref.party === party)),
      others: firstOfEach(moves.filter(({ ref }) => ref.party !== party)),
      kept: textsOf(of.facts),
      ...(missing === undefined ? {} : { missing }),
      clocks: clocksIn(this.#database, record, this.#cut, at).map(({ name, running, standing }) => ({
        name,
        standing,
        bound: roles.includes(procedure.clocks[name]?.binds ?? ''),
        deadline: deadlineOf(running),
      })),
    }
  }

  /** What the latest notice, record or supplement of a restriction does not show. */
  #missing(file: number): readonly string[] | undefined {
    const row = this.#database
      .prepare(
        `SELECT payload FROM move WHERE case_file = ? AND effective < ? AND name IN (${notices.map(() => '?').join()})
         ORDER BY effective DESC LIMIT 1`,
      )
      .get(file, this.#cut.endAt(file), ...notices)
    if (row === undefined) return undefined
    const { body }: { body: Notice } = JSON.parse(String(row['payload']))
    return missingConditions(body)
  }
}

/** Cheap to say, without the moves of the case and without what others filed. */
function isLikely({ case: of }: CaseRecord, { states, kept, clock, at }: CasesAsked): boolean {
  if (states !== undefined && (of.withdrawnAt !== undefined || !states.includes(of.state))) return false
  if (!Object.entries(kept ?? {}).every(([field, word]) => of.facts[field] === word)) return false
  if (clock === undefined) return true
  const running = of.clocks[clock.name]
  if (running === undefined) return false
  // What was filed elsewhere shows a clock as kept, and as nothing else.
  return clock.standings.some((each) => each === 'kept' || each === standingOf(running, at, of.suspendedAt))
}

function textsOf(facts: Case['facts']): CaseFact['kept'] {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}
