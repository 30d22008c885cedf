import type { Static } from 'typebox'
import { ORIGIN, ROOT } from './examples.ts'
import { closed, digest, seconds } from './fields.ts'
import { defineKind } from './kind.ts'
import { origin } from './subjects.ts'

const HOUR = 3600

export const commitmentPayload = closed({
  hour: {
    ...seconds,
    description: 'the full hour that ends what it covers, whole seconds since the epoch; equal to `iat`',
  },
  root: {
    ...digest,
    description:
      'root (RFC 9162) over 65,536 salted leaves: one for each sealed message that was sent or received, all others random',
  },
})

/** Payload of a `commitment`. */
export type CommitmentPayload = Static<typeof commitmentPayload>

/** It has one size whatever it covers: two members of fixed width, under the name of the log. */
export const commitmentKind = defineKind({
  name: 'commitment',
  title: 'Commitment',
  purpose:
    'Binds a node, once an hour, to all sealed messages that it sent and received until then, without showing one of them, nor how many there were, nor whether there was any. Who holds a message can prove later, to whom he chooses, that it was there.',
  schema: commitmentPayload,
  sub: origin,
  roles: ['receipt'],
  check: ({ hour }, { iat }) => {
    if (hour !== iat) return { pointer: '/hour', message: `must equal iat, which is ${iat}` }
    return hour % HOUR === 0 ? undefined : { pointer: '/hour', message: 'is no full hour' }
  },
  example: { sub: ORIGIN, payload: { hour: 1_795_219_200, root: ROOT } },
})
