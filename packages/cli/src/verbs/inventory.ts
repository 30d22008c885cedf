/** What an operator does at home: keep inventories in its vault, see what they match, answer advisories. */
import { type Client, eachItem, type Match } from '@comity/contract'
import { type AcknowledgementPayload, isHex64, parseAdvisoryUrn } from '@comity/statement'
import { Option } from 'commander'
import { basename } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { describeParty, type FilingOptions, fileDraft } from '../filing.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { countText, dateText, fields, plain, plural, table, wrap } from '../terminal/text.ts'
import { withFilingOptions } from './filing-options.ts'
import { problemTable } from './products.ts'

interface MatchesOptions {
  readonly state?: 'affected' | 'not-affected' | 'undetermined'
  readonly all?: boolean
  readonly why?: boolean
}

interface AcknowledgeOptions extends FilingOptions {
  readonly state: AcknowledgementPayload['state']
  readonly justification?: AcknowledgementPayload['justification']
  readonly inUse?: string
}

export const registerInventory: Register = (program, { run }) => {
  const inventory = program
    .command('inventory')
    .summary('keep SBOMs of what you run: they stay in your vault')
    .description(
      'Inventories stay in your partition of the node’s vault, encrypted under a key of your own. Nothing of them is ever published.',
    )
    .addHelpText('after', example('comity inventory add plant.cdx.json --as plant'))
  inventory
    .command('add <sbom>')
    .summary('keep an SBOM and match every advisory against it')
    .description(
      'Keeps a CycloneDX SBOM of what you run and matches every advisory of the log against it. One of the same name is replaced.',
    )
    .option('--name <name>', 'what it is of (the file name)')
    .addHelpText('after', example('comity inventory add plant.cdx.json --as plant --name "Plant 1"'))
    .action(run(addInventory))
  inventory
    .command('list')
    .summary('list your inventories')
    .description('Lists the inventories in your vault.')
    .addHelpText('after', example('comity inventory list --as plant'))
    .action(run(listInventories))
  inventory
    .command('remove <inventory>')
    .summary('remove an inventory with its matches')
    .description('Removes an inventory, by name or identifier, with its matches.')
    .addHelpText('after', example('comity inventory remove "Plant 1" --as plant'))
    .action(run(removeInventory))

  program
    .command('matches')
    .summary('what advisories say about your inventories, and why')
    .description(
      'Shows which advisories concern your inventories. It is computed in your node and leaves it only as an acknowledgement that you choose to send.',
    )
    .addOption(new Option('--state <state>', 'only these').choices(['affected', 'not-affected', 'undetermined']))
    .option('--all', 'also components that are not affected')
    .addHelpText('after', example('comity matches --as plant', 'comity matches --as plant --all'))
    .action(run(showMatches))

  withFilingOptions(program.command('acknowledge <advisory>'))
    .summary('answer an advisory: affected, not affected, mitigated, remedied')
    .description(
      'Says publicly that you were told of an advisory and, as you choose, how you stand. The advisory is named by its identifier, its URN or its statement.',
    )
    .addOption(
      new Option('--state <state>', 'how you stand')
        .choices(['affected', 'not_affected', 'mitigated', 'remedied'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--justification <why>', 'why not affected (OpenVEX)').choices([
        'component_not_present',
        'vulnerable_code_not_present',
        'vulnerable_code_not_in_execute_path',
        'vulnerable_code_cannot_be_controlled_by_adversary',
        'inline_mitigations_already_exist',
      ]),
    )
    .option('--in-use <version>', 'version in use after the remedy')
    .addHelpText('after', example('comity acknowledge GO-2023-2153 --as plant --state affected'))
    .action(run(acknowledge))
}

async function addInventory(session: Session, { name }: { readonly name?: string }, sbom: string): Promise<Result> {
  const bytes = Uint8Array.from(await session.input(sbom, 'the SBOM'))
  const label = name ?? (sbom === '-' ? 'standard input' : basename(sbom))
  const client = await session.client('party')
  const added = await session.progress.during(
    `Adding ${label}, ${countText(bytes.length)} bytes`,
    client.vault.addInventory(label, bytes),
  )
  const { components, withoutPurl, problems, total, duplicate, id } = added
  const matches = await allMatches(client, {})
  const own = matches.filter(({ inventory }) => inventory.id === id)
  const affected = own.filter(({ state }) => state === 'affected').length
  const undetermined = own.filter(({ state }) => state === 'undetermined').length
  return {
    text: [
      `${duplicate ? 'Was there already' : 'Kept in your vault'}: ${plain(added.name)}`,
      fields([
        ['inventory', id],
        [
          'components',
          `${countText(components)}${withoutPurl === 0 ? '' : `, ${countText(withoutPurl)} without a package URL: nothing can match them`}`,
        ],
        ['affected', `${plural(affected, 'match', 'matches')}${affected === 0 ? '' : ': see "comity matches"'}`],
        ['undetermined', undetermined === 0 ? undefined : plural(undetermined, 'match', 'matches')],
        ['unreadable', total === 0 ? undefined : `${plural(total, 'part')} of the document:`],
      ]),
      ...(total === 0 ? [] : [problemTable(problems)]),
    ].join('\n'),
    json: { ...added, affected, undetermined },
  }
}

async function listInventories(session: Session): Promise<Result> {
  const { inventories } = await (await session.client('party')).vault.inventories()
  return {
    text: table(
      ['inventory', 'components', 'since', 'identifier'],
      inventories.map(({ name, components, addedAt, id }) => [
        name,
        countText(components),
        dateText(addedAt).slice(0, 10),
        id,
      ]),
      'You keep no inventory here: comity inventory add SBOM',
    ),
    json: inventories,
  }
}

