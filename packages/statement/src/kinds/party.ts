import { type Static, Type } from 'typebox'
import { HASH_ENVELOPE } from '../content-type.ts'
import { jwkSchema } from '../public-key.ts'
import { isX25519, partyJwkSchema } from '../seal-key.ts'
import { KEY_1, KEY_2, KEY_3, ORIGIN, PARTY_A } from './examples.ts'
import {
  closed,
  digest,
  documents,
  firstRepeated,
  kidHex,
  language,
  list,
  oneOf,
  origin,
  seconds,
  stateCode,
  statementId,
  text,
  url,
} from './fields.ts'
import { type CheckedStatement, defineKind, type PayloadProblem, roles } from './kind.ts'
import { ownParty } from './subjects.ts'

export const partyTypes = [
  'state',
  'organisation',
  'provider',
  'operator',
  'technical-community',
  'civil-society',
  'person',
] as const
export type PartyType = (typeof partyTypes)[number]

/**
 * Kinds whose signatures cannot be multiplied: an approval approves, the node's own have one key, and the public
 * approval of a sealed message would say that there is one.
 */
const KINDS_WITHOUT_THRESHOLD: ReadonlySet<string> = new Set([
  'approval',
  'time',
  'refusal',
  'commitment',
  'delivery',
  'order',
  'record',
  'message',
])

const kindName = Type.String({ pattern: '^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$', maxLength: 40 })
const threshold = Type.Integer({ minimum: 1, maximum: 16 })

/** What an office of a party can be for. */
export const contactFunctions = ['security', 'diplomatic', 'technical', 'judicial', 'general', 'inbox'] as const

const contact = closed({
  function: oneOf(
    contactFunctions,
    'an office, never a person; `inbox`: under `url` the node that takes its sealed messages',
  ),
  url: Type.Optional(url),
  email: Type.Optional(Type.String({ pattern: '^[^\\s@]{1,64}@[^\\s@]{1,190}$' })),
  phone: Type.Optional(Type.String({ pattern: '^\\+[0-9 ()-]{5,30}$' })),
  hours: Type.Optional(text(200, 'when it answers, such as `24/7` or `Mon–Fri 08:00–17:00 UTC`')),
  languages: Type.Optional(list(language, 16)),
  key: Type.Optional({
    ...kidHex,
    description:
      'thumbprint (RFC 9679) of the key of this office, 64 hexadecimal digits: one of `keys`, with role `seal` to write to it sealed, or `sign` to check what it signs',
  }),
})

const partyKey = closed({
  jwk: partyJwkSchema,
  roles: Type.Array(oneOf(roles), { minItems: 1, maxItems: roles.length }),
  kinds: Type.Optional(
    Type.Array(kindName, { minItems: 1, maxItems: 64, description: 'narrows role `sign` to these kinds' }),
  ),
})

export const partyPayload = closed({
  names: Type.Array(closed({ language, text: text(200) }), { minItems: 1, maxItems: 32 }),
  type: oneOf(partyTypes),
  state: Type.Optional(stateCode),
  home: origin,
  contacts: Type.Optional(list(contact, 16)),
  keys: Type.Array(partyKey, { minItems: 1, maxItems: 32 }),
  thresholds: Type.Optional(
    Type.Record(kindName, threshold, {
      additionalProperties: false,
      maxProperties: 64,
      description: 'kind → how many distinct keys it takes',
    }),
  ),
  next: Type.Optional({
    ...digest,
    description: 'digest of the `keys` of the next rotation, as canonical JSON (RFC 8785)',
  }),
  recovery: Type.Optional(closed({ threshold, keys: Type.Array(jwkSchema, { minItems: 1, maxItems: 16 }) })),
  domains: Type.Optional(
    list(
      Type.String({
        pattern: '^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$',
        maxLength: 253,
      }),
      32,
    ),
  ),
  previous: Type.Optional({
    ...statementId,
    description: 'id of the party statement this one follows; absent in the first',
  }),
  compromise: Type.Optional(
    list(closed({ kid: kidHex, since: seconds }), 32, 'keys that were in other hands, and since when'),
  ),
  documents: Type.Optional(documents),
})

/** Payload of a `party` statement. */
export type PartyPayload = Static<typeof partyPayload>

/** An office of a party: what it is for, where and when it is reached, in which languages, under which key. */
export type Contact = NonNullable<PartyPayload['contacts']>[number]

export const partyKind = defineKind({
  name: 'party',
  title: 'Party',
  purpose:
    "Founds a party or changes what is known about it: names, home log, offices to reach, keys with their roles, thresholds, the commitment to the next keys and the keys for recovery. The hash of the first one's payload is the party's name, so no registry gives names out.",
  schema: partyPayload,
  sub: ownParty,
  check: checkParty,
  example: {
    sub: PARTY_A,
    payload: {
      names: [{ language: 'en', text: 'North Gateways (fictitious)' }],
      type: 'provider',
      state: 'XA',
      home: ORIGIN,
      contacts: [
        {
          function: 'security',
          email: 'psirt@north.invalid',
          hours: '24/7',
          languages: ['en', 'fr'],
          key: '866eefbd6718c8846cd7ddfe43fc74ab1daac4538ff8514ea2ec2d410a415743', // of KEY_1
        },
      ],
      keys: [
        { jwk: KEY_1, roles: ['sign'] },
        { jwk: KEY_2, roles: ['approve'] },
      ],
      thresholds: { advisory: 2 },
      next: 'sha256:25f3a3ac8b1c1a8e6b9d7e5f1a4f3d6f0b8a1c9d7e5f1a4f3d6f0b8a1c9d7e5f',
      recovery: { threshold: 1, keys: [KEY_3] },
      domains: ['north.invalid'],
    },
  },
})

