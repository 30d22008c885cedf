import { type View, dropView, openView } from '@comity/store'
import { currentRuleset } from '@comity/assessment'
import { toHex } from '@comity/statement'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { decodeEntry } from './fold.ts'
import { Register } from './register.ts'
import { schema, schemaVersion } from './schema.ts'

/** What the register is a view of. */
export interface ViewedLog {
  readonly origin: string
  readonly size: number
  leaf(index: number): Uint8Array
  root(size: number): Uint8Array
}

export interface OpenRegister {
  readonly view: View
  readonly register: Register
}

/**
 * Opens the register at `path`, empty where it has to be rebuilt: another origin, schema or ruleset, more entries than
 * the log holds, or another root than the log has at that size.
 */
export function openRegister(path: string, log: ViewedLog): OpenRegister {
  mkdirSync(dirname(path), { recursive: true })
  const identity = { origin: log.origin, schema: schemaVersion, ruleset: currentRuleset.digest }
  const view = openView(path, { schema, meta: identity })
  const register = new Register(view)
  if (matches(view, register, log)) return { view, register }
  view.close()
  dropView(path)
  const fresh = openView(path, { schema, meta: identity })
  fresh.prepare('INSERT INTO log (log, origin) VALUES (0, ?)').run(log.origin)
  return { view: fresh, register: new Register(fresh) }
}

/** A second connection that sees committed rows alone. */
export function openReader(path: string, origin: string): View {
  const identity = { origin, schema: schemaVersion, ruleset: currentRuleset.digest }
  return openView(path, { schema, meta: identity, readOnly: true })
}

function matches(view: View, register: Register, log: ViewedLog): boolean {
  if (view.isNew) return false
  const { size } = register
  if (size !== view.meta.size || size > log.size) return false
  if (size === 0) return false
  const last = view.prepare('SELECT id FROM entry WHERE position = ?').get(size - 1)
  // Safe: the column is a BLOB NOT NULL.
  const id = toHex(last?.['id'] as Uint8Array)
  return decodeEntry(size - 1, log.leaf(size - 1)).statement.id === id && view.meta.root === toHex(log.root(size))
}
