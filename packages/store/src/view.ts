import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { StoreError } from './store-error.ts'

/** What a view was made from. Another origin, schema or ruleset makes it worthless: it is rebuilt. */
export interface ViewIdentity {
  readonly origin: string
  readonly schema: string
  readonly ruleset: string
}

/** The identity, and how far the view has come: records reduced and the tree's root over them, hex. */
export interface ViewMeta extends ViewIdentity {
  readonly size: number
  readonly root: string
}

export interface OpenViewOptions {
  /** SQL that creates the tables. A changed text counts as a changed schema. */
  readonly schema: string
  readonly meta: ViewIdentity
  /** For a second process that only looks: never creates, never rebuilds. */
  readonly readOnly?: boolean
}

// A reader of the same file may hold it for a moment; nothing holds it for long.
const busyMilliseconds = 5000
/** 16 MiB of log before the writer folds it in: a page that many batches touch is then written home once. A node that serves leaves that to a {@link WalKeeper}. */
const checkpointPages = 4000
const cacheKibibytes = 16 * 1024
const maxStatements = 512
const formatVersion = '1'

/**
 * Opens a SQLite view, creating it if need be. A file of another identity, or one that is no
 * database, is dropped and made anew: `isNew` says so, and the caller replays.
 *
 * WAL with synchronous NORMAL: a power cut may take the last transactions, never the consistency of
 * the file, and `meta` goes back with them, so the caller resumes at `meta.size`.
 *
 * Errors: `wrong-format` when `readOnly` and there is no view of this identity.
 */
export function openView(path: string, options: OpenViewOptions): View {
  const found = openExisting(path, options)
  if (found !== undefined) return found
  if (options.readOnly === true) {
    throw new StoreError('wrong-format', `${path} is no view of ${options.meta.origin} with this schema and ruleset`)
  }
  dropView(path)
  const view = new View(openDatabase(path, false), true)
  try {
    view.transaction(() => {
      view.database.exec('CREATE TABLE view_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID')
      view.database.exec(options.schema)
      view.writeMeta({
        ...options.meta,
        size: '0',
        root: '',
        format: formatVersion,
        tables: tablesDigest(options.schema),
      })
    })
    return view
  } catch (error) {
    view.close()
    throw error
  }
}

/** Removes a view and what SQLite keeps beside it. It must not be open. */
export function dropView(path: string): void {
  for (const suffix of ['-wal', '-shm', '']) rmSync(path + suffix, { force: true })
}

/** A SQLite database with a cache of prepared statements. */
export class View {
  readonly database: DatabaseSync
  /** Made by this very call of openView: it is empty. */
  readonly isNew: boolean
  readonly #statements = new Map<string, StatementSync>()
  #inTransaction = false

  constructor(database: DatabaseSync, isNew: boolean) {
    this.database = database
    this.isNew = isNew
  }

  get meta(): ViewMeta {
    const values = valuesOf(this.prepare(metaRows).all())
    const { origin = '', schema = '', ruleset = '', size = '0', root = '' } = values
    return { origin, schema, ruleset, size: Number(size), root }
  }

  /** How far the view has come. Call it in the transaction that brought it there. */
  setProgress(size: number, root: string): void {
    this.writeMeta({ size: String(size), root })
  }

  /** The prepared statement for this SQL text, from the cache if it was asked for before. */
  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    // Texts come from the program, not from outside; a full cache means somebody builds them.
    if (this.#statements.size >= maxStatements) this.#statements.clear()
    const statement = this.database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  /** Runs `action` in a transaction: all of it or, if it throws, nothing. Inside another it joins that. */
  transaction<T>(action: () => T): T {
    if (this.#inTransaction) return action()
    this.database.exec('BEGIN IMMEDIATE')
    this.#inTransaction = true
    try {
      const result = action()
      this.database.exec('COMMIT')
      return result
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK')
      throw error
    } finally {
      this.#inTransaction = false
    }
  }

  close(): void {
    this.#statements.clear()
    if (this.database.isOpen) this.database.close()
  }

  /** Used by openView; progress is set with setProgress. */
  writeMeta(values: Readonly<Record<string, string>>): void {
    const statement = this.prepare('INSERT OR REPLACE INTO view_meta (name, value) VALUES (?, ?)')
    for (const [name, value] of Object.entries(values)) statement.run(name, value)
  }
}

function openExisting(path: string, options: OpenViewOptions): View | undefined {
  let database: DatabaseSync | undefined
  try {
    database = openDatabase(path, options.readOnly === true)
    const found = readMeta(database)
    const { origin, schema, ruleset } = options.meta
    const wanted = { origin, schema, ruleset, format: formatVersion, tables: tablesDigest(options.schema) }
    if (Object.entries(wanted).every(([name, value]) => found[name] === value)) return new View(database, false)
  } catch {
    // No database, a foreign one, or a broken one: a view is not worth repairing.
  }
  database?.close()
  return undefined
}

function openDatabase(path: string, readOnly: boolean): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyMilliseconds, readOnly })
  if (!readOnly) {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  }
  database.exec(`PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${cacheKibibytes}`)
  return database
}

function readMeta(database: DatabaseSync): Record<string, string> {
  return valuesOf(database.prepare(metaRows).all())
}

const metaRows = 'SELECT name, value FROM view_meta'

function valuesOf(rows: readonly Readonly<Record<string, unknown>>[]): Record<string, string> {
  return Object.fromEntries(rows.map((row) => [String(row['name']), String(row['value'])]))
}

function tablesDigest(schema: string): string {
  return createHash('sha256').update(schema).digest('hex')
}
