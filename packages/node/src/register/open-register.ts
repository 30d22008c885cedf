import { type View, dropView, openView } from '@comity/store'
import { currentRuleset } from '@comity/assessment'
import { toHex } from '@comity/statement'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { idText } from './by-id.ts'
import type { Database } from './database.ts'
import { decodeEntry } from './fold.ts'
import { Register } from './register.ts'
import { schema, schemaVersion } from './schema.ts'
import { Stale } from './stale.ts'

/** A log that the register is a view of: what of it may be folded, which its own head or a verified one covers. */
export interface ViewedLog {
  readonly origin: string
  readonly size: number
  leaf(index: number): Uint8Array
  root(size: number): Uint8Array
}

export interface OpenRegister {
  readonly view: View
  /** Of the node's own log. */
  readonly register: Register
  /** Of the mirrored logs, in the order in which they were given: the first is log 1. */
  readonly mirrored: readonly Register[]
  /** Whose findings have to be computed again. */
  readonly stale: Stale
}

/**
 * Opens the register at `path`, empty where it has to be rebuilt: another origin, schema or ruleset, other mirrored logs
 * or in another order, or more entries than one of the logs holds, or another root than it has at that size. What the
 * logs hold beyond is the caller's to fold.
 */
export function openRegister(path: string, own: ViewedLog, mirrored: readonly ViewedLog[] = []): OpenRegister {
  mkdirSync(dirname(path), { recursive: true })
  const identity = { origin: own.origin, schema: schemaVersion, ruleset: currentRuleset.digest }
  const logs = [own, ...mirrored]
  const view = openView(path, { schema, meta: identity })
  if (!view.isNew && matches(view, logs)) return opened(view, logs)
  view.close()
  dropView(path)
  return opened(openView(path, { schema, meta: identity }), logs)
}

/** A second connection that sees committed rows alone. */
export function openReader(path: string, origin: string): View {
  const identity = { origin, schema: schemaVersion, ruleset: currentRuleset.digest }
  return openView(path, { schema, meta: identity, readOnly: true })
}

/**
 * The register of a log that is followed from now on, beside `beside` and over the same connection. To be called between
 * batches. `log` is the next number, counted from 1 in the order in which logs were followed first.
 */
export function addMirrored(
  { view, stale }: Pick<OpenRegister, 'view' | 'stale'>,
  log: number,
  origin: string,
): Register {
  if (addLog(view, log, origin)) stale.markAll()
  return new Register(view, log, origin, stale)
}

/** Gives a log its number. Returns whether it had none. */
export function addLog(database: Database, log: number, origin: string): boolean {
  const { changes } = database
    .prepare("INSERT INTO log (log, origin, size, root, followed) VALUES (?, ?, 0, '', 1) ON CONFLICT (log) DO NOTHING")
    .run(log, origin)
  return changes === 1
}

function opened(view: View, logs: readonly ViewedLog[]): OpenRegister {
  const added = logs.filter(({ origin }, log) => addLog(view, log, origin))
  const stale = new Stale(view)
  if (added.length > 0) stale.markAll()
  const [register, ...mirrored] = logs.map(({ origin }, log) => new Register(view, log, origin, stale))
  if (register === undefined) throw new Error('a register without its own log')
  return { view, register, mirrored, stale }
}

/** Logs that were added since are no reason to rebuild. */
function matches(view: View, logs: readonly ViewedLog[]): boolean {
  const rows = view.prepare('SELECT log, origin, size, root FROM log ORDER BY log').all()
  return (
    rows.every((row, i) => {
      const log = logs[i]
      const size = Number(row['size'])
      if (log === undefined || Number(row['log']) !== i || row['origin'] !== log.origin || size > log.size) return false
      return size === 0 || row['root'] === toHex(log.root(size))
    }) && endsAlike(view, rows[0], logs[0])
  )
}

/** The hashes of the own log are a view too: what counts is that the entry itself is the one that was folded. */
function endsAlike(view: View, row: Record<string, unknown> | undefined, own: ViewedLog | undefined): boolean {
  const size = Number(row?.['size'] ?? 0)
  if (size === 0 || own === undefined) return false
  const last = view.prepare('SELECT id FROM entry WHERE position = ?').get(size - 1)
  return last !== undefined && decodeEntry(size - 1, own.leaf(size - 1)).statement.id === idText(last['id'])
}
