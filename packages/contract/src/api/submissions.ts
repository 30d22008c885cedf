/** Statements that are prepared, signed and sealed now, and enter the log at their minute. */
import { type Static, Type } from 'typebox'
import { at, closed, digest, oneOf, statementId } from './fields.ts'

/** What opens one sealed field of a move. */
export const sealedField = closed({
  name: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$' }),
  salt: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$', description: '16 random bytes, unpadded base64url' }),
  value: Type.Unknown(),
})

export const submissionBody = closed({
  statement: Type.String({
    minLength: 1,
    maxLength: 90_000,
    pattern: '^[A-Za-z0-9_-]+$',
    description: 'the signed statement, unpadded base64url',
  }),
  documents: Type.Array(
    closed({
      type: Type.String({ minLength: 3, maxLength: 255, description: 'media type' }),
      content: Type.String({
        maxLength: 22_400_000,
        pattern: '^[A-Za-z0-9_-]*$',
        description: 'the document, unpadded base64url',
      }),
    }),
    { maxItems: 64, description: 'documents that it brings and that the node does not have; together at most 16 MiB' },
  ),
  fields: Type.Array(sealedField, { maxItems: 64, description: 'of a move of a private case' }),
  at: { ...at, description: 'when it enters the log; a time that has passed means now' },
})
export type SubmissionBody = Static<typeof submissionBody>

export const submission = closed({
  id: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  statement: { ...statementId, description: 'id of the statement' },
  kind: Type.String(),
  sub: Type.String(),
  at: { ...at, description: 'when it enters the log' },
  preparedAt: at,
  documents: Type.Array(digest),
  state: oneOf(['waiting', 'registered', 'refused', 'cancelled']),
  endedAt: Type.Optional(at),
  index: Type.Optional(Type.Integer({ minimum: 0, description: 'its place in the log' })),
  code: Type.Optional(Type.String({ description: 'why it was refused' })),
  detail: Type.Optional(Type.String()),
})
export type Submission = Static<typeof submission>

export const submissionsResponse = closed({ submissions: Type.Array(submission) })
export type SubmissionsResponse = Static<typeof submissionsResponse>

export const submissionParams = closed({ id: Type.String({ pattern: '^[0-9a-f]{32}$' }) })
