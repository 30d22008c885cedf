/** Logs in memory, written through the very judge and reducers of a node. */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { treeHasher } from '@comity/crypto'
import { Tree, formatCheckpoint, memoryHashStorage } from '@comity/log'
import { StatementError, signStatement } from '@comity/statement'
import { type Keeper, keeper } from '@comity/testkit'
import { judge } from '../judge/judge.ts'
import { NodeError } from '../node-error.ts'
import type { Database } from './database.ts'
import { decodeEntry } from './fold.ts'
import { addLog } from './open-register.ts'
import { Register } from './register.ts'
import { schema } from './schema.ts'

export const startAt = 1_795_219_200

/** A register in memory, its statements compiled once. */
export class MemoryDatabase implements Database {
  readonly database = new DatabaseSync(':memory:')
  readonly #statements = new Map<string, StatementSync>()

  constructor() {
    this.database.exec(schema)
  }

  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.database.prepare(sql)
    this.#statements.set(sql, known)
    return known
  }
}

/** A log as it is written: what its judge accepts, and what a dishonest keeper puts in all the same. */
export class WritingLog {
  readonly home: Keeper
  readonly leaves: Uint8Array[] = []
  readonly tree = Tree.open(treeHasher, memoryHashStorage(), 0)
  readonly register: Register
  #start = 0
  #at = startAt

  constructor(label: string) {
    this.home = keeper(label)
    const database = new MemoryDatabase()
    addLog(database, 0, this.origin)
    this.register = new Register(database, 0, this.origin)
    this.submit(this.home.founding(startAt))
    this.submit(this.home.policy(startAt))
    this.close(startAt)
  }

  get origin(): string {
    return this.home.origin
  }

  /** Entries that a time leaf closes. */
  get size(): number {
    return this.#start
  }

  /** Judges and appends. Returns the index, or the code of the refusal. */
  submit(bytes: Uint8Array): number | string {
    const position = this.leaves.length
    try {
      const { statement, payload } = decodeEntry(position, bytes)
      // Time leaves of one second are equal to each other.
      const known = statement.kind === 'time' ? undefined : this.register.positionOf(statement.id)
      if (known !== undefined) return known
      const bench = { origin: this.origin, size: this.#start, root: (size: number) => this.tree.root(size) }
      const entry = { position, statement, payload, at: this.#at }
      this.register.apply(entry, judge(entry, this.register, bench))
      this.leaves.push(statement.leaf)
      return position
    } catch (error) {
      if (error instanceof NodeError || error instanceof StatementError) return error.code
      throw error
    }
  }

  /** Appends without judging, as only a dishonest keeper does. */
  force(leaf: Uint8Array): void {
    this.leaves.push(leaf)
  }

  /** Time goes on; what was submitted since the last time leaf is closed first. */
  close(at: number): void {
    if (this.leaves.length > this.#start) {
      const { urn, keys } = this.home
      const payload = { at: this.#at, cosigned: [] }
      const signer = keys.receipt
      this.submit(signStatement({ kind: 'time', iss: urn, sub: this.origin, iat: this.#at, payload, signer }))
      const hashes = this.leaves.slice(this.#start).map((leaf) => treeHasher.leaf(leaf))
      this.tree.append(Buffer.concat(hashes))
      this.#start = this.leaves.length
    }
    this.#at = Math.max(this.#at, at)
  }

  note(size: number): string {
    return this.home.keys.log.signNote(formatCheckpoint({ origin: this.origin, size, root: this.tree.root(size) }))
  }
}
