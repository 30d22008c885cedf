/**
 * A new advisory against all the inventories that a node keeps: from its rules to the full list of those it concerns,
 * each with its identifier and the reason. Inventories follow the law of `matching/population.ts`; of the advisories,
 * half are about packages drawn by popularity, so that lists are long, and half about any package.
 *
 * Held against a plain table of components with an index, both at a tenth of the size and turn by turn; and against a
 * bare read of the bytes of the very posting lists, which is the least that such an index has to do.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Rule } from '@comity/exposure'
import { openMatchIndex } from '@comity/exposure/matching-index'
import { type Bench, type Figure, median } from './figure.ts'
import { figuresAgainstPlainTable } from './matching/against-plain-table.ts'
import { idOf, list, load, type Size } from './matching/filled-index.ts'
import { Population, seeded, versionOfAge } from './matching/population.ts'

const goals = { base: 20, perListed: 1.5e-3, bytes: 1.5e9, memory: 600e6, loaded: 100_000, stretch: 200_000 }

const bench: Bench = {
  name: 'match',
  parameters: { inventories: 100_000, components: 100, packages: 200_000, advisories: 1000, changes: 500, seed: 1 },
  async run(given): Promise<readonly Figure[]> {
    const whole = (name: string): number => Math.max(1, Math.floor(given[name] ?? 0))
    const size: Size = {
      inventories: whole('inventories'),
      components: whole('components'),
      packages: whole('packages'),
      seed: whole('seed'),
    }
    const folder = mkdtempSync(join(tmpdir(), 'comity-bench-match-'))
    try {
      const path = join(folder, 'match.db')
      const rules = rulesAbout(size, whole('advisories'))
      const loaded = load(path, size)
      const figures = [...loadFigures(path, size, loaded), ...listFigures(path, rules)]
      figures.push(...changeFigures(path, size, whole('changes')), memoryFigure())
      return [...figures, ...figuresAgainstPlainTable(folder, size, rules)]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

export default bench

/** Rules that affect every version before a fix, which is up to six versions old or not there yet. */
function rulesAbout({ packages, seed }: Size, count: number): readonly Rule[] {
  const random = seeded(seed + 1)
  const population = new Population(packages, random)
  return Array.from({ length: count }, (_, i) => {
    const rank = i % 2 === 0 ? population.drawPackage() : Math.floor(random() * population.keys.length)
    const key = population.keys[rank] ?? ''
    const age = Math.floor(random() * 8) - 1
    const introduced = { kind: 'introduced', version: '0' } as const
    const events = age < 0 ? [introduced] : [introduced, { kind: 'fixed', version: versionOfAge(age) } as const]
    const ranges = [{ type: 'SEMVER' as const, events }]
    return { key, advisory: `BENCH-${i}`, ecosystem: 'npm', name: key, ranges, versions: [], pointer: '' }
  })
}

function loadFigures(path: string, size: Size, milliseconds: number): Figure[] {
  const components = size.inventories * size.components
  const rate = (components / milliseconds) * 1000
  const bytes = statSync(path).size
  const read = bareFileRead(path)
  return [
    {
      figure: `components loaded, ${size.inventories} inventories of ${size.components}`,
      value: rate,
      unit: '/s',
      against: `a stretch of ${goals.stretch.toLocaleString('en')}/s`,
      ratio: rate / goals.stretch,
      goal: '≥ 100,000/s',
      met: rate >= goals.loaded,
    },
    {
      figure: 'the index on disk',
      value: bytes / 1e6,
      unit: 'MB',
      against: `${(bytes / components).toFixed(1)} bytes for each component; read whole in ${read.toFixed(0)} ms`,
      ratio: null,
      goal: '< 1,500 MB',
      met: bytes < goals.bytes,
    },
  ]
}

/** Milliseconds in which SQLite reads every row of the lists. */
function bareFileRead(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true })
  const before = performance.now()
  database.prepare('SELECT sum(length(list)) AS bytes FROM indexed_posting').get()
  const after = performance.now()
  database.close()
  return after - before
}

