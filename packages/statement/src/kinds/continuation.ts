import { type Static, Type } from 'typebox'
import { ORIGIN, ROOT } from './examples.ts'
import { closed, documents, logPrefix, oneOf, text } from './fields.ts'
import { defineKind } from './kind.ts'
import { checkpointOfProblem, proofProblem } from './log-text.ts'
import { origin } from './subjects.ts'

export const continuationPayload = closed({
  predecessor: logPrefix,
  reason: oneOf(
    ['restored', 'moved', 'key-lost', 'key-compromised', 'ended'],
    'why the predecessor stops at this size',
  ),
  checkpoint: Type.Optional(
    text(8192, 'signed checkpoint of the predecessor, as text: with that origin, size and root'),
  ),
  proof: Type.Optional(
    text(
      16_384,
      'of a party that moves: C2SP tlog-proof, with the checkpoint of the predecessor, of the entry there that names the successor as its home',
    ),
  ),
  documents: Type.Optional(documents),
})

/** Payload of a `continuation`. */
export type ContinuationPayload = Static<typeof continuationPayload>

export const continuationKind = defineKind({
  name: 'continuation',
  title: 'Continuation',
  purpose:
    'Says in a log what continues here from a named size and root of another: by the keeper, the whole log, because a node that cannot prove that its log is whole opens a successor and never forks; by a party that moved its home, the party itself, with the proof that the log it left has the statement of its move.',
  schema: continuationPayload,
  sub: { ...origin, form: 'the origin of the successor, which is the log it stands in' },
  check: ({ predecessor, reason, checkpoint, proof }, { sub }) => {
    if (predecessor.origin === sub) {
      return { pointer: '/predecessor/origin', message: 'a log cannot continue itself' }
    }
    if (proof !== undefined && reason !== 'moved') {
      return { pointer: '/proof', message: `stands with reason moved, and only there; the reason is ${reason}` }
    }
    return (
      (checkpoint === undefined ? undefined : checkpointOfProblem('/checkpoint', checkpoint, predecessor)) ??
      (proof === undefined ? undefined : proofProblem('/proof', proof, predecessor))
    )
  },
  example: {
    sub: 'log.south.invalid',
    payload: {
      predecessor: { origin: ORIGIN, size: 1, root: ROOT },
      reason: 'moved',
      proof: `c2sp.org/tlog-proof@v1\nindex 0\n\n${ORIGIN}\n1\ncHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHA=\n\n— ${ORIGIN} ${'A'.repeat(91)}=\n`,
    },
  },
})
