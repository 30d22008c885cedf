/** A database of OSV advisories to match against: the public one where it lies beside the project, else one made up. */
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Advisory, parseOsv, parseOsvYaml, readOsv } from '@comity/exposure'
import { Population, seeded, versionOfAge } from './population.ts'

export const corpusFolder = resolve(import.meta.dirname, '../../../shared/corpora/osv')

/** Every advisory of the public databases of Go and PyPI; undefined where they are not there. */
export async function corpusAdvisories(): Promise<readonly Advisory[] | undefined> {
  const files = await readdir(corpusFolder, { recursive: true }).catch(() => undefined)
  if (files === undefined) return undefined
  const advisories: Advisory[] = []
  for (const file of files.toSorted()) {
    if (!/\.(json|yaml)$/.test(file)) continue
    const bytes = await readFile(join(corpusFolder, file))
    const { advisory } = file.endsWith('.json') ? parseOsv(bytes) : await parseOsvYaml(bytes)
    advisories.push(advisory)
  }
  return advisories
}

/** Advisories about popular packages more often than about others. */
export function madeUpAdvisories(count: number, seed: number): readonly Advisory[] {
  const random = seeded(seed)
  const population = new Population(Math.max(10, Math.floor(count / 2)), random)
  return Array.from({ length: count }, (_, i) => {
    const events = [{ introduced: '0' }, { fixed: versionOfAge(Math.floor(random() * 6)) }]
    return readOsv({
      id: `BENCH-${i}`,
      modified: '2026-01-01T00:00:00Z',
      summary: 'made up',
      affected: [
        {
          package: { ecosystem: 'npm', name: `component-${population.drawPackage()}` },
          ranges: [{ type: 'SEMVER', events }],
        },
      ],
    }).advisory
  })
}
