/**
 * The tables of `vault.db`: the private side of a node, reduced from the stream `vault`, the sealed blobs and the
 * advisories of the register, and rebuildable from them at any time.
 *
 * What concerns a hosted party lies in columns named `sealed`, encrypted under that party's key, and is found by tags:
 * HMACs under a key of the party's own. So the file says of nobody what it holds or is affected by, and once the key is
 * destroyed nor does any copy of it. Advisories and their rules are public; all of them are here, whoever is concerned.
 *
 * Numbers of partitions, tokens and inventories are sequence numbers of the records that brought them, and a **tick**
 * counts records and advisories in the order in which they were reduced: both come out the same on every rebuild.
 */
import { inboxSchema } from '../federation/inbox/record/inbox-schema.ts'

export const schemaVersion = '4'

/** Changes when matching itself does: the view is then rebuilt and every match found anew. */
export const matchingVersion = '2'

export const schema = `
-- cursor: advisories that took effect before this position are reduced; statement: the last of them, hex.
CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), cursor INTEGER NOT NULL, statement TEXT NOT NULL, tick INTEGER NOT NULL);
INSERT INTO progress VALUES (1, 0, '', 0);

CREATE TABLE partition (partition INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL);
CREATE TABLE erased (number INTEGER PRIMARY KEY, partition TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE token (token INTEGER PRIMARY KEY, partition INTEGER, id TEXT NOT NULL UNIQUE, hash BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL, revoked_at INTEGER);

CREATE TABLE inventory (inventory INTEGER PRIMARY KEY, partition INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL);
CREATE INDEX inventory_partition ON inventory (partition);
-- Every revision stays until the inventory is removed: the history of its matches is rebuilt from them.
CREATE TABLE inventory_blob (inventory INTEGER NOT NULL, number INTEGER NOT NULL, blob TEXT NOT NULL, PRIMARY KEY (inventory, number)) WITHOUT ROWID;
CREATE TABLE component (
  inventory INTEGER NOT NULL, n INTEGER NOT NULL, partition INTEGER NOT NULL, package BLOB NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY (inventory, n)
) WITHOUT ROWID;
CREATE INDEX component_package ON component (partition, package);

-- Mirrored logs by the number that they have in the register: their advisories below the cursor were looked at.
CREATE TABLE followed (origin TEXT PRIMARY KEY, log INTEGER NOT NULL, cursor INTEGER NOT NULL) WITHOUT ROWID;
-- Advisories of those whose document has not come yet.
CREATE TABLE waiting (effective INTEGER PRIMARY KEY, sub TEXT NOT NULL, statement TEXT NOT NULL);
CREATE TABLE advisory (
  advisory INTEGER PRIMARY KEY, sub TEXT NOT NULL UNIQUE, effective INTEGER NOT NULL, at INTEGER NOT NULL, statement TEXT NOT NULL,
  withdrawn INTEGER NOT NULL, matter TEXT NOT NULL, code TEXT, problems INTEGER NOT NULL
);
CREATE INDEX advisory_unread ON advisory (advisory) WHERE code IS NOT NULL OR problems > 0;
CREATE TABLE rule (package TEXT NOT NULL, advisory INTEGER NOT NULL, n INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (package, advisory, n)) WITHOUT ROWID;
CREATE INDEX rule_advisory ON rule (advisory);

CREATE TABLE match (
  match BLOB PRIMARY KEY, partition INTEGER NOT NULL, inventory INTEGER NOT NULL, advisory BLOB NOT NULL, changed INTEGER NOT NULL, sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX match_changed ON match (partition, changed, match);
CREATE INDEX match_advisory ON match (partition, advisory);
CREATE INDEX match_inventory ON match (inventory);
-- What a match was before: one row for each change.
CREATE TABLE match_before (match BLOB NOT NULL, changed INTEGER NOT NULL, inventory INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (match, changed)) WITHOUT ROWID;
CREATE INDEX match_before_inventory ON match_before (inventory);
${inboxSchema}`
