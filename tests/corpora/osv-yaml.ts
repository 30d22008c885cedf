/**
 * A database of OSV advisories that is kept as YAML: every document is read, and what stands behind a range of commits
 * is found. A reader that stops at the first range of commits misses those that list no versions.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Advisory,
  ExposureError,
  knownOfOsv,
  match,
  type Outcome,
  parseOsvYaml,
  parsePurl,
} from '@comity/exposure'

export interface OsvYamlCorpusResult {
  readonly passed: number
  readonly failed: readonly string[]
  /** Advisories that give versions nowhere but behind a range of commits. */
  readonly behindCommits: number
  /** Those of them whose own versions cannot be read, with the reason. */
  readonly undetermined: readonly string[]
  readonly problems: Readonly<Record<string, number>>
}

/** Reads every YAML document under `folder`. */
export async function osvYamlCorpus(folder: string): Promise<OsvYamlCorpusResult> {
  let passed = 0
  let behindCommits = 0
  const failed: string[] = []
  const undetermined: string[] = []
  const problems: Record<string, number> = {}
  for (const file of (await readdir(folder, { recursive: true })).sort()) {
    if (!file.endsWith('.yaml')) continue
    try {
      const { advisory, counts } = await parseOsvYaml(await readFile(join(folder, file)))
      for (const [code, more] of Object.entries(counts)) problems[code] = (problems[code] ?? 0) + more
      const found = foundBehindCommits(advisory)
      if (found !== undefined) behindCommits += 1
      if (found?.state === 'undetermined') undetermined.push(`${advisory.id}: ${found.why.text}`)
      if (found?.state === 'not_affected') failed.push(`${advisory.id}: ${found.why.text}`)
      else passed += 1
    } catch (error) {
      if (!(error instanceof ExposureError)) throw error
      failed.push(`${file}: ${error.message}`)
    }
  }
  return { passed, failed, behindCommits, undetermined, problems }
}

/**
 * What is found for the first of the versions that stand behind a range of commits; undefined where there are none, or
 * versions are listed as well.
 */
function foundBehindCommits(advisory: Advisory): Outcome | undefined {
  const { withdrawn: _, ...live } = advisory
  for (const { name, ecosystem, ranges, versions } of advisory.affected) {
    const behind = ranges[0]?.type === 'GIT' ? ranges.find(({ type }) => type !== 'GIT') : undefined
    if (ecosystem !== 'PyPI' || versions.length > 0 || behind === undefined) continue
    const first = behind.events.find(({ kind }) => kind === 'introduced')
    if (first === undefined) continue
    const purl = parsePurl(`pkg:pypi/${name}@${first.version === '0' ? '0.0.1.dev0' : first.version}`)
    return match({ purl }, knownOfOsv(live))
  }
  return undefined
}
