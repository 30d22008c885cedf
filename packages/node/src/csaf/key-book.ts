import { randomBytes } from '@comity/crypto'
import type { Cells, Keyring } from '@comity/store'
import { NodeError } from '../node-error.ts'
import { newOpenPgpKey } from './open-pgp.ts'

/** A public key with which documents here are or were signed. */
export interface ListedKey {
  /** 40 upper-case hexadecimal digits. */
  readonly fingerprint: string
  /** ASCII armor. */
  readonly publicKey: string
  /** Whole seconds since the epoch. */
  readonly at: number
}

/** What signs the next document. */
export interface SigningKey {
  readonly fingerprint: string
  readonly secretKey: Uint8Array
}

/** The newest key has its secret part beside it, encrypted under a key of the keyring. */
interface KeptKey extends ListedKey {
  readonly secret?: { readonly keyId: string; readonly sealed: string }
}

const cell = 'csaf-keys'

/**
 * The OpenPGP keys of a node, the newest last. It alone has a secret part: sealed under a data key of the keyring, which
 * the master key in the node's key file wraps, so it is protected by the passphrase that protects everything else. The
 * public keys stay for ever, for what they signed is still served.
 */
export class KeyBook {
  readonly #cells: Cells
  readonly #keyring: Keyring
  readonly #origin: string
  readonly #now: () => number

  constructor(options: { cells: Cells; keyring: Keyring; origin: string; now: () => number }) {
    this.#cells = options.cells
    this.#keyring = options.keyring
    this.#origin = options.origin
    this.#now = options.now
  }

  /** Every key that has signed or signs, the newest last. */
  get listed(): readonly ListedKey[] {
    return this.#kept().keys.map(({ fingerprint, publicKey, at }) => ({ fingerprint, publicKey, at }))
  }

  /** The newest key; one is made where there is none yet, or where the keyring was not restored with the rest. */
  async current(): Promise<SigningKey> {
    const newest = this.#kept().keys.at(-1)
    if (newest?.secret === undefined || !this.#keyring.has(newest.secret.keyId)) return this.rotate()
    const { fingerprint, secret } = newest
    const sealed = Buffer.from(secret.sealed, 'base64url')
    return { fingerprint, secretKey: this.#keyring.decrypt(secret.keyId, sealed, aadOf(fingerprint)) }
  }

  /**
   * Makes a new key. From now on it signs; the one before can sign no more, for its secret part is destroyed, and its
   * public part stays listed. Resolves once that is durable.
   */
  async rotate(): Promise<SigningKey> {
    const { version, keys } = this.#kept()
    const at = this.#now()
    const { fingerprint, publicKey, secretKey } = await newOpenPgpKey(this.#origin, at)
    const keyId = `openpgp-${Buffer.from(randomBytes(16)).toString('hex')}`
    await this.#keyring.createKey(keyId)
    const sealed = Buffer.from(this.#keyring.encrypt(keyId, secretKey, aadOf(fingerprint))).toString('base64url')
    const next: KeptKey[] = [
      ...keys.map((key) => ({ fingerprint: key.fingerprint, publicKey: key.publicKey, at: key.at })),
      { fingerprint, publicKey, at, secret: { keyId, sealed } },
    ]
    const isSet = await this.#cells.compareAndSet(cell, version, Buffer.from(JSON.stringify({ keys: next })))
    if (!isSet) throw new NodeError('storage-failed', 'another OpenPGP key was made at the same time')
    for (const { secret } of keys) if (secret !== undefined) await this.#keyring.destroy(secret.keyId)
    return { fingerprint, secretKey }
  }

  #kept(): { readonly version: number; readonly keys: readonly KeptKey[] } {
    const found = this.#cells.get(cell)
    if (found === undefined) return { version: 0, keys: [] }
    // Safe: nobody else writes this cell.
    const { keys } = JSON.parse(Buffer.from(found.value).toString()) as { keys: KeptKey[] }
    return { version: found.version, keys }
  }
}

function aadOf(fingerprint: string): Uint8Array {
  return Buffer.from(`comity openpgp ${fingerprint}`)
}
