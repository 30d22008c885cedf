/** `comity check`: an SBOM against advisories that lie beside it, for pipelines; it asks no node and no network. */
import { checkJson } from '../check/check-json.ts'
import { checkText, type Report } from '../check/check-text.ts'
import { judge, keysOf } from '../check/judge.ts'
import { fails, policyFrom, policyHelp } from '../check/policy.ts'
import { componentsOf, readInventory } from '../check/sbom.ts'
import { gather, type Named, namedPath, type Purpose } from '../check/sources.ts'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { collect, example, type Register } from '../registrar.ts'
import { warningsOf } from '../sbom-file.ts'
import type { Session } from '../session.ts'

interface CheckOptions {
  readonly against?: readonly string[]
  readonly vex?: readonly string[]
  readonly kev?: readonly string[]
  readonly failOn: string
  readonly why?: boolean
  readonly all?: boolean
}

export const registerCheck: Register = (program, { run }) => {
  program
    .command('check <sbom>')
    .summary('an SBOM against advisories, for pipelines: without a node')
    .description(
      'Matches an SBOM (CycloneDX or SPDX as JSON; "-" is standard input) against the advisories of folders, archives (zip, tar, gz, zst) and files: OSV, CSAF, CVE, OpenVEX, CycloneDX VEX. A line for each match; what is not affected is counted. Nothing of the SBOM leaves this machine. With --node and no --against, the advisories are those of that node’s register.',
    )
    .option('--against <path>', 'advisories: a folder, an archive or a file (repeatable)', collect)
    .option('--vex <path>', 'statements of suppliers, which go before other advisories (repeatable)', collect)
    .option('--kev <path>', 'a catalogue of known exploited vulnerabilities (repeatable)', collect)
    .option('--fail-on <policy>', 'what ends it with exit code 1', 'any')
    .option('--why', 'say of each match who says so, and what was compared')
    .option('--all', 'show also what is fixed or not affected')
    .addHelpText(
      'after',
      `\nPolicy (--fail-on): words joined by "," are alternatives, by "+" all must hold.\n${policyLines()}\n\nIt ends with 1 when a match meets the policy, and with 2 when a source could not\nbe read to its end, so that the answer is incomplete.\n${example(
        'comity check app.cdx.json --against advisories/',
        'comity check app.cdx.json --against all.zip --vex vex.json --fail-on fixable',
        'comity check - --against osv.tar.zst --kev kev.json \\\n      --fail-on exploited,severity:high+fixable --why',
      )}`,
    )
    .action(run(check))
}

function policyLines(): string {
  const width = Math.max(...policyHelp.map(([word]) => word.length))
  return policyHelp.map(([word, says]) => `  ${word.padEnd(width)}  ${says}`).join('\n')
}

async function check(session: Session, options: CheckOptions, file: string): Promise<Result> {
  const policy = policyFrom(options.failOn)
  const named = await namedBy(session, options)
  const sbom = await readInventory(session, file)
  const components = componentsOf(sbom)
  const { sources, advisories, exploited, ofSuppliers } = await gather(session, named, keysOf(components))
  session.progress.update('Matching')
  const matches = await judge(components, { advisories, exploited, ofSuppliers })
  const failing = matches.filter((each) => fails(policy, each))
  const isCutOff = sources.some(({ counts }) => counts.isCutOff)
  const name = file === '-' ? 'standard input' : file
  const report: Report = {
    sbom,
    components: components.length,
    warnings: warningsOf(sbom, name),
    sources,
    matches,
    policy,
    failing,
  }
  return {
    text: checkText(report, { why: options.why === true, all: options.all === true }),
    json: checkJson(report),
    exitCode: failing.length > 0 ? exitCodes.negative : isCutOff ? exitCodes.usage : exitCodes.ok,
  }
}

async function namedBy(
  session: Session,
  { against = [], vex = [], kev = [] }: CheckOptions,
): Promise<readonly Named[]> {
  if ([...against, ...vex, ...kev].includes('-')) {
    throw new CliError('usage', 'advisories are not read from standard input: name a folder, an archive or a file')
  }
  const of = (purpose: Purpose, paths: readonly string[]): readonly Named[] =>
    paths.map((path) => namedPath(session, purpose, path))
  const advisories = against.length === 0 ? [await ofNode(session)] : of('against', against)
  return [...of('vex', vex), ...of('kev', kev), ...advisories]
}

/** A node is asked only where one is named: a pipeline that forgot its advisories asks nobody. */
async function ofNode(session: Session): Promise<Named> {
  if (session.options.node === undefined && session.context.env['COMITY_NODE'] === undefined) {
    throw new CliError('usage', 'against what? Name advisories with --against, or a node that has some with --node')
  }
  const client = await session.client()
  const { nodeItems } = await import('../check/node-items.ts')
  return { purpose: 'against', path: session.address, items: nodeItems(client) }
}
