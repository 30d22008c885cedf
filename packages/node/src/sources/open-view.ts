/**
 * `sources.db`: what the streams of the sources come to. A view: it is made again from the streams alone.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type View, openView } from '@comity/store'

const schemaVersion = '1'

const schema = `
-- Records of a stream that are folded. about, run: JSON of the newest; done: of the newest run that was whole.
CREATE TABLE source (stream TEXT PRIMARY KEY, size INTEGER NOT NULL, about TEXT, run TEXT, done TEXT) WITHOUT ROWID;
-- Documents, by the name that the source has for them. seq: of the header in the stream; csaf, faults: JSON.
CREATE TABLE item (
  stream TEXT NOT NULL, item TEXT NOT NULL, list TEXT NOT NULL, stamp TEXT NOT NULL, at INTEGER NOT NULL,
  seq INTEGER NOT NULL, digest TEXT, size INTEGER, csaf TEXT, first INTEGER,
  -- Of the newest look at it, where that was refused: what was taken before is kept beside.
  faults TEXT, rules TEXT, tried INTEGER, tried_stamp TEXT,
  PRIMARY KEY (stream, item)
) WITHOUT ROWID;
CREATE INDEX item_seq ON item (stream, seq);
CREATE INDEX item_refused ON item (stream, item) WHERE faults IS NOT NULL;
CREATE INDEX item_list ON item (stream, list);
-- Digests of documents that were ever taken: their blobs stay, for the vault's history is made again from them.
CREATE TABLE kept (digest TEXT PRIMARY KEY) WITHOUT ROWID;
`

export function openSourcesView(path: string, origin: string): View {
  mkdirSync(dirname(path), { recursive: true })
  return openView(path, { schema, meta: { origin, schema: schemaVersion, ruleset: '' } })
}
