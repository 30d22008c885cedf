/**
 * The test suite of the package-URL specification: every case of `spec/` and `types/`.
 *
 * Three kinds of case: `parse` (text to components), `build` (components to text) and `validate`
 * (text to canonical text). A case of the group `required` that does not come out as written is a
 * failure; one of the group `recommended` is counted.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExposureError, formatPurl, parsePurl, type PurlParts } from '@comity/exposure'

interface PurlComponents {
  readonly type: string | null
  readonly namespace: string | null
  readonly name: string | null
  readonly version: string | null
  readonly qualifiers: Readonly<Record<string, string>> | null
  readonly subpath: string | null
}

interface PurlCase {
  readonly description: string
  readonly test_group: 'required' | 'recommended'
  readonly test_type: 'parse' | 'build' | 'validate'
  readonly input: string | PurlComponents
  readonly expected_output?: string | PurlComponents | null
  readonly expected_failure: boolean
}

export interface PurlCorpusResult {
  /** Cases that came out as written, required and recommended. */
  readonly passed: number
  /** Required cases that did not. */
  readonly failed: readonly string[]
  /** Recommended cases that did not. */
  readonly notRequired: number
}

/** Runs every case under `folder`, which holds `spec/*.json` and `types/*.json`. */
export async function purlCorpus(folder: string): Promise<PurlCorpusResult> {
  let passed = 0
  let notRequired = 0
  const failed: string[] = []
  for (const part of ['spec', 'types']) {
    for (const file of (await readdir(join(folder, part))).sort()) {
      // The suite's own schema fixes this shape; a change of it shows as failing cases.
      const suite = JSON.parse(await readFile(join(folder, part, file), 'utf8')) as {
        readonly tests: readonly PurlCase[]
      }
      for (const purlCase of suite.tests) {
        const difference = runCase(purlCase)
        if (difference === undefined) passed += 1
        else if (purlCase.test_group === 'recommended') notRequired += 1
        else failed.push(`${file}: ${purlCase.description}: ${difference}`)
      }
    }
  }
  return { passed, failed, notRequired }
}

/** What is different from the expectation, or undefined. */
function runCase(purlCase: PurlCase): string | undefined {
  let got: string
  try {
    got = outcomeOf(purlCase)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return purlCase.expected_failure ? undefined : error.message
  }
  if (purlCase.expected_failure) return `accepted as ${got}`
  const expected = purlCase.expected_output
  const wanted =
    expected === null || expected === undefined || typeof expected === 'string' ? String(expected) : shown(expected)
  return got === wanted ? undefined : `got ${got}, expected ${wanted}`
}

function outcomeOf({ test_type: kind, input }: PurlCase): string {
  if (kind === 'build') {
    if (typeof input === 'string') throw new Error('a build case has components as its input')
    return formatPurl(partsOf(input))
  }
  if (typeof input !== 'string') throw new Error(`a ${kind} case has a text as its input`)
  return kind === 'validate' ? formatPurl(parsePurl(input)) : shown(parsePurl(input))
}

function partsOf(components: PurlComponents): PurlParts {
  return {
    type: components.type ?? '',
    name: components.name ?? '',
    ...(components.namespace !== null && { namespace: components.namespace }),
    ...(components.version !== null && { version: components.version }),
    ...(components.qualifiers !== null && { qualifiers: components.qualifiers }),
    ...(components.subpath !== null && { subpath: components.subpath }),
  }
}

/** Components as one line, in a fixed order, so that two of them can be compared. */
function shown(components: Partial<PurlComponents> | PurlParts): string {
  const qualifiers = Object.entries(components.qualifiers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([
    components.type ?? null,
    components.namespace ?? null,
    components.name ?? null,
    components.version ?? null,
    qualifiers,
    components.subpath ?? null,
  ])
}
