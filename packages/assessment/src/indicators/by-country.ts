import { isCountry } from './countries.ts'
import { Problems } from './problems.ts'
import { type ResourceType, resourceTypes } from './rir-record.ts'
import {
  amountOf,
  type Amounts,
  type Delegation,
  type GrowingAmounts,
  noAmounts,
  type RirStatistics,
} from './rir-statistics.ts'

/** What is registered, by the country that the records name. */
export interface ByCountry {
  /** By code of two letters, ISO 3166-1. */
  readonly countries: ReadonlyMap<string, Amounts>
  /** What is registered under a code that is no country's: `EU`, `AP`, `ZZ`. */
  readonly elsewhere: ReadonlyMap<string, Amounts>
  /** Whether the files are of all five registries, so that what is registered nowhere in them is registered nowhere. */
  readonly isWhole: boolean
  /** Ranges that stand in the files more than once. */
  readonly problems: Problems
}

/** The registries that hold what is registered; IANA's own file has what none of them holds. */
const regional = ['afrinic', 'apnic', 'arin', 'lacnic', 'ripencc'] as const

function isWhole(files: readonly RirStatistics[]): boolean {
  const given = new Set(files.map(({ header }) => header.registry))
  return given.has('nro') || regional.every((each) => given.has(each))
}

interface Placed extends Delegation {
  readonly file: string
}

/**
 * Adds up what files of the registries delegate. A number that stands in several records is counted once, for the record
 * that begins first, and said: a transfer between registries may stand in both files for some days, and a file may be
 * given twice or together with the combined one.
 */
export function resourcesByCountry(files: readonly RirStatistics[]): ByCountry {
  const found = new Map<string, GrowingAmounts>()
  const problems = new Problems()
  for (const type of resourceTypes) {
    for (const { country, start, end } of onceEach(type, files, problems)) {
      const amounts = found.get(country) ?? noAmounts()
      found.set(country, amounts)
      amounts[type] += amountOf(type, start, end)
    }
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    countries: new Map(sorted.filter(([code]) => isCountry(code))),
    elsewhere: new Map(sorted.filter(([code]) => !isCountry(code))),
    isWhole: isWhole(files),
    problems,
  }
}

/** The delegations of a type, less what an earlier one covers. */
function* onceEach(type: ResourceType, files: readonly RirStatistics[], problems: Problems): Generator<Placed> {
  const all = files.flatMap(({ name, delegations }) =>
    delegations.filter((each) => each.type === type).map((each): Placed => ({ ...each, file: name })),
  )
  // Sorting is stable: of two that begin with the same number the file that was named first counts.
  all.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
  let covered: Placed | undefined
  for (const each of all) {
    const upTo = covered?.end ?? 0n
    if (covered !== undefined && each.start < upTo) {
      problems.add(
        each.line,
        'counted-twice',
        `${type} of ${each.file} stands in ${covered.file} line ${covered.line} too`,
      )
    }
    const start = each.start < upTo ? upTo : each.start
    if (each.end > start) {
      yield { ...each, start }
      covered = each
    }
  }
}
