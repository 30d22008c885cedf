import { commonBodies, moveOf, ProcedureError, procedureOf, reduce } from '@comity/procedures'
import type { MovePayload } from '@comity/statement'
import { NodeError } from '../../node-error.ts'
import { caseAtSeat } from '../../register/case-rows.ts'
import type { Database } from '../../register/database.ts'
import { rangeOf } from '../../register/position.ts'
import type { Filing } from './filings.ts'

/**
 * Why a move that was filed elsewhere is not possible in its case as the own log has it; undefined where it is. Looked at
 * before anything is taken over: for a move that comes to nothing no statement of its author has to enter this log. What
 * is possible here is judged again in its place.
 */
export function whyNot(database: Database, filing: Filing, at: number): NodeError | undefined {
  const { procedure: version, body } = payloadOf(database, filing)
  const { id: statement, name, by, urn } = filing
  try {
    const before = caseAtSeat(database, urn, rangeOf(0))
    if (before === undefined) return withoutCase(filing, version)
    if (before.case.procedure !== version) {
      const has = `the case ${urn} is one of ${before.case.procedure}, which it was opened with`
      return new NodeError('wrong-procedure', `${has}, not of ${version}`)
    }
    reduce(procedureOf(version), before.case, { statement, name, by, urn, body, at, filedAt: at })
    return undefined
  } catch (cause) {
    if (!(cause instanceof ProcedureError)) throw cause
    return new NodeError(cause.code, cause.message, { cause })
  }
}

function withoutCase({ urn, name, by }: Filing, version: string): NodeError | undefined {
  const procedure = procedureOf(version)
  const isOpening = !Object.hasOwn(commonBodies, name) && moveOf(procedure, name).from === 'opening'
  if (!isOpening) return new NodeError('no-case', `no case ${urn} is open here: ${name} opens none`)
  if (procedure.seat !== 'opener') return undefined
  return new NodeError(
    'wrong-seat',
    `the seat of this case is the home log of its opener: ${by} is at home elsewhere, and opens it there`,
  )
}

function payloadOf(database: Database, { position }: Filing): MovePayload {
  return JSON.parse(
    String(database.prepare('SELECT payload FROM filed_move WHERE position = ?').get(position)?.['payload']),
  )
}
