/** `comity export oscal`: the texts, adherence and findings in the form of OSCAL 1.2. */
import { catalogIds, mappingIds, oscalCatalogOf, oscalMappingOf } from '@comity/instruments'
import { Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { writeFile } from '../output-file.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { countText, fields } from '../terminal/text.ts'

const ids = mappingIds.join(', ')

const documents = ['catalog', 'mapping', 'profile', 'results', 'plan'] as const
type Exported = (typeof documents)[number]

interface ExportOptions {
  readonly instrument?: string
  readonly party?: string
  readonly out?: string
  readonly force?: boolean
}

export const registerExport: Register = (program, { run }) => {
  const family = program
    .command('export')
    .summary('what is on record in the form of other tools')
    .addHelpText('after', example('comity export oscal catalog'))
  family
    .command('oscal <document>')
    .summary('texts, adherence and findings as OSCAL 1.2')
    .description(
      'Writes one document of OSCAL 1.2 (JSON): the catalog of an instrument or of a later version of it, its mapping (to the eleven norms; of a later version to the earlier text), a party’s profile (adherence with reservations and declarations), assessment results (findings of a party or of all), or the assessment plan that results refer to. Catalog and mapping need no node.',
    )
    .addOption(
      new Option('--instrument <id>', `of a catalog or a mapping: ${ids}; of a catalog also norms`).default('code'),
    )
    .option('--party <party>', 'of a profile or of results: alias, URN or its 64 hexadecimal digits')
    .option('--out <file>', 'write it to a file')
    .option('--force', 'replace that file if it exists')
    .addHelpText(
      'after',
      example(
        'comity export oscal catalog --instrument gids --out gids-catalog.json',
        'comity export oscal results --party acme',
      ),
    )
    .action(run(oscal))
}

async function oscal(session: Session, options: ExportOptions, name: string): Promise<Result> {
  const wanted = documents.find((each) => each === name)
  if (wanted === undefined) throw new CliError('usage', `"${name}" is none of ${documents.join(', ')}`)
  const document = await documentOf(session, wanted, options)
  const text = JSON.stringify(document, null, 2)
  if (options.out === undefined) return { text, json: document }
  const file = session.path(options.out)
  writeFile(file, `${text}\n`, options.force)
  const bytes = Buffer.byteLength(text) + 1
  return {
    text: `Written: ${wanted}\n${fields([
      ['file', file],
      ['bytes', countText(bytes)],
    ])}`,
    json: { document: wanted, file, bytes },
  }
}

async function documentOf(session: Session, wanted: Exported, options: ExportOptions): Promise<object> {
  const { instrument = 'code' } = options
  if (wanted === 'catalog') return oscalCatalogOf(instrument) ?? notAmong(catalogIds, instrument)
  if (wanted === 'mapping') return oscalMappingOf(instrument) ?? notAmong(mappingIds, instrument)
  const party = options.party === undefined ? undefined : session.partyUrn(options.party)
  if (wanted === 'profile' && party === undefined) throw new CliError('usage', 'a profile is of a party: add --party')
  const { oscal: served } = await session.client()
  if (wanted === 'plan') return served.plan()
  if (party === undefined) return served.results()
  return wanted === 'profile' ? served.profile(party) : served.partyResults(party)
}

function notAmong(known: readonly string[], id: string): never {
  throw new CliError('usage', `"${id}" is none of ${known.join(', ')}`)
}
