/** The match index as it is meant: every inventory against every advisory, with nothing remembered. */
import type { DatabaseSync } from 'node:sqlite'
import { evaluateRule } from '../match/evaluate-rule.ts'
import { isHarmless } from '../match/outcome.ts'
import type { Rule } from '../match/rule.ts'
import type { ConcernedInventory, ConcerningAdvisory, ItemFound } from './found.ts'
import type { IndexedComponent } from './item.ts'
import { readVarints } from './varints.ts'

export class PlainModel {
  readonly inventories = new Map<string, readonly IndexedComponent[]>()
  readonly advisories = new Map<string, readonly Rule[]>()

  /** Everything that an advisory and an inventory have to do with each other, one line for each item. */
  lines(advisory: string, inventory: string): readonly string[] {
    const components = this.inventories.get(inventory) ?? []
    const around = new Map<string, (string | undefined)[]>()
    for (const { keys, version } of components) {
      for (const key of keys) around.set(key, [...(around.get(key) ?? []), versionOrNone(version)])
    }
    const lines = new Set<string>()
    for (const component of components) {
      const keys = [...new Set(component.keys)].sort()
      const version = versionOrNone(component.version)
      const outcomes = (this.advisories.get(advisory) ?? [])
        .filter(({ key }) => keys.includes(key))
        .map((rule) => ({ ...evaluateRule(rule, version, around), key: rule.key }))
      if (!outcomes.every(({ state }) => isHarmless(state)))
        lines.add(line(advisory, inventory, { keys, version, outcomes }))
    }
    return [...lines].sort()
  }

  allLines(): readonly string[] {
    const pairs = [...this.advisories.keys()].flatMap((advisory) =>
      [...this.inventories.keys()].flatMap((inventory) => this.lines(advisory, inventory)),
    )
    return pairs.sort()
  }
}

export function linesOfAdvisory(advisory: string, concerned: Iterable<ConcernedInventory>): readonly string[] {
  return [...concerned].flatMap(({ inventory, found }) => found.map((one) => line(advisory, inventory, one))).sort()
}

export function linesOfInventory(inventory: string, concerning: Iterable<ConcerningAdvisory>): readonly string[] {
  return [...concerning].flatMap(({ advisory, found }) => found.map((one) => line(advisory, inventory, one))).sort()
}

function line(advisory: string, inventory: string, { keys, version, outcomes }: ItemFound): string {
  return JSON.stringify([
    advisory,
    inventory,
    keys,
    version ?? null,
    outcomes.map(({ key, state, why }) => [key, state, why]),
  ])
}

function versionOrNone(version: string | undefined): string | undefined {
  return version === '' ? undefined : version
}

/** What the tables say, without the numbers that it is said by. Throws where they contradict each other. */
export function dump(database: DatabaseSync): readonly string[] {
  const all = (sql: string): Record<string, unknown>[] => database.prepare(sql).all()
  const keys = new Map(all('SELECT * FROM indexed_key').map((row) => [Number(row['key']), String(row['text'])]))
  const ids = new Map(
    all('SELECT * FROM indexed_inventory').map((row) => [Number(row['inventory']), String(row['id'])]),
  )
  const items = new Map(
    all('SELECT * FROM indexed_item').map((row) => {
      const texts = [Number(row['key']), ...numbers(row['others'])].map((key) => keys.get(key))
      return [Number(row['item']), JSON.stringify([texts.sort(), row['version']])]
    }),
  )
  const held = all('SELECT key, item FROM indexed_item UNION ALL SELECT key, item FROM indexed_item_other').map(
    (row) => `under ${items.get(Number(row['item']))}: ${keys.get(Number(row['key']))}`,
  )
  const listed = all('SELECT * FROM indexed_posting').flatMap((row) => {
    const item = Math.floor(Number(row['place']) / 2 ** 26)
    let inventory = Number(row['place']) % 2 ** 26
    return [0, ...numbers(row['list'])].map((distance) => `${items.get(item)} in ${ids.get((inventory += distance))}`)
  })
  const contained: string[] = []
  const contents = all('SELECT * FROM indexed_content').map((row) => {
    const inventory = ids.get(Number(row['inventory']))
    const ofInventory = numbers(row['items']).map((item) => (item === 0 ? 'no key' : items.get(item)))
    for (const item of new Set(ofInventory)) if (item !== 'no key') contained.push(`${item} in ${inventory}`)
    return `inventory ${inventory}: ${ofInventory.join(' ')}`
  })
  if (listed.sort().join() !== contained.sort().join()) throw new Error('lists and inventories differ')
  if (contents.length !== ids.size) throw new Error('an inventory has no content')
  const rules = all(
    'SELECT id, body, key FROM indexed_advisory NATURAL JOIN indexed_rule NATURAL JOIN indexed_rule_key',
  ).map((row) => `rule ${row['id']} ${row['body']} ${keys.get(Number(row['key']))}`)
  const advisories = all('SELECT id FROM indexed_advisory').map((row) => `advisory ${row['id']}`)
  return [
    ...[...keys.values()].map((key) => `key ${key}`),
    ...held,
    ...listed,
    ...contents,
    ...rules,
    ...advisories,
  ].sort()
}

function numbers(blob: unknown): number[] {
  // Safe: the columns that are read are BLOBs.
  return readVarints(blob as Uint8Array)
}
