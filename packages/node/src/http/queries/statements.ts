import type { StatementResponse, StatementsQuery, StatementSummary } from '@comity/contract'
import { decodeStatement, FOREIGN, HASH_ENVELOPE, type Statement } from '@comity/statement'
import { crypto } from '../../crypto-port.ts'
import type { ComityNode } from '../../node.ts'
import { indexOf } from '../../register/position.ts'
import { badCursor, limitOf, type Page } from './page.ts'
import { ownLogEnd, type Row, where } from './rows.ts'

type Reading = Pick<ComityNode, 'reader' | 'ledger' | 'documents' | 'head'>

/** Entries looked at for one page where no index answers the filter. */
const lookedAt = 20_000

const columns = `entry.id AS id, entry.position AS position, entry.kind AS kind, entry.at AS at,
  entry.effective AS effective`

/**
 * Statements of this log: from an index on in its order, or the newest first. A page may be short or empty and still
 * have a next one, when the filter passes few.
 */
export function listStatements(node: Reading, query: StatementsQuery): Page<StatementSummary> {
  const { party, kind } = query
  const limit = limitOf(query)
  const { ascending, start } = startOf(query, node.head.size)
  // The index on (party, kind, position) finds a party's statements; everything else is a walk along the log.
  const window = party === undefined ? lookedAt : ownLogEnd
  const from = ascending ? start : Math.max(0, start - window)
  const to = Math.min(ascending ? start + window : start, node.head.size)
  const rows = node.reader
    .prepare(
      `SELECT ${columns} FROM entry
       ${where(
         'entry.position >= :from AND entry.position < :to',
         party !== undefined && 'entry.party = (SELECT party FROM party WHERE urn = :party)',
         kind !== undefined && 'entry.kind = :kind',
       )} ORDER BY entry.position ${ascending ? 'ASC' : 'DESC'} LIMIT :rows`,
    )
    .all({ from, to, rows: limit, ...(party === undefined ? {} : { party }), ...(kind === undefined ? {} : { kind }) })
  const items = rows.map((row) => summaryOf(node, row))
  const last = items.length === limit ? items[limit - 1] : undefined
  if (ascending) {
    const next = last === undefined ? to : last.index + 1
    return next < node.head.size ? { items, next: `a${next}` } : { items }
  }
  const next = last === undefined ? from : last.index
  return next > 0 ? { items, next: `d${next}` } : { items }
}

/** Where a page begins, and in which direction it goes. */
function startOf({ from, cursor }: StatementsQuery, size: number): { ascending: boolean; start: number } {
  if (cursor !== undefined) {
    if (!/^[ad][0-9]{1,13}$/.test(cursor)) throw badCursor()
    return { ascending: cursor.startsWith('a'), start: Number(cursor.slice(1)) }
  }
  return from === undefined ? { ascending: false, start: size } : { ascending: true, start: from }
}

/** The index of a statement in this log; undefined where it is not. */
export function indexOfStatement(node: Reading, id: string): number | undefined {
  const row = node.reader
    .prepare('SELECT position FROM entry WHERE id = ? AND position < ?')
    .get(Buffer.from(id, 'hex'), node.head.size)
  return row === undefined ? undefined : Number(row['position'])
}

/** A statement decoded, with who signed it and the documents it cites; undefined where the log does not have it. */
export function statementDetails(node: Reading, id: string): StatementResponse | undefined {
  const index = indexOfStatement(node, id)
  const row =
    index === undefined ? undefined : node.reader.prepare(`SELECT ${columns} FROM entry WHERE position = ?`).get(index)
  if (index === undefined || row === undefined) return undefined
  const statement = decodeStatement(node.ledger.leaf(index), crypto)
  return {
    ...headerOf(statement, row),
    contentType: statement.contentType,
    alg: statement.alg,
    kid: statement.kidHex,
    payload: payloadOf(statement),
    ...signaturesOf(node, statement, index),
    documents: documentsOf(node, index),
    links: {
      raw: `/api/v1/statements/${id}/raw`,
      receipt: `/entries/${id}`,
      party: `/api/v1/parties/${encodeURIComponent(statement.iss)}`,
    },
  }
}

function summaryOf(node: Reading, row: Row): StatementSummary {
  return headerOf(decodeStatement(node.ledger.leaf(indexOf(Number(row['position']))), crypto), row)
}

function headerOf(statement: Statement, row: Row): StatementSummary {
  const effective = row['effective']
  return {
    id: statement.id,
    index: indexOf(Number(row['position'])),
    kind: String(row['kind']),
    iss: statement.iss,
    sub: statement.sub,
    iat: statement.iat,
    at: Number(row['at']),
    effective: effective === null ? null : indexOf(Number(effective)),
  }
}

/** The payload of a kind of ours, which was read as JSON when it was judged. */
function payloadOf(statement: Statement): unknown {
  if (statement.kind === HASH_ENVELOPE || statement.kind === FOREIGN) return null
  return JSON.parse(Buffer.from(statement.payload).toString())
}

/** Approvals by the statement's own party, and how many are still wanted. */
function signaturesOf(
  node: Reading,
  statement: Statement,
  index: number,
): Pick<StatementResponse, 'approvals' | 'pending'> {
  const approvals = node.reader
    .prepare(
      `SELECT signing_key.kid AS kid, approval.position AS position
       FROM approval JOIN signing_key USING (signing_key) JOIN party USING (party)
       WHERE approval.target = ? AND party.urn = ? ORDER BY approval.position`,
    )
    .all(statement.id, statement.iss)
    .map((row) => ({ kid: String(row['kid']), index: indexOf(Number(row['position'])) }))
  const need = node.reader.prepare('SELECT threshold FROM pending WHERE position = ?').get(index)?.['threshold']
  if (need === undefined) return { approvals }
  const have = new Set([statement.kidHex, ...approvals.map((each) => each.kid)]).size
  return { approvals, pending: { have, need: Number(need) } }
}

function documentsOf(node: Reading, index: number): StatementResponse['documents'] {
  return node.reader
    .prepare('SELECT digest, size, type FROM document WHERE position = ? ORDER BY digest')
    .all(index)
    .map((row) => {
      const digest = String(row['digest'])
      return { digest, size: Number(row['size']), type: String(row['type']), status: node.documents.status(digest) }
    })
}

/** Newest statements with their payloads, time leaves left out, for a page that tells what happened. */
export function newestStatements(
  node: Reading,
  count: number,
): readonly (StatementSummary & { readonly payload: unknown })[] {
  const rows = node.reader
    .prepare(
      `SELECT ${columns} FROM entry WHERE entry.position < :to AND entry.position >= :from AND entry.kind <> 'time'
       ORDER BY entry.position DESC LIMIT :count`,
    )
    .all({ to: node.head.size, from: Math.max(0, node.head.size - lookedAt), count })
  return rows.map((row) => {
    const statement = decodeStatement(node.ledger.leaf(indexOf(Number(row['position']))), crypto)
    return { ...headerOf(statement, row), payload: payloadOf(statement) }
  })
}
