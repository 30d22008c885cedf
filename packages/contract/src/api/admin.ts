/** For whoever holds an admin token. */
import { type Static, Type } from 'typebox'
import { problemSchema } from '../problem.ts'
import { at, closed, logSize, oneOf, partyUrn } from './fields.ts'

const tokenId = Type.String({ pattern: '^[0-9a-f]{16}$', description: 'names a token without giving it away' })

export const issueTokenBody = closed({
  label: Type.String({ minLength: 1, maxLength: 200, description: 'who or what it is for' }),
  party: Type.Optional(
    Type.Union([partyUrn, Type.Null()], { description: 'the hosted party whose vault partition it opens' }),
  ),
  admin: Type.Optional(Type.Boolean({ default: false })),
})
export type IssueTokenBody = Static<typeof issueTokenBody>

const token = {
  id: tokenId,
  label: Type.String(),
  party: Type.Union([partyUrn, Type.Null()]),
  admin: Type.Boolean(),
  issuedAt: at,
  revokedAt: Type.Optional(at),
}
export const tokenSchema = closed(token)
export type Token = Static<typeof tokenSchema>

export const issueTokenResponse = closed({
  ...token,
  secret: Type.String({ description: 'what goes into the Authorization header; it is shown this once' }),
})
export type IssueTokenResponse = Static<typeof issueTokenResponse>

export const tokensResponse = closed({ tokens: Type.Array(tokenSchema) })
export type TokensResponse = Static<typeof tokensResponse>

export const tokenParams = closed({ id: tokenId })

const bytes = Type.Integer({ minimum: 0, description: 'bytes' })

export const backupBody = closed({
  directory: Type.String({
    minLength: 1,
    maxLength: 4096,
    description: 'absolute path of a new folder on the machine of the node',
  }),
})
export type BackupBody = Static<typeof backupBody>

/** A backup that is whole and verified. */
export const finishedBackup = closed({ directory: Type.String(), size: logSize, bytes })
export type FinishedBackup = Static<typeof finishedBackup>

export const backupResponse = closed({
  directory: Type.String(),
  state: oneOf(['running', 'done', 'failed'], 'how the newest backup stands'),
  step: oneOf(['copying', 'verifying']),
  done: bytes,
  total: bytes,
  finished: Type.Optional(finishedBackup),
  problem: Type.Optional(problemSchema),
})
export type BackupResponse = Static<typeof backupResponse>
