import { DatabaseSync } from 'node:sqlite'
import type { Truth } from '@comity/store'
import { caseRowPlace } from '../federation/cases/record/case-rows.ts'
import { placeOf } from '../federation/inbox/record/message-record.ts'
import { placeOfSubscription, placeOfTelling } from '../telling/record/telling-record.ts'
import { placeOfAlert } from './alert-table.ts'
import { placeOfPartition, placeOfToken } from './accounts-fold.ts'
import { placeOfBelief } from './belief-table.ts'
import { placeOfComponent } from './component-table.ts'
import { placeOfInventory } from './fold-inventory.ts'
import { nodeKeyId } from './journal.ts'
import { placeBefore, placeNow } from './match-table.ts'
import { Sealer, keyIdOf } from './partition.ts'

type Row = Readonly<Record<string, unknown>>

/** Every row of vault.db in key order, its sealed column opened: two views are equal when their dumps are. */
export function dump(path: string, truth: Pick<Truth, 'keyring'>): string {
  const database = new DatabaseSync(path, { readOnly: true })
  const all = (sql: string): Row[] => database.prepare(sql).all()
  const ids = new Map(all('SELECT partition, id FROM partition').map((row) => [row['partition'], String(row['id'])]))
  const sealerOf = (partition: unknown) =>
    new Sealer(truth.keyring, partition === null ? nodeKeyId : keyIdOf(ids.get(partition) ?? ''))
  const partitionOf = new Map(
    all('SELECT inventory, partition FROM inventory').map((row) => [row['inventory'], row['partition']]),
  )
  const opened = (
    rows: Row[],
    place: (row: Row) => string,
    partition: (row: Row) => unknown = (row) => row['partition'],
  ) =>
    rows.map((row) =>
      JSON.stringify({ ...shown(row), sealed: sealerOf(partition(row)).open(place(row), row['sealed']) }),
    )
  const plain = (sql: string) => all(sql).map((row) => JSON.stringify(shown(row)))
  const text = [
    ...plain('SELECT * FROM view_meta ORDER BY name'),
    ...plain('SELECT * FROM progress'),
    ...opened(all('SELECT * FROM partition ORDER BY partition'), (row) => placeOfPartition(Number(row['partition']))),
    ...plain('SELECT * FROM erased ORDER BY number'),
    ...opened(all('SELECT * FROM token ORDER BY token'), (row) => placeOfToken(String(row['id']))),
    ...opened(all('SELECT * FROM inventory ORDER BY inventory'), (row) => placeOfInventory(Number(row['inventory']))),
    ...plain('SELECT * FROM inventory_blob ORDER BY inventory, number'),
    ...opened(all('SELECT * FROM component ORDER BY inventory, n'), (row) =>
      placeOfComponent(Number(row['inventory']), Number(row['n'])),
    ),
    ...opened(all('SELECT * FROM belief ORDER BY belief'), (row) => placeOfBelief(Number(row['belief']))),
    ...plain('SELECT * FROM followed ORDER BY origin'),
    ...plain('SELECT * FROM waiting ORDER BY effective'),
    ...plain('SELECT * FROM advisory ORDER BY advisory'),
    ...plain('SELECT * FROM component_key ORDER BY partition, key, inventory, n'),
    ...plain('SELECT * FROM known ORDER BY known'),
    ...plain('SELECT * FROM name ORDER BY name, known, role'),
    ...plain('SELECT * FROM rule ORDER BY key, known, n'),
    ...plain('SELECT * FROM concern ORDER BY known, vulnerability'),
    ...plain('SELECT * FROM exploited ORDER BY cve, advisory'),
    ...plain('SELECT * FROM answer ORDER BY party, sub'),
    ...plain('SELECT * FROM citation ORDER BY partition, advisory, match'),
    ...opened(all('SELECT * FROM match ORDER BY match'), (row) => placeNow(bytesOf(row['match']))),
    ...opened(
      all('SELECT * FROM match_before ORDER BY match, changed, n'),
      (row) => placeBefore(bytesOf(row['match']), Number(row['changed']), Number(row['n'])),
      (row) => partitionOf.get(row['inventory']),
    ),
    ...opened(all('SELECT * FROM alert ORDER BY partition, tick, match'), (row) =>
      placeOfAlert(bytesOf(row['match']), Number(row['tick'])),
    ),
    ...inboxRows(all, opened, plain, truth),
    ...caseRows(all, opened, plain, truth),
    ...opened(all('SELECT * FROM subscription ORDER BY subscription'), (row) =>
      placeOfSubscription(Number(row['subscription'])),
    ),
    ...opened(all('SELECT * FROM telling ORDER BY subscription'), (row) => placeOfTelling(Number(row['telling']))),
  ].join('\n')
  database.close()
  return text
}

