/**
 * One SBOM against every advisory of a database: which concern it, and why. A fifth of its components, or as many as there
 * are, are packages that some advisory names, in versions that stand in its ranges and lists, which is more than most SBOMs
 * have; the others are named by none. Held against two peers that evaluate the same rules in the same run: a plain scan, and
 * the way of `@renovatebot/osv-offline`. Each begins with what it looks up by: keys and versions, or names and versions.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Advisory, type AffectedPackage, type Matchable, evaluateRule, parsePurl, rulesOf } from '@comity/exposure'
import {
  type IndexedComponent,
  type MatchIndex,
  indexedComponent,
  openMatchIndex,
} from '@comity/exposure/matching-index'
import { type Bench, type Figure, median } from './figure.ts'
import { corpusAdvisories, madeUpAdvisories } from './matching/advisories.ts'
import { FlatStore } from './matching/flat-store.ts'
import { seeded } from './matching/population.ts'

const goalMilliseconds = 150
const goalRatio = 10

/** One component in so many is a package that an advisory names. */
const namedOf = 5

/** Before any that is measured: code is compiled, and rules are read. */
const warmRuns = 3

/** Queries that the store is given at a time. */
const lanes = 16

interface Entry {
  readonly ecosystem: string
  readonly name: string
  readonly version: string
  readonly component: Matchable
}

