/**
 * The tables of `vault.db`: the private side of a node, reduced from the stream `vault`, the sealed blobs and the
 * advisories of the register, and rebuildable from them at any time.
 *
 * What concerns a hosted party lies in columns named `sealed`, encrypted under that party's key, and is found by tags:
 * HMACs under a key of the party's own. So the file says of nobody what it holds or is affected by, and once the key is
 * destroyed nor does any copy of it. Advisories and their rules are public; all of them are here, whoever is concerned.
 *
 * Numbers of partitions, tokens and inventories are sequence numbers of the records that brought them, and a **tick**
 * counts records, and the documents and answers that they or the log bring, in the order in which they were reduced: both come out the same on every rebuild.
 */
import { inboxSchema } from '../federation/inbox/record/inbox-schema.ts'
import { tellingSchema } from '../telling/record/telling-schema.ts'

export const schemaVersion = '8'

/** Changes when matching itself does: the view is then rebuilt and every match found anew. */
export const matchingVersion = '4'

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
CREATE TABLE component (inventory INTEGER NOT NULL, n INTEGER NOT NULL, partition INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (inventory, n)) WITHOUT ROWID;
CREATE INDEX component_partition ON component (partition);
-- By each of its keys, as a tag.
CREATE TABLE component_key (partition INTEGER NOT NULL, key BLOB NOT NULL, inventory INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (partition, key, inventory, n)) WITHOUT ROWID;
CREATE INDEX component_key_inventory ON component_key (inventory, n);

-- Whom a party believes as supplier; supplier: a tag of who that is.
CREATE TABLE belief (belief INTEGER PRIMARY KEY, partition INTEGER NOT NULL, supplier BLOB NOT NULL, sealed BLOB NOT NULL, UNIQUE (partition, supplier));

-- Mirrored logs by the number that they have in the register: their advisories below the cursor were looked at.
CREATE TABLE followed (origin TEXT PRIMARY KEY, log INTEGER NOT NULL, cursor INTEGER NOT NULL) WITHOUT ROWID;
-- Advisories of those whose document has not come yet.
CREATE TABLE waiting (effective INTEGER PRIMARY KEY, sub TEXT NOT NULL, statement TEXT NOT NULL);
-- Documents in force. Of an advisory statement: origin '', name its sub; of one that is followed without: source and name,
-- and an empty digest once the source has it no more.
CREATE TABLE advisory (
  advisory INTEGER PRIMARY KEY, origin TEXT NOT NULL, name TEXT NOT NULL, effective INTEGER, at INTEGER NOT NULL, statement TEXT,
  digest TEXT NOT NULL, remedy TEXT, withdrawn INTEGER NOT NULL, code TEXT, problems INTEGER NOT NULL, UNIQUE (origin, name)
);
CREATE INDEX advisory_unread ON advisory (advisory) WHERE code IS NOT NULL OR problems > 0;
-- What a document says about one vulnerability; by which names (role 0: its own, 1: alias, 2: what took its place); under
-- which keys; and what the vulnerability is called, all names of all documents taken together.
CREATE TABLE known (known INTEGER PRIMARY KEY, advisory INTEGER NOT NULL, n INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX known_advisory ON known (advisory, n);
CREATE TABLE name (name TEXT NOT NULL, known INTEGER NOT NULL, role INTEGER NOT NULL, PRIMARY KEY (name, known, role)) WITHOUT ROWID;
CREATE INDEX name_known ON name (known);
CREATE TABLE rule (key TEXT NOT NULL, known INTEGER NOT NULL, n INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (key, known, n)) WITHOUT ROWID;
CREATE INDEX rule_known ON rule (known);
CREATE TABLE concern (known INTEGER NOT NULL, vulnerability TEXT NOT NULL, PRIMARY KEY (known, vulnerability)) WITHOUT ROWID;
CREATE INDEX concern_vulnerability ON concern (vulnerability);
-- Known to be exploited, by the catalogue that says so.
CREATE TABLE exploited (cve TEXT NOT NULL, advisory INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (cve, advisory)) WITHOUT ROWID;
CREATE INDEX exploited_advisory ON exploited (advisory);
-- The latest answer of each party to each advisory.
CREATE TABLE answer (
  party TEXT NOT NULL, sub TEXT NOT NULL, state TEXT NOT NULL, justification TEXT, effective INTEGER NOT NULL, at INTEGER NOT NULL, tick INTEGER NOT NULL,
  PRIMARY KEY (party, sub)
) WITHOUT ROWID;

-- subject: a tag of what the match is about; it changes where the vulnerability is called otherwise, the match's own name does not.
CREATE TABLE match (match BLOB PRIMARY KEY, subject BLOB NOT NULL UNIQUE, partition INTEGER NOT NULL, inventory INTEGER NOT NULL, changed INTEGER NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX match_changed ON match (partition, changed, match);
CREATE INDEX match_inventory ON match (inventory, match);
-- By the advisories that it rests on, as tags.
CREATE TABLE citation (partition INTEGER NOT NULL, advisory BLOB NOT NULL, match BLOB NOT NULL, PRIMARY KEY (partition, advisory, match)) WITHOUT ROWID;
CREATE INDEX citation_match ON citation (match);
-- What a match was before: one row for each change; n counts those of one tick.
CREATE TABLE match_before (match BLOB NOT NULL, changed INTEGER NOT NULL, n INTEGER NOT NULL, inventory INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (match, changed, n)) WITHOUT ROWID;
CREATE INDEX match_before_inventory ON match_before (inventory);
-- Changes of matches that were worth an alert, in their order.
CREATE TABLE alert (partition INTEGER NOT NULL, tick INTEGER NOT NULL, match BLOB NOT NULL, inventory INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (partition, tick, match)) WITHOUT ROWID;
CREATE INDEX alert_match ON alert (match);
CREATE INDEX alert_inventory ON alert (inventory);
${inboxSchema}${tellingSchema}`