function shown(row: Row): Row {
  const entries = Object.entries(row).filter(([name]) => name !== 'sealed')
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value]),
  )
}

function bytesOf(value: unknown): Uint8Array {
  // Safe: the column is a BLOB.
  return value as Uint8Array
}

/** The tables of the inbox. What is under the key of a correspondence is opened with that. */
function inboxRows(
  all: (sql: string) => Row[],
  opened: (rows: Row[], place: (row: Row) => string) => string[],
  plain: (sql: string) => string[],
  truth: Pick<Truth, 'keyring'>,
): string[] {
  const underCase = (sql: string, place: (row: Row) => string) =>
    all(sql).map(({ key, ...row }) =>
      JSON.stringify({
        ...shown(row),
        sealed: new Sealer(truth.keyring, String(key)).open(place(row), row['sealed']),
      }),
    )
  return [
    ...opened(all('SELECT * FROM seal_key ORDER BY seal_key'), (row) => placeOf.sealKey(Number(row['seal_key']))),
    ...opened(all('SELECT * FROM correspondence ORDER BY correspondence'), (row) =>
      placeOf.correspondence(Number(row['correspondence'])),
    ),
    ...plain('SELECT * FROM erased_correspondence ORDER BY tag'),
    ...underCase(
      'SELECT message.*, key FROM message JOIN correspondence USING (correspondence) ORDER BY message',
      (row) => placeOf.message(Number(row['message'])),
    ),
    ...plain('SELECT * FROM attachment ORDER BY message, n'),
    ...underCase(
      `SELECT link.*, key FROM link JOIN message ON message.message = link.message
       JOIN correspondence USING (correspondence) ORDER BY link`,
      (row) => placeOf.link(Number(row['link'])),
    ),
    ...plain('SELECT * FROM traffic ORDER BY traffic'),
    ...all('SELECT * FROM commitment ORDER BY hour').map((row) =>
      JSON.stringify({
        ...shown(row),
        sealed: new Sealer(truth.keyring, nodeKeyId).open(placeOf.commitment(Number(row['hour'])), row['sealed']),
      }),
    ),
  ]
}

/** The tables of private cases. What is of a case is opened with its key. */
function caseRows(
  all: (sql: string) => Row[],
  opened: (rows: Row[], place: (row: Row) => string) => string[],
  plain: (sql: string) => string[],
  truth: Pick<Truth, 'keyring'>,
): string[] {
  const underCase = (table: 'case_mail' | 'case_move' | 'case_order', place: (row: number) => string) =>
    all(`SELECT ${table}.*, key FROM ${table} JOIN private_case USING (private_case) ORDER BY ${table}`).map(
      ({ key, ...row }) => {
        const sealed = new Sealer(truth.keyring, String(key)).open(place(Number(row[table])), row['sealed'])
        return JSON.stringify({ ...shown(row), sealed })
      },
    )
  const cases = all('SELECT * FROM private_case ORDER BY private_case').map((row) => {
    const place = caseRowPlace.case(Number(row['private_case']))
    const sealed = new Sealer(truth.keyring, String(row['key'])).open(place, row['sealed'])
    return JSON.stringify({ ...shown(row), sealed })
  })
  return [
    ...cases,
    ...plain('SELECT * FROM erased_case ORDER BY tag'),
    ...underCase('case_move', caseRowPlace.move),
    ...underCase('case_order', caseRowPlace.order),
    ...underCase('case_mail', caseRowPlace.mail),
    ...opened(all('SELECT * FROM submission ORDER BY submission'), (row) =>
      caseRowPlace.submission(Number(row['submission'])),
    ),
    ...plain('SELECT * FROM submission_blob ORDER BY submission, blob'),
  ]
}
