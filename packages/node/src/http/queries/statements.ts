import type {
  StatementResponse,
  StatementsQuery,
  StatementSummary,
  VoidEntriesQuery,
  VoidEntriesResponse,
} from '@comity/contract'
import { countSigners, decodeStatement, FOREIGN, HASH_ENVELOPE, type Statement } from '@comity/statement'
import { crypto } from '../../crypto-port.ts'
import type { ComityNode } from '../../node.ts'
import { batchOf } from '../../pipeline/sequencer.ts'
import { PartyBook } from '../../register/party-book.ts'
import { positionById } from '../../register/by-id.ts'
import { indexOf, logOf, positionOf, type PositionRange, rangeOf } from '../../register/position.ts'
import { Sight } from '../../register/sight.ts'
import { badCursor, limitOf, numericCursor, type Page, pageOf } from './page.ts'
import { RequestError } from '../request-error.ts'
import { type Row } from './rows.ts'
import { newestRowsBut, rowsBeginningWith, statementRow, statementRows } from './statement-rows.ts'

type Reading = Pick<ComityNode, 'reader' | 'ledger' | 'documents' | 'head' | 'witnessing' | 'mirrors'>

type VoidEntry = VoidEntriesResponse['items'][number]

/**
 * Statements of one log that pass the filter: from an index on in its order, or the newest first. Undefined for a log of
 * which this node has no copy.
 */
export function listStatements(node: Reading, query: StatementsQuery): Page<StatementSummary> | undefined {
  const limit = limitOf(query)
  const stretch = stretchOf(node, query.origin)
  if (stretch === undefined) return undefined
  const { from: first, to: end } = stretch
  if (query.id !== undefined) {
    return { items: rowsBeginningWith(node.reader, query.id, stretch, limit).map((row) => summaryOf(node, row)) }
  }
  const { ascending, start } = startOf(query, end - first)
  const [from, to] = ascending ? [first + start, end] : [first, first + Math.min(start, end - first)]
  const rows = statementRows(node.reader, query, { from, to, ascending, limit: limit + 1 })
  return pageOf(
    rows,
    limit,
    (row) => summaryOf(node, row),
    // The next page begins behind the last entry, and descending ends before it.
    (row) => (ascending ? `a${indexOf(Number(row['position'])) + 1}` : `d${indexOf(Number(row['position']))}`),
  )
}

/** Entries of a mirrored log that have no effect, in its order. Undefined for a log of which this node has no copy. */
export function listVoid(node: Reading, query: VoidEntriesQuery): Page<VoidEntry> | undefined {
  const limit = limitOf(query)
  const { origin } = query
  const stretch = stretchOf(node, origin)
  if (stretch === undefined) return undefined
  const rows = node.reader
    .prepare('SELECT position, code, detail FROM void WHERE position >= ? AND position < ? ORDER BY position LIMIT ?')
    .all(stretch.from + numericCursor(query, 0), stretch.to, limit + 1)
  return pageOf(
    rows,
    limit,
    (row) => ({
      origin,
      index: indexOf(Number(row['position'])),
      code: String(row['code']),
      detail: String(row['detail']),
    }),
    (row) => String(indexOf(Number(row['position'])) + 1),
  )
}

/** The entries of a log that are shown: of the own one what the head covers, of another what is folded. */
function stretchOf(node: Reading, origin: string | undefined): PositionRange | undefined {
  if (origin === undefined || origin === node.ledger.origin) return { from: 0, to: node.head.size }
  const row = node.reader.prepare('SELECT log, size FROM log WHERE origin = ?').get(origin)
  if (row === undefined) return undefined
  const { from } = rangeOf(Number(row['log']))
  return { from, to: from + Number(row['size']) }
}

/** Where a page begins, and in which direction it goes. */
function startOf({ from, cursor }: StatementsQuery, size: number): { ascending: boolean; start: number } {
  if (cursor !== undefined) {
    if (!/^[ad][0-9]{1,13}$/.test(cursor)) throw badCursor()
    return { ascending: cursor.startsWith('a'), start: Number(cursor.slice(1)) }
  }
  return from === undefined ? { ascending: false, start: size } : { ascending: true, start: from }
}

/** Where a statement stands: in this log, else in the first mirrored one that has it, or in the one that is named. */
export function positionOfStatement(node: Reading, id: string, origin?: string): number | undefined {
  const stretches =
    origin === undefined
      ? new Sight(node.reader).logs.map((log) => stretchOf(node, originOf(node, positionOf(log, 0))))
      : [stretchOf(node, origin)]
  for (const stretch of stretches) {
    const position = stretch && positionById(node.reader, id, stretch)
    if (position !== undefined) return position
  }
  return undefined
}

