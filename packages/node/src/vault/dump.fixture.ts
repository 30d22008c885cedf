import { DatabaseSync } from 'node:sqlite'
import type { Truth } from '@comity/store'
import { placeOf } from '../federation/inbox/record/message-record.ts'
import { placeOfPartition, placeOfToken } from './fold.ts'
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
    ...plain('SELECT * FROM followed ORDER BY origin'),
    ...plain('SELECT * FROM waiting ORDER BY effective'),
    ...plain('SELECT * FROM advisory ORDER BY advisory'),
    ...plain('SELECT * FROM rule ORDER BY package, advisory, n'),
    ...opened(all('SELECT * FROM match ORDER BY match'), (row) => placeNow(bytesOf(row['match']))),
    ...opened(
      all('SELECT * FROM match_before ORDER BY match, changed'),
      (row) => placeBefore(bytesOf(row['match']), Number(row['changed'])),
      (row) => partitionOf.get(row['inventory']),
    ),
    ...inboxRows(all, opened, plain, truth),
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
