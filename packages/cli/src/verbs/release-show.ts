/** `comity release show`: what a release's documents show, and what is missing, computed here from the documents. */
import { type Client, ClientError } from '@comity/contract'
import { sha256Hex } from '@comity/crypto'
import type { LevelFound } from '@comity/exposure'
import type { EvidenceSources, ReleaseEvidence } from '@comity/node'
import { parseProductUrn, parseReleaseUrn, type ReleasePayload, releaseUrn } from '@comity/statement'
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { type EvidenceOptions, relied } from '../evidence/given-evidence.ts'
import { nameOf, productFrom, short } from '../names.ts'
import { example, type Registrar } from '../registrar.ts'
import { ifKnown } from '../said-before.ts'
import type { Session } from '../session.ts'
import { dateText, fields, plain, wrap } from '../terminal/text.ts'

interface ShowOptions extends EvidenceOptions {
  readonly product: string
}

export function registerReleaseShow(release: Command, { run }: Registrar): void {
  release
    .command('show <version>')
    .summary('what its documents show, and what is missing')
    .description(
      'Fetches a release with its documents and judges them here: whose signature the provenance bears, whether artifacts, SBOM and provenance are about the same thing, and which SLSA levels that shows. Whom you trust to have built, and up to which level, is yours to say: --builders. What is missing is a gap, not an error.',
    )
    .requiredOption('--product <product>', 'short name of your product, or the URN of anybody’s')
    .option('--trusted-root <file>', 'your own sigstore trust root, in place of the one that the release names')
    .option('--builders <file>', 'whom you trust to have built, and up to which SLSA level')
    .addHelpText(
      'after',
      example(
        'comity release show 1.0.0 --product gateway',
        'comity release show 1.0.0 --product gateway --builders builders.json',
      ),
    )
    .action(run(showRelease))
}

async function showRelease(session: Session, options: ShowOptions, version: string): Promise<Result> {
  const { evidenceOfRelease, releaseGaps, signingKeys } = await import('@comity/node')
  const client = await session.client()
  const isOwn = !options.product.startsWith('urn:')
  const product = productFrom(options.product, isOwn ? session.profile.urn : '')
  const urn = releaseUrn(product, version)
  const found = await ifKnown(client.release(urn))
  if (found === undefined) {
    const { slug } = parseProductUrn(product) ?? { slug: options.product }
    throw new CliError('not-found', `no release ${version} of ${slug} is on record at this node`)
  }
  const { payload, statement, party, names } = found
  const { keys } = await client.party(party)
  const usable = keys.filter(({ compromisedSince }) => compromisedSince === undefined)
  const evidence = evidenceOfRelease(payload, {
    ...(await relied(session, options)),
    read: await documentsOf(client, payload),
    keys: signingKeys({ urn: party, keys: usable, compromised: [] }),
  })
  const gaps = releaseGaps(payload, evidence)
  const { slug } = parseProductUrn(parseReleaseUrn(urn)?.product ?? '') ?? { slug: '' }
  const head = fields([
    ['by', plain(nameOf(names))],
    ['released', payload.released],
    ['stated', `${dateText(statement.at)}, ${short(statement.id)}`],
    ['sbom', `${payload.sbom.slice(0, 23)}…`],
    ['artifacts', (payload.artifacts ?? []).map(({ name }) => plain(name)).join(', ') || undefined],
  ])
  const text = [`Release ${version} of ${slug}`, head, ...evidenceText(evidence), gapText(gaps)].join('\n')
  const { build, source, artifacts, sbom } = evidence.evidence
  const items = evidence.items.map(({ document, item, authentication }) => ({
    document,
    where: item.where,
    form: item.form,
    predicateType: item.statement?.predicateType,
    authentication,
  }))
  return { text, json: { urn, party, statement, payload, items, artifacts, sbom, build, source, gaps } }
}

/** Every document of the release that the node serves, checked against its digest. */
async function documentsOf(client: Client, payload: ReleasePayload): Promise<EvidenceSources['read']> {
  const named = (payload.provenance ?? []).flatMap(({ document, trustedRoot }) => [document, trustedRoot ?? []].flat())
  const found = new Map<string, Uint8Array>()
  for (const digest of new Set([payload.sbom, ...named])) {
    try {
      const bytes = await client.document(digest)
      if (`sha256:${sha256Hex(bytes)}` !== digest) {
        throw new CliError('bad-input', `the node serves other bytes for ${digest} than that digest says`)
      }
      found.set(digest, bytes)
    } catch (error) {
      // Withheld, or not there: a gap.
      if (!(error instanceof ClientError) || (error.code !== 'withheld' && error.code !== 'not-found')) throw error
    }
  }
  return (digest, limit) => {
    const bytes = found.get(digest)
    return bytes === undefined || bytes.length > limit ? undefined : bytes
  }
}

function evidenceText({ items, evidence }: ReleaseEvidence): readonly string[] {
  const marks = { right: '[right]    ', wrong: '[WRONG]    ', unchecked: '[unchecked]' } as const
  const signatures = items.map(({ item, authentication }) => {
    const predicate = item.statement?.predicate
    const builder = predicate?.kind === 'provenance' ? predicate.provenance.builder : undefined
    const about = builder === undefined ? (item.statement?.predicateType ?? 'a file') : `built by ${builder}`
    return hanging(`${marks[authentication.outcome]} ${plain(about)}: ${plain(authentication.says)}`)
  })
  const tieMarks = { tied: '[right]    ', contradicted: '[WRONG]    ', untied: '[missing]  ' } as const
  const ties = [...evidence.artifacts, ...evidence.sbom].map(({ outcome, says }) =>
    hanging(`${tieMarks[outcome]} ${plain(says)}`),
  )
  return [
    ...(signatures.length === 0 ? [] : ['', 'Provenance', ...signatures]),
    ...(ties.length === 0 ? [] : ['', 'One release', ...ties]),
    '',
    ...levelText('build', evidence.build),
    ...levelText('source', evidence.source),
  ]
}

function levelText(track: string, { level, because, next }: LevelFound): readonly string[] {
  const more = next.length === 0 ? [] : [`for level ${level + 1}: ${next.join('; ')}`]
  return [`SLSA ${track} level ${level}`, ...[...because, ...more].map((each) => wrap(plain(each), { indent: '  ' }))]
}

function gapText(gaps: readonly { readonly says: string }[]): string {
  if (gaps.length === 0) return '\nNo gaps in what is looked at here.'
  return ['', 'Gaps', ...gaps.map(({ says }) => hanging(`- ${plain(says)}`))].join('\n')
}

/** A line that goes on under its second word. */
function hanging(text: string): string {
  const [first = '', ...rest] = wrap(text, { width: 76 }).split('\n')
  return [`  ${first}`, ...rest.map((line) => `    ${line}`)].join('\n')
}
