/** `comity source`: CSAF providers, feeds and folders that a node follows. */
import type { AddSourceBody, Client, SourceRefusal, SourceSummary } from '@comity/contract'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { plain } from '../terminal/text.ts'
import { faultLines, refusalLines, sourceFields, sourceTable } from './source-text.ts'

interface AddOptions {
  readonly name?: string
  readonly kind?: string
  readonly key?: readonly string[]
  readonly every?: string
  readonly allowPrivate?: boolean
}

/** Refusals that are shown where nobody says how many. */
const shownAtOnce = 20

/** How often a run is asked after, in milliseconds. */
const askEvery = 300

export const registerSource: Register = (program, { run }) => {
  const source = program
    .command('source')
    .summary('advisories of others that a node follows: CSAF, OSV, CVE, VEX, KEV')
    .description(
      'Sources hold advisories that are no statements: CSAF providers, files that are fetched (collections of OSV, CVE or VEX as zip or tar, KEV), folders of the machine. A node reads each at its pace, takes what is good, and matches it against the inventories it keeps. CSAF providers are copied: hash, signature, schema and mandatory tests are checked, and the copy is served.',
    )
    .addHelpText('after', example('comity source add example.org', 'comity source list'))
  source
    .command('add <address>')
    .summary('follow a source, or change one')
    .description(
      'A domain, or the address of provider-metadata.json, is a CSAF provider; another address a feed; a path a folder or file of the node’s machine. It is read at once, and then at its pace.',
    )
    .option('--name <name>', 'what to call it, if not by its host')
    .option('--kind <kind>', 'csaf, feed or folder, if the address does not tell')
    .option('--key <fingerprint>', 'an OpenPGP key that counts, and no other does (repeatable)', collect)
    .option('--every <seconds>', 'from one reading to the next, if not 3600')
    .option('--allow-private', 'it is in a private network, or on this machine')
    .addHelpText(
      'after',
      example(
        'comity source add cisa.gov --every 86400',
        'comity source add https://www.cisa.gov/sites/default/files/feeds/kev.json',
        'comity source add /srv/osv --name osv',
      ),
    )
    .action(run(add))
  source
    .command('list')
    .summary('list the sources, and how they are doing')
    .description('Lists what a node follows: how many documents it has of each, and how the last reading went.')
    .addHelpText('after', example('comity source list'))
    .action(run(list))
  source
    .command('show <name>')
    .summary('show one source, and what of it is not taken and why')
    .description('Shows a source, what it says of itself, its last reading, and each document that was refused.')
    .option('--all', `every refused document, not ${shownAtOnce}`)
    .addHelpText('after', example('comity source show cisa', 'comity source show cisa --all --json'))
    .action(run(show))
  source
    .command('update <name>')
    .summary('read a source now')
    .description('Reads a source now, and waits until it is read. Ends with 1 where it could not be read as a whole.')
    .addHelpText('after', example('comity source update cisa'))
    .action(run(update))
  source
    .command('remove <name>')
    .summary('follow a source no longer')
    .description(
      'Its documents say nothing any longer, and its copy is not served. Added again, it goes on with what is here.',
    )
    .addHelpText('after', example('comity source remove cisa'))
    .action(run(remove))
}

async function add(session: Session, options: AddOptions, address: string): Promise<Result> {
  const { name, kind, key, every, allowPrivate } = options
  if (kind !== undefined && !isKind(kind)) throw new CliError('usage', `--kind is csaf, feed or folder, not "${kind}"`)
  if (every !== undefined && !/^\d{1,8}$/.test(every))
    throw new CliError('usage', `--every takes seconds, not "${every}"`)
  const isPath = kind === 'folder' || /^[./~]/.test(address)
  const body: AddSourceBody = {
    address: isPath ? session.path(address) : address,
    ...(name === undefined ? {} : { name }),
    ...(kind === undefined ? {} : { kind }),
    ...(key === undefined ? {} : { keys: [...key] }),
    ...(every === undefined ? {} : { every: Number(every) }),
    ...(allowPrivate === undefined ? {} : { allowPrivate }),
  }
  const client = await session.client('keeper')
  const { outcome, source } = await client.addSource(body)
  const read = outcome === 'unchanged' ? source : await untilRead(session, client, source.name)
  const words = { added: 'Followed now', changed: 'Changed', unchanged: 'Followed already, and nothing changed' }
  return {
    text: [`${words[outcome]}: ${source.name}`, sourceFields(read), ...faultLines(read)].join('\n'),
    json: { outcome, source: read },
  }
}

async function list(session: Session): Promise<Result> {
  const { sources } = await (await session.client('keeper')).sources()
  if (sources.length === 0) return { text: 'No sources. Add one: comity source add example.org', json: sources }
  return { text: sourceTable(sources, session.context.now()), json: sources }
}

async function show(session: Session, { all }: { readonly all?: boolean }, name: string): Promise<Result> {
  const client = await session.client('keeper')
  const source = await client.source(name)
  const refused: SourceRefusal[] = []
  for (let cursor: string | undefined, more = true; more;) {
    const limit = all === true ? 200 : shownAtOnce
    const page = await client.sourceRefusals(name, { limit, ...(cursor === undefined ? {} : { cursor }) })
    refused.push(...page.items)
    cursor = page.next
    more = all === true && cursor !== undefined
  }
  const left = source.refused - refused.length
  return {
    text: [
      sourceFields(source),
      ...faultLines(source),
      ...(refused.length === 0 ? [] : ['', 'Not taken:', ...refused.flatMap(refusalLines)]),
      ...(left > 0 ? [`  … and ${left} more: --all`] : []),
    ].join('\n'),
    json: { ...source, refusals: refused },
  }
}

async function update(session: Session, _options: object, name: string): Promise<Result> {
  const client = await session.client('keeper')
  const source = await untilRead(session, client, name)
  const isWhole = ['done', 'unchanged'].includes(source.lastRun?.outcome ?? '')
  return {
    text: [
      `${isWhole ? 'Read' : 'Not read as a whole'}: ${source.name}`,
      sourceFields(source),
      ...faultLines(source),
    ].join('\n'),
    json: source,
    exitCode: isWhole ? 0 : 1,
  }
}

/** Begins a run, or joins the one under way, and waits for its end. */
async function untilRead(session: Session, client: Client, name: string): Promise<SourceSummary> {
  await client.runSource(name)
  for (;;) {
    const now = await client.source(name)
    if (now.running === undefined) return now
    session.progress.update(`Reading ${name}`, now.running.done, now.running.total || undefined)
    await new Promise((resolve) => setTimeout(resolve, askEvery))
  }
}

async function remove(session: Session, _options: object, name: string): Promise<Result> {
  await (await session.client('keeper')).removeSource(name)
  return { text: `Followed no longer: ${plain(name)}`, json: { removed: name } }
}

function isKind(text: string): text is NonNullable<AddSourceBody['kind']> {
  return ['csaf', 'feed', 'folder'].includes(text)
}
