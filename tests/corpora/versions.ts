/**
 * Version comparisons as plain text, one `a < b` a line, one file or two per ecosystem. Lines that
 * start with `#` or `//` are comments.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compareVersions } from '@comity/exposure'

/** Ecosystems whose order this project knows, by the name that the files begin with. */
const known: Readonly<Record<string, string>> = { semver: 'npm', pub: 'Pub' }

export interface VersionsCorpusResult {
  /** Comparisons that came out as written. */
  readonly passed: number
  /** Comparisons that did not, or that were refused. */
  readonly failed: readonly string[]
  /** What was compared: `semver: 86 comparisons`. */
  readonly compared: readonly string[]
  /** What was not: `not yet: debian, 14481 comparisons`. */
  readonly notYet: readonly string[]
}

/** Runs every comparison of the files in `folder`. */
export async function versionsCorpus(folder: string): Promise<VersionsCorpusResult> {
  let passed = 0
  const failed: string[] = []
  const compared = new Map<string, number>()
  const notYet = new Map<string, number>()
  for (const file of (await readdir(folder)).sort()) {
    const name = /^(?<name>[a-z]+)-versions/.exec(file)?.groups?.['name']
    if (name === undefined) continue
    const lines = comparisons(await readFile(join(folder, file), 'utf8'))
    const ecosystem = known[name]
    const tally = ecosystem === undefined ? notYet : compared
    tally.set(name, (tally.get(name) ?? 0) + lines.length)
    if (ecosystem === undefined) continue
    for (const { a, sign, b } of lines) {
      const difference = differenceOf(ecosystem, a, sign, b)
      if (difference === undefined) passed += 1
      else failed.push(`${file}: ${a} ${sign} ${b}: ${difference}`)
    }
  }
  return {
    passed,
    failed,
    compared: [...compared].map(([name, count]) => `${name}: ${count} comparisons`),
    notYet: [...notYet].map(([name, count]) => `not yet: ${name}, ${count} comparisons`),
  }
}

/** What is wrong with the comparison both ways round, or undefined. */
function differenceOf(ecosystem: string, a: string, sign: string, b: string): string | undefined {
  const forward = compareVersions(ecosystem, a, b)
  if (!forward.known) return forward.reason
  const backward = compareVersions(ecosystem, b, a)
  if (!backward.known) return backward.reason
  if (forward.order !== -backward.order) return 'the two ways round disagree'
  const got = '<=>'[forward.order + 1]
  return got === sign ? undefined : `got ${got}`
}

function comparisons(text: string): { readonly a: string; readonly sign: string; readonly b: string }[] {
  const found: { a: string; sign: string; b: string }[] = []
  for (const line of text.split('\n')) {
    const [a, sign, b, ...rest] = line.trim().split(/\s+/)
    if (line.startsWith('#') || line.startsWith('//')) continue
    if (a === undefined || sign === undefined || b === undefined || rest.length > 0) continue
    if (['<', '=', '>'].includes(sign)) found.push({ a, sign, b })
  }
  return found
}
