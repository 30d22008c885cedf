/**
 * The test suite of the VERS specification: how versions compare, what ranges contain, how ranges are
 * written, and how the ranges of package managers are written as VERS.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ExposureError,
  formatVers,
  parseVers,
  readVers,
  schemeOfVers,
  versContains,
  versFromNative,
} from '@comity/exposure'

/**
 * What is refused, per file, with a reason that is ours; one more counts as failed.
 *
 * - maven: `2-1`, `2.0.a` and `2.0.0.a`, which Maven orders differently since 3.9
 * - npm: `2.1` alone and after `<=`, `>= 2.2.x`, `~` before a pre-release, which npm reads otherwise than the
 *   suite; two bounds of one side in one set, and two versions at once, which VERS cannot join by "and"
 * - conan: an empty range, which the suite writes as a VERS without constraints
 */
const refusedAtMost: Readonly<Record<string, number>> = {
  'maven_version_cmp_test.json': 6,
  'npm_range_from_native_test.json': 8,
  'conan_range_from_native_test.json': 1,
}

export interface VersCorpusResult {
  readonly passed: number
  readonly failed: readonly string[]
  /** One line a file. */
  readonly files: readonly string[]
}

interface Case {
  readonly test_type: string
  readonly input: unknown
  readonly expected_output?: unknown
  readonly expected_failure?: boolean
}

/** Runs every case of every file in `folder`. */
export async function versCorpus(folder: string): Promise<VersCorpusResult> {
  let passed = 0
  const failed: string[] = []
  const files: string[] = []
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()) {
    // The shape is that of the suite's schema; a case that has another fails by itself.
    const { tests } = JSON.parse(await readFile(join(folder, file), 'utf8')) as { readonly tests: readonly Case[] }
    const refused: string[] = []
    const wrong: string[] = []
    for (const test of tests) {
      try {
        const got = outcomeOf(test)
        const wanted = test.expected_failure === true ? refusal : JSON.stringify(test.expected_output)
        if (got !== wanted) wrong.push(`${JSON.stringify(test.input)} is ${got}, and should be ${wanted}`)
      } catch (error) {
        if (!(error instanceof ExposureError)) throw error
        refused.push(`${JSON.stringify(test.input)}: ${error.message}`)
      }
    }
    passed += tests.length - wrong.length - refused.length
    failed.push(...wrong.map((text) => `${file}: ${text}`))
    const most = refusedAtMost[file] ?? 0
    if (refused.length > most) failed.push(...refused.map((text) => `${file}: refused ${text}`))
    const right = tests.length - wrong.length - refused.length
    files.push(`${file}: ${right} right, ${wrong.length} wrong, ${refused.length} refused`)
  }
  return { passed, failed, files }
}

const refusal = 'a refusal'

/** What comes out, as JSON. */
function outcomeOf({ test_type: type, input, expected_failure: refuses }: Case): string {
  switch (type) {
    case 'equality': {
      const { scheme, versions } = comparisonOf(input)
      const [a = '', b = ''] = versions
      const placed = schemeOfVers(scheme).placing(a)(b)
      if (Math.sign(placed) !== -Math.sign(schemeOfVers(scheme).placing(b)(a))) return 'different the other way round'
      return JSON.stringify(placed === 0)
    }
    case 'comparison': {
      const { scheme, versions } = comparisonOf(input)
      const order = schemeOfVers(scheme)
      return JSON.stringify(
        canonical(
          scheme,
          [...versions].sort((a, b) => order.placing(a)(b)),
        ),
      )
    }
    case 'containment': {
      const { vers, version } = textsOf(input)
      return JSON.stringify(versContains(readVers(vers ?? ''), version ?? ''))
    }
    case 'validate':
      return JSON.stringify(formatVers(readVers(String(input))))
    case 'parse':
      return parsed(String(input), refuses === true)
    case 'from_native': {
      const { scheme, native_range: native } = textsOf(input)
      return JSON.stringify(formatVers(versFromNative(scheme ?? '', native ?? '')))
    }
    default:
      return `not asked: the suite has a new sort of test, ${type}`
  }
}

/** The suite writes what NuGet's rules call one version in one way, and only for NuGet. */
function canonical(scheme: string, versions: readonly string[]): readonly string[] {
  if (scheme !== 'nuget') return versions
  return versions.map((version) => version.replace(/-[^+]*/, (prerelease) => prerelease.toLowerCase()))
}

function parsed(text: string, mayRefuse: boolean): string {
  try {
    const { type, constraints } = parseVers(text)
    const pairs = constraints === '*' ? ['*'] : constraints.map(({ comparator, version }) => [comparator, version])
    return JSON.stringify({ scheme: type, version_constraints: pairs })
  } catch (error) {
    if (mayRefuse && error instanceof ExposureError) return refusal
    throw error
  }
}

function comparisonOf(input: unknown): { readonly scheme: string; readonly versions: readonly string[] } {
  const { input_scheme: scheme, versions } = input as { readonly input_scheme: string; readonly versions: string[] }
  return { scheme, versions }
}

function textsOf(input: unknown): Readonly<Record<string, string>> {
  return input as Readonly<Record<string, string>>
}
