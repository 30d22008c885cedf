/**
 * What a move demands. At the seat of its case it is held against the case as the log before it has left that: nothing
 * else is looked at, so that anybody who holds the same prefix comes to the same. In any other log it is only filed: there
 * it has to be a move that its procedure knows, for everybody to read, and what the case says of it is for the seat.
 */
import {
  adherenceCase,
  adherenceProcedure,
  adherenceSlugs,
  type Case,
  commonBodies,
  deadlineOf,
  type Move,
  moveOf,
  moveOfKind,
  openCase,
  type Place,
  type Procedure,
  ProcedureError,
  procedureOf,
  reduce,
  requireBrought,
  requireForm,
  visibilityOf,
} from '@comity/procedures'
import { type MovePayload, parseCaseUrn, parseInstrumentUrn, StatementError } from '@comity/statement'
import { NodeError } from '../node-error.ts'
import { type CaseChange, caseAtSeat } from '../register/case-rows.ts'
import { type Entry, payloadOf } from '../register/entry.ts'
import type { Register } from '../register/register.ts'

/** Where clocks run when the move that opens a case says nothing of it. */
const anywhere: Place = { zone: 'UTC' }

/** The end of the year 9999, in seconds: beyond it dates have another form, and calendars end some time. */
const lastMoment = 253_402_300_799

/** Whether an entry is a move in the log that its case names as its seat. */
export function isAtItsSeat(entry: Entry, origin: string): boolean {
  return entry.statement.kind === 'move' && payloadOf<MovePayload>(entry).seat === origin
}

/**
 * The case after a move at its seat; undefined where the move is filed in another log.
 *
 * Throws NodeError with the code of what the procedure says, and `not-public`, `not-yours`, `reserved-slug`,
 * `wrong-procedure`, `wrong-seat`; StatementError `schema-violation`.
 */
export function judgeMove(entry: Entry, register: Register): CaseChange | undefined {
  return refusing(() => {
    const procedure = requireReadable(entry)
    return isAtItsSeat(entry, register.origin) ? changeBy(entry, procedure, register) : undefined
  })
}

/**
 * What a declaration of adherence or support does to the case of that party and instrument, in the log where it takes
 * effect; undefined for other kinds. The judge takes such a statement whatever the case says: throws what the procedure
 * says against it for the register to note.
 */
export function changeByDeclaration(effect: Entry, register: Register): CaseChange | undefined {
  const { statement, payload, at } = effect
  const instrument = parseInstrumentUrn(statement.sub)
  if (instrument === undefined) return undefined
  const { id, iss, kind, sub } = statement
  const before = caseAtSeat(register.database, adherenceCase(iss, instrument), register.range)
  return refusing(() => {
    const made = moveOfKind(kind, sub, iss, payload, before?.case, at)
    if (made === undefined) return undefined
    const move: Move = { ...made, statement: id, by: iss, at, filedAt: at }
    const procedure = adherenceProcedure
    if (before !== undefined) return { procedure, move, before, after: reduce(procedure, before.case, move) }
    return { procedure, move, after: openCase(procedure, move, { seat: register.origin, place: anywhere }) }
  })
}

/** What can be said of a move without the case. Returns the procedure. */
function requireReadable(entry: Entry): Procedure {
  const { procedure: version, move: name, body, place, documents, after, sealed } = payloadOf<MovePayload>(entry)
  const procedure = procedureOf(version)
  if (after !== undefined || sealed !== undefined)
    throw new NodeError('not-public', `${name} is a move of a private case: it cannot be registered in a log`)
  requireForm(procedure, { name, body, documents })
  requireBrought(procedure, { name, body, documents })
  requirePublic(procedure, name, body)
  if (isOpening(procedure, name)) requireOwnCase(entry)
  else if (place !== undefined) {
    throw new StatementError(
      'schema-violation',
      `move/place: where the clocks of a case run is said by the move that opens it, not by ${name}`,
      '/place',
    )
  }
  return procedure
}

