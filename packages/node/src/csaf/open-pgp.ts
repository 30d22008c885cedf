/**
 * OpenPGP (RFC 4880, which CSAF names) as far as CSAF needs it: a key that signs, detached signatures of documents. The
 * library is loaded when something is signed for the first time.
 *
 * Keys are of version 4 with EdDSA over Curve25519 as GnuPG has had it since 2.1, and not in the newer form of RFC 9580:
 * that is what every client in use can check.
 */
import type { PublicKey } from 'openpgp'

/** A key that signs, and its public part as it is handed out. */
export interface OpenPgpKey {
  /** 40 upper-case hexadecimal digits. */
  readonly fingerprint: string
  /** A transferable public key in ASCII armor (RFC 4880, §6.2 and §11.1). */
  readonly publicKey: string
  /** A transferable secret key, not encrypted. */
  readonly secretKey: Uint8Array
}

/** A new key for a node, made at `at` (whole seconds since the epoch) under the origin of its log as its name. */
export async function newOpenPgpKey(origin: string, at: number): Promise<OpenPgpKey> {
  const { generateKey } = await import('openpgp')
  const { privateKey } = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: [{ name: origin }],
    // It signs and does nothing else, so nobody can encrypt to it.
    subkeys: [],
    date: new Date(at * 1000),
    format: 'object',
  })
  return {
    fingerprint: privateKey.getFingerprint().toUpperCase(),
    publicKey: privateKey.toPublic().armor(),
    secretKey: privateKey.write(),
  }
}

/** A detached signature of these bytes in ASCII armor, made at `at` (whole seconds since the epoch). */
export async function signDetached(bytes: Uint8Array, secretKey: Uint8Array, at: number): Promise<string> {
  const { createMessage, enums, readPrivateKey, sign } = await import('openpgp')
  const signingKeys = await readPrivateKey({ binaryKey: secretKey })
  const message = await createMessage({ binary: bytes })
  const config = { preferredHashAlgorithm: enums.hash.sha512 }
  return sign({ message, signingKeys, detached: true, date: new Date(at * 1000), config })
}

/** A public key as somebody else hands it out. */
export interface ReadPublicKey {
  /** 40 upper-case hexadecimal digits; of a key of RFC 9580, 64. */
  readonly fingerprint: string
  /** ASCII armor, as it is kept and handed on. */
  readonly publicKey: string
}

/** Reads a public key, in ASCII armor or binary; undefined for what is none, and for a secret key. */
export async function readPublicKey(bytes: Uint8Array): Promise<ReadPublicKey | undefined> {
  const { readKey } = await import('openpgp')
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    const key = await (text.includes('-----BEGIN PGP') ? readKey({ armoredKey: text }) : readKey({ binaryKey: bytes }))
    if (key.isPrivate()) return undefined
    return { fingerprint: key.getFingerprint().toUpperCase(), publicKey: key.armor() }
  } catch {
    return undefined
  }
}

/** How a detached signature was found. */
export type CheckedSignature =
  /** Good, by a key of which this is the fingerprint. */
  { readonly signedBy: string } | { readonly fault: string; readonly right: string }

/** Keys that were read, by their armor: one provider has one, and thousands of signatures by it. */
const keysRead = new Map<string, Promise<readonly PublicKey[]>>()
const keysReadAtMost = 32

/**
 * Checks a detached signature in ASCII armor against these public keys (RFC 4880). It counts when it was made by a key of
 * them that was valid at the time it names, which is not after `at` (whole seconds since the epoch) by more than a day.
 */
export async function checkDetached(
  bytes: Uint8Array,
  signature: string,
  publicKeys: readonly string[],
  at: number,
): Promise<CheckedSignature> {
  const { createMessage, readSignature, verify } = await import('openpgp')
  const right = 'a detached OpenPGP signature in ASCII armor, by a key that the provider lists'
  const read = await readSignature({ armoredSignature: signature }).catch(() => undefined)
  if (read === undefined) return { fault: 'the signature file is no OpenPGP signature', right }
  const verificationKeys = await keysOf(publicKeys)
  const message = await createMessage({ binary: bytes })
  const date = new Date((at + 86_400) * 1000)
  const { signatures } = await verify({ message, signature: read, verificationKeys, date, format: 'binary' })
  let fault = 'the signature file holds no signature'
  for (const { keyID, verified } of signatures) {
    const id = keyID.toHex().toUpperCase()
    const key = verificationKeys.find((each) => each.getKeys(keyID).length > 0)
    if (key === undefined) {
      fault = `it is signed by the key ${id}, which is none of this provider's`
      continue
    }
    const wrong = await verified.then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    if (wrong === undefined) return { signedBy: key.getFingerprint().toUpperCase() }
    fault = `the signature by ${id} is not good: ${wrong.slice(0, 120)}`
  }
  return { fault, right }
}

async function keysOf(armored: readonly string[]): Promise<PublicKey[]> {
  const { readKeys } = await import('openpgp')
  const lists = armored.map((armoredKeys) => {
    const known = keysRead.get(armoredKeys)
    if (known !== undefined) return known
    if (keysRead.size >= keysReadAtMost) keysRead.clear()
    const reading = readKeys({ armoredKeys })
    keysRead.set(armoredKeys, reading)
    return reading
  })
  return (await Promise.all(lists)).flat()
}
