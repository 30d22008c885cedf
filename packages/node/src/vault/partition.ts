import type { Keyring } from '@comity/store'
import { type KeyObject, createHmac, createSecretKey } from 'node:crypto'

/** Encrypts values for one place each, so that a ciphertext is worth nothing in another row. */
export class Sealer {
  readonly keyId: string
  readonly #keyring: Keyring

  constructor(keyring: Keyring, keyId: string) {
    this.#keyring = keyring
    this.keyId = keyId
  }

  seal(place: string, value: unknown): Uint8Array {
    return this.#keyring.encrypt(this.keyId, Buffer.from(JSON.stringify(value)), Buffer.from(place))
  }

  /** Errors: `key-destroyed` and `wrong-key`, as StoreError. */
  open<T>(place: string, sealed: unknown): T {
    // Safe: every `sealed` column is a BLOB, and what decrypts at its place is what seal() was given there.
    const plain = this.#keyring.decrypt(this.keyId, sealed as Uint8Array, Buffer.from(place))
    return JSON.parse(Buffer.from(plain).toString()) as T
  }
}

/** Octets of a tag: 128 bits, so that two packages of one party never share one. */
const tagBytes = 16

/** What a party finds again by name. */
export type TaggedName =
  | 'key'
  | 'advisory'
  | 'match'
  | 'subject'
  | 'seal-key'
  | 'correspondence'
  | 'message'
  | 'ticket'
  | 'case'
  | 'case-move'
  | 'case-order'
  | 'submission'
  | 'subscription'
  | 'supplier'

/** The part of the vault that is one hosted party's. */
export class Partition extends Sealer {
  readonly number: number
  /** 32 hex digits without a meaning. */
  readonly id: string
  readonly party: string
  /** A KeyObject: made anew for each tag it would cost four times the tag. */
  readonly #lookup: KeyObject

  constructor(keyring: Keyring, parts: { number: number; id: string; party: string; lookup: string }) {
    super(keyring, keyIdOf(parts.id))
    this.number = parts.number
    this.id = parts.id
    this.party = parts.party
    this.#lookup = createSecretKey(parts.lookup, 'base64url')
  }

  /** A name under which this party alone finds something again. */
  tag(what: TaggedName, ...names: readonly string[]): Uint8Array {
    const text = JSON.stringify([what, ...names])
    return createHmac('sha256', this.#lookup).update(text).digest().subarray(0, tagBytes)
  }
}

/** The key of a partition in the keyring. */
export function keyIdOf(partitionId: string): string {
  return `vault/${partitionId}`
}

/** The inverse of {@link keyIdOf}; undefined for the node's own key. */
export function partitionIdOf(keyId: string): string | undefined {
  return keyId.startsWith('vault/') ? keyId.slice('vault/'.length) : undefined
}

/** The partitions there are, by party and by number. */
export class PartitionBook {
  readonly #byParty = new Map<string, Partition>()
  readonly #byId = new Map<string, Partition>()

  add(partition: Partition): void {
    this.#byParty.set(partition.party, partition)
    this.#byId.set(partition.id, partition)
  }

  remove(id: string): void {
    const found = this.#byId.get(id)
    if (found === undefined) return
    this.#byId.delete(id)
    this.#byParty.delete(found.party)
  }

  of(party: string): Partition | undefined {
    return this.#byParty.get(party)
  }

  byId(id: string): Partition | undefined {
    return this.#byId.get(id)
  }

  /** In the order in which they were opened. */
  all(): Partition[] {
    return [...this.#byId.values()]
  }
}
