/** A test of points of contact: who answered, beside what the directory of contacts said when it was asked. */
import { type Static, Type } from 'typebox'
import { contact, contactFunction } from './contacts.ts'
import { at, closed, kid, named, oneOf, stands } from './fields.ts'

export const pingStandings = ['in-time', 'late', 'awaited', 'none'] as const
export const likenesses = ['as-listed', 'differs', 'not-listed', 'not-said'] as const

const likeness = oneOf(
  likenesses,
  '`not-listed`: the directory says nothing of it; `not-said`: the answer says nothing of it',
)

export const pingAnswer = closed({
  party: named,
  standing: oneOf(pingStandings, 'answered in time, late, not yet, or not in the time for it'),
  answer: Type.Optional(
    closed({
      hours: Type.Optional(Type.String()),
      language: Type.Optional(Type.String()),
      key: Type.Optional(kid),
      statement: { ...stands, description: 'where it was filed first' },
    }),
  ),
  directory: oneOf(
    ['listed', 'none', 'unseen'],
    'whether the party had a contact of that function when it was asked; `unseen`: no log in which it is at home is followed here',
  ),
  contacts: Type.Array(contact, { description: 'those of that function, as they were listed when it was asked' }),
  listedBy: Type.Optional({ ...stands, description: 'the party statement that was in effect then' }),
  compared: Type.Optional({
    ...closed({ hours: likeness, language: likeness, key: likeness }),
    description: 'the answer beside those contacts: an observation, from which nothing follows',
  }),
})
export type PingAnswerView = Static<typeof pingAnswer>

/** The latest round of a test of points of contact. */
export const pingView = closed({
  function: contactFunction,
  askedAt: { ...at, description: 'when that round was started' },
  answers: Type.Array(pingAnswer, { description: 'of each participant, in the order in which they were named' }),
})
export type PingView = Static<typeof pingView>
