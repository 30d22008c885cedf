/**
 * Runs everything that is checked against public corpora, which are not part of this project: a few
 * lines a corpus, and a non-zero exit when anything failed.
 */
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { csafCorpus } from './csaf.ts'
import { kevCorpus } from './kev.ts'
import { merkleCorpus } from './merkle.ts'
import { oscalCorpus } from './oscal.ts'
import { osvCorpus } from './osv.ts'
import { purlCorpus } from './purl.ts'
import { rulesCorpus } from './rules.ts'
import { samplesCorpus } from './samples.ts'
import { sbomCorpus } from './sbom.ts'
import { versCorpus } from './vers.ts'
import { versionsCorpus } from './versions.ts'
import { vexCorpus } from './vex.ts'
import { osvYamlCorpus } from './osv-yaml.ts'

const project = resolve(import.meta.dirname, '../..')
const corpora = resolve(project, '../shared/corpora')

/** Failures that are written out per corpus; all are counted. */
const shownFailures = 20

interface Result {
  readonly passed: number
  readonly failed: readonly string[]
}

let failures = 0

async function run<R extends Result>(
  name: string,
  folder: string,
  corpus: (folder: string) => Promise<R>,
  details: (result: R) => readonly string[],
): Promise<void> {
  const path = resolve(corpora, folder)
  if (!(await exists(path))) {
    say(`${name}: not checked, ${path} is not there`)
    return
  }
  const result = await corpus(path)
  failures += result.failed.length
  say(`${name}: ${result.passed} passed, ${result.failed.length} failed`)
  for (const detail of details(result)) say(`  ${detail}`)
  for (const failure of result.failed.slice(0, shownFailures)) say(`  failed: ${failure}`)
  if (result.failed.length > shownFailures) say(`  and ${result.failed.length - shownFailures} more`)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function counted(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([code, count]) => `${count} ${code}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}

if (await exists(corpora)) {
  await run('merkle', 'merkle', merkleCorpus, () => [])
  await run('purl', 'purl', purlCorpus, ({ notRequired }) => [
    `${notRequired} recommended by the specification and not met`,
  ])
  await run('versions', 'versions', versionsCorpus, ({ files }) => files)
  await run('vers', 'vers', versCorpus, ({ files }) => files)
  await run('sbom', 'sbom', sbomCorpus, ({ components, spdx, refused, problems }) => [
    `${spdx} of them SPDX`,
    `${components} components`,
    `refused: ${counted(refused)}`,
    `reported: ${counted(problems)}`,
  ])
  await run('osv', 'osv/go', osvCorpus, ({ bounds, problems }) => [
    `${bounds} bounds of ranges`,
    `reported: ${counted(problems)}`,
  ])
  await run('osv in YAML', 'osv/pypi', osvYamlCorpus, ({ behindCommits, undetermined, problems }) => [
    `${behindCommits} give versions behind a range of commits and nowhere else: ${behindCommits - undetermined.length} found`,
    ...undetermined.map((each) => `undetermined: ${each}`),
    `reported: ${counted(problems)}`,
  ])
  await run('csaf', 'csaf', csafCorpus, ({ products, versions, states, refused, problems }) => [
    `${products} products: ${counted(versions)}`,
    `states: ${counted(states)}`,
    `refused: ${refused.length === 0 ? 'none' : refused.join(', ')}`,
    `reported: ${counted(problems)}`,
  ])
  await run('rules of csaf', 'csaf', rulesCorpus, ({ vulnerabilities, rules, coverage, refused, bounds }) => [
    `${vulnerabilities} vulnerabilities; rules by: ${counted(rules)}`,
    `claims about: ${counted(coverage)}`,
    `products without a key: ${counted(refused)}`,
    `at the bounds of ranges: ${counted(bounds)}`,
  ])
  await run('vex', 'sbom', vexCorpus, ({ states, problems }) => [
    `states: ${counted(states)}`,
    `reported: ${counted(problems)}`,
  ])
  await run('kev', 'kev', kevCorpus, ({ ransomware }) => [`${ransomware} used for ransomware`])
  await run('oscal', 'oscal', oscalCorpus, ({ schema }) => [schema])
  await run(
    'samples',
    'osv/go',
    (database) => samplesCorpus(resolve(project, 'samples'), database),
    () => [],
  )
  process.exitCode = failures === 0 ? 0 : 1
} else {
  say(`nothing checked: the corpora are not part of this project, and ${corpora} is not there`)
}
