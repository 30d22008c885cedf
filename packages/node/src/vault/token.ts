import { constantTimeEqual, randomBytes, sha256 } from '@comity/crypto'

/** What a token allows. It authorises filing and reading the own vault, never authorship. */
export interface TokenGrant {
  /** The hosted party whose vault it opens; null for one that files for anybody. */
  readonly party: string | null
  /** May manage tokens, publish findings and make backups. */
  readonly admin: boolean
  /** For people: who has it, what for. At most 200 characters. */
  readonly label: string
}

/** A token as it is listed: without its secret, which nobody knows but who was given it. */
export interface TokenInfo extends TokenGrant {
  /** 16 hex digits; names the token where it is listed and revoked. */
  readonly id: string
  /** Whole seconds since the epoch. */
  readonly issuedAt: number
  /** From then on it is refused. */
  readonly revokedAt?: number
}

/** A token just made. `secret` (`comity_` and 43 characters of base64url) is shown this once. */
export interface IssuedToken extends TokenInfo {
  readonly secret: string
}

const prefix = 'comity_'

/** 256 bits: nothing slower than SHA-256 is needed to keep the secret from being found by its hash. */
const secretBytes = 32
const secretPattern = /^comity_[A-Za-z0-9_-]{43}$/

/** A fresh secret. */
export function mintSecret(): string {
  return prefix + Buffer.from(randomBytes(secretBytes)).toString('base64url')
}

/** What is kept of a secret; undefined for a text that is none, however long it is. */
export function hashSecret(secret: string): Uint8Array | undefined {
  return secretPattern.test(secret) ? sha256(Buffer.from(secret)) : undefined
}

interface KnownToken extends TokenInfo {
  readonly hash: Uint8Array
}

/** The tokens in force, in memory: one is looked up for every statement that is filed. */
export class TokenBook {
  readonly #byHash = new Map<string, KnownToken>()
  readonly #byId = new Map<string, KnownToken>()

  get(id: string): TokenInfo | undefined {
    return this.#byId.get(id)
  }

  /** The grant of a token in force. By its hash, so that the time taken says nothing about the secret. */
  find(secret: string): TokenInfo | undefined {
    const hash = hashSecret(secret)
    if (hash === undefined) return undefined
    const known = this.#byHash.get(hexOf(hash))
    return known !== undefined && constantTimeEqual(known.hash, hash) ? known : undefined
  }

  add(token: KnownToken): void {
    this.#byHash.set(hexOf(token.hash), token)
    this.#byId.set(token.id, token)
  }

  remove(id: string): void {
    const known = this.#byId.get(id)
    if (known === undefined) return
    this.#byId.delete(id)
    this.#byHash.delete(hexOf(known.hash))
  }

  /** Takes away every token of a party. */
  removeOf(party: string): void {
    for (const { id, party: owner } of this.#byId.values().toArray()) if (owner === party) this.remove(id)
  }

  clear(): void {
    this.#byHash.clear()
    this.#byId.clear()
  }
}

function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex')
}