function listFigures(path: string, rules: readonly Rule[]): Figure[] {
  // Opened anew: nothing of the file is in SQLite's own cache.
  const index = openMatchIndex(path)
  const lists = new DatabaseSync(path, { readOnly: true })
  const listings = rules.map((rule) => list(index, rule))
  const bare = rules.map((rule) => bareListRead(lists, rule.key))
  lists.close()
  index.close()
  const over = listings.map(({ milliseconds, listed }) => milliseconds - goals.perListed * listed)
  const p99 = quantile(over, 0.99)
  const all = listings.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  const listed = listings.reduce((sum, listing) => sum + listing.listed, 0)
  const most = Math.max(...listings.map((listing) => listing.listed))
  const bareAll = bare.reduce((sum, milliseconds) => sum + milliseconds, 0)
  const slowest = Math.max(...listings.map(({ milliseconds }) => milliseconds))
  return [
    {
      figure: `a new advisory to its full list, p99 of ${rules.length}, less 1.5 µs for each inventory listed`,
      value: p99,
      unit: 'ms',
      against: `${listed} listed in all, at most ${most}; slowest ${slowest.toFixed(0)} ms with its list`,
      ratio: null,
      goal: '< 20 ms',
      met: p99 < goals.base,
    },
    {
      figure: 'a new advisory to its full list, median',
      value: median(listings.map(({ milliseconds }) => milliseconds)),
      unit: 'ms',
      against: '',
      ratio: null,
      goal: '',
      met: null,
    },
    {
      figure: 'an inventory listed, on average',
      value: (all / listed) * 1000,
      unit: 'µs',
      against: `a bare read of the same lists: ${((bareAll / listed) * 1000).toFixed(3)} µs`,
      ratio: all / bareAll,
      goal: '',
      met: null,
    },
  ]
}

/** Milliseconds for the bytes of all lists of a package, undecoded. */
function bareListRead(database: DatabaseSync, key: string): number {
  const before = performance.now()
  const items = database.prepare('SELECT item FROM indexed_key JOIN indexed_item USING (key) WHERE text = ?').all(key)
  const lists = database.prepare('SELECT list FROM indexed_posting WHERE place BETWEEN ? AND ?')
  for (const { item } of items) lists.all(Number(item) * 2 ** 26, (Number(item) + 1) * 2 ** 26 - 1)
  return performance.now() - before
}

/** What a node does all day: an inventory comes again with three components in another version. */
function changeFigures(path: string, size: Size, changes: number): Figure[] {
  const index = openMatchIndex(path)
  const random = seeded(size.seed + 2)
  const population = new Population(size.packages, random)
  const replaced: number[] = []
  const asked: number[] = []
  for (let i = 0; i < changes; i++) {
    const id = idOf(Math.floor(random() * size.inventories))
    const components = index.componentsOf(id).slice()
    for (const { keys, version } of population.drawInventory(Math.min(3, components.length))) {
      components[Math.floor(random() * components.length)] = { keys, version }
    }
    const before = performance.now()
    index.putInventory(id, components)
    const between = performance.now()
    index.advisoriesOf(id)
    replaced.push(between - before)
    asked.push(performance.now() - between)
  }
  index.close()
  const reported = { unit: 'ms', ratio: null, goal: '', met: null }
  return [
    {
      figure: 'an inventory replaced, three components new, p99',
      value: quantile(replaced, 0.99),
      against: `median ${median(replaced).toFixed(2)} ms`,
      ...reported,
    },
    {
      figure: 'its components looked up for advisories, p99',
      value: quantile(asked, 0.99),
      against: `median ${median(asked).toFixed(2)} ms`,
      ...reported,
    },
  ]
}

function memoryFigure(): Figure {
  const peak = process.resourceUsage().maxRSS * 1024
  return {
    figure: 'most memory of the process, the inventories’ making included',
    value: peak / 1e6,
    unit: 'MB',
    against: '',
    ratio: null,
    goal: '< 600 MB',
    met: peak < goals.memory,
  }
}

/** The value below which that part of all values lies. */
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}
