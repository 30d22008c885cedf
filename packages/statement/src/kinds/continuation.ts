import { type Static, Type } from 'typebox'
import { ORIGIN, ROOT } from './examples.ts'
import { closed, documents, logPrefix, oneOf, text } from './fields.ts'
import { defineKind } from './kind.ts'
import { checkpointProblem } from './log-text.ts'
import { origin } from './subjects.ts'

export const continuationPayload = closed({
  predecessor: logPrefix,
  reason: oneOf(
    ['restored', 'moved', 'key-lost', 'key-compromised', 'ended'],
    'why the predecessor stops at this size',
  ),
  checkpoint: Type.Optional(text(8192, 'signed checkpoint of the predecessor at that size, as text')),
  documents: Type.Optional(documents),
})

/** Payload of a `continuation`. */
export type ContinuationPayload = Static<typeof continuationPayload>

export const continuationKind = defineKind({
  name: 'continuation',
  title: 'Continuation',
  purpose:
    'Says in a new log that it continues another from a named size and root. A node that cannot prove that its log is whole opens a successor this way and never forks.',
  schema: continuationPayload,
  sub: { ...origin, form: 'the origin of the successor, which is the log it stands in' },
  check: ({ predecessor, checkpoint }, { sub }) => {
    if (predecessor.origin === sub) {
      return { pointer: '/predecessor/origin', message: 'a log cannot continue itself' }
    }
    return checkpoint === undefined ? undefined : checkpointProblem('/checkpoint', checkpoint)
  },
  example: {
    sub: `${ORIGIN}/2`,
    payload: { predecessor: { origin: ORIGIN, size: 1200, root: ROOT }, reason: 'restored' },
  },
})