/** The bytes of an entry; undefined where the copy of its log is not at hand. */
export function leafAt(node: Reading, position: number): Uint8Array | undefined {
  const index = indexOf(position)
  if (logOf(position) === 0) return node.ledger.leaf(index)
  return node.mirrors.find(originOf(node, position))?.copy.leaves(index, index + 1)[0]
}

/** A statement decoded, with who signed it and the documents it cites; undefined where the log does not have it. */
export function statementDetails(node: Reading, id: string, origin?: string): StatementResponse | undefined {
  const position = positionOfStatement(node, id, origin)
  const row = position === undefined ? undefined : statementRow(node.reader, position)
  const leaf = position === undefined ? undefined : leafAt(node, position)
  if (position === undefined || row === undefined || leaf === undefined) return undefined
  const statement = decodeStatement(leaf, crypto)
  const isOwn = logOf(position) === 0
  const query = isOwn ? '' : `?origin=${encodeURIComponent(originOf(node, position))}`
  return {
    ...headerOf(node, statement, row),
    contentType: statement.contentType,
    alg: statement.alg,
    kid: statement.kidHex,
    payload: shownPayload(statement),
    ...signaturesOf(node, statement, position),
    time: isOwn ? timeOf(node, position) : { basis: 'claimed' },
    documents: documentsOf(node, position),
    links: {
      raw: `/api/v1/statements/${id}/raw${query}`,
      ...(isOwn ? { receipt: `/entries/${id}` } : {}),
      party: `/api/v1/parties/${encodeURIComponent(statement.iss)}`,
    },
  }
}

/** What its time rests on. */
function timeOf({ reader, witnessing }: Reading, index: number): StatementResponse['time'] {
  const { size, at } = batchOf(reader, index)
  return witnessing.times.of({ position: size - 1, at })
}

function summaryOf(node: Reading, row: Row): StatementSummary {
  const leaf = leafAt(node, Number(row['position']))
  if (leaf === undefined) throw new RequestError('not-available', 'the copy of this log cannot be read at present')
  return headerOf(node, decodeStatement(leaf, crypto), row)
}

function headerOf(node: Reading, statement: Statement, row: Row): StatementSummary {
  const effective = row['effective']
  const position = Number(row['position'])
  return {
    id: statement.id,
    origin: originOf(node, position),
    index: indexOf(position),
    kind: String(row['kind']),
    iss: statement.iss,
    sub: statement.sub,
    iat: statement.iat,
    at: Number(row['at']),
    effective: effective === null ? null : indexOf(Number(effective)),
  }
}

function originOf({ reader, ledger }: Reading, position: number): string {
  const log = logOf(position)
  if (log === 0) return ledger.origin
  return String(reader.prepare('SELECT origin FROM log WHERE log = ?').get(log)?.['origin'])
}

/** The payload of a kind of ours, which was read as JSON when it was judged. */
function shownPayload(statement: Statement): unknown {
  if (statement.kind === HASH_ENVELOPE || statement.kind === FOREIGN) return null
  return JSON.parse(Buffer.from(statement.payload).toString())
}

/** Approvals by the statement's own party, and how many are still wanted. */
function signaturesOf(
  node: Reading,
  statement: Statement,
  position: number,
): Pick<StatementResponse, 'approvals' | 'pending'> {
  const { reader } = node
  const approvals = reader
    .prepare(
      `SELECT signing_key.kid AS kid, approval.position AS position
       FROM approval JOIN signing_key USING (signing_key)
       WHERE approval.target = ? AND approval.party = (SELECT party FROM entry WHERE position = ?) ORDER BY approval.position`,
    )
    .all(statement.id, position)
    .map((row) => ({ kid: String(row['kid']), index: indexOf(Number(row['position'])) }))
  const need = reader.prepare('SELECT threshold FROM pending WHERE position = ?').get(position)?.['threshold']
  if (need === undefined) return { approvals }
  // As the judge counts: not every key that approves is one that counts.
  const state = new PartyBook(reader, logOf(position), originOf(node, position)).stateOf(statement.iss)
  const kids = approvals.map(({ kid }) => kid)
  const have = state === undefined ? 0 : countSigners(state, statement.kidHex, kids)
  return { approvals, pending: { have, need: Number(need) } }
}

function documentsOf(node: Reading, position: number): StatementResponse['documents'] {
  return node.reader
    .prepare('SELECT digest, size, type FROM document WHERE position = ? ORDER BY digest')
    .all(position)
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
  return newestRowsBut(node.reader, 'time', node.head.size, count).map((row) => {
    const statement = decodeStatement(node.ledger.leaf(indexOf(Number(row['position']))), crypto)
    return { ...headerOf(node, statement, row), payload: shownPayload(statement) }
  })
}
