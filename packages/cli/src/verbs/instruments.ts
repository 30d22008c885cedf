/** `comity instruments`: the two texts, in the project's own words. */
import { correspondencesOf, instruments, norms, oscalCatalog, provisionById, type Provision } from '@comity/instruments'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { instrumentFrom, provisionFrom } from '../names.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { fields, table, wrap } from '../terminal/text.ts'

export const registerInstruments: Register = (program, { run }) => {
  program
    .command('instruments [id]')
    .summary('the two texts and their twenty provisions')
    .description(
      'Shows the instruments, one of them (code, gids), or one provision (gids-8). The words are the project’s own; the texts themselves are cited.',
    )
    .option('--oscal', 'an instrument as an OSCAL catalog (see also: comity export oscal)')
    .addHelpText('after', example('comity instruments', 'comity instruments gids-8'))
    .action(run(show))
}

async function show(_session: Session, options: { readonly oscal?: boolean }, id?: string): Promise<Result> {
  if (options.oscal === true) return catalogOf(id)
  if (id === undefined) {
    return { text: instruments.map(({ id }) => instrumentText(id)).join('\n\n'), json: instruments }
  }
  if (instruments.some((each) => each.id === id)) {
    const found = instruments.find((each) => each.id === instrumentFrom(id))
    return { text: instrumentText(instrumentFrom(id)), json: found }
  }
  const provision = provisionById(provisionFrom(id))
  return { text: provisionText(provision), json: { ...provision, norms: correspondencesOf(provision.id) } }
}

/** The catalog as text too: OSCAL is JSON. */
function catalogOf(id: string | undefined): Result {
  const found = instruments.find((each) => each.id === id || each.urn === id)
  if (found === undefined) {
    throw new CliError('usage', `--oscal takes one instrument: ${instruments.map((each) => each.id).join(' or ')}`)
  }
  const catalog = oscalCatalog(found)
  return { text: JSON.stringify(catalog, null, 2), json: catalog }
}

function instrumentText(id: string): string {
  const instrument = instruments.find((each) => each.id === id)
  if (instrument === undefined) return ''
  return [
    wrap(`${instrument.title} (${instrument.id})`),
    wrap(instrument.source, { indent: '  ' }),
    '',
    table(
      ['provision', 'duty', 'title'],
      instrument.provisions.map((each) => [each.id, each.duty, each.title]),
    ),
  ].join('\n')
}

function provisionText(provision: Provision): string {
  const rows = correspondencesOf(provision.id).map(
    ({ norm, relation }) => `${relation} of ${norms.find(({ id }) => id === norm)?.citation ?? norm}`,
  )
  return [
    wrap(`${provision.id}  ${provision.title}`),
    '',
    fields([
      ['cited', provision.citation.text],
      ['binds', provision.binds.join(', ')],
      ['duty', provision.duty],
      ['asks', provision.summary],
      ['Comity', provision.does],
      ['on record', provision.onRecord],
      ['UN norms', rows.length === 0 ? 'none corresponds' : rows.join('\n')],
    ]),
  ].join('\n')
}
