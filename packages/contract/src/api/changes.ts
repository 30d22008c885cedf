import { type Static, Type } from 'typebox'
import { at, closed, index, logSize, oneOf, origin, partyUrn, statementId } from './fields.ts'
import { cut, flags, levels } from './findings.ts'

const moment = Type.String({
  pattern: '^(?:[0-9]{1,12}|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?)$',
  description: 'seconds since the epoch, `2026-11-21` (midnight UTC) or `2026-11-21T12:00:00Z`',
})

export const changesQuery = closed({
  from: moment,
  to: Type.Optional(moment),
})
export type ChangesQuery = Static<typeof changesQuery>

/** The log as it stood at a date: after the last batch that was closed by then. */
const standing = closed({ asked: at, at, size: logSize, cut })

const summary = closed({ level: Type.Optional(oneOf(levels)), flags: Type.Array(oneOf(flags)) })

export const changesResponse = closed({
  origin,
  from: standing,
  to: standing,
  kinds: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
    description: 'how many statements took effect, by kind, time leaves not counted',
  }),
  statements: Type.Array(
    closed({
      index,
      id: statementId,
      kind: Type.String(),
      party: partyUrn,
      partyName: Type.String(),
      at,
      effective: index,
    }),
    { description: 'the newest of them' },
  ),
  omitted: Type.Integer({ minimum: 0, description: 'how many more there are' }),
  findings: Type.Array(
    closed({
      party: partyUrn,
      partyName: Type.String(),
      provision: Type.String(),
      before: Type.Optional(summary),
      after: Type.Optional(summary),
    }),
    { description: 'findings that are not what they were, by party and provision' },
  ),
  partiesOmitted: Type.Integer({ minimum: 0 }),
})
export type ChangesResponse = Static<typeof changesResponse>
