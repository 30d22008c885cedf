/** Other nodes that this one follows, asks for cosignatures, and writes to. */
import { type Static, Type } from 'typebox'
import { at, closed, digest, logSize, names, oneOf, origin, partyType, partyUrn } from './fields.ts'

const url = Type.String({
  minLength: 1,
  maxLength: 2000,
  description: 'where the node answers, such as `https://log.example.org`',
})
const verifierKey = Type.String({ minLength: 1, maxLength: 4096, description: 'C2SP verifier key, `name+id+key`' })
const witnessKeys = Type.Array(verifierKey, {
  maxItems: 8,
  description: 'keys under which it cosigns; none: its cosignatures are not asked for',
})
const witnessUrl = Type.String({
  minLength: 1,
  maxLength: 2000,
  description:
    'where it takes `/add-checkpoint` (C2SP tlog-witness), if not at `/witness`. With `mirror` false and neither `keeper` nor `logKey` it is a witness of another make, without a log',
})
const mirror = Type.Boolean({ description: 'whether its log is followed and kept' })
const allowPrivate = Type.Boolean({ description: 'whether it may be in a private network' })

export const peerSchema = closed({
  origin,
  url: Type.Optional({ ...url, description: 'where it answers; of a node in a private network for the keeper alone' }),
  role: oneOf(['mirror', 'witness', 'mirror-and-witness', 'contact'], 'what it is to this node'),
  state: oneOf(
    ['following', 'behind', 'unreachable', 'quarantined', 'not-yet'],
    'how it was seen last; `quarantined`: it contradicted itself, and nothing of it is taken any more',
  ),
  size: { ...logSize, description: 'entries of its log that are held here, verified' },
  entriesBehind: { ...logSize, description: 'entries that it is known to have beyond these' },
  secondsBehind: Type.Integer({ minimum: 0, description: 'seconds since this copy was whole; 0 while it is' }),
  lastSuccessAt: { ...at, description: 'when it last answered as it should; 0 for never' },
  cosignedAt: Type.Optional({ ...at, description: 'when it last cosigned a checkpoint of this log' }),
  lastError: Type.Optional(
    closed({
      code: Type.String(),
      at,
      message: Type.Optional(Type.String({ description: 'for the keeper alone: it may name addresses' })),
    }),
  ),
  pinned: Type.Optional({
    ...closed({
      keeper: Type.Optional({ ...partyUrn, description: 'absent of a witness that keeps no log' }),
      logKeys: Type.Array(verifierKey),
      witnessKeys,
      witnessUrl: Type.Optional(witnessUrl),
      mirror,
      allowPrivate,
      nextTryAt: { ...at, description: 'when it is asked again; 0 if that is not planned' },
    }),
    description: 'what the keeper of this node set, for the keeper alone',
  }),
})
export type PeerSummary = Static<typeof peerSchema>

export const peersResponse = closed({ peers: Type.Array(peerSchema) })
export type PeersResponse = Static<typeof peersResponse>

export const addPeerBody = closed({
  url,
  keeper: Type.Optional({ ...partyUrn, description: 'the party that must keep it' }),
  logKey: Type.Optional({ ...verifierKey, description: 'the key its newest checkpoint must be signed with' }),
  mirror: Type.Optional({ ...mirror, default: true }),
  witnessKeys: Type.Optional(witnessKeys),
  witnessUrl: Type.Optional(witnessUrl),
  allowPrivate: Type.Optional({ ...allowPrivate, default: false }),
  look: Type.Optional(
    Type.Boolean({ default: false, description: 'only say what is found there, and change nothing' }),
  ),
})
export type AddPeerBody = Static<typeof addPeerBody>

export const addPeerResponse = closed({
  outcome: oneOf(['found', 'added', 'changed', 'unchanged'], '`found`: it was only looked at'),
  origin,
  url,
  keeper: Type.Optional({
    ...closed({ urn: partyUrn, names, type: partyType, state: Type.Optional(Type.String()) }),
    description: 'absent of a witness that keeps no log',
  }),
  logKeys: Type.Array(verifierKey),
  witnessKeys: Type.Array(verifierKey, {
    description: 'keys under which it says it cosigns, and which its keeper has stated; empty where it is no witness',
  }),
  size: logSize,
  root: digest,
})
export type AddPeerResponse = Static<typeof addPeerResponse>

export const peerParams = closed({
  peer: Type.String({ minLength: 1, maxLength: 2000, description: 'the origin of its log, or its address' }),
})
