import { ed25519FromSeed, sha256, treeHasher } from '@comity/crypto'
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js'
import { cosigner, type Cosigner } from '../cosignature.ts'
import { ed25519Signer, type Ed25519Key, type SigningKey } from '../ed25519-note.ts'
import { NaiveTree } from '../naive-tree.fixture.ts'
import { formatVerifierKey, noteType, verifierKey } from '../note-key.ts'
import type { NoteSigner } from '../note.ts'
import { mlDsaCosigner } from '../subtree-cosignature.ts'

/** Who appears in the vectors: a log, another log, and witnesses, each with a key from a fixed seed. */

/** The key of a name: its seed is SHA-256 of the name. */
export function keyOf(name: string): Ed25519Key {
  return ed25519FromSeed(sha256(new TextEncoder().encode(name)))
}

/** The ML-DSA-44 key of a name. It signs deterministically, so that vectors are the same each time. */
export function mlDsaKeyOf(name: string): SigningKey {
  const { publicKey, secretKey } = ml_dsa44.keygen(sha256(new TextEncoder().encode(name)))
  return { publicKey, sign: (message) => ml_dsa44.sign(message, secretKey, { extraEntropy: false }) }
}

export function logSigner(name: string): NoteSigner {
  return ed25519Signer(name, keyOf(name), sha256)
}

export function witnessCosigner(name: string): Cosigner {
  return cosigner(name, keyOf(name), sha256)
}

export function mlDsaWitness(name: string): Cosigner {
  return mlDsaCosigner(name, mlDsaKeyOf(name), sha256)
}

/** The vkey of a witness's ML-DSA-44 key. */
export function mlDsaVkey(name: string): string {
  return formatVerifierKey(verifierKey(name, noteType.mlDsa44, mlDsaKeyOf(name).publicKey, sha256))
}

/** The vkey of a log's key. */
export function logVkey(name: string): string {
  return formatVerifierKey(verifierKey(name, noteType.ed25519, keyOf(name).publicKey, sha256))
}

/** The vkey of a witness's key. */
export function witnessVkey(name: string): string {
  return formatVerifierKey(verifierKey(name, noteType.cosignature, keyOf(name).publicKey, sha256))
}

export const origin = 'log.example.org/a'
export const otherOrigin = 'log.example.net/b'
export const witnessNames = ['witness.example.com/w1', 'witness.example.ke/w2', 'witness.example.br/w3'] as const

/** When witnesses cosign: 21 November 2026, 12:00 UTC. */
export const cosignedAt = 1_795_262_400

/** Entry i of the log is the text `entry i`. */
export const leafHashes: readonly Uint8Array[] = Array.from({ length: 300 }, (_, i) =>
  treeHasher.leaf(new TextEncoder().encode(`entry ${i}`)),
)

export const tree = new NaiveTree(treeHasher, leafHashes)

/** The root of the first `size` entries. */
export function rootAt(size: number): Uint8Array {
  return tree.root(0, size)
}
