import { type Static, Type } from 'typebox'
import { ORIGIN } from './examples.ts'
import { closed, list, seconds } from './fields.ts'
import { defineKind } from './kind.ts'
import { checkpointProblem } from './log-text.ts'
import { origin } from './subjects.ts'

export const timePayload = closed({
  at: seconds,
  cosigned: list(
    Type.String({ minLength: 1, maxLength: 8192 }),
    8,
    'the newest cosigned checkpoints of this log (C2SP tlog-checkpoint, tlog-cosignature), as text',
  ),
})

/** Payload of a `time` leaf. */
export type TimePayload = Static<typeof timePayload>

export const timeKind = defineKind({
  name: 'time',
  title: 'Time leaf',
  purpose:
    "Closes a batch with the node's time, and once an hour brings the latest witness cosignatures into the log. Times never decrease; cosignatures in later time leaves bound them from outside.",
  schema: timePayload,
  sub: origin,
  roles: ['receipt'],
  check: ({ at, cosigned }, { iat }) => {
    if (at !== iat) return { pointer: '/at', message: `must equal iat, which is ${iat}` }
    for (const [index, note] of cosigned.entries()) {
      const problem = checkpointProblem(`/cosigned/${index}`, note)
      if (problem !== undefined) return problem
    }
    return undefined
  },
  example: { sub: ORIGIN, payload: { at: 1_795_219_200, cosigned: [] } },
})
