import { type View, type ViewIdentity, dropView, openView } from '@comity/store'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from '../register/database.ts'
import type { Journal } from './journal.ts'
import { hasMirrored } from './mirrored.ts'
import { wordsBetween } from './register-word.ts'
import { matchingVersion, schema, schemaVersion } from './schema.ts'

/**
 * Opens `vault.db`, empty where it has to be rebuilt: another log, schema or way of matching, a journal that is not the
 * one it was reduced from, or a register that lacks what it has seen of its own log or a mirrored one.
 */
export function openVaultView(path: string, journal: Journal, register: Database): View {
  mkdirSync(dirname(path), { recursive: true })
  const options = { schema, meta: identityOf(register) }
  const view = openView(path, options)
  if (view.isNew || belongs(view, journal, register)) return view
  view.close()
  dropView(path)
  return openView(path, options)
}

/** A second connection that sees committed rows alone. */
export function openVaultReader(path: string, register: Database): View {
  return openView(path, { schema, meta: identityOf(register), readOnly: true })
}

function identityOf(register: Database): ViewIdentity {
  const origin = register.prepare('SELECT origin FROM log WHERE log = 0').get()?.['origin']
  return { origin: String(origin), schema: schemaVersion, ruleset: matchingVersion }
}

function belongs(view: View, journal: Journal, register: Database): boolean {
  const { size, root } = view.meta
  if (size > journal.size || journal.digestBefore(size) !== root) return false
  if (!hasMirrored(view, register)) return false
  const progress = view.prepare('SELECT cursor, statement FROM progress').get()
  const cursor = Number(progress?.['cursor'])
  if (cursor === 0) return true
  const [last] = wordsBetween(register, cursor - 1, cursor, 1)
  return last?.statement === progress?.['statement']
}
