/**
 * The tables of telling people in `vault.db`. Who is told, where and of what lies in columns named `sealed`; numbers are
 * those of the records that brought the rows.
 */
export const tellingSchema = `
-- feed: tag of the secret in a feed's address, which nobody knows but who has it.
CREATE TABLE subscription (
  subscription INTEGER PRIMARY KEY, partition INTEGER NOT NULL, tag BLOB NOT NULL UNIQUE, feed BLOB UNIQUE, sealed BLOB NOT NULL
);
CREATE INDEX subscription_partition ON subscription (partition);
-- The message that is being brought: one for each subscription, the next is composed when it has ended.
CREATE TABLE telling (subscription INTEGER PRIMARY KEY, partition INTEGER NOT NULL, telling INTEGER NOT NULL, sealed BLOB NOT NULL);
`
