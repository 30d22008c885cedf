/** How far an advisory has come with those it is for, as its publisher sees it: never what they run. */
import { type Static, Type } from 'typebox'
import { at, closed, names, oneOf, partyUrn, place, statementId } from './fields.ts'

const count = Type.Integer({ minimum: 0 })

export const advisoryStatusParams = closed({ urn: Type.String({ minLength: 1, maxLength: 600 }) })

const partner = closed({
  party: partyUrn,
  names,
  told: Type.Optional(
    closed({
      how: oneOf(
        ['message', 'mirror', 'answer'],
        'how it is known: a receipt for a sealed message, its node says that it holds the log so far, or it answered',
      ),
      at,
    }),
  ),
  message: Type.Optional(
    closed({
      state: oneOf(['waiting', 'taken', 'delivered', 'failed'], 'how far the sealed message about it has come'),
      code: Type.Optional(Type.String({ description: 'why it failed' })),
      at,
    }),
  ),
  answer: Type.Optional(
    closed({
      state: oneOf(['affected', 'not_affected', 'mitigated', 'remedied']),
      justification: Type.Optional(Type.String()),
      statement: statementId,
      at,
    }),
  ),
})

export const advisoryStatusResponse = closed({
  urn: Type.String(),
  statement: place,
  told: { ...count, description: 'partners of whom it is known that they were told' },
  acknowledged: { ...count, description: 'those that answered' },
  remedied: { ...count, description: 'those whose answer is that it is remedied' },
  silent: { ...count, description: 'those that have not answered, which says nothing of how they stand' },
  partners: Type.Array(partner, { description: 'by party' }),
})
export type AdvisoryStatusResponse = Static<typeof advisoryStatusResponse>
