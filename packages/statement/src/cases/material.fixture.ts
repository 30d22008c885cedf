/** What the vectors are made from: keys of fixed seeds, deterministic signatures, one small tree. */
import { memoryHashStorage, Tree, treeHasherOf } from '@comity/log'
import { p256 } from '@noble/curves/nist.js'
import { encodeCbor } from '../cbor-value.ts'
import { writeSign1 } from '../cose-sign1.ts'
import { fromHex, toHex } from '../hex.ts'
import { jwkOf, keyThumbprint, type PublicKey } from '../public-key.ts'
import { port, signer, type TestSigner } from '../signers.fixture.ts'

export const AT = 1_795_219_200
export const ISS = `urn:comity:party:${'a1'.repeat(32)}`

/** Ed25519, seed of 32 bytes 0x01. */
export const ed25519 = signer(1)
/** P-256, secret of 32 bytes 0x02, with deterministic signatures (RFC 6979) and low s. */
export const es256 = p256Signer(new Uint8Array(32).fill(2))

function p256Signer(secret: Uint8Array): TestSigner {
  const publicKey: PublicKey = { alg: 'ES256', bytes: p256.getPublicKey(secret, false) }
  const kid = keyThumbprint(publicKey, port)
  return {
    alg: 'ES256',
    kid,
    kidHex: toHex(kid),
    publicKey,
    jwk: jwkOf(publicKey),
    sign: (message) => p256.sign(message, secret, { lowS: true, prehash: true }),
  }
}

export type Header = Map<number, unknown>

/** A signed COSE_Sign1 whose header is that of an approval, changed by `change`. */
export function crafted(
  change: (header: Header, claims: Header) => void,
  payload: Uint8Array = new TextEncoder().encode('{}'),
): Uint8Array {
  const claims: Header = new Map<number, unknown>([
    [1, ISS],
    [2, `urn:comity:statement:${'5e'.repeat(32)}`],
    [6, AT],
  ])
  const header: Header = new Map<number, unknown>([
    [1, -8],
    [3, 'application/vnd.comity.approval.v1+json'],
    [4, ed25519.kid],
    [15, claims],
  ])
  change(header, claims)
  return sealed(encodeCbor(header), payload)
}

/** Signs any protected bytes with the Ed25519 key. */
export function sealed(protectedBytes: Uint8Array, payload: Uint8Array): Uint8Array {
  const toBeSigned = encodeCbor(['Signature1', protectedBytes, new Uint8Array(), payload])
  return writeSign1(protectedBytes, payload, ed25519.sign(toBeSigned))
}

export function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (bytes === undefined) throw new Error(`not hexadecimal: ${hex.slice(0, 40)}`)
  return bytes
}

export const hasher = treeHasherOf((data) => port.sha256(data))

/** The tree over these leaves. */
export function treeOver(leaves: readonly Uint8Array[]): Tree {
  const tree = Tree.open(hasher, memoryHashStorage(), 0)
  for (const leaf of leaves) tree.append(hasher.leaf(leaf))
  return tree
}

export const from =
  'made by packages/statement/src/cases/make.fixture.ts; Ed25519 seeds are one byte repeated, the P-256 secret is 0x02 repeated with RFC 6979 signatures; expected results are stated by hand'
