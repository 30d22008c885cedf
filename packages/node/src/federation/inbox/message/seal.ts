/** Sealing and opening: ECDH-ES with A256KW over X25519 or P-256, A256GCM (RFC 7518), through jose. */
import { GeneralEncrypt, errors, flattenedDecrypt } from 'jose'
import { NodeError } from '../../../node-error.ts'
import { pad, unpad } from './padding.ts'
import type { OpeningKey, SealKey } from './seal-keys.ts'
import { type Sealed, contentEncryption, keyAgreement, sealedType } from './sealed-form.ts'

const algorithms = { keyManagementAlgorithms: [keyAgreement], contentEncryptionAlgorithms: [contentEncryption] }

/** Seals content to keys, padded. Throws `message-too-large`, `unknown-seal-key` where there are no keys. */
export async function seal(content: Uint8Array, keys: readonly SealKey[]): Promise<Uint8Array> {
  if (keys.length === 0) throw new NodeError('unknown-seal-key', 'there is no key to seal to')
  const encrypt = new GeneralEncrypt(pad(content)).setProtectedHeader({ enc: contentEncryption, typ: sealedType })
  for (const { kid, publicKey } of keys) {
    encrypt.addRecipient(publicKey).setUnprotectedHeader({ alg: keyAgreement, kid })
  }
  return Buffer.from(JSON.stringify(await encrypt.encrypt()))
}

/** What was sealed, its padding taken off, and the size it had with it. */
export interface Unsealed {
  readonly content: Uint8Array
  readonly sizeClass: number
}

/** Opens a sealed message with the key it names. Throws `seal-broken`, `malformed-message`. */
export async function unseal({ recipients, ...shared }: Sealed, { kid, privateKey }: OpeningKey): Promise<Unsealed> {
  const mine = recipients.filter(({ header }) => header.kid === kid)
  for (const recipient of mine) {
    try {
      const { plaintext } = await flattenedDecrypt({ ...shared, ...recipient }, privateKey, algorithms)
      return { content: unpad(plaintext), sizeClass: plaintext.length }
    } catch (error) {
      // Whoever sealed it may have written several entries for one key; one that opens is enough.
      if (!isBroken(error)) throw error
    }
  }
  throw new NodeError(
    'seal-broken',
    'the message does not open with the key that it names: it was changed on its way, or cut short',
  )
}

/** What jose and WebCrypto throw for a ciphertext, a wrapped key or an ephemeral key that is not right. */
function isBroken(error: unknown): boolean {
  return error instanceof errors.JOSEError || error instanceof DOMException || error instanceof TypeError
}
