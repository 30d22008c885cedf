import { type Static, Type } from 'typebox'
import { CASE, STATEMENT_ID } from './examples.ts'
import { closed, digest, seconds, statementId } from './fields.ts'
import { defineKind } from './kind.ts'
import { anyCase } from './subjects.ts'

export const orderPayload = closed({
  thread: Type.Optional({
    ...digest,
    description: 'which thread of the case, by a digest of who is in it; absent for what all parties of the case see',
  }),
  n: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'place in its chain, from 0' }),
  previous: Type.Optional({ ...statementId, description: 'id of the order before it in its chain' }),
  common: Type.Optional({
    ...statementId,
    description: 'of a thread: id of the newest order that all parties of the case see',
  }),
  move: { ...statementId, description: 'id of the move that has this place' },
  at: { ...seconds, description: 'when it takes effect' },
})

/** Payload of an `order`. */
export type OrderPayload = Static<typeof orderPayload>

export const orderKind = defineKind({
  name: 'order',
  title: 'Order of a move',
  purpose:
    'The word of the node that keeps the seat of a private case: which place a move has among those that the same parties see. Each names the one before it, so that two orders of one case are shown by two signatures. It travels sealed with its move and is never logged by itself.',
  schema: orderPayload,
  sub: anyCase,
  roles: ['receipt'],
  logged: false,
  check: ({ n, previous, thread, common, at }, { iat }) => {
    if (at !== iat) return { pointer: '/at', message: `must equal iat, which is ${iat}` }
    if ((n === 0) !== (previous === undefined)) return { pointer: '/previous', message: 'stands with every n but 0' }
    return common !== undefined && thread === undefined
      ? { pointer: '/common', message: 'stands with a thread, and only there' }
      : undefined
  },
  example: {
    sub: CASE,
    payload: { n: 1, previous: '0d'.repeat(32), move: STATEMENT_ID, at: 1_795_219_200 },
  },
})
