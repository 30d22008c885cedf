/** `comity acknowledge`: what an operator answers to an advisory, for everybody to see. */
import { type AdvisoryResponse, type Client, eachItem } from '@comity/contract'
import { type AcknowledgementPayload, parseAdvisoryUrn, parseProductUrn } from '@comity/statement'
import { Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { describeParty } from '../filing.ts'
import { nameOf } from '../names.ts'
import { example, type Register } from '../registrar.ts'
import { type AgainOptions, earlierAt, fileUnlessSaid } from '../said-before.ts'
import type { Session } from '../session.ts'
import { namesStatement, statementIdOf } from '../statement-id.ts'
import { plain, table } from '../terminal/text.ts'
import { withAgain, withFilingOptions } from './filing-options.ts'
import { stateOption } from './state-option.ts'

interface AcknowledgeOptions extends AgainOptions {
  readonly state: AcknowledgementPayload['state']
  readonly justification?: AcknowledgementPayload['justification']
  readonly inUse?: string
}

export const registerAcknowledge: Register = (program, { run }) => {
  withAgain(withFilingOptions(program.command('acknowledge <advisory>')))
    .summary('answer an advisory: affected, not affected, mitigated, remedied')
    .description(
      "Says publicly that you were told of an advisory and, as you choose, how you stand. The advisory is named by its publisher's identifier, its URN, or how the id of its statement begins.",
    )
    .addOption(
      stateOption('how you stand', ['affected', 'not_affected', 'mitigated', 'remedied']).makeOptionMandatory(),
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

async function acknowledge(session: Session, options: AcknowledgeOptions, named: string): Promise<Result> {
  const client = await session.client()
  const { urn, id, statement, party, acknowledgements } = await findAdvisory(client, named)
  const payload: AcknowledgementPayload = {
    advisory: statement,
    state: options.state,
    ...(options.justification === undefined ? {} : { justification: options.justification }),
    ...(options.inUse === undefined ? {} : { release: options.inUse }),
  }
  const title = `${options.state.replace('_', ' ')}, to advisory ${plain(id)} of ${await describeParty(client, party)}`
  const own = acknowledgements.find((each) => each.party === session.profile.urn)
  const earlier = await earlierAt<AcknowledgementPayload>(client, own?.statement)
  return fileUnlessSaid(session, { kind: 'acknowledgement', sub: urn, payload, title }, options, earlier)
}

interface NamedAdvisory extends Pick<AdvisoryResponse, 'urn' | 'id' | 'party' | 'acknowledgements'> {
  /** Id of the statement that was named, else of its latest one. */
  readonly statement: string
}

/** An advisory by URN, by the id of one of its statements or how that begins, or by its publisher's identifier. */
export async function findAdvisory(client: Client, named: string): Promise<NamedAdvisory> {
  if (parseAdvisoryUrn(named) !== undefined) return advisoryAt(client, named)
  const urns: string[] = []
  for await (const { urn } of eachItem(client.advisories, { id: named, limit: 200 })) urns.push(urn)
  const [only, ...others] = urns
  if (others.length > 0) throw await ambiguous(client, named, urns)
  if (only !== undefined) return advisoryAt(client, only)
  if (!namesStatement(named)) {
    throw new CliError(
      'not-found',
      `this log has no advisory "${named}": see "comity matches", or name it by URN or by how its statement id begins`,
    )
  }
  const statement = await statementIdOf(client, named)
  const { kind, sub } = await client.statement(statement)
  if (kind !== 'advisory') {
    throw new CliError('usage', `${named} is a statement of kind ${kind}: name one of kind advisory`)
  }
  return advisoryAt(client, sub, statement)
}

async function advisoryAt(client: Client, urn: string, statement?: string): Promise<NamedAdvisory> {
  const { id, party, acknowledgements, statement: latest } = await client.advisory(urn)
  return { urn, id, party, acknowledgements, statement: statement ?? latest.id }
}

/** Candidates that are described when several parties use one identifier. */
const described = 10

async function ambiguous(client: Client, named: string, urns: readonly string[]): Promise<CliError> {
  const found = await Promise.all(urns.slice(0, described).map((urn) => client.advisory(urn)))
  const rows = found.map(({ statement, names, payload, title }) => [
    statement.id.slice(0, 16),
    nameOf(names),
    payload.products.map((urn) => parseProductUrn(urn)?.slug ?? urn).join(', '),
    title,
  ])
  return new CliError('ambiguous', `${urns.length} parties have an advisory "${named}": name it by its statement`, {
    choices: {
      names: found.map(({ statement }) => statement.id),
      text: table(['statement', 'published by', 'product', 'title'], rows),
    },
  })
}
