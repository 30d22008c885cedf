/**
 * The tables of private cases in `vault.db`. Which cases, who takes part and what was said lies in columns named `sealed`;
 * what is found by name is found by tags, as elsewhere in the vault. Numbers are those of the records that brought the rows.
 */
export const caseSchema = `
CREATE TABLE private_case (private_case INTEGER PRIMARY KEY, partition INTEGER NOT NULL, tag BLOB NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL);
CREATE INDEX private_case_partition ON private_case (partition, private_case);
-- What was erased does not come back by being brought again.
CREATE TABLE erased_case (tag BLOB PRIMARY KEY, partition INTEGER NOT NULL) WITHOUT ROWID;

-- waiting: at the seat to be judged, elsewhere for the seat.
CREATE TABLE case_move (
  case_move INTEGER PRIMARY KEY, partition INTEGER NOT NULL, private_case INTEGER NOT NULL, tag BLOB NOT NULL UNIQUE, waiting INTEGER NOT NULL, sealed BLOB NOT NULL
);
CREATE INDEX case_move_case ON case_move (private_case, case_move);
CREATE INDEX case_move_waiting ON case_move (case_move) WHERE waiting = 1;

CREATE TABLE case_order (
  case_order INTEGER PRIMARY KEY, partition INTEGER NOT NULL, private_case INTEGER NOT NULL, tag BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL
);
CREATE INDEX case_order_case ON case_order (private_case, case_order);

CREATE TABLE case_mail (case_mail INTEGER PRIMARY KEY, partition INTEGER NOT NULL, private_case INTEGER NOT NULL, waiting INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX case_mail_case ON case_mail (private_case);
CREATE INDEX case_mail_waiting ON case_mail (case_mail) WHERE waiting = 1;

CREATE TABLE submission (submission INTEGER PRIMARY KEY, partition INTEGER NOT NULL, tag BLOB NOT NULL UNIQUE, waiting INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX submission_partition ON submission (partition, submission);
CREATE INDEX submission_waiting ON submission (submission) WHERE waiting = 1;
CREATE TABLE submission_blob (submission INTEGER NOT NULL, blob TEXT NOT NULL, PRIMARY KEY (submission, blob)) WITHOUT ROWID;
`
