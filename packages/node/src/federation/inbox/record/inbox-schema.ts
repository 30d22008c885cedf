/**
 * The inbox's tables in `vault.db`. Who wrote to whom, and what, lies in columns named `sealed`; what is found by name is
 * found by tags, as elsewhere in the vault. Numbers are those of the records that brought the rows.
 */
import { caseSchema } from '../../cases/record/case-schema.ts'

export const inboxSchema = `
CREATE TABLE seal_key (seal_key INTEGER PRIMARY KEY, partition INTEGER NOT NULL, tag BLOB NOT NULL UNIQUE, key TEXT NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX seal_key_partition ON seal_key (partition);

CREATE TABLE correspondence (correspondence INTEGER PRIMARY KEY, partition INTEGER NOT NULL, tag BLOB NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL);
CREATE INDEX correspondence_partition ON correspondence (partition);
-- What was erased does not come back by being sent again.
CREATE TABLE erased_correspondence (tag BLOB PRIMARY KEY, partition INTEGER NOT NULL) WITHOUT ROWID;

-- waiting: deliveries that have not ended yet; traffic: the record that its leaf came with.
CREATE TABLE message (
  message INTEGER PRIMARY KEY, partition INTEGER NOT NULL, correspondence INTEGER NOT NULL, tag BLOB NOT NULL UNIQUE,
  waiting INTEGER NOT NULL, traffic INTEGER NOT NULL, sealed BLOB NOT NULL
);
CREATE INDEX message_partition ON message (partition, message);
CREATE INDEX message_correspondence ON message (correspondence, message);
CREATE INDEX message_waiting ON message (message) WHERE waiting > 0;

-- ticket: under which its chunks are brought; list: tag of the list of its chunks, for chunks may be shared.
CREATE TABLE attachment (
  message INTEGER NOT NULL, n INTEGER NOT NULL, partition INTEGER NOT NULL, ticket BLOB NOT NULL UNIQUE, list BLOB NOT NULL,
  blob TEXT, whole INTEGER NOT NULL, PRIMARY KEY (message, n)
) WITHOUT ROWID;
CREATE INDEX attachment_list ON attachment (list);

CREATE TABLE link (link INTEGER PRIMARY KEY, message INTEGER NOT NULL, partition INTEGER NOT NULL, tag BLOB NOT NULL UNIQUE, blob TEXT NOT NULL, expires INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX link_message ON link (message);

CREATE TABLE traffic (traffic INTEGER PRIMARY KEY, leaf BLOB NOT NULL, hour INTEGER);
CREATE INDEX traffic_hour ON traffic (hour, traffic);
CREATE TABLE commitment (hour INTEGER PRIMARY KEY, root TEXT NOT NULL, sealed BLOB NOT NULL);
${caseSchema}`
