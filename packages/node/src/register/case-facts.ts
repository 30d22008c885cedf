import {
  type CaseFact,
  type CaseMove,
  type CasesAsked,
  askedStanding,
  caseFactOf,
  compareCases,
  isAsked,
  noticeMoves,
} from '@comity/assessment'
import { procedureOf, standingOf } from '@comity/procedures'
import type { MovePayload } from '@comity/statement'
import { clocksIn } from './case-clocks.ts'
import { type CaseRecord, caseRecord } from './case-record.ts'
import { type CutRows, type Row, refColumns, refJoin } from './cut-rows.ts'
import type { Database } from './database.ts'
import { type Ranking, first, firstRows } from './first-rows.ts'
import { logOf, rangeOf } from './position.ts'

/** Facts of one party that are kept from one question to the next. */
const factsKept = 512

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
    // Most parties have none: said by one look, not by one for each log.
    if (!this.#hasRole(party, asked.procedure)) return []
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

  /** Whether a party ever had a role in a case of a procedure, in whatever version, log and place. */
  #hasRole(party: string, version: string): boolean {
    const any = this.#database.prepare('SELECT 1 FROM case_party WHERE urn = ? AND procedure = ? LIMIT 1')
    return any.get(party, procedureOf(version).name) !== undefined
  }

  /** Cases of one seat that are what is asked for, the last opened first. */
  *#asked(party: string, asked: CasesAsked, log: number): Generator<Row> {
    for (const { roles, ...row } of this.#casesWith(party, asked, log)) {
      const has = (role: string): boolean => roles.includes(role)
      // A role that was given up still stands there: whether the party has none of others is the fact's to say.
      if (asked.roles?.some(has) === false) continue
      const file = Number(row['effective'])
      const known = this.#known.get(file)
      const fact = known ?? this.#factIfLikely(file, party, asked)
      if (fact !== undefined && isAsked(fact, asked)) yield { ...row, fact }
    }
  }

  /**
   * Cases in which a party has roles in the cut, with these. Where its own moves are asked for, only those in which it made
   * one: others may name it in as many cases as they like, and nobody looks at them.
   */
  *#casesWith(party: string, asked: CasesAsked, log: number): Generator<Row & { readonly roles: readonly string[] }> {
    const { from } = rangeOf(log)
    const end = this.#cut.endAt(from)
    const { made = [], others = [] } = asked
    const own = this.#partyIn(party, log)
    if (own === undefined && made.length > 0) return
    const isMade = `SELECT case_file FROM move WHERE party = ? AND effective < ? AND name IN (${marks(made)})`
    const isAnswered = `SELECT 1 FROM move answer WHERE answer.case_file = case_party.case_file AND answer.effective < ?
      AND answer.party <> ? AND answer.name IN (${marks(others)})`
    const rows = this.#database
      .prepare(
        `SELECT case_party.case_file AS effective, move.position AS position, role FROM case_party
         CROSS JOIN case_file ON case_file.case_file = case_party.case_file
         CROSS JOIN move ON move.effective = case_party.case_file
         WHERE case_party.urn = ? AND case_party.procedure = ? AND case_party.case_file >= ? AND case_party.case_file < ?
           AND since < ? AND case_file.procedure = ? ${made.length === 0 ? '' : `AND case_party.case_file IN (${isMade})`}
           ${others.length === 0 ? '' : `AND EXISTS (${isAnswered})`} ORDER BY case_party.case_file DESC`,
      )
      .iterate(
        party,
        procedureOf(asked.procedure).name,
        from,
        end,
        end,
        asked.procedure,
        ...(made.length === 0 ? [] : [own ?? -1, end, ...made]),
        ...(others.length === 0 ? [] : [end, own ?? -1, ...others]),
      )
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
  #factIfLikely(file: number, party: string, asked: CasesAsked): CaseFact | undefined {
    const record = caseRecord(this.#database, file, this.#cut, asked.at)
    if (record === undefined || !isLikely(record, asked)) return undefined
    const fact = this.#fact(record, party, asked.at)
    if (fact === undefined) return undefined
    if (this.#known.size >= factsKept) this.#known.clear()
    this.#known.set(file, fact)
    return fact
  }

  #fact(record: CaseRecord, party: string, at: number): CaseFact | undefined {
    const { file, case: of } = record
    const moves = this.#moves(file, party)
    const notices = record.procedure.name === 'restriction' ? this.#notices(file) : []
    const clocks = clocksIn(this.#database, record, this.#cut, at)
    return caseFactOf(party, { of, moves, notices, at, clocks })
  }

  /**
   * The opening, and of each move that the party made, and that others did, the one that counts: the latest, or where
   * that is contested all of them. A case may have any number of replies, and no more than a few of these are read.
   */
  #moves(file: number, party: string): readonly CaseMove[] {
    const end = this.#cut.endAt(file)
    const own = this.#partyIn(party, logOf(file)) ?? -1
    const read = (where: string, ...parameters: readonly (string | number)[]): readonly CaseMove[] =>
      this.#database
        .prepare(`SELECT ${refColumns}, kind_row.name AS name FROM move kind_row ${refJoin} WHERE ${where}`)
        .all(...parameters)
        .map((row): CaseMove => ({ name: String(row['name']), ref: this.#cut.ref(row) }))
    const latest = this.#database
      .prepare(
        `SELECT name, party = ? AS own, effective, max(position) FROM move WHERE case_file = ? AND effective < ?
         GROUP BY name, own`,
      )
      .all(own, file, end)
      .flatMap((row) => {
        const [last] = read('kind_row.effective = ?', Number(row['effective']))
        if (last?.ref.contested === false) return [last]
        const by = row['own'] === 1 ? '=' : '<>'
        const all = `kind_row.case_file = ? AND kind_row.effective < ? AND kind_row.name = ? AND kind_row.party ${by} ?`
        return read(all, file, end, String(row['name']), own)
      })
    return [...read('kind_row.effective = ?', file), ...latest]
  }

  /** Number of a party in a log, where that knows it. */
  #partyIn(urn: string, log: number): number | undefined {
    const { from, to } = rangeOf(log)
    const row = this.#database
      .prepare('SELECT party FROM party WHERE urn = ? AND party >= ? AND party < ?')
      .get(urn, from, to)
    return row === undefined ? undefined : Number(row['party'])
  }

  /** What a restriction was said to be, by its notice or record and by supplements, in their order. */
  #notices(file: number): readonly Readonly<Record<string, unknown>>[] {
    return this.#database
      .prepare(
        `SELECT payload FROM move WHERE case_file = ? AND effective < ? AND name IN (${marks(noticeMoves)})
         ORDER BY effective`,
      )
      .all(file, this.#cut.endAt(file), ...noticeMoves)
      .map((row) => {
        const { body }: MovePayload = JSON.parse(String(row['payload']))
        return body
      })
  }
}

function marks(list: readonly unknown[]): string {
  return list.map(() => '?').join()
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
