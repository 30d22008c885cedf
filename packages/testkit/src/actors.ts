import { ed25519FromSeed, generateKeyPair, mlDsa44FromSeed, sha256, type PrivateKey } from '@comity/crypto'
import { type Cosigner, cosigner, ed25519Signer, mlDsaCosigner, signNote } from '@comity/log'
import type { NodeKeys } from '@comity/node'
import {
  type Algorithm,
  type CorePayloads,
  type PartyPayload,
  type Signer,
  jwkOf,
  keyThumbprint,
  partyUrn,
  signStatement,
} from '@comity/statement'

const crypto = { sha256, verify: () => false }

/** A key that repeats: the same label gives the same key in every run. */
export function keyFor(label: string): PrivateKey<'EdDSA'> {
  return ed25519FromSeed(sha256(new TextEncoder().encode(`comity test key ${label}`)))
}

/** A signer of statements from a private key. */
export function signerOf(key: PrivateKey<Algorithm>): Signer {
  return {
    alg: key.alg,
    kid: keyThumbprint({ alg: key.alg, bytes: key.publicKey }, crypto),
    sign: (message) => key.sign(message),
  }
}

/** Somebody who signs statements: keys, first party statement and URN. */
export interface Actor {
  readonly label: string
  readonly urn: string
  readonly signer: Signer
  readonly payload: PartyPayload
  /** The first party statement, signed at `iat`. */
  founding(iat: number): Uint8Array
  /** A statement of any kind; `by` signs in place of the first key. */
  sign<K extends keyof CorePayloads>(
    kind: K,
    sub: string,
    payload: CorePayloads[K],
    iat: number,
    by?: Signer,
  ): Uint8Array
}

export interface ActorOptions {
  readonly type?: PartyPayload['type']
  /** Added to, or in place of, what a plain party statement says. */
  readonly party?: Partial<PartyPayload>
}

/** A party with one signing key whose home log is `home`. */
export function actor(label: string, home: string, options: ActorOptions = {}): Actor {
  const signer = signerOf(keyFor(label))
  const type = options.type ?? 'provider'
  const payload: PartyPayload = {
    names: [{ language: 'en', text: `${label} (fictitious)` }],
    type,
    ...(type === 'state' ? { state: 'XA' } : {}),
    home,
    keys: [{ jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor(label).publicKey }), roles: ['sign', 'approve'] }],
    ...options.party,
  }
  return actorOf(label, signer, payload)
}

function actorOf(label: string, signer: Signer, payload: PartyPayload): Actor {
  const bytes = new TextEncoder().encode(JSON.stringify(payload))
  const urn = partyUrn(bytes, crypto)
  return {
    label,
    urn,
    signer,
    payload,
    founding: (iat) => signStatement({ kind: 'party', iss: urn, sub: urn, iat, payload: bytes, signer }),
    sign: (kind, sub, body, iat, by = signer) => signStatement({ kind, iss: urn, sub, iat, payload: body, signer: by }),
  }
}

/** A keeper together with what its node signs with. */
export interface Keeper extends Actor {
  readonly origin: string
  readonly keys: NodeKeys
  policy(iat: number, policy?: Partial<CorePayloads['policy']>): Uint8Array
}

export interface KeeperOptions extends ActorOptions {
  /** Its node cosigns the logs of its peers. */
  readonly witness?: boolean
}

/** A keeper whose log has the default kind of origin, `<log key hash>.comity.invalid`. */
export function keeper(label: string, { witness = false, ...options }: KeeperOptions = {}): Keeper {
  const logKey = keyFor(`${label} log`)
  const receipt = keyFor(`${label} receipt`)
  const findings = keyFor(`${label} findings`)
  const origin = `${Buffer.from(sha256(logKey.publicKey)).toString('hex')}.comity.invalid`
  const key = (private_: PrivateKey) => jwkOf({ alg: 'EdDSA', bytes: private_.publicKey })
  const own = actor(label, origin, {
    type: 'organisation',
    ...options,
    party: {
      keys: [
        { jwk: key(keyFor(label)), roles: ['sign', 'approve'] },
        { jwk: key(findings), roles: ['sign'], kinds: ['findings'] },
        { jwk: key(receipt), roles: ['receipt'] },
        { jwk: key(logKey), roles: ['log'] },
        ...(witness ? witnessEntries(label) : []),
      ],
      ...options.party,
    },
  })
  const noteSigner = ed25519Signer(
    origin,
    { publicKey: logKey.publicKey, sign: (message) => logKey.sign(message) },
    sha256,
  )
  return {
    ...own,
    origin,
    keys: {
      receipt: signerOf(receipt),
      findings: signerOf(findings),
      log: { publicKey: logKey.publicKey, signNote: (text) => signNote(text, [noteSigner]) },
      ...(witness ? { witness: witnessCosigners(label, origin) } : {}),
    },
    policy: (iat, policy) => own.sign('policy', origin, { ...openPolicy, ...policy }, iat),
  }
}

/** The two keys that a witness of this label cosigns with, under a name. */
export function witnessCosigners(label: string, name: string): readonly Cosigner[] {
  const { ed25519, mlDsa44 } = witnessKeysFor(label)
  return [cosigner(name, ed25519, sha256), mlDsaCosigner(name, mlDsa44, sha256)]
}

function witnessKeysFor(label: string) {
  const mlDsa44 = mlDsa44FromSeed(sha256(new TextEncoder().encode(`comity test key ${label} witness`)))
  return { ed25519: keyFor(`${label} witness`), mlDsa44 }
}

function witnessEntries(label: string): PartyPayload['keys'] {
  const { ed25519, mlDsa44 } = witnessKeysFor(label)
  return [ed25519, mlDsa44].map(({ alg, publicKey }) => ({ jwk: jwkOf({ alg, bytes: publicKey }), roles: ['witness'] }))
}

/** Takes everything from everybody: tests say what they restrict. */
const openPolicy: CorePayloads['policy'] = {
  filing: 'open',
  kinds: [
    'acknowledgement',
    'adherence',
    'advisory',
    'approval',
    'continuation',
    'endorsement',
    'findings',
    'hash-envelope',
    'move',
    'party',
    'policy',
    'product',
    'release',
    'supply',
    'support',
    'time',
    'trust',
    'withholding',
  ],
  limits: { statementBytes: 65_535, documentBytes: 268_435_456, clockSkewSeconds: 300 },
  admits: { parties: 'any' },
}

/** A key of its own that nobody else has. */
export function freshKey(): PrivateKey {
  return generateKeyPair('EdDSA')
}
