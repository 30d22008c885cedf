/**
 * Version comparisons as plain text, one `a < b` a line, one file or two per ecosystem. Lines that
 * start with `#` or `//` are comments.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compareVersions } from '@comity/exposure'

/** The ecosystem by the name that the files begin with. */
const ecosystems: Readonly<Record<string, string>> = {
  alpine: 'Alpine',
  cran: 'CRAN',
  debian: 'Debian',
  hackage: 'Hackage',
  maven: 'Maven',
  nuget: 'NuGet',
  packagist: 'Packagist',
  pub: 'Pub',
  pypi: 'PyPI',
  redhat: 'Red Hat',
  rubygems: 'RubyGems',
  semver: 'npm',
}

/**
 * Comparisons that are refused, per file, with a reason that is ours; one more counts as failed.
 *
 * - alpine: texts that apk-tools 3 calls invalid and compares otherwise than 2 did: `1-r`, `0..8`, `1.2_blah`
 * - maven: pairs that Maven orders differently since 3.9: `2.9.0-1` and `2.9.0.RC1`
 * - packagist: `#`, which Composer refuses; pairs that Composer and PHP order differently: `1.0` and `1.0.0`
 * - pypi: texts that are no versions by PEP 440: `trunk`, `0.7.10p1`, `5.0-final`
 * - rubygems: `1beta`, which Gem::Version calls malformed
 */
const refusedAtMost: Readonly<Record<string, number>> = {
  'alpine-versions.txt': 33,
  'maven-versions-generated.txt': 20,
  'packagist-versions-generated.txt': 10,
  'packagist-versions.txt': 7,
  'pypi-versions-generated.txt': 69,
  'pypi-versions.txt': 11,
  'rubygems-versions.txt': 2,
}

export interface VersionsCorpusResult {
  /** Comparisons that came out as written, both ways round. */
  readonly passed: number
  /** Comparisons that did not, and files that are unknown or of which more was refused than is known. */
  readonly failed: readonly string[]
  /** One line a file. */
  readonly files: readonly string[]
}

/** Runs every comparison of the files in `folder`. */
export async function versionsCorpus(folder: string): Promise<VersionsCorpusResult> {
  let passed = 0
  const failed: string[] = []
  const files: string[] = []
  for (const file of (await readdir(folder)).sort()) {
    const name = /^(?<name>[a-z]+)-versions/.exec(file)?.groups?.['name']
    if (name === undefined) continue
    const ecosystem = ecosystems[name]
    if (ecosystem === undefined) {
      failed.push(`${file}: no ecosystem is known for it`)
      continue
    }
    const lines = comparisons(await readFile(join(folder, file), 'utf8'))
    const wrong: string[] = []
    const refused: string[] = []
    for (const { a, sign, b } of lines) {
      const { outcome, text } = outcomeOf(ecosystem, a, sign, b)
      if (outcome === 'wrong') wrong.push(`${file}: ${a} ${sign} ${b}: ${text}`)
      if (outcome === 'refused') refused.push(`${file}: ${a} ${sign} ${b}: refused, ${text}`)
    }
    const right = lines.length - wrong.length - refused.length
    passed += right
    failed.push(...wrong)
    if (refused.length > (refusedAtMost[file] ?? 0)) failed.push(...refused)
    files.push(`${file}: ${right} right, ${wrong.length} wrong, ${refused.length} refused`)
  }
  return { passed, failed, files }
}

interface Outcome {
  readonly outcome: 'right' | 'wrong' | 'refused'
  readonly text: string
}

/** How the comparison comes out, both ways round. */
function outcomeOf(ecosystem: string, a: string, sign: string, b: string): Outcome {
  const forward = compareVersions(ecosystem, a, b)
  const backward = compareVersions(ecosystem, b, a)
  if (!forward.known) {
    return backward.known
      ? { outcome: 'wrong', text: 'refused one way round only' }
      : { outcome: 'refused', text: forward.reason }
  }
  if (!backward.known || forward.order !== -backward.order) {
    return { outcome: 'wrong', text: 'the two ways round disagree' }
  }
  const got = '<=>'[forward.order + 1] ?? ''
  return { outcome: got === sign ? 'right' : 'wrong', text: `got ${got}` }
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