async function removeInventory(session: Session, _options: object, named: string): Promise<Result> {
  const client = await session.client('party')
  const { inventories } = await client.vault.inventories()
  const found = inventories.find(({ id, name }) => id === named || name === named)
  if (found === undefined)
    throw new CliError('not-found', `your vault holds no inventory "${named}": see "comity inventory list"`)
  await client.vault.removeInventory(found.id)
  return { text: `Removed: ${plain(found.name)}`, json: { removed: found.id } }
}

async function showMatches(session: Session, options: MatchesOptions): Promise<Result> {
  const client = await session.client('party')
  const found = await allMatches(client, options.state === undefined ? {} : { state: options.state })
  const shown =
    options.all === true || options.state !== undefined ? found : found.filter(({ state }) => state !== 'not-affected')
  const { advisories: unread, failure } = await client.vault.unreadAdvisories()
  const affected = shown.filter(({ state }) => state === 'affected')
  const lines = [
    shown.length === 0 ? 'No advisory of this log concerns your inventories.' : shown.map(matchText).join('\n\n'),
  ]
  const hidden = found.length - shown.length
  if (hidden > 0)
    lines.push(
      wrap(
        `${plural(hidden, 'more component')} ${hidden === 1 ? 'has' : 'have'} a package that an advisory names, in a version that is not affected: --all shows them.`,
      ),
    )
  if (unread.length > 0)
    lines.push(
      wrap(
        `${plural(unread.length, 'advisory', 'advisories')} could not be read, wholly or in part: nothing is known about them.`,
      ),
    )
  if (failure !== undefined)
    lines.push(wrap(`Matching stands still at the moment (${failure}): the list may be incomplete.`))
  return {
    text: lines.join('\n\n'),
    json: { affected: affected.length, matches: shown, unread, ...(failure === undefined ? {} : { failure }) },
  }
}

function matchText({ state, why, component, inventory, advisory, acknowledged }: Match): string {
  const id = parseAdvisoryUrn(advisory.sub)?.id ?? advisory.sub
  return [
    `${stateWords[state]}  ${plain(component.name)}${component.version === undefined ? '' : ` ${plain(component.version)}`}  by ${plain(id)}`,
    fields([
      ['title', advisory.title],
      ['why', reasonOf(why)],
      ['inventory', inventory.name],
      ['path', component.path.length < 2 ? undefined : component.path.join(' › ')],
      [
        'remedy',
        advisory.remedy === undefined
          ? undefined
          : [advisory.remedy.kind, advisory.remedy.version, advisory.remedy.url]
              .filter((each) => each !== undefined)
              .join(' '),
      ],
      [
        'you said',
        acknowledged === undefined
          ? `nothing yet: comity acknowledge ${id} --state …`
          : `${acknowledged.state}, ${dateText(acknowledged.at)}`,
      ],
    ]),
  ].join('\n')
}

const stateWords = { affected: 'AFFECTED', 'not-affected': 'not affected', undetermined: 'UNDETERMINED' } as const

/** The comparison that decided, in the words that matching gives it. */
function reasonOf(why: Match['why']): string {
  const { text, comparison, reason } = why
  const said = [text, comparison].find((each): each is string => typeof each === 'string')
  return said ?? reason
}

async function allMatches(
  client: Client,
  query: { readonly state?: MatchesOptions['state'] & string },
): Promise<readonly Match[]> {
  const found: Match[] = []
  for await (const each of eachItem(client.vault.matches, { ...query, limit: 200 })) found.push(each)
  return found
}

async function acknowledge(session: Session, options: AcknowledgeOptions, named: string): Promise<Result> {
  const client = await session.client()
  const { urn, id, statement, party } = await findAdvisory(client, named)
  const payload: AcknowledgementPayload = {
    advisory: statement,
    state: options.state,
    ...(options.justification === undefined ? {} : { justification: options.justification }),
    ...(options.inUse === undefined ? {} : { release: options.inUse }),
  }
  const title = `${options.state.replace('_', ' ')}, to advisory ${plain(id)} of ${await describeParty(client, party)}`
  return fileDraft(session, { kind: 'acknowledgement', sub: urn, payload, title }, options)
}

interface NamedAdvisory {
  readonly urn: string
  readonly id: string
  readonly party: string
  /** Id of its latest statement. */
  readonly statement: string
}

/** An advisory by URN, by the id of one of its statements, or by its publisher's identifier. */
async function findAdvisory(client: Client, named: string): Promise<NamedAdvisory> {
  const urn = isHex64(named) ? (await client.statement(named)).sub : named
  if (parseAdvisoryUrn(urn) !== undefined) {
    const { id, party, statement } = await client.advisory(urn)
    return { urn, id, party, statement: isHex64(named) ? named : statement.id }
  }
  const found: NamedAdvisory[] = []
  for await (const { urn, id, party, statement } of eachItem(client.advisories, { limit: 200 })) {
    if (id === named) found.push({ urn, id, party, statement: statement.id })
  }
  const [only] = found
  if (only === undefined)
    throw new CliError(
      'not-found',
      `this log has no advisory "${named}": see "comity matches", or name it by URN or statement`,
    )
  if (found.length > 1) {
    throw new CliError(
      'usage',
      `${found.length} parties have an advisory "${named}": name it by statement, one of ${found.map(({ statement }) => statement).join(', ')}`,
    )
  }
  return only
}
