import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { FileSystem } from './file-system.ts'
import { checkName, layout } from './folder.ts'
import { Journal } from './journal.ts'
import { asStoreError, StoreError } from './store-error.ts'
import { Turns } from './turns.ts'
import type { Keyring } from './truth.ts'

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/** First byte of a ciphertext: AES-256-GCM, random 96-bit nonce, 128-bit tag (NIST SP 800-38D). */
const suite = 1
const overhead = 1 + nonceBytes + tagBytes

/**
 * Data keys in memory over a journal. With a master key each is stored wrapped (AES-256-GCM, bound to
 * its identifier); without one they stand in the clear in a file that only its owner may read.
 *
 * Destroying a key writes the journal anew without it and overwrites the old file. On flash memory
 * and copying file systems an overwritten block may survive until it is recycled: there a master key
 * kept elsewhere is what makes the remains worthless.
 */
export class FileKeyring implements Keyring {
  readonly #journal: Journal
  readonly #masterKey: KeyObject | undefined
  readonly #keys: Map<string, DataKey>
  /** SHA-256 of the identifiers of destroyed keys, hex: enough to say so, not enough to name them. */
  readonly #destroyed: Set<string>
  readonly #turns = new Turns()
  #closed = false

  private constructor(journal: Journal, masterKey: KeyObject | undefined, entries: KeyringEntries) {
    this.#journal = journal
    this.#masterKey = masterKey
    this.#keys = entries.keys
    this.#destroyed = entries.destroyed
  }

  /** Errors: `wrong-key` when the keys are wrapped and the master key is missing or another. */
  static async open(fileSystem: FileSystem, directory: string, masterKey?: Uint8Array): Promise<FileKeyring> {
    if (masterKey !== undefined && masterKey.length !== keyBytes) {
      throw new StoreError('wrong-key', `a master key has ${keyBytes} bytes, this one ${masterKey.length}`)
    }
    const { journal, records } = await Journal.open(fileSystem, directory, layout.keyring)
    try {
      const wrapping = masterKey && createSecretKey(masterKey)
      const entries = decodeEntries(records, wrapping)
      const keyring = new FileKeyring(journal, wrapping, entries)
      // A master key given later: the keys that stood in the clear are wrapped now.
      if (wrapping !== undefined && entries.anyInClear) await journal.rewrite(keyring.snapshot(), true)
      return keyring
    } catch (error) {
      journal.close()
      throw error
    }
  }

  has(id: string): boolean {
    this.#checkOpen()
    return this.#keys.has(id)
  }

