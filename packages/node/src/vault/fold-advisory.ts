import type { Rule } from '@comity/exposure'
import type { Blobs } from '@comity/store'
import type { Database } from '../register/database.ts'
import { type ReadAdvisory, type RegisteredAdvisory, readAdvisory } from './advisories.ts'
import { logOf } from '../register/position.ts'
import { ComponentTable } from './component-table.ts'
import { type KeptMatch, MatchTable, hexOf } from './match-table.ts'
import { type Occasion, findingOf, notNamed, unreadable } from './matching.ts'
import type { Pace } from './pace.ts'
import type { Partition } from './partition.ts'

export interface AdvisoryPlace {
  readonly database: Database
  /** Where its document is; undefined where it is read without. */
  readonly blobs: Blobs | undefined
  readonly partitions: readonly Partition[]
  readonly pace: Pace
  readonly tick: number
}

/**
 * Takes an advisory's rules in, in place of those it had, and matches them against every partition. What its publisher
 * said later, here or in another log, stays.
 */
export async function foldAdvisory(advisory: RegisteredAdvisory, place: AdvisoryPlace): Promise<void> {
  const { database, partitions, pace, tick } = place
  const { sub, statement, effective, at } = advisory
  const before = database.prepare('SELECT advisory, matter, effective, at FROM advisory WHERE sub = ?').get(sub)
  if (before !== undefined && !isLater(advisory, Number(before['effective']), Number(before['at']))) return
  const read = readAdvisory(advisory, place.blobs)
  database
    .prepare(
      `INSERT INTO advisory (advisory, sub, effective, at, statement, withdrawn, matter, code, problems) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (sub) DO UPDATE SET effective = excluded.effective, at = excluded.at, statement = excluded.statement,
       withdrawn = excluded.withdrawn, matter = excluded.matter, code = excluded.code, problems = excluded.problems`,
    )
    .run(
      effective,
      sub,
      effective,
      at,
      statement,
      read.withdrawn ? 1 : 0,
      read.matter,
      read.code ?? null,
      read.problems,
    )
  if (before?.['matter'] === read.matter) return
  await replaceRules(database, before === undefined ? effective : Number(before['advisory']), read.rules, pace)

  const occasion: Occasion = { cause: 'advisory', at, statement, withdrawn: read.withdrawn, news: before !== undefined }
  const table = new MatchTable(database)
  for (const partition of partitions) {
    const kept = before === undefined ? [] : table.ofAdvisory(partition, sub)
    await matchPartition({ database, table, partition, pace, tick, sub, read, occasion, kept })
  }
}

/**
 * In one log by the order of effect; of two logs, as where a publisher moved, by their times, and of equal ones by where
 * they stand here: none comes in place of another because it was read later.
 */
function isLater({ effective, at }: RegisteredAdvisory, heldEffective: number, heldAt: number): boolean {
  if (logOf(effective) === logOf(heldEffective) || at === heldAt) return effective > heldEffective
  return at > heldAt
}

async function replaceRules(database: Database, advisory: number, rules: readonly Rule[], pace: Pace): Promise<void> {
  database.prepare('DELETE FROM rule WHERE advisory = ?').run(advisory)
  for (const [n, rule] of rules.entries()) {
    database
      .prepare('INSERT INTO rule (package, advisory, n, body) VALUES (?, ?, ?, ?)')
      .run(rule.key, advisory, n, JSON.stringify(rule))
    if (pace.spend()) await pace.rest()
  }
}

interface PartitionPlace {
  readonly database: Database
  readonly table: MatchTable
  readonly partition: Partition
  readonly pace: Pace
  readonly tick: number
  readonly sub: string
  readonly read: ReadAdvisory
  readonly occasion: Occasion
  /** Matches that the advisory has already. */
  readonly kept: readonly KeptMatch[]
}

async function matchPartition(place: PartitionPlace): Promise<void> {
  const { database, table, partition, pace, tick, sub, occasion } = place
  const components = new ComponentTable(database, () => pace.rest())
  const untouched = new Map(place.kept.map((kept) => [hexOf(kept.match), kept]))
  for (const [key, rules] of Map.groupBy(place.read.rules, (rule) => rule.key)) {
    if (pace.spend(2)) await pace.rest()
    for (const { inventory, component } of components.withPackage(partition, key)) {
      const finding = findingOf(rules, component.version)
      if (finding === undefined) continue
      untouched.delete(hexOf(table.settle(partition, { inventory, component, sub }, finding, occasion, tick)))
      if (pace.spend(10)) await pace.rest()
    }
  }
  for (const { inventory, record } of untouched.values()) {
    // What has left the inventory stays as it is, whatever the advisory says now.
    if (record.standing.why.reason === 'not-present') continue
    const finding = place.read.code === undefined ? notNamed(record) : unreadable(record, place.read.code)
    table.settle(partition, { inventory, component: record.component, sub }, finding, occasion, tick)
    if (pace.spend(10)) await pace.rest()
  }
}