export function isOpening(procedure: Procedure, name: string): boolean {
  return !Object.hasOwn(commonBodies, name) && moveOf(procedure, name).from === 'opening'
}

/** What is in a log lies open for ever. */
function requirePublic(procedure: Procedure, name: string, body: MovePayload['body']): void {
  const isCommon = Object.hasOwn(commonBodies, name)
  const visibility = isCommon ? procedure.visibility : visibilityOf(procedure, moveOf(procedure, name))
  if (visibility !== 'public')
    throw new NodeError('not-public', `${name} is seen by ${visibility} alone: it cannot be registered in a log`)
  const fields = isCommon ? {} : (moveOf(procedure, name).fields ?? {})
  const hidden = Object.keys(body).find((field) => (fields[field] ?? 'public') !== 'public')
  if (hidden === undefined) return
  throw new NodeError(
    'not-public',
    `${name}: ${hidden} is seen by ${fields[hidden]} alone: it cannot be registered in a log`,
    { pointer: `/body/${hidden}` },
  )
}

/** A case is named after the party that opens it. */
function requireOwnCase({ statement: { iss, sub } }: Entry): void {
  const { party, slug = '' } = parseCaseUrn(sub) ?? {}
  if (party !== iss) throw new NodeError('not-yours', `the case ${sub} is for ${party} to open, not for ${iss}`)
  if (!slug.startsWith(adherenceSlugs)) return
  throw new NodeError(
    'reserved-slug',
    `names that begin with ${adherenceSlugs} are for the cases that adherences open: choose another name`,
  )
}

function changeBy(entry: Entry, procedure: Procedure, register: Register): CaseChange {
  const { statement, at } = entry
  const { procedure: version, move: name, body, seat, place = anywhere } = payloadOf<MovePayload>(entry)
  const move: Move = { statement: statement.id, name, by: statement.iss, urn: statement.sub, body, at, filedAt: at }
  const before = caseAtSeat(register.database, statement.sub, register.range)
  if (before === undefined) {
    const after = openCase(procedure, move, { seat, place })
    requireSeat(procedure, after, register)
    return { procedure, move, after: withinTime(after) }
  }
  if (before.case.procedure !== version) {
    throw new NodeError(
      'wrong-procedure',
      `the case ${statement.sub} is one of ${before.case.procedure}, which it was opened with, not of ${version}`,
    )
  }
  return { procedure, move, before, after: withinTime(reduce(procedure, before.case, move)) }
}

/** The log that orders a case is the home of whoever the procedure says. */
function requireSeat({ seat }: Procedure, { opener, roles }: Case, { book, origin }: Register): void {
  const party = seat === 'opener' ? opener : roles[seat]?.[0]
  const home = party === undefined ? undefined : book.stateOf(party)?.home
  if (home === origin) return
  const where = home === undefined ? `, and ${String(party)} is not known here` : `: ${party} is at home in ${home}`
  throw new NodeError('wrong-seat', `the seat of this case is the home log of its ${seat}, not ${origin}${where}`)
}

export function withinTime(of: Case): Case {
  const beyond = Object.entries(of.clocks).find(([, clock]) => deadlineOf(clock) > lastMoment)
  if (beyond === undefined) return of
  throw new NodeError('bad-body', `the clock ${beyond[0]} would end after the year 9999`, { pointer: '/body' })
}

/** What a procedure refuses has the same code here. Dates that no calendar has are somebody's, not this node's fault. */
export function refusing<T>(decide: () => T): T {
  try {
    return decide()
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new NodeError('bad-body', `a time in it is beyond what calendars have: ${cause.message}`, { cause })
    if (!(cause instanceof ProcedureError)) throw cause
    const { code, message, pointer } = cause
    throw new NodeError(code, message, { cause, pointer: pointer === undefined ? undefined : `/body${pointer}` })
  }
}
