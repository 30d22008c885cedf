import type { ComityNode } from '@comity/node'

/** Tables whose rows come from one log alone, each with the column that says from where in it. */
const tables: Readonly<Record<string, string>> = {
  party: 'party',
  home: 'party',
  party_version: 'party',
  compromise: 'party',
  signing_key: 'signing_key',
  entry: 'position',
  void: 'position',
  approval: 'position',
  pending: 'position',
  policy: 'effective',
  batch: 'position',
  continuation: 'effective',
  endorsement: 'effective',
  trust: 'effective',
  adherence: 'effective',
  product: 'effective',
  release: 'effective',
  supply: 'effective',
  advisory: 'effective',
  acknowledgement: 'effective',
  document: 'position',
  withholding: 'effective',
  published_findings: 'effective',
}

/** Columns that hold positions, which a register counts from where it has the log. */
const positions = new Set(['party', 'position', 'effective', 'signing_key'])

/** Entries of one log lie so far from those of the next. */
const positionsPerLog = 2 ** 40

/** What the register of a node says of one log, in a form that is the same at every node that read the same of it. */
export function registerRows(node: ComityNode, origin: string): readonly string[] {
  const { reader } = node
  const log = Number(reader.prepare('SELECT log FROM log WHERE origin = ?').get(origin)?.['log'])
  const from = log * positionsPerLog
  return Object.entries(tables).flatMap(([table, column]) =>
    reader
      .prepare(`SELECT * FROM ${table} WHERE ${column} >= ? AND ${column} < ? ORDER BY ${column}`)
      .all(from, from + positionsPerLog)
      .map((row) => `${table} ${JSON.stringify(relative(row, from))}`)
      .toSorted(),
  )
}

function relative(row: Readonly<Record<string, unknown>>, from: number): Readonly<Record<string, unknown>> {
  const { log: _, ...rest } = row
  const shown = Object.entries(rest).map(([name, value]) => {
    if (value instanceof Uint8Array) return [name, Buffer.from(value).toString('hex')]
    return [name, positions.has(name) && typeof value === 'number' ? value - from : value]
  })
  return Object.fromEntries(shown)
}