const bench: Bench = {
  name: 'sbom',
  // corpus 0: made-up advisories, as many as are asked for, also where the public ones are there.
  parameters: { components: 10_000, runs: 7, corpus: 1, advisories: 7000, seed: 1 },
  async run(given): Promise<readonly Figure[]> {
    const { components = 0, runs = 0, advisories: count = 0, seed = 0 } = given
    const corpus = given['corpus'] === 0 ? undefined : await corpusAdvisories()
    const advisories = corpus ?? madeUpAdvisories(count, seed)
    const entries = sbomAbout(advisories, Math.max(1, Math.floor(components)), seeded(seed))
    const folder = mkdtempSync(join(tmpdir(), 'comity-bench-sbom-'))
    const index = openMatchIndex(join(folder, 'match.db'))
    const store = await FlatStore.open(join(folder, 'store'), advisories)
    try {
      const begun = performance.now()
      for (const advisory of advisories) index.putAdvisory(advisory.id, rulesOf(advisory))
      const built = performance.now() - begun
      const first = lookUp(index, () => entries.map(({ component }) => indexedComponent(component))).milliseconds
      const [whole, own, flat]: [number[], number[], number[]] = [[], [], []]
      const components = entries.map(({ component }) => indexedComponent(component))
      for (let run = -warmRuns; run < Math.max(1, runs); run++) {
        const { milliseconds } = lookUp(index, () => entries.map(({ component }) => indexedComponent(component)))
        const prepared = lookUp(index, () => components)
        const stored = await query(store, entries)
        if (run < 0) continue
        whole.push(milliseconds)
        own.push(prepared.milliseconds)
        flat.push(stored.milliseconds)
      }
      const found = lookUp(index, () => components)
      const stored = await query(store, entries)
      const scanned = scan(advisories, entries)
      if (scanned.pairs !== found.pairs) throw new Error(`a scan finds ${scanned.pairs} pairs, and not ${found.pairs}`)
      const value = median(own)
      const least = Math.min(scanned.milliseconds, median(flat)) / value
      const source = corpus === undefined ? 'made-up advisories' : 'Go’s and PyPI’s databases'
      return [
        {
          figure: `one SBOM of ${entries.length} components against ${advisories.length} advisories, warm`,
          value: median(whole),
          unit: 'ms',
          against: `${source}; ${found.pairs} affected pairs; the first time ${first.toFixed(0)} ms`,
          ratio: null,
          goal: '< 150 ms',
          met: median(whole) < goalMilliseconds,
        },
        {
          figure: 'the same from keys and versions on',
          value,
          unit: 'ms',
          against: `${advisories.length} advisories put into the index in ${built.toFixed(0)} ms`,
          ratio: null,
          goal: '',
          met: null,
        },
        peer(
          'a plain scan, from keys and versions on',
          scanned.milliseconds,
          value,
          'every rule beside every component',
        ),
        peer('osv-offline’s way, from names and versions on, warm', median(flat), value, `${stored.pairs} pairs found`),
        {
          figure: 'the quicker of the two, against the index',
          value: least,
          unit: '×',
          against: '',
          ratio: null,
          goal: '≥ 10×',
          met: least >= goalRatio,
        },
      ]
    } finally {
      index.close()
      store.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

export default bench

function peer(figure: string, milliseconds: number, own: number, against: string): Figure {
  return { figure, value: milliseconds, unit: 'ms', against, ratio: milliseconds / own, goal: '', met: null }
}

interface Answer {
  readonly milliseconds: number
  /** Components that an advisory affects, each with each advisory. */
  readonly pairs: number
}

function lookUp(index: MatchIndex, components: () => readonly IndexedComponent[]): Answer {
  const before = performance.now()
  const concerning = index.advisoriesUnder(components())
  const milliseconds = performance.now() - before
  let pairs = 0
  for (const { found } of concerning) {
    for (const { outcomes, places } of found) {
      if (outcomes.some(({ state }) => state === 'affected')) pairs += places.length
    }
  }
  return { milliseconds, pairs }
}

async function query(store: FlatStore, entries: readonly Entry[]): Promise<Answer> {
  const before = performance.now()
  let pairs = 0
  let next = 0
  const lane = async (): Promise<void> => {
    for (let entry = entries[next++]; entry !== undefined; entry = entries[next++]) {
      const affecting = await store.affecting(entry.ecosystem, entry.name, entry.version)
      pairs += affecting.length
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return { milliseconds: performance.now() - before, pairs }
}

function scan(advisories: readonly Advisory[], entries: readonly Entry[]): Answer {
  const rules = advisories.flatMap((advisory) => rulesOf(advisory))
  const components = entries.map(({ component }) => indexedComponent(component))
  const before = performance.now()
  let pairs = 0
  for (const { keys, version } of components) {
    const affecting = new Set<string>()
    for (const rule of rules) {
      if (rule.key === keys[0] && evaluateRule(rule, version).state === 'affected') affecting.add(rule.advisory)
    }
    pairs += affecting.size
  }
  return { milliseconds: performance.now() - before, pairs }
}

/** Packages in one version each: every `namedOf`-th one that an advisory names, as long as there are any. */
function sbomAbout(advisories: readonly Advisory[], count: number, random: () => number): readonly Entry[] {
  const packages = new Map<string, AffectedPackage[]>()
  for (const about of advisories.flatMap(({ affected }) => affected)) {
    const known = packages.get(`${about.ecosystem} ${about.name}`)
    if (known === undefined) packages.set(`${about.ecosystem} ${about.name}`, [about])
    else known.push(about)
  }
  const named = shuffled([...packages.values()], random)
  return Array.from({ length: count }, (_, i) => {
    const about = i % namedOf === 0 ? named.pop() : undefined
    const one = about?.[Math.floor(random() * about.length)]
    return one === undefined ? unnamed(i, random) : entryOf(one, versionNear(one, random))
  })
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((each) => ({ each, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ each }) => each)
}

function unnamed(i: number, random: () => number): Entry {
  const version = `1.${Math.floor(random() * 20)}.0`
  if (i % 2 === 0) return entryOf({ ecosystem: 'PyPI', name: `package-${i}` }, version)
  return entryOf({ ecosystem: 'Go', name: `example.org/team-${i % 97}/module-${i}` }, version)
}

/** One that the advisory lists or begins or ends a range with. */
function versionNear({ versions, ranges }: AffectedPackage, random: () => number): string {
  const named = [...versions, ...ranges.flatMap(({ events }) => events.map(({ version }) => version))]
  const version = named[Math.floor(random() * named.length)] ?? '0'
  return version === '0' ? '1.0.0' : version
}

const purlTypes: Readonly<Record<string, string>> = { Go: 'golang', PyPI: 'pypi', npm: 'npm' }

function entryOf({ ecosystem, name }: Pick<AffectedPackage, 'ecosystem' | 'name'>, version: string): Entry {
  const path = name.split('/').map(encodeURIComponent).join('/')
  const purl = parsePurl(`pkg:${purlTypes[ecosystem] ?? 'generic'}/${path}@${encodeURIComponent(version)}`)
  return { ecosystem, name, version, component: { name, purl, version } }
}