function checkParty(payload: PartyPayload, { kinds }: CheckedStatement): PayloadProblem | undefined {
  if (payload.type === 'state' && payload.state === undefined) {
    return { pointer: '/state', message: 'a party of type state says which State it claims to be' }
  }
  const repeated = firstRepeated(payload.keys.map((key) => JSON.stringify(key.jwk)))
  if (repeated >= 0)
    return { pointer: `/keys/${repeated}/jwk`, message: 'this key stands above already; give it all its roles there' }
  if (!payload.keys.some((key) => key.roles.includes('sign'))) {
    return { pointer: '/keys', message: 'no key has role sign, so nobody could ever sign for this party' }
  }
  return (
    checkSealKeys(payload) ?? checkWitnessKeys(payload) ?? checkThresholds(payload, kinds) ?? checkRecovery(payload)
  )
}

/** An X25519 key can do one thing only. */
function checkSealKeys({ keys }: PartyPayload): PayloadProblem | undefined {
  const wrong = keys.findIndex(
    ({ jwk, roles: has, kinds }) => isX25519(jwk) && (has.length !== 1 || has[0] !== 'seal' || kinds !== undefined),
  )
  if (wrong < 0) return undefined
  return {
    pointer: `/keys/${wrong}/roles`,
    message: 'an X25519 key opens messages and signs nothing: its role is seal',
  }
}

/** ML-DSA-44 signs no statement: such a key cosigns checkpoints, and nothing else. */
function checkWitnessKeys({ keys, recovery }: PartyPayload): PayloadProblem | undefined {
  const misused = keys.findIndex(({ jwk, roles: has }) => jwk.kty === 'AKP' && has.some((role) => role !== 'witness'))
  if (misused >= 0) {
    return { pointer: `/keys/${misused}/roles`, message: 'an ML-DSA-44 key has role witness and no other' }
  }
  const recovering = recovery?.keys.findIndex(({ kty }) => kty === 'AKP') ?? -1
  if (recovering < 0) return undefined
  return { pointer: `/recovery/keys/${recovering}`, message: 'a recovery key is an Ed25519 or P-256 key' }
}

/** A party that asks for more keys than it has could never act again, nor change that without its recovery keys. */
function checkThresholds(
  { thresholds = {}, keys }: PartyPayload,
  kinds: CheckedStatement['kinds'],
): PayloadProblem | undefined {
  for (const [kind, needed] of Object.entries(thresholds)) {
    const wrong = (message: string): PayloadProblem => ({ pointer: `/thresholds/${kind}`, message })
    if (KINDS_WITHOUT_THRESHOLD.has(kind)) return wrong(`${kind} takes one signature`)
    if (kind !== HASH_ENVELOPE && !kinds.has(kind)) {
      const known = [...kinds.keys()].filter((each) => !KINDS_WITHOUT_THRESHOLD.has(each))
      return wrong(`there is no kind ${kind}; a threshold is for one of ${[...known, HASH_ENVELOPE].join(', ')}`)
    }
    const most = mostSigners(keys, kind)
    if (needed > most) {
      return wrong(
        `asks for ${needed} keys, and the keys of this statement come to ${most}: one with role sign for the kind and each with role approve count, once; lower it or add keys`,
      )
    }
  }
  return undefined
}

/** How many distinct keys could stand behind a statement of `kind`: who signs it, and all who approve. */
function mostSigners(keys: PartyPayload['keys'], kind: string): number {
  const signers = keys.filter((key) => key.roles.includes('sign') && (key.kinds?.includes(kind) ?? true))
  if (signers.length === 0) return 0
  const approvers = keys.filter((key) => key.roles.includes('approve'))
  return approvers.length + (signers.some((key) => !key.roles.includes('approve')) ? 1 : 0)
}

function checkRecovery({ recovery, keys }: PartyPayload): PayloadProblem | undefined {
  if (recovery === undefined) return undefined
  const texts = recovery.keys.map((jwk) => JSON.stringify(jwk))
  const repeated = firstRepeated(texts)
  if (repeated >= 0) return { pointer: `/recovery/keys/${repeated}`, message: 'this key stands above already' }
  if (recovery.threshold > texts.length) {
    return { pointer: '/recovery/threshold', message: `${recovery.threshold} of ${texts.length} keys can never sign` }
  }
  const shared = keys.findIndex((key) => texts.includes(JSON.stringify(key.jwk)))
  return shared < 0 ? undefined : { pointer: `/keys/${shared}/jwk`, message: 'a recovery key has no other role' }
}
