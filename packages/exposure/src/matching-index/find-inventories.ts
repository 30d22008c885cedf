import type { Rule } from '../match/rule.ts'
import type { Surroundings } from '../match/surroundings.ts'
import type { ConcernedInventory, ItemFound, KeyedOutcome } from './found.ts'
import type { Item } from './item.ts'
import { keysAround, LookUp, needsAround } from './look-up.ts'
import { NumberList } from './number-list.ts'
import { inventoryLimit } from './posting-lists.ts'
import type { Tables } from './tables.ts'

/** An item with a key of some rules, and what is found about it in an inventory; undefined where it is nothing. */
interface Candidate {
  readonly item: number
  readonly foundIn: (inventory: number) => readonly ItemFound[] | undefined
}

/** The inventories that the rules of one advisory concern, in the order in which they first came. */
export function* findInventories(rules: readonly Rule[], tables: Tables): Generator<ConcernedInventory> {
  const candidates = candidatesOf(rules, tables)
  // Each inventory with the place of the candidate: sorted, what is of one inventory lies together.
  const pairs = new NumberList()
  for (const [i, { item }] of candidates.entries()) {
    tables.postings.read(item, (inventory) => pairs.push(inventory * inventoryLimit + i))
  }
  const inventories: number[] = []
  const groups: (readonly ItemFound[])[] = []
  for (const pair of pairs.sorted()) {
    const inventory = Math.floor(pair / inventoryLimit)
    const found = candidates[pair % inventoryLimit]?.foundIn(inventory)
    if (found === undefined) continue
    if (inventories.at(-1) === inventory) groups.push([...(groups.pop() ?? []), ...found])
    else {
      inventories.push(inventory)
      groups.push(found)
    }
  }
  let at = 0
  for (const inventory of tables.inventories.ids(inventories)) {
    const found = groups[at++]
    if (inventory !== undefined && found !== undefined) yield { inventory, found }
  }
}

function candidatesOf(rules: readonly Rule[], tables: Tables): readonly Candidate[] {
  const look = new LookUp()
  const candidates: Candidate[] = []
  for (const { item, identity, rules: ofItem } of itemsUnder(rules, tables)) {
    if (ofItem.some(needsAround)) {
      candidates.push({ item, foundIn: foundAround(identity, ofItem, look, tables) })
      continue
    }
    const outcomes = look.outcomes(identity.version, ofItem)
    if (outcomes === undefined) continue
    // One list that all its inventories share.
    const alone = [itemFound(identity, outcomes)]
    candidates.push({ item, foundIn: () => alone })
  }
  return candidates
}

interface ItemUnder {
  readonly item: number
  readonly identity: Item
  readonly rules: Rule[]
}

/** The items that have a key of a rule, each with its rules in their order. */
function itemsUnder(rules: readonly Rule[], { keys, items }: Tables): Iterable<ItemUnder> {
  const found = new Map<number, ItemUnder>()
  for (const rule of rules) {
    const key = keys.find(rule.key)
    if (key === undefined) continue
    for (const { item, version, hasOthers } of items.ofKey(key)) {
      const known = found.get(item)
      if (known !== undefined) known.rules.push(rule)
      else {
        const identity = hasOthers ? items.get(item) : { keys: [rule.key], version }
        found.set(item, { item, identity, rules: [rule] })
      }
    }
  }
  return found.values()
}

/** What is found in an inventory depends on what else it holds, of the little that the rules ask for. */
function foundAround(
  identity: Item,
  rules: readonly Rule[],
  look: LookUp,
  tables: Tables,
): (inventory: number) => readonly ItemFound[] | undefined {
  const asked = [...keysAround(rules)].flatMap((text) => {
    const key = tables.keys.find(text)
    return key === undefined ? [] : tables.items.ofKey(key).map(({ item, version }) => ({ item, text, version }))
  })
  // By inventory, the places in `asked` of what it holds.
  const held = new Map<number, string>()
  for (const [i, { item }] of asked.entries()) {
    tables.postings.read(item, (inventory) => held.set(inventory, `${held.get(inventory) ?? ''}${i} `))
  }
  const known = new Map<string, readonly ItemFound[] | undefined>()
  return (inventory) => {
    const around = held.get(inventory) ?? ''
    if (!known.has(around)) {
      const held = around.split(' ').slice(0, -1)
      const outcomes = look.outcomes(identity.version, rules, () => surroundings(held.map((i) => asked[Number(i)])))
      known.set(around, outcomes === undefined ? undefined : [itemFound(identity, outcomes)])
    }
    return known.get(around)
  }
}

function surroundings(held: Iterable<{ readonly text: string; readonly version: string } | undefined>): Surroundings {
  const around = new Map<string, (string | undefined)[]>()
  for (const one of held) {
    if (one === undefined) continue
    const version = one.version === '' ? undefined : one.version
    const known = around.get(one.text)
    if (known === undefined) around.set(one.text, [version])
    else known.push(version)
  }
  return around
}

function itemFound({ keys, version }: Item, outcomes: readonly KeyedOutcome[]): ItemFound {
  return { keys, version: version === '' ? undefined : version, outcomes }
}
