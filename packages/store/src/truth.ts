import type { Readable } from 'node:stream'
import type { HashStorage } from '@comity/log'

/**
 * The truth port: what a node cannot compute again. Everything else is a view of it.
 *
 * Every promise that resolves means *durable*: the bytes survive a kill and a power cut.
 */
export interface Truth {
  /** Opens the stream, creating it if need be. The same name gives the same object. */
  stream(name: string): Promise<Stream>
  /** Names of the streams that exist, sorted. */
  streams(): readonly string[]
  readonly blobs: Blobs
  readonly cells: Cells
  readonly keyring: Keyring
  /** Hash tiles of the tree over a stream: a view, kept beside the stream because it is large. */
  hashes(streamName: string): TreeHashes
  /** Waits for what is in flight, frees the folder. Later calls throw `closed`. */
  close(): Promise<void>
}

/** An append-only sequence of records, numbered from 0. */
export interface Stream {
  readonly name: string
  /** Acknowledged records. */
  readonly size: number
  /**
   * Appends the records as one batch, all or none, and resolves to the sequence number of the first
   * once they are durable. Batches take their order from the order of the calls; those that wait
   * share one fdatasync. The caller leaves the records unchanged until then.
   *
   * Errors: `too-large` (nothing is written), `disk-full` (nothing remains, the stream goes on),
   * `io` (the stream takes no more writes), `poisoned` (an earlier `io`), `closed`.
   */
  append(records: readonly Uint8Array[]): Promise<number>
  /** A copy of one record. Errors: `not-found` at or beyond `size`, `damaged`. */
  read(seq: number): Uint8Array
  /** Records `[from, to)`. They share one buffer: copy what is kept for long. Errors as `read`. */
  readRange(from: number, to: number): Uint8Array[]
}

/** What a blob can be made of. */
export type BlobSource = Uint8Array | AsyncIterable<Uint8Array>

export interface BlobEntry {
  /** SHA-256, 64 hex digits. */
  readonly digest: string
  /** Bytes. */
  readonly size: number
  /** When it was stored last, in whole seconds since the epoch. */
  readonly storedAt: number
}

/**
 * Content by SHA-256. Digests are 64 lowercase hex digits. Sealed blobs live in a place of their
 * own, named by the digest of their ciphertext, and none of the public calls finds them.
 */
/** Bytes of a blob: from the first on, and below `to`. */
export interface BlobPart {
  readonly from: number
  readonly to: number
}

export interface Blobs {
  /**
   * Stores and returns the digest. Errors: `digest-mismatch` when it is not `expectedDigest`,
   * `too-large` past `maxBytes`, `disk-full`, `io`; in each case nothing is stored.
   */
  put(source: BlobSource, expectedDigest?: string, limits?: { readonly maxBytes?: number }): Promise<string>
  /** The whole content, checked against its digest. Errors: `not-found`, `damaged`. */
  get(digest: string): Uint8Array
  has(digest: string): boolean
  /** Bytes, or undefined when there is no such blob. */
  size(digest: string): number | undefined
  /**
   * The content in pieces; ends in a `damaged` error when it is not what its digest says. A part of it is not checked
   * against the digest, for that would take reading all of it: who asked for parts checks what he put together.
   */
  stream(digest: string, part?: BlobPart): Readable
  /** Returns whether it was there. Durable when it resolves. */
  delete(digest: string): Promise<boolean>
  list(): Iterable<BlobEntry>
  /** Encrypts under a key of the keyring, stores the ciphertext, returns the ciphertext's digest. */
  putSealed(keyId: string, content: Uint8Array): Promise<string>
  /** Errors: `not-found`, `damaged`, `key-destroyed`, `wrong-key`. */
  getSealed(keyId: string, digest: string): Uint8Array
  /**
   * Stores, among the sealed blobs, a ciphertext whose key is kept elsewhere; returns its digest. It is hashed on another
   * thread while it is written, so that pieces of a large file go through at the speed of the disk. The caller leaves
   * `content` unchanged until then. Errors: as `put`.
   */
  putCiphertext(content: Uint8Array, expectedDigest?: string): Promise<string>
  /**
   * As it was stored, not checked against its digest: opening it is the check. With `room` it is put there, where it fits.
   * Errors: `not-found`.
   */
  getCiphertext(digest: string, room?: Uint8Array): Uint8Array
  hasSealed(digest: string): boolean
  deleteSealed(digest: string): Promise<boolean>
  listSealed(): Iterable<BlobEntry>
}

export interface Cell {
  /** 1 for the first value, one more for each that replaced it. */
  readonly version: number
  readonly value: Uint8Array
}

/** Small values under compare-and-set: at most 1 MiB each, kept in memory. */
export interface Cells {
  get(name: string): Cell | undefined
  names(): readonly string[]
  /**
   * Sets the value if the cell stands at `expectedVersion` (0: there is none yet). Resolves to true
   * once durable, to false when the cell stands at another version.
   */
  compareAndSet(name: string, expectedVersion: number, value: Uint8Array): Promise<boolean>
}

/**
 * Data keys, one per subject or case, each of which can be destroyed: that is how a record in an
 * append-only store is erased. Identifiers should say nothing about the subject.
 */
export interface Keyring {
  has(id: string): boolean
  /** Errors: `key-exists`; `key-destroyed`, because what was erased does not come back. */
  createKey(id: string): Promise<void>
  /** AES-256-GCM under the key, bound to `aad`. 29 bytes longer than the plaintext. */
  encrypt(id: string, plaintext: Uint8Array, aad?: Uint8Array): Uint8Array
  /** Errors: `not-found`, `key-destroyed`, `wrong-key` (not encrypted with this key and `aad`). */
  decrypt(id: string, ciphertext: Uint8Array, aad?: Uint8Array): Uint8Array
  /** Erases the key from memory and disk. Resolves once it cannot come back; also when there is none. */
  destroy(id: string): Promise<void>
}

/** Hash tiles with a mark up to which they are durable. */
export interface TreeHashes extends HashStorage {
  /** Leaves whose hashes are on disk for certain. What lies beyond is gone after a crash: hash it again. */
  readonly watermark: number
  /** Makes all hashes of the first `size` leaves durable and moves the watermark there. */
  sync(size: number): Promise<void>
}
