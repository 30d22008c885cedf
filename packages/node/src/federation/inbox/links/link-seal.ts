/**
 * What a link opens. The link's fragment, which browsers never send, is a secret of 32 bytes; from it follow, by HKDF with
 * SHA-256 (RFC 5869, no salt), the key and the opener:
 *
 *     key     info "comity link key"       AES-256-GCM: 12 bytes nonce || ciphertext || 16 bytes tag
 *     opener  info "comity link opener"    shown by whoever has opened it; the node keeps its SHA-256
 *
 * The node keeps neither secret nor key. What is encrypted is padded as a message is.
 */
import { sha256Hex } from '@comity/crypto'
import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { canonicalJsonBytes } from '@comity/statement'

export const linkFormat = 'comity link 1'

/** A file behind a link, as the page fetches and opens it. */
export interface LinkedFile {
  readonly name: string
  readonly type: string
  readonly size: number
  /** `sha256:<hex>` of the file. */
  readonly digest: string
  /** Base64url. */
  readonly key: string
  /** Chunks that it has. */
  readonly count: number
}

/** What the page shows. */
export interface LinkContent {
  readonly author: { readonly urn: string; readonly name: string }
  readonly other?: string
  readonly subject?: string
  readonly text: string
  /** Whole seconds since the epoch. */
  readonly iat: number
  /** The message as it was signed, base64url. */
  readonly message: string
  readonly attachments: readonly LinkedFile[]
}

export interface SealedLink {
  /** 32 bytes, base64url: the fragment. */
  readonly secret: string
  /** What the node serves. */
  readonly ciphertext: Uint8Array
  /** SHA-256 of the opener, hex. */
  readonly opener: string
}

/** Bytes that the content is padded to a multiple of. */
const padTo = 4096

export function sealLink(content: LinkContent): SealedLink {
  const secret = randomBytes(32)
  const key = derive(secret, 'comity link key')
  const plain = canonicalJsonBytes({ format: linkFormat, ...content })
  // White space behind a JSON text is nothing; it hides how long the text is.
  const padded = Buffer.alloc(Math.ceil((plain.length + 1) / padTo) * padTo, ' ')
  padded.set(plain)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const body = cipher.update(padded)
  const ciphertext = new Uint8Array(Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()]))
  return { secret: secret.toString('base64url'), ciphertext, opener: sha256Hex(derive(secret, 'comity link opener')) }
}

function derive(secret: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), info, 32))
}
