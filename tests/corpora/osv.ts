/**
 * A whole database of OSV advisories: every document is read, and every range is asked about its own
 * bounds. The version that introduces a vulnerability is affected, and the one that fixes it is not.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { evaluateRule, ExposureError, parseOsv, rulesOf, type OsvRule } from '@comity/exposure'

export interface OsvCorpusResult {
  /** Advisories that were read and whose bounds came out right. */
  readonly passed: number
  readonly failed: readonly string[]
  /** Bounds that were asked about. */
  readonly bounds: number
  readonly problems: Readonly<Record<string, number>>
}

/** Reads every JSON document of `folder`. */
export async function osvCorpus(folder: string): Promise<OsvCorpusResult> {
  let passed = 0
  let bounds = 0
  const failed: string[] = []
  const problems: Record<string, number> = {}
  for (const file of (await readdir(folder)).sort()) {
    if (!file.endsWith('.json')) continue
    try {
      const { advisory, counts } = parseOsv(await readFile(join(folder, file)))
      for (const [code, count] of Object.entries(counts)) problems[code] = (problems[code] ?? 0) + count
      const wrong: string[] = []
      for (const rule of rulesOf(advisory)) {
        bounds += rule.ranges.reduce((sum, range) => sum + range.events.length, 0)
        wrong.push(...wrongBounds(rule))
      }
      if (wrong.length === 0) passed += 1
      else failed.push(`${file}: ${wrong.join('; ')}`)
    } catch (error) {
      if (!(error instanceof ExposureError)) throw error
      failed.push(`${file}: ${error.message}`)
    }
  }
  return { passed, failed, bounds, problems }
}

function wrongBounds(rule: OsvRule): readonly string[] {
  const { withdrawn: _, ...live } = rule
  const wrong: string[] = []
  for (const { events } of rule.ranges) {
    for (const { kind, version } of events) {
      const { state } = evaluateRule(live, version === '0' ? '0.0.0-0' : version)
      const wanted = kind === 'introduced' || kind === 'last_affected' ? 'affected' : 'not_affected'
      if (state !== wanted) wrong.push(`${kind} ${version} is ${state}`)
    }
  }
  return wrong
}
