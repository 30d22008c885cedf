/**
 * OpenPGP (RFC 4880, which CSAF names) as far as CSAF needs it: a key that signs, detached signatures of documents. The
 * library is loaded when something is signed for the first time.
 *
 * Keys are of version 4 with EdDSA over Curve25519 as GnuPG has had it since 2.1, and not in the newer form of RFC 9580:
 * that is what every client in use can check.
 */

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
