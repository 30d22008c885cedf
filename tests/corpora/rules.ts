/**
 * Real CSAF documents as rules: what every vulnerability of them says is found again by a component that is made from
 * the product it names. Counts by what a product can be found, and what cannot be found and why.
 */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { evaluateRule, isStated, knownOfCsaf, type KnownAdvisory, parseCsaf } from '@comity/exposure'

export interface RulesCorpusResult {
  /** Documents whose rules came out right. */
  readonly passed: number
  readonly failed: readonly string[]
  readonly vulnerabilities: number
  /** Rules by what a component is found by. */
  readonly rules: Readonly<Record<string, number>>
  /** Claims by how the versions they cover are given. */
  readonly coverage: Readonly<Record<string, number>>
  /** Products that no inventory can be searched for, by reason. */
  readonly refused: Readonly<Record<string, number>>
  /** What is found for the versions that constraints name themselves. */
  readonly bounds: Readonly<Record<string, number>>
}

/** Makes rules of every JSON document under `folder` that is no feed. */
export async function rulesCorpus(folder: string): Promise<RulesCorpusResult> {
  let passed = 0
  let vulnerabilities = 0
  const failed: string[] = []
  const counts = { rules: {}, coverage: {}, refused: {}, bounds: {} }
  for (const file of (await readdir(folder, { recursive: true })).sort()) {
    if (!file.endsWith('.json') || basename(file).includes('feed')) continue
    const known = knownOfCsaf(parseCsaf(await readFile(join(folder, file))).advisory)
    vulnerabilities += known.length
    const wrong = known.flatMap((each) => wrongOf(each, counts))
    if (wrong.length === 0) passed += 1
    else failed.push(`${file}: ${wrong.slice(0, 3).join('; ')}`)
  }
  return { passed, failed, vulnerabilities, ...counts }
}

type Counts = Readonly<Record<'rules' | 'coverage' | 'refused' | 'bounds', Record<string, number>>>

function wrongOf({ rules, problems }: KnownAdvisory, counts: Counts): readonly string[] {
  const wrong: string[] = []
  for (const [code, more] of Object.entries(problems.counts)) count(counts.refused, code, more)
  for (const rule of rules) {
    if (!isStated(rule)) continue
    count(counts.rules, rule.by)
    for (const { covers, state, within } of rule.claims) {
      count(counts.coverage, covers.kind)
      if (within !== undefined) count(counts.coverage, 'inside something else')
      if (covers.kind === 'version' && within === undefined && state === 'affected') {
        const found = evaluateRule(rule, covers.version)
        const isSaid = found.state === 'affected' || found.why.reason === 'contradicting'
        if (!isSaid) wrong.push(`${rule.product} ${covers.version} is ${found.state}, ${found.why.text}`)
      }
      if (covers.kind !== 'constraints') continue
      for (const { comparator, version } of covers.constraints) {
        const found = evaluateRule(rule, version)
        count(counts.bounds, `${comparator} ${found.state.replaceAll('_', ' ')}`)
      }
    }
    // Nobody knows a version that is none.
    const { state } = evaluateRule(rule, 'no version at all')
    const isAll = rule.claims.some(({ covers }) => covers.kind === 'all')
    if (!isAll && state !== 'undetermined') wrong.push(`${rule.product}: words are ${state}`)
  }
  return wrong
}

function count(counts: Record<string, number>, name: string, more = 1): void {
  counts[name] = (counts[name] ?? 0) + more
}
