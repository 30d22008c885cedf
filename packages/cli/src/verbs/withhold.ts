/** `comity withhold`: a document that is no longer served. */
import { sha256Hex } from '@comity/crypto'
import { documentUrn, type WithholdingPayload } from '@comity/statement'
import { Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { type FilingOptions, fileDraft } from '../filing.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { withFilingOptions } from './filing-options.ts'

const grounds = [
  'court-order',
  'statute',
  'data-protection',
  'third-party-rights',
  'coordinated-disclosure',
  'public-safety',
] as const satisfies readonly WithholdingPayload['ground'][]

interface WithholdOptions extends FilingOptions {
  readonly ground: WithholdingPayload['ground']
  readonly instrument?: string
  readonly article?: string
}

export const registerWithhold: Register = (program, { run }) => {
  withFilingOptions(program.command('withhold <document>'))
    .summary('say that a document is no longer served, and on what ground')
    .description(
      'Withholds a document that your party published, or, for the keeper, any on its node: by its digest, or by a copy of the file. From the moment it takes effect the node no longer serves it. The log stays whole, its digest remains, and a finding that rests on the document counts it as absent. It cannot be taken back.',
    )
    .addOption(new Option('--ground <ground>', 'why').choices(grounds).makeOptionMandatory())
    .option('--instrument <text>', 'the law or order it rests on, with --article')
    .option('--article <text>', 'where in it')
    .addHelpText(
      'after',
      example(
        'comity withhold sbom.json --as acme --ground third-party-rights',
        'comity withhold sbom.json --ground statute --instrument "Act 7" --article 2',
      ),
    )
    .action(run(withhold))
}

async function withhold(session: Session, options: WithholdOptions, document: string): Promise<Result> {
  const { ground, instrument, article } = options
  if ((instrument === undefined) !== (article === undefined))
    throw new CliError('usage', '--instrument and --article go together')
  const digest = await digestOf(session, document)
  const payload: WithholdingPayload = {
    ground,
    ...(instrument === undefined || article === undefined ? {} : { basis: { instrument, article } }),
  }
  const title = `document ${digest.slice(0, 16)}… withheld: ${ground}`
  return fileDraft(session, { kind: 'withholding', sub: documentUrn(digest), payload, title }, options)
}

/** 64 hexadecimal digits, from a digest as it stands in statements, or of a file at hand. */
async function digestOf(session: Session, document: string): Promise<string> {
  const [, hex] = /^(?:(?:urn:comity:document:)?sha256:)?([0-9a-f]{64})$/.exec(document) ?? []
  return hex ?? sha256Hex(await session.input(document, 'the document'))
}
