import { mkdtempSync, rmSync } from 'node:fs'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { HashStorage } from '@comity/log'
import type { Database } from '../register/database.ts'
import { schema } from '../register/schema.ts'

const hashBytes = 32
const cacheKibibytes = 16 * 1024

/** What only an audit keeps: cosignatures seen, times found outside their bound, documents asked for, checkpoints to compare. */
const auditSchema = `
CREATE TABLE cosignature (
  size INTEGER NOT NULL, witness TEXT NOT NULL, at INTEGER NOT NULL, position INTEGER NOT NULL, carried_at INTEGER NOT NULL
);
CREATE INDEX cosignature_size ON cosignature (size, position);
CREATE TABLE early_batch (position INTEGER PRIMARY KEY);
CREATE TABLE asked_document (digest TEXT PRIMARY KEY, log INTEGER NOT NULL, state TEXT) WITHOUT ROWID;
-- Documents whose bytes findings rest on; without bytes once they were asked for in vain.
CREATE TABLE read_document (digest TEXT NOT NULL, most INTEGER NOT NULL, state TEXT, bytes BLOB, PRIMARY KEY (digest, most)) WITHOUT ROWID;
`

/**
 * The audit's memory on disk: one register of all logs it reads and the hashes of their trees, in a folder that is
 * removed at the end. Nothing in it has to survive a crash, so nothing waits for the disk.
 */
export class Spill implements Database {
  readonly #directory: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  /** Open files of hashes by log and level. */
  readonly #files = new Map<string, number>()

  constructor(parent: string = tmpdir()) {
    this.#directory = mkdtempSync(join(parent, 'comity-audit-'))
    this.#database = new DatabaseSync(join(this.#directory, 'register.db'))
    this.#database.exec(
      `PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
       PRAGMA temp_store = FILE; PRAGMA cache_size = -${cacheKibibytes}`,
    )
    this.#database.exec(schema)
    this.#database.exec(auditSchema)
    // One transaction to the end: pages that do not fit into the cache go to the file all the same.
    this.#database.exec('BEGIN')
  }

  /** The hashes of the tree of one log. */
  hashesOf(log: number): HashStorage {
    return {
      read: (level, index, count) => this.#readHashes(this.#file(log, level), index, count),
      write: (level, index, hashes) => this.#writeHashes(this.#file(log, level), index, hashes),
    }
  }

  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
    for (const descriptor of this.#files.values()) closeSync(descriptor)
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #readHashes(file: number, index: number, count: number): Uint8Array {
    const hashes = new Uint8Array(count * hashBytes)
    const read = readSync(file, hashes, 0, hashes.length, index * hashBytes)
    if (read !== hashes.length) throw new Error(`the audit has not hashed node ${index + count} of this level yet`)
    return hashes
  }

  #writeHashes(file: number, index: number, hashes: Uint8Array): void {
    const written = writeSync(file, hashes, 0, hashes.length, index * hashBytes)
    if (written !== hashes.length)
      throw new Error(`${this.#directory} is full: the audit needs about 1 KB for each entry`)
  }

  #file(log: number, level: number): number {
    const name = `hashes-${log}-${level}`
    const known = this.#files.get(name)
    if (known !== undefined) return known
    const descriptor = openSync(join(this.#directory, name), 'w+', 0o600)
    this.#files.set(name, descriptor)
    return descriptor
  }
}
