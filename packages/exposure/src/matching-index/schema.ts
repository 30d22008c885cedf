/** The tables of the index. Their names begin alike, so that they can lie in a database among others. */
import type { DatabaseSync } from 'node:sqlite'

/** Changes with the tables or with what their blobs mean. */
export const indexFormat = 1

const schema = `
CREATE TABLE indexed_format (format INTEGER NOT NULL);
INSERT INTO indexed_format VALUES (${indexFormat});

-- Keys of packages, by number; those that neither an item nor a rule has are dropped.
CREATE TABLE indexed_key (key INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
-- Items, each under the lowest of its keys; version '' where the component has none; others: further keys, ascending.
CREATE TABLE indexed_item (item INTEGER PRIMARY KEY, key INTEGER NOT NULL, version TEXT NOT NULL, others BLOB NOT NULL);
CREATE UNIQUE INDEX indexed_item_key ON indexed_item (key, version, others);
-- By each of those further keys.
CREATE TABLE indexed_item_other (key INTEGER NOT NULL, item INTEGER NOT NULL, PRIMARY KEY (key, item)) WITHOUT ROWID;
-- place: item × 2^26 + the first inventory of the chunk; list: distances from each inventory to the next.
CREATE TABLE indexed_posting (place INTEGER PRIMARY KEY, list BLOB NOT NULL);

CREATE TABLE indexed_inventory (inventory INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
-- items: one for each component, in their order; 0 for one without a key.
CREATE TABLE indexed_content (inventory INTEGER PRIMARY KEY, items BLOB NOT NULL);

CREATE TABLE indexed_advisory (advisory INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE indexed_rule (rule INTEGER PRIMARY KEY, advisory INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX indexed_rule_advisory ON indexed_rule (advisory);
CREATE TABLE indexed_rule_key (key INTEGER NOT NULL, rule INTEGER NOT NULL, PRIMARY KEY (key, rule)) WITHOUT ROWID;
`

export function createTables(database: DatabaseSync): void {
  database.exec(schema)
}

/** The format of the index in a database; undefined where there is none. */
export function formatOf(database: DatabaseSync): number | undefined {
  const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'indexed_format'").get() !== undefined
  return isThere ? Number(database.prepare('SELECT format FROM indexed_format').get()?.['format']) : undefined
}
