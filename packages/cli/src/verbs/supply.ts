/** `comity supply`: notices of supply restrictions, with their reasons. */
import { eachItem, type SupplyNotice } from '@comity/contract'
import { type SupplyPayload, supplyUrn } from '@comity/statement'
import { type Command, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { withRows } from '../filing.ts'
import { partyUrnFrom, productFrom, rfc3339, secondsFrom, short } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import { type AgainOptions, earlierText, fileUnlessSaid, saysTheSame } from '../said-before.ts'
import type { Session } from '../session.ts'
import { dateText, fields, plain } from '../terminal/text.ts'
import { withAgain, withFilingOptions } from './filing-options.ts'

const actions = [
  'announced',
  'suspended',
  'limited',
  'ended',
  'lifted',
] as const satisfies readonly SupplyPayload['action'][]
const grounds = [
  'law',
  'court-order',
  'sanction',
  'export-control',
  'security',
  'safety',
  'commercial',
  'shortage',
  'other',
] as const satisfies readonly SupplyPayload['reasons'][number]['ground'][]

/** Notices that a list shows where nobody says otherwise. */
const listed = 50

interface NoticeOptions extends AgainOptions {
  readonly action: SupplyPayload['action']
  readonly product?: readonly string[]
  readonly goods?: string
  readonly everybody?: true
  readonly state?: readonly string[]
  readonly affected?: readonly string[]
  readonly others?: string
  readonly from: string
  readonly until?: string
  readonly ground: SupplyPayload['reasons'][number]['ground']
  readonly reason: string
  readonly citation?: string
  readonly jurisdiction?: string
  readonly alternatives?: string
  readonly appeal?: string
}

export const registerSupply: Register = (program, { run }) => {
  const supply = program
    .command('supply')
    .summary('give notice of a supply restriction, and see those of others')
    .description('Notices of supply restrictions. They are the word of whoever restricts, and raise nobody’s level.')
  supply.addHelpText('after', example('comity supply list'))
  noticeOptions(supply.command('notice <short-name>'))
    .summary('say what is restricted, for whom, from when and why')
    .description(
      'Registers that supply is cut, limited or resumed. A later notice of the same short name replaces the one before; --action lifted ends it. Who is concerned finds here the reason, and where it can be contested.',
    )
    .addHelpText(
      'after',
      example(
        [
          'comity supply notice xb-2027 --action suspended --product gateway \\',
          '      --state XB --from 2027-01-01 --ground export-control \\',
          '      --reason "A licence is needed." --citation "Export Act, section 4"',
        ].join('\n'),
      ),
    )
    .action(run(notice))
  supply
    .command('list')
    .summary('the notices on record, what was stated last first')
    .description(
      'Lists notices with their reasons, and with what each does not say. That is no verdict on any of them.',
    )
    .option('--party <party>', 'of this party alone, by its URN')
    .addHelpText('after', example('comity supply list'))
    .action(run(list))
}

function noticeOptions(command: Command): Command {
  return withAgain(withFilingOptions(command))
    .addOption(new Option('--action <what>', 'what happens').choices(actions).makeOptionMandatory())
    .option('--product <product>', 'a product of yours, or any by its URN (repeatable)', collect)
    .option('--goods <text>', 'what else is concerned')
    .option('--everybody', 'it concerns all users')
    .option('--state <code>', 'it concerns users in this State (repeatable)', collect)
    .option('--affected <party>', 'it concerns this party, by its URN (repeatable)', collect)
    .option('--others <text>', 'it concerns this group; never a person')
    .requiredOption('--from <date>', 'from when on')
    .option('--until <date>', 'when it ends by itself')
    .addOption(new Option('--ground <ground>', 'what it rests on').choices(grounds).makeOptionMandatory())
    .requiredOption('--reason <text>', 'why, in words')
    .option('--citation <text>', 'the rule, order or term, so that others can find it')
    .option('--jurisdiction <code>', 'the State whose rule it is')
    .option('--alternatives <text>', 'how those concerned can go on')
    .option('--appeal <text>', 'where it can be contested')
}

async function notice(session: Session, options: NoticeOptions, slug: string): Promise<Result> {
  const { profile } = session
  const sub = supplyUrn(profile.urn, slug)
  const before = await latestNotice(session, sub)
  const earlier = before && {
    id: before.statement.id,
    at: before.statement.at,
    payload: withoutReplaces(before.payload),
  }
  const payload = payloadOf(options, profile.urn)
  const isSame = earlier !== undefined && options.again !== true && saysTheSame(earlier.payload, payload)
  if (payload.action === 'lifted' && earlier === undefined) {
    throw new CliError('usage', `no notice ${slug} is on record that could be lifted`)
  }
  const replacing = earlier === undefined || isSame ? payload : { ...payload, replaces: earlier.id }
  const draft = { kind: 'supply', sub, payload: replacing, title: `supply notice ${slug}: ${payload.action}` }
  const filed = await fileUnlessSaid(session, draft, options, earlier)
  if (filed.json.duplicate) return filed
  return withRows(filed, [['replaces', earlier === undefined ? undefined : earlierText(earlier)]])
}

/** What was said before, but for which notice that replaced: what is said again would replace the one before. */
function withoutReplaces(payload: SupplyPayload): SupplyPayload {
  const { replaces, ...rest } = payload
  return replaces === undefined ? payload : rest
}

function payloadOf(options: NoticeOptions, party: string): SupplyPayload {
  const { action, product, goods, everybody, state, affected, others, from, until } = options
  const { ground, reason, citation, jurisdiction, alternatives, appeal } = options
  return {
    action,
    ...(product !== undefined && { products: product.map((each) => productFrom(each, party)) }),
    ...(goods !== undefined && { goods }),
    affects: {
      ...(everybody !== undefined && { everybody }),
      ...(state !== undefined && { states: [...state] }),
      ...(affected !== undefined && { parties: affected.map(partyOf) }),
      ...(others !== undefined && { others }),
    },
    from: rfc3339(secondsFrom(from, '--from')),
    ...(until !== undefined && { until: rfc3339(secondsFrom(until, '--until', 'ends')) }),
    reasons: [
      {
        ground,
        text: reason,
        ...(citation !== undefined && { citation }),
        ...(jurisdiction !== undefined && { jurisdiction }),
      },
    ],
    ...(alternatives !== undefined && { alternatives }),
    ...(appeal !== undefined && { appeal: { text: appeal } }),
  }
}

function partyOf(text: string): string {
  const urn = partyUrnFrom(text)
  if (urn === undefined) throw new CliError('usage', `"${text}" is no party: a URN, or its 64 hexadecimal digits`)
  return urn
}

async function latestNotice(session: Session, sub: string): Promise<SupplyNotice | undefined> {
  const client = await session.client()
  for await (const each of eachItem(client.supply, { party: session.profile.urn, limit: 200 })) {
    if (each.urn === sub) return each
  }
  return undefined
}

async function list(session: Session, { party }: { readonly party?: string }): Promise<Result> {
  const client = await session.client()
  const { items } = await client.supply({ limit: listed, ...(party !== undefined && { party: partyOf(party) }) })
  const text = items.map(noticeText).join('\n\n')
  return { text: text === '' ? 'No notice of a supply restriction is on record here.' : text, json: { items } }
}

const missing: Readonly<Record<SupplyNotice['unsaid'][number], string>> = {
  citation: 'which rule it rests on',
  jurisdiction: 'whose rule that is',
  until: 'when it ends',
  alternatives: 'how those concerned can go on',
  appeal: 'where it can be contested',
  notice: 'anything before it began',
}

function noticeText({ party, action, payload, from, until, unsaid, statement }: SupplyNotice): string {
  const { affects, products = [], goods, reasons, alternatives, appeal } = payload
  const whom = [
    affects.everybody === true ? 'everybody' : undefined,
    ...(affects.states ?? []),
    ...(affects.parties ?? []).map((each) => short(each)),
    affects.others,
  ].filter((each) => each !== undefined)
  const rows = fields([
    ['by', short(party)],
    ['of', plain([...products.map((each) => each.split(':').at(-1) ?? each), goods ?? []].flat().join(', '))],
    ['for', plain(whom.join(', '))],
    ['from', dateText(from)],
    ['until', until === undefined ? undefined : dateText(until)],
    ...reasons.map(
      ({ ground, text, citation }) =>
        ['because', plain([`${ground}: ${text}`, citation ?? []].flat().join(' — '))] as const,
    ),
    ['instead', alternatives === undefined ? undefined : plain(alternatives)],
    ['appeal', appeal === undefined ? undefined : plain(appeal.text)],
    ['does not say', unsaid.length === 0 ? undefined : unsaid.map((each) => missing[each]).join('; ')],
    ['statement', `${short(statement.id)}, ${dateText(statement.at)}`],
  ])
  return `Supply ${action}\n${rows}`
}
