import type { Surroundings } from '../match/surroundings.ts'
import type { ComponentsFound, ConcerningAdvisory } from './found.ts'
import { ItemNumbers } from './item-numbers.ts'
import { type IndexedComponent, type Item, wellFormed } from './item.ts'
import { byAdvisory, type ReadyRules, type RulesOfAdvisory } from './ready-rules.ts'
import type { RuleTable } from './rule-table.ts'

/** The advisories that concern some components, by identifier. */
export function findAdvisories(
  components: Iterable<IndexedComponent>,
  table: RuleTable,
): readonly ConcerningAdvisory[] {
  const all = Array.from(components, wellFormed)
  const ready = table.ready()
  const around = surroundingsOf(all)
  const concerning = new Map<string, ComponentsFound[]>()
  for (const { item, places } of distinct(all, withRules(all, ready))) {
    for (const { advisory, rules } of rulesFor(item, ready)) {
      const outcomes = ready.look.outcomes(item.version, rules, around)
      if (outcomes === undefined) continue
      const found = { keys: item.keys, version: item.version === '' ? undefined : item.version, outcomes, places }
      const known = concerning.get(advisory)
      if (known === undefined) concerning.set(advisory, [found])
      else known.push(found)
    }
  }
  return [...concerning]
    .map(([advisory, found]) => ({ advisory, found }))
    .sort((a, b) => (a.advisory < b.advisory ? -1 : 1))
}

/** Places of the components that have a key under which there is a rule: most drop out at this first look. */
function withRules(components: readonly IndexedComponent[], ready: ReadyRules): readonly number[] {
  const places: number[] = []
  const unread = new Set<string>()
  for (const [place, { keys }] of components.entries()) {
    let has = false
    for (const key of keys) {
      const rules = ready.get(key)
      if (rules === undefined) unread.add(key)
      else if (rules.length > 0) has = true
    }
    if (has) places.push(place)
  }
  if (unread.size === 0) return places
  ready.read([...unread])
  return withRules(components, ready)
}

/** All of the inventory, made when the first rule asks for it. */
function surroundingsOf(components: readonly IndexedComponent[]): () => Surroundings {
  let around: Map<string, (string | undefined)[]> | undefined
  return () => {
    if (around !== undefined) return around
    around = new Map()
    for (const { keys, version } of components) {
      for (const key of keys) {
        const known = around.get(key)
        const one = version === '' ? undefined : version
        if (known === undefined) around.set(key, [one])
        else if (!known.includes(one)) known.push(one)
      }
    }
    return around
  }
}

interface Placed {
  readonly item: Item
  readonly places: readonly number[]
}

/** The different items among some of the components. */
function distinct(components: readonly IndexedComponent[], places: readonly number[]): Iterable<Placed> {
  const items = new ItemNumbers()
  const ofItem: number[][] = []
  for (const place of places) {
    const component = components[place]
    if (component !== undefined) (ofItem[items.numberOf(component)] ??= []).push(place)
  }
  return placed(items, ofItem)
}

function* placed(items: ItemNumbers, places: readonly (readonly number[])[]): Generator<Placed> {
  for (const { keys, versions } of items.byKeys()) {
    for (const { version, number } of versions) yield { item: { keys, version }, places: places[number] ?? [] }
  }
}

/** The rules that an item has a key of, each once and in the order of their advisory. */
function rulesFor({ keys }: Item, ready: ReadyRules): readonly RulesOfAdvisory[] {
  const [first = ''] = keys
  if (keys.length === 1) return ready.get(first) ?? []
  return byAdvisory(keys.flatMap((key) => ready.get(key) ?? []).flatMap(({ kept }) => kept))
}
