/**
 * `csaf.db`: which documents of this log's advisories are CSAF, what was found in them, and their signatures. A view: it is
 * made again from the log and its documents, and then signed anew.
 */
import { type View, type ViewIdentity, dropView, openView } from '@comity/store'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from '../register/database.ts'

/** Changes with the tables, and with what is asked of a document. */
const schemaVersion = '1'
const rulesVersion = 'csaf 2.0, csaf-validator-lib 2.0.10'

const schema = `
-- One row a document, by its digest. faults: JSON, of what is refused; facts, sha512, signature: of what is listed.
CREATE TABLE document (
  digest TEXT PRIMARY KEY, kind TEXT NOT NULL, faults TEXT, facts TEXT, sha512 TEXT, signature TEXT
) WITHOUT ROWID;
-- One row an advisory statement that took effect in the own log; at: whole seconds since the epoch.
CREATE TABLE advisory (
  effective INTEGER PRIMARY KEY, party TEXT NOT NULL, sub TEXT NOT NULL, digest TEXT NOT NULL, at INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL
);
CREATE INDEX advisory_party ON advisory (party, effective);
CREATE INDEX advisory_sub ON advisory (sub, effective);
`

/** An advisory of the own log that is to be looked at. */
export interface NewAdvisory {
  readonly effective: number
  /** Of the statement, 64 hexadecimal digits. */
  readonly id: string
  readonly party: string
  readonly sub: string
  readonly digest: string
  readonly at: number
  readonly withdrawn: boolean
}

/** Opens the view, empty where it belongs to another log or to other rules. */
export function openCsafView(path: string, register: Database): View {
  mkdirSync(dirname(path), { recursive: true })
  const options = { schema, meta: identityOf(register) }
  const view = openView(path, options)
  if (view.isNew || belongs(view, register)) return view
  view.close()
  dropView(path)
  return openView(path, options)
}

/** What comes after the last advisory that the view has, in the order in which it took effect. */
export function newAdvisories(register: Database, from: number, limit: number): readonly NewAdvisory[] {
  return register
    .prepare(
      `SELECT kind_row.effective AS effective, hex(entry.id) AS id, party.urn AS party, kind_row.sub AS sub,
         kind_row.document AS digest, kind_row.withdrawn AS withdrawn,
         (SELECT at FROM batch WHERE batch.position >= kind_row.effective ORDER BY batch.position LIMIT 1) AS at
       FROM advisory kind_row JOIN entry ON entry.position = kind_row.position
         JOIN party ON party.party = kind_row.party
       WHERE kind_row.effective >= ? AND kind_row.effective < (SELECT size FROM log WHERE log = 0)
       ORDER BY kind_row.effective LIMIT ?`,
    )
    .all(from, limit)
    .map((row) => ({
      effective: Number(row['effective']),
      id: String(row['id']).toLowerCase(),
      party: String(row['party']),
      sub: String(row['sub']),
      digest: String(row['digest']),
      at: Number(row['at']),
      withdrawn: row['withdrawn'] === 1,
    }))
}

function identityOf(register: Database): ViewIdentity {
  const origin = register.prepare('SELECT origin FROM log WHERE log = 0').get()?.['origin']
  return { origin: String(origin), schema: schemaVersion, ruleset: rulesVersion }
}

/** Whether the last advisory that the view took is in the register as it was then: a restored log may have another. */
function belongs(view: View, register: Database): boolean {
  const { size, root } = view.meta
  if (size === 0) return true
  return newAdvisories(register, size - 1, 1)[0]?.id === root
}
