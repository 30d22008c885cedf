import type { CaseMovesQuery } from '../api/cases.ts'
import type { CaseOrdersResponse, FileMoveBody, FileMoveResponse } from '../api/private-cases.ts'
import type { Submission, SubmissionsResponse } from '../api/submissions.ts'
import { mediaType } from '../media-types.ts'
import { toBase64Url } from './base64url.ts'
import type { Transport } from './transport.ts'

type SealedFields = FileMoveBody['fields']

/** For holders of a token of a hosted party: its private cases, beside what `cases` and `case` show with that token. */
export function ownCaseCalls(transport: Transport) {
  const path = (urn: string) => `api/v1/cases/${encodeURIComponent(urn)}`
  return {
    /** Files a signed move with what opens its sealed fields. */
    fileMove: (move: Uint8Array, fields: SealedFields) =>
      transport.json<FileMoveResponse>('api/v1/cases/moves', json({ move: toBase64Url(move), fields })),
    /** The orders of the seat, signed, with the moves that they order. */
    orders: (urn: string, query: CaseMovesQuery = {}) =>
      transport.json<CaseOrdersResponse>(`${path(urn)}/orders`, { query }),
    /** Erases the case for this party: nothing of it can be read any more. */
    erase: async (urn: string) => {
      await transport.send(path(urn), { method: 'DELETE' })
    },
  }
}

/** A signed statement that is to enter the log at a time, in whole seconds since the epoch. */
export interface ToSubmit {
  readonly statement: Uint8Array
  readonly documents?: readonly { readonly type: string; readonly content: Uint8Array }[]
  /** Of a move of a private case: what opens its sealed fields. */
  readonly fields?: SealedFields
  readonly at: number
}

/** For holders of a token of a hosted party: what is submitted at its minute. */
export function submissionCalls(transport: Transport) {
  return {
    prepare: ({ statement, documents = [], fields = [], at }: ToSubmit) =>
      transport.json<Submission>(
        'api/v1/submissions',
        json({
          statement: toBase64Url(statement),
          documents: documents.map(({ type, content }) => ({ type, content: toBase64Url(content) })),
          fields,
          at,
        }),
      ),
    list: () => transport.json<SubmissionsResponse>('api/v1/submissions'),
    cancel: async (id: string) => {
      await transport.send(`api/v1/submissions/${encodeURIComponent(id)}`, { method: 'DELETE' })
    },
  }
}

function json(body: object) {
  return { method: 'POST', body: JSON.stringify(body), contentType: mediaType.json }
}
