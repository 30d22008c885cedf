/**
 * The tables of `public.db`: the register, reduced from public streams and rebuildable from them at any time. It is the
 * disjoint union of one register for each log, each reduced from its own entries alone.
 *
 * A **position** names an entry across logs in one integer: `log × 2^40 + index`. The node's own log is number 0, so
 * there positions are indexes, rows arrive in key order, and "as of a cut" is one comparison per log. Numbers of parties
 * and keys are positions too, of the entry in which the log first saw them: no row depends on which log was read first.
 *
 * Tables of single kinds hold statements that took effect. `effective` is the position at which that happened: the
 * statement's own, or that of the approval that completed its threshold. It is unique, and it is the order that counts.
 */
export const schemaVersion = '6'

/** Entries one log can hold before positions of two logs would touch; 2^53 leaves room for 8,192 logs. */
export const positionsPerLog = 2 ** 40

export const schema = `
-- How many entries of a log are in, and the root over them. What is not followed any more is in no cut of this node's.
CREATE TABLE log (
  log INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, root TEXT NOT NULL, followed INTEGER NOT NULL
);

-- A party as one log has it: its number is the position of its first party statement there, which may be a copy.
CREATE TABLE party (
  party INTEGER PRIMARY KEY, urn TEXT NOT NULL, type TEXT NOT NULL, state TEXT, home TEXT NOT NULL, names TEXT NOT NULL
);
CREATE INDEX party_urn ON party (urn);
-- Where a party said its home was, from each party statement on that says so for the first time or anew.
CREATE TABLE home (
  party INTEGER NOT NULL, position INTEGER NOT NULL, origin TEXT NOT NULL, statement BLOB NOT NULL, leaf_hash BLOB NOT NULL,
  PRIMARY KEY (party, position)
) WITHOUT ROWID;
-- One row a party statement that took effect: what a party was as of any cut.
CREATE TABLE party_version (party INTEGER NOT NULL, position INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (party, position)) WITHOUT ROWID;
CREATE TABLE compromise (party INTEGER NOT NULL, kid TEXT NOT NULL, since INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (party, kid, position)) WITHOUT ROWID;
CREATE TABLE signing_key (signing_key INTEGER PRIMARY KEY, kid TEXT NOT NULL);
CREATE INDEX signing_key_kid ON signing_key (kid);

CREATE TABLE entry (
  position INTEGER PRIMARY KEY, id BLOB NOT NULL, kind TEXT NOT NULL, party INTEGER NOT NULL, iat INTEGER NOT NULL,
  at INTEGER NOT NULL, signing_key INTEGER NOT NULL, effective INTEGER
);
CREATE INDEX entry_id ON entry (id);
-- Both end in the position, which is the row's own number.
CREATE INDEX entry_party ON entry (party, kind);
CREATE INDEX entry_kind ON entry (kind);
-- Statements that waited for approvals: few, and where they are the order of effect is not the order of entries.
CREATE INDEX entry_late ON entry (kind, party) WHERE effective <> position;
-- Entries of mirrored logs that have no effect, for their own judge would refuse them, or they are no statement at all.
CREATE TABLE void (position INTEGER PRIMARY KEY, code TEXT NOT NULL, detail TEXT NOT NULL);

CREATE TABLE approval (
  target TEXT NOT NULL, party INTEGER NOT NULL, signing_key INTEGER NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (target, party, signing_key)
) WITHOUT ROWID;
CREATE TABLE pending (position INTEGER PRIMARY KEY, id TEXT NOT NULL, threshold INTEGER NOT NULL, leaf BLOB NOT NULL);
CREATE INDEX pending_id ON pending (id);

CREATE TABLE policy (effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, payload TEXT NOT NULL);
CREATE TABLE batch (position INTEGER PRIMARY KEY, log INTEGER NOT NULL, at INTEGER NOT NULL, cosigned TEXT);
CREATE INDEX batch_at ON batch (log, at);
CREATE INDEX batch_cosigned ON batch (position) WHERE cosigned IS NOT NULL;
CREATE TABLE continuation (
  effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, party INTEGER NOT NULL, iat INTEGER NOT NULL, payload TEXT NOT NULL
);
CREATE INDEX continuation_party ON continuation (party, effective);

CREATE TABLE endorsement (effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, party INTEGER NOT NULL, subject TEXT NOT NULL, payload TEXT NOT NULL);
CREATE INDEX endorsement_subject ON endorsement (subject, effective);
CREATE TABLE trust (effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, party INTEGER NOT NULL, digest TEXT NOT NULL, payload TEXT NOT NULL);
CREATE INDEX trust_party ON trust (party, effective);

CREATE TABLE adherence (
  effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, party INTEGER NOT NULL, instrument TEXT NOT NULL, form TEXT NOT NULL,
  withdrawn_after INTEGER, payload TEXT NOT NULL
);
CREATE INDEX adherence_party ON adherence (party, instrument, effective);
-- Notices of withdrawal, by when they take effect.
CREATE INDEX adherence_withdrawn ON adherence (withdrawn_after) WHERE withdrawn_after IS NOT NULL;

-- Of these four, what a party has stated is found by its entries, and a thing by a short key of its name.
CREATE TABLE product (
  effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, party INTEGER NOT NULL, thing INTEGER NOT NULL, sub TEXT NOT NULL, name TEXT NOT NULL,
  update_policy INTEGER NOT NULL, support_until INTEGER, portability INTEGER NOT NULL, payload TEXT NOT NULL
);
CREATE INDEX product_thing ON product (thing, effective);

CREATE TABLE release (
  effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, party INTEGER NOT NULL, thing INTEGER NOT NULL, sub TEXT NOT NULL, product TEXT NOT NULL,
  version TEXT NOT NULL, released TEXT NOT NULL, sbom TEXT,
  -- Of the payload, as JSON, what says how it was built: artifacts and provenance. Null where it has neither.
  builds TEXT
);
CREATE INDEX release_product ON release (product, effective);
CREATE INDEX release_thing ON release (thing, effective);

CREATE TABLE supply (
  effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, party INTEGER NOT NULL, thing INTEGER NOT NULL, sub TEXT NOT NULL,
  action TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER, payload TEXT NOT NULL
);
CREATE INDEX supply_thing ON supply (thing, effective);

CREATE TABLE advisory (
  effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, party INTEGER NOT NULL, thing INTEGER NOT NULL, sub TEXT NOT NULL, advisory TEXT NOT NULL,
  title TEXT NOT NULL, modified TEXT NOT NULL, remedy INTEGER NOT NULL, withdrawn INTEGER NOT NULL, document TEXT,
  severity TEXT, payload TEXT NOT NULL
);
CREATE INDEX advisory_thing ON advisory (thing, effective);
CREATE INDEX advisory_id ON advisory (advisory, effective);

CREATE TABLE acknowledgement (
  effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, party INTEGER NOT NULL, advisory BLOB NOT NULL, sub TEXT NOT NULL,
  state TEXT NOT NULL, justification TEXT
);
CREATE INDEX acknowledgement_sub ON acknowledgement (sub, effective);
CREATE INDEX acknowledgement_advisory ON acknowledgement (advisory, effective);
CREATE INDEX acknowledgement_party ON acknowledgement (party, effective);

-- Who else has acknowledged a party's advisory, in whichever log, from the first such word there on. An advisory stands
-- here by where it took effect. The row is written when the later of the two is read.
CREATE TABLE told (
  party INTEGER NOT NULL, advisory INTEGER NOT NULL, by INTEGER NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (party, advisory, by)
) WITHOUT ROWID;
CREATE INDEX told_by ON told (by, party);

CREATE TABLE document (digest TEXT NOT NULL, position INTEGER NOT NULL, size INTEGER NOT NULL, type TEXT NOT NULL, PRIMARY KEY (digest, position)) WITHOUT ROWID;
CREATE TABLE withholding (digest TEXT NOT NULL, effective INTEGER NOT NULL, position INTEGER NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (digest, effective)) WITHOUT ROWID;

CREATE TABLE published_findings (effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL, digest TEXT NOT NULL, payload TEXT NOT NULL);

-- Cases. \`case_file\` numbers a case as its seat has it: where its opening move took effect. One that was opened at two
-- seats is two cases under one name.
CREATE TABLE case_file (
  case_file INTEGER PRIMARY KEY, urn TEXT NOT NULL, log INTEGER NOT NULL, procedure TEXT NOT NULL, opener INTEGER NOT NULL
);
CREATE INDEX case_file_urn ON case_file (urn);
CREATE INDEX case_file_procedure ON case_file (procedure);
-- Moves that took effect at the seat; an \`adherence\` or \`support\` is one of the case of that party and instrument. Of the
-- payload of a move, what its case does not say already: body, documents.
CREATE TABLE move (
  effective INTEGER PRIMARY KEY, position INTEGER NOT NULL, party INTEGER NOT NULL, case_file INTEGER NOT NULL,
  name TEXT NOT NULL, payload TEXT NOT NULL
);
CREATE INDEX move_case ON move (case_file);
CREATE INDEX move_party ON move (party, name);
-- Which roles a party, by URN, has had in which cases, from where on: it may have given them up. The procedure is named without its version.
CREATE TABLE case_party (
  urn TEXT NOT NULL, procedure TEXT NOT NULL, case_file INTEGER NOT NULL, role TEXT NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (urn, procedure, case_file, role)
) WITHOUT ROWID;
-- Cases as their last moves left them, which is what the next one is held against. \`ended\`: when, 0 for an open one.
-- \`document\` is the rest of it as JSON.
-- Neither knows what time alone does: a term takes effect at its own moment, which is computed when somebody looks.
CREATE TABLE case_now (
  case_file INTEGER PRIMARY KEY, state TEXT NOT NULL, ended INTEGER NOT NULL, opened_at INTEGER NOT NULL,
  moved_at INTEGER NOT NULL, effective INTEGER NOT NULL, document TEXT NOT NULL
);
CREATE INDEX case_now_open ON case_now (case_file) WHERE ended = 0;
-- Clocks and terms that run, by when they run out.
CREATE TABLE due_clock (at INTEGER NOT NULL, case_file INTEGER NOT NULL, clock TEXT NOT NULL, PRIMARY KEY (at, case_file, clock)) WITHOUT ROWID;
-- Moves in logs that are not their seat: they change no case, and are what a deadline asks for.
CREATE TABLE filed_move (
  position INTEGER PRIMARY KEY, party INTEGER NOT NULL, urn TEXT NOT NULL, seat TEXT NOT NULL, name TEXT NOT NULL,
  at INTEGER NOT NULL, effective INTEGER NOT NULL, id BLOB NOT NULL, payload TEXT NOT NULL
);
CREATE INDEX filed_move_urn ON filed_move (urn);
CREATE INDEX filed_move_seat ON filed_move (seat, effective);
CREATE INDEX filed_move_id ON filed_move (id);
-- Moves that waited for approvals and were not possible any more when the last of these came.
CREATE TABLE idle_move (position INTEGER PRIMARY KEY, urn TEXT NOT NULL, effective INTEGER NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX idle_move_urn ON idle_move (urn);

-- What was last computed for each bound party, so that a page need not compute it.
CREATE TABLE finding (urn TEXT PRIMARY KEY, document TEXT NOT NULL);
-- Parties for whom that has to be computed again: a node that stops before it did so does it at its next start.
CREATE TABLE stale (urn TEXT PRIMARY KEY) WITHOUT ROWID;
`