  createKey(id: string): Promise<void> {
    return this.#turns.take(async () => {
      this.#checkOpen()
      checkName('key', id)
      if (this.#keys.has(id)) throw new StoreError('key-exists', `key ${id} exists`)
      if (this.#destroyed.has(nameOfDestroyed(id))) throw destroyedError(id)
      const made = dataKey(id, randomBytes(keyBytes), this.#masterKey)
      await this.#journaled(() => this.#journal.append([made.record]))
      this.#keys.set(id, made)
    })
  }

  encrypt(id: string, plaintext: Uint8Array, aad: Uint8Array = new Uint8Array(0)): Uint8Array {
    return seal(this.#key(id), plaintext, aad)
  }

  decrypt(id: string, ciphertext: Uint8Array, aad: Uint8Array = new Uint8Array(0)): Uint8Array {
    const plaintext = unseal(this.#key(id), ciphertext, aad)
    if (plaintext !== undefined) return plaintext
    throw new StoreError('wrong-key', `not a ciphertext of key ${id} with this associated data`)
  }

  destroy(id: string): Promise<void> {
    return this.#turns.take(async () => {
      this.#checkOpen()
      checkName('key', id)
      const mark = nameOfDestroyed(id)
      if (this.#destroyed.has(mark)) return
      const key = this.#keys.get(id)
      this.#keys.delete(id)
      this.#destroyed.add(mark)
      try {
        await this.#journaled(() => this.#journal.rewrite(this.snapshot(), true))
      } catch (error) {
        if (key !== undefined) this.#keys.set(id, key)
        this.#destroyed.delete(mark)
        throw error
      }
      key?.record.fill(0)
    })
  }

  /** All entries as the records of a journal, wrapped if there is a master key. */
  snapshot(): Uint8Array[] {
    // Copies: destroying a key wipes its record.
    const keys = Array.from(this.#keys.values(), ({ record }) => new Uint8Array(record))
    return [...keys, ...Array.from(this.#destroyed, encodeDestroyed)]
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#turns.idle()
    this.#journal.close()
    for (const { record } of this.#keys.values()) record.fill(0)
    this.#keys.clear()
  }

  #key(id: string): KeyObject {
    this.#checkOpen()
    const key = this.#keys.get(id)?.key
    if (key !== undefined) return key
    if (this.#destroyed.has(nameOfDestroyed(id))) throw destroyedError(id)
    throw new StoreError('not-found', `there is no key ${id}`)
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreError('closed', 'the keyring is closed')
  }

  async #journaled(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      throw asStoreError(error, 'writing the keyring')
    }
  }
}

function destroyedError(id: string): StoreError {
  return new StoreError('key-destroyed', `key ${id} was destroyed: what it encrypted is erased`)
}

function nameOfDestroyed(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}

function seal(key: KeyObject, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(aad)
  const body = cipher.update(plaintext)
  return new Uint8Array(Buffer.concat([Buffer.of(suite), nonce, body, cipher.final(), cipher.getAuthTag()]))
}

function unseal(key: KeyObject, sealed: Uint8Array, aad: Uint8Array): Uint8Array | undefined {
  if (sealed.length < overhead || sealed[0] !== suite) return undefined
  const nonce = sealed.subarray(1, 1 + nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(aad)
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  const body = decipher.update(sealed.subarray(1 + nonceBytes, sealed.length - tagBytes))
  try {
    return new Uint8Array(Buffer.concat([body, decipher.final()]))
  } catch {
    return undefined // the tag does not fit
  }
}

// Records: u8 form, then for keys u8 length of the identifier, identifier, key (wrapped or not);
// for destroyed ones the SHA-256 of the identifier.
const inClear = 1
const wrapped = 2
const gone = 3

/**
 * A key and its record in the journal. Ciphers take a KeyObject: importing raw bytes each time costs
 * ten times the encryption of a short text. OpenSSL clears its copy when the object is collected.
 */
interface DataKey {
  readonly key: KeyObject
  readonly record: Uint8Array
}

interface KeyringEntries {
  readonly keys: Map<string, DataKey>
  readonly destroyed: Set<string>
  readonly anyInClear: boolean
}

/** Takes the raw bytes over and wipes them. */
function dataKey(id: string, raw: Uint8Array, masterKey: KeyObject | undefined): DataKey {
  const name = Buffer.from(id)
  const stored = masterKey === undefined ? raw : seal(masterKey, raw, wrappingData(name))
  const record = Buffer.concat([Buffer.of(masterKey === undefined ? inClear : wrapped, name.length), name, stored])
  const key = createSecretKey(raw)
  raw.fill(0)
  return { key, record }
}

function encodeDestroyed(mark: string): Uint8Array {
  return Buffer.concat([Buffer.of(gone), Buffer.from(mark, 'hex')])
}

function wrappingData(name: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('comity data key\n'), name])
}

function decodeEntries(records: readonly Uint8Array[], masterKey: KeyObject | undefined): KeyringEntries {
  const keys = new Map<string, DataKey>()
  const destroyed = new Set<string>()
  let anyInClear = false
  for (const record of records) {
    const bytes = Buffer.from(record.buffer, record.byteOffset, record.length)
    const form = bytes.readUInt8(0)
    if (form === gone) {
      destroyed.add(bytes.toString('hex', 1))
      continue
    }
    const name = bytes.subarray(2, 2 + bytes.readUInt8(1))
    const stored = bytes.subarray(2 + name.length)
    anyInClear ||= form === inClear
    const raw = form === inClear ? new Uint8Array(stored) : unwrap(name, stored, masterKey)
    keys.set(name.toString(), dataKey(name.toString(), raw, masterKey))
  }
  return { keys, destroyed, anyInClear }
}

function unwrap(name: Buffer, stored: Uint8Array, masterKey: KeyObject | undefined): Uint8Array {
  if (masterKey === undefined) throw new StoreError('wrong-key', 'the keyring is wrapped: open it with its master key')
  const key = unseal(masterKey, stored, wrappingData(name))
  if (key === undefined) throw new StoreError('wrong-key', 'the keyring is wrapped under another master key')
  return key
}
