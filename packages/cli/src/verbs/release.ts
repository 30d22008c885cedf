/** `comity release`: one version of a product with its SBOM and provenance, and what they show. */
import { type Client, eachItem } from '@comity/contract'
import { sha256Hex } from '@comity/crypto'
import { sbomMediaType } from '@comity/exposure'
import { parseProductUrn, type ReleasePayload, releaseUrn } from '@comity/statement'
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { attachment, documentEntry, type Filed, withRows } from '../filing.ts'
import { productFrom, rfc3339, secondsFrom } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import { type AgainOptions, type Earlier, earlierAt, earlierText, fileUnlessSaid, saysTheSame } from '../said-before.ts'
import { readSbomFile, type SbomFile } from '../sbom-file.ts'
import type { Session } from '../session.ts'
import { problemList } from '../terminal/problems.ts'
import { plural } from '../terminal/text.ts'
import { type ProvenanceOptions, provenanceDocuments } from '../evidence/provenance-documents.ts'
import { withAgain, withFilingOptions } from './filing-options.ts'
import { registerReleaseShow } from './release-show.ts'

interface ReleaseOptions extends AgainOptions, ProvenanceOptions {
  readonly product: string
  readonly version: string
  readonly released?: string
  readonly purl?: readonly string[]
  readonly artifact?: readonly string[]
}

export const registerRelease: Register = (program, { run }) => {
  const release = program
    .command('release')
    .summary('register a release with its evidence, and see what it shows')
    .description('Releases of a product.')
  release.addHelpText('after', example('comity release add sbom.cdx.json --product gateway --version 1.0.0'))
  withAgain(withFilingOptions(release.command('add <sbom>')))
    .summary('register one version with its SBOM')
    .description(
      'Registers one version of a product with its software bill of materials (CycloneDX or SPDX, as JSON) and its provenance, which are stored beside the log and are public. A version that is registered already stays as it is; with --again this one takes its place, and both stay in the log.',
    )
    .requiredOption('--product <product>', 'short name of your product')
    .requiredOption('--version <version>', 'version of the release')
    .option('--released <date>', 'when it was released (now)')
    .option('--purl <purl>', 'package URL of the release (repeatable)', collect)
    .option('--artifact <file>', 'what was shipped: only its name and digest are published (repeatable)', collect)
    .option('--provenance <file>', 'how it was built: in-toto in DSSE or sigstore bundles (repeatable)', collect)
    .option('--trusted-root <file>', 'sigstore trust root that the bundles are to be verified with')
    .option('--signer <name>', 'whose signature the bundles bear, as the certificate names it; with --issuer')
    .option('--issuer <url>', 'who vouched for that signer')
    .addHelpText('after', example('comity release add sbom.cdx.json --product gateway --version 1.0.0'))
    .action(run(addRelease))
  registerReleaseShow(release, { run })
}

async function addRelease(session: Session, options: ReleaseOptions, file: string): Promise<Result> {
  const read = await readSbomFile(session, file)
  const sbom = attachment(read.bytes, sbomMediaType(read.sbom.metadata))
  const { version, released, purl } = options
  const artifacts = await Promise.all(
    (options.artifact ?? []).map(async (path) => ({
      name: basename(path),
      ...digestsOf(await session.input(path)),
    })),
  )
  const { provenance, attachments } = await provenanceDocuments(session, options)
  const product = productFrom(options.product, session.profile.urn)
  const sub = releaseUrn(product, version)
  const earlier = await earlierRelease(await session.client(), product, sub)
  const payload: ReleasePayload = {
    version,
    released: releasedAt(session, released, earlier),
    sbom: sbom.digest,
    ...(purl === undefined ? {} : { purls: [...purl] }),
    ...(artifacts.length === 0 ? {} : { artifacts }),
    ...(provenance.length === 0 ? {} : { provenance }),
    documents: [sbom, ...attachments].map(documentEntry),
  }
  const slug = parseProductUrn(product)?.slug ?? options.product
  if (earlier !== undefined && options.again !== true && !saysTheSame(earlier.payload, payload)) {
    throw new CliError(
      'registered-before',
      `release ${version} of ${slug} is registered already, as ${earlierText(earlier)}, with ${differenceOf(earlier.payload, payload)}: give another --version, or put this one in its place with --again`,
    )
  }
  const draft = {
    kind: 'release',
    sub,
    payload,
    attachments: [sbom, ...attachments],
    title: `release ${version} of ${slug}`,
  }
  const filed = await fileUnlessSaid(session, draft, options, earlier)
  const replaces = earlier === undefined || filed.json.duplicate ? undefined : earlierText(earlier)
  return withSbom(withRows(filed, [['replaces', replaces]]), read)
}

/** By SHA-256, and by SHA-512 as well: registries of packages name files by that. */
function digestsOf(bytes: Uint8Array): { readonly digest: string; readonly sha512: string } {
  return { digest: `sha256:${sha256Hex(bytes)}`, sha512: createHash('sha512').update(bytes).digest('hex') }
}

/** The latest statement about a release that took effect. */
async function earlierRelease(
  client: Client,
  product: string,
  sub: string,
): Promise<Earlier<ReleasePayload> | undefined> {
  for await (const { urn, statement } of eachItem(client.releases, { product, limit: 200 })) {
    if (urn === sub) return earlierAt<ReleasePayload>(client, statement)
  }
  return undefined
}

/** A release that is registered again was released when it was, unless it is said otherwise. */
function releasedAt(session: Session, given: string | undefined, earlier: Earlier<ReleasePayload> | undefined): string {
  if (given !== undefined) return rfc3339(secondsFrom(given, '--released'))
  return earlier?.payload.released ?? rfc3339(session.context.now())
}

function differenceOf(earlier: ReleasePayload, payload: ReleasePayload): string {
  if (earlier.sbom !== payload.sbom) return 'another SBOM'
  return earlier.released === payload.released ? 'other package URLs, artifacts or provenance' : 'another date'
}

function withSbom(filed: Result<Filed>, { sbom, warnings }: SbomFile): Result {
  const { components, problems, total } = sbom
  const count = plural(components.length, 'component')
  const said = withRows(filed, [
    ['warning', warnings.length === 0 ? undefined : warnings.join('\n')],
    ['sbom', total === 0 ? count : `${count}, ${plural(total, 'part')} of it could not be read:`],
  ])
  return {
    text: [said.text, ...(total === 0 ? [] : [problemList(problems, total)])].join('\n'),
    json: { ...filed.json, components: components.length, problems, problemCount: total, warnings },
  }
}
