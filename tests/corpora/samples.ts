/**
 * The facts in `samples/`: identifiers, aliases, packages and ranges of every advisory there have to
 * be those of the Go vulnerability database.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseOsv } from '@comity/exposure'

/** Compares every `GO-*.json` of `samples` with the file of the same name in `database`. */
export async function samplesCorpus(
  samples: string,
  database: string,
): Promise<{ readonly passed: number; readonly failed: readonly string[] }> {
  let passed = 0
  const failed: string[] = []
  for (const file of (await readdir(samples)).sort()) {
    if (!/^GO-\d+-\d+\.json$/.test(file)) continue
    const [ours, theirs] = await Promise.all([facts(join(samples, file)), facts(join(database, file))])
    if (ours === theirs) passed += 1
    else failed.push(`${file}: ${ours} is not ${theirs}`)
  }
  return { passed, failed }
}

async function facts(path: string): Promise<string> {
  const { advisory } = parseOsv(await readFile(path))
  const affected = advisory.affected.map(({ ecosystem, name, ranges, versions }) => ({
    ecosystem,
    name,
    ranges,
    versions,
  }))
  return JSON.stringify({ id: advisory.id, aliases: advisory.aliases, affected })
}
