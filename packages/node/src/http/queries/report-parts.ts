/** What a report is prepared from: the public record, and of a private case what the party of the token sees. */
import { api, type CaseMove, type CaseMovesQuery, type DueReportsBody } from '@comity/contract'
import type { RecordParts } from '@comity/procedures'
import type { HttpContext } from '../context.ts'
import { RequestError } from '../request-error.ts'
import { advisoryDetails } from './advisories.ts'
import { listMoves } from './cases.ts'
import type { Page } from './page.ts'
import { partyDetails } from './parties.ts'
import { privateLook } from './private-case-look.ts'
import { listPrivateMoves } from './private-cases.ts'
import { productDetails } from './products.ts'

/** `shown`: the party whose token is shown. Throws RequestError `not-found` for what is not known here. */
export function reportParts(context: HttpContext, body: DueReportsBody, shown: string | undefined): RecordParts {
  const { happened, said, advisory, case: urn } = body
  const reporter = shown ?? body.party
  const party = reporter === undefined ? undefined : partyPart(context, reporter)
  const moves = urn === undefined ? undefined : movesOf(context, urn, shown)
  return {
    ...(happened && { happened: { ...happened } }),
    ...(said && { said: { ...said } }),
    ...(advisory !== undefined && advisoryParts(context, advisory)),
    ...(party && { party }),
    ...(moves && { moves }),
  }
}

function partyPart({ node }: HttpContext, urn: string): NonNullable<RecordParts['party']> {
  const found = partyDetails(node.reader, urn)
  if (found === undefined) throw new RequestError('not-found', `${urn} is not known to this log`)
  const { names, state, contacts, statement } = found
  return { id: statement, urn, payload: { names, contacts, ...(state !== undefined && { state }) } }
}

function advisoryParts({ node }: HttpContext, urn: string): Pick<RecordParts, 'advisory' | 'products'> {
  const found = advisoryDetails(node.reader, urn)
  if (found === undefined) throw new RequestError('not-found', `${urn} is no advisory in this log`)
  const { payload, statement } = found
  const products = payload.products.flatMap((each) => {
    const known = productDetails(node.reader, each)
    return known === undefined ? [] : [{ id: known.statement.id, urn: each, payload: known.payload }]
  })
  return { advisory: { id: statement.id, urn, payload }, products }
}

function movesOf(context: HttpContext, urn: string, shown: string | undefined): NonNullable<RecordParts['moves']> {
  const look = shown === undefined ? undefined : privateLook(context, shown)
  const { node } = context
  const pageAfter = (query: CaseMovesQuery): Page<CaseMove> => {
    const own = look && listPrivateMoves(look, urn, query)
    const page = own ?? listMoves(node.reader, urn, query, node.now())
    if (page !== undefined) return page
    throw new RequestError(
      'not-found',
      `no case ${urn} is known here; a private one takes a token of one of its parties`,
    )
  }
  const moves: CaseMove[] = []
  for (let cursor: string | undefined, isMore = true; isMore; isMore = cursor !== undefined) {
    const page = pageAfter({ limit: api.pageLimit, ...(cursor !== undefined && { cursor }) })
    moves.push(...page.items)
    cursor = page.next
  }
  return moves.map(({ statement, name, by, body }) => ({ statement: statement.id, name, by: by.party, body }))
}
