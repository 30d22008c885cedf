/** `comity findings`: what is on record. */
import { type Client, eachItem, type ExplanationResponse, type Finding, type Reservation } from '@comity/contract'
import { type ProvisionId, provisionById } from '@comity/instruments'
import { reservationLines } from '../cases/reservations.ts'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { nameOf, provisionFrom, secondsFrom, short } from '../names.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { dateText, fields, plain, plural, table, wrap } from '../terminal/text.ts'
import { caseLines, countOfCases } from './findings-cases.ts'
import { supplyLines } from './findings-supply.ts'

interface FindingsOptions {
  readonly party?: string
  readonly provision?: string
  readonly at?: string
  readonly publish?: boolean
}

/** Findings of one party, with what to call it. */
interface Named {
  readonly party: string
  readonly name: string
  readonly findings: readonly Finding[]
  /** What it reserves; absent where nobody asked for this party alone. */
  readonly reservations?: readonly Reservation[]
}

export const registerFindings: Register = (program, { run }) => {
  program
    .command('findings')
    .summary('what is on record about parties and provisions')
    .description(
      'Shows what is on record for those who adhere or support, by party and provision; never sorted by level. With a party and a provision: why, down to the statements it rests on.',
    )
    .option('--party <party>', 'of one party: alias, URN or its 64 hexadecimal digits')
    .option('--provision <id>', 'about one provision, such as gids-8')
    .option('--at <time>', 'as the log stood at the end of a day (UTC), 2026-11-21, or at 2026-11-21T12:00:00Z')
    .option('--publish', 'publish the findings of today as a statement (keeper)')
    .addHelpText('after', example('comity findings --party acme', 'comity findings --party acme --provision gids-8'))
    .action(run(findings))
}

async function findings(session: Session, options: FindingsOptions): Promise<Result> {
  if (options.publish === true) return publish(session)
  const client = await session.client()
  const party = options.party === undefined ? undefined : session.partyUrn(options.party)
  const provision = options.provision === undefined ? undefined : provisionFrom(options.provision)
  if (options.at !== undefined) return atTime(client, secondsFrom(options.at, '--at', 'ends'), { party, provision })
  if (party !== undefined && provision !== undefined) return explained(client, party, provision)
  const found = party === undefined ? await all(client, provision) : [await ofParty(client, party)]
  return { text: listText(found, provision), json: found }
}

async function publish(session: Session): Promise<Result> {
  const { id, index } = await (await session.client('keeper')).publishFindings()
  return {
    text: `Published: findings\n${fields([
      ['statement', id],
      ['entry', index],
    ])}`,
    json: { id, index },
  }
}

async function all(client: Client, provision: ProvisionId | undefined): Promise<readonly Named[]> {
  const found: Named[] = []
  for await (const { party, names, findings } of eachItem(client.findings, {
    limit: 200,
    ...(provision === undefined ? {} : { provision }),
  })) {
    found.push({ party, name: nameOf(names), findings })
  }
  return found
}

async function ofParty(client: Client, urn: string): Promise<Named> {
  const [{ findings }, { names, instruments }] = await Promise.all([client.partyFindings(urn), client.party(urn)])
  return { party: urn, name: nameOf(names), findings, reservations: instruments.flatMap((each) => each.reservations) }
}

/** The whole document at the last batch that was closed by then. */
async function atTime(
  client: Client,
  at: number,
  wanted: { readonly party: string | undefined; readonly provision: ProvisionId | undefined },
): Promise<Result> {
  const size = await sizeAt(client, at)
  const document = await client.findingsDocument({ size })
  const shown = document.parties.filter(({ party }) => wanted.party === undefined || party === wanted.party)
  const named: Named[] = []
  for (const { party, findings } of shown) {
    const { names } = await client.party(party)
    const some = findings.filter((each) => wanted.provision === undefined || each.provision === wanted.provision)
    named.push({ party, name: nameOf(names), findings: some })
  }
  return {
    text: [
      wrap(
        `As of ${dateText(document.at)}, at ${plural(size, 'entry', 'entries')}; ruleset ${document.ruleset.version}.`,
      ),
      '',
      listText(named, wanted.provision),
    ].join('\n'),
    json: { ...document, parties: shown },
  }
}

/** Entries of the log whose batch was closed at or before a time. */
async function sizeAt(client: Client, at: number): Promise<number> {
  let from = 0
  let { size: to } = await client.status()
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    const { items } = await client.statements({ from: middle, limit: 1 })
    const [entry] = items
    if (entry !== undefined && entry.at <= at) from = middle + 1
    else to = middle
  }
  if (from < 3) throw new CliError('usage', `this log was founded after ${dateText(at)}`)
  return from
}

function listText(found: readonly Named[], provision: ProvisionId | undefined): string {
  if (found.length === 0) return wrap('No party adheres to or supports an instrument, so nobody has findings.')
  if (provision !== undefined) {
    const { title } = provisionById(provision)
    const rows = found.flatMap(({ name, findings }) =>
      findings.filter((each) => each.provision === provision).map((each) => [name, ...cells(each)]),
    )
    return [
      wrap(`${provision}  ${title}`),
      '',
      table(['party', 'on record', 'flags', 'rests on'], rows, 'binds none of these parties'),
    ].join('\n')
  }
  return found
    .map(({ party, name, findings, reservations = [] }) =>
      [
        `${plain(name)}  ${short(party.slice(-64))}`,
        table(
          ['provision', 'on record', 'flags', 'rests on'],
          findings.map((each) => [each.provision, ...cells(each)]),
          'not bound: it neither adheres nor supports',
        ),
        ...reservedLines(reservations),
      ].join('\n'),
    )
    .join('\n\n')
}

function reservedLines(reservations: readonly Reservation[]): readonly string[] {
  return reservations.length === 0 ? [] : ['', '  reserved:', ...reservationLines(reservations)]
}

function cells(finding: Finding): readonly string[] {
  const kinds = new Map<string, number>()
  for (const { as } of finding.cites) kinds.set(as, (kinds.get(as) ?? 0) + 1)
  return [
    onRecord(finding),
    finding.flags.join(', '),
    [...kinds].map(([as, n]) => (n === 1 ? as : `${as} ×${n}`)).join(', '),
  ]
}

/** A pledge to do has a level; one not to do has cases; some have both, and then the cases decide nothing. */
function onRecord(finding: Finding): string {
  const { level, cases = [] } = finding
  const counted = level !== undefined && cases.length === 0 ? undefined : countOfCases(finding)
  return [level, counted].flatMap((each) => each ?? []).join('; ')
}

/** Why a provision does not bind a party, in words. */
const notBound: Readonly<Record<string, string>> = {
  'no-adherence': 'it neither adheres to nor supports the text.',
  'not-addressed': 'the provision does not speak to parties of its type.',
  withdrawn: 'it has withdrawn.',
}

async function explained(client: Client, party: string, provision: ProvisionId): Promise<Result> {
  const [explanation, { names, instruments }] = await Promise.all([
    client.explanation(party, provision),
    client.party(party),
  ])
  const reservations = instruments.flatMap((each) => each.reservations.filter((word) => word.provision === provision))
  const { bound, because, finding, rungs = [], raised = [] } = explanation
  const { title } = provisionById(provision)
  const head = [plain(nameOf(names)), wrap(`${provision}  ${title}`)]
  if (!bound || finding === undefined)
    return {
      text: [...head, '', wrap(`Not bound: ${notBound[because ?? 'no-adherence'] ?? because}`)].join('\n'),
      json: explanation,
    }
  return {
    text: [
      ...head,
      '',
      fields([
        ['on record', onRecord(finding)],
        ['flags', finding.flags.length === 0 ? undefined : finding.flags.join(', ')],
      ]),
      ...rungs.flatMap(({ level, reached, why }) => [
        '',
        `  ${level}: ${reached ? 'reached' : 'not reached'}`,
        ...whyLines(why, 2),
      ]),
      ...raised.flatMap(({ flag, why }) => ['', `  ${flag}:`, ...whyLines(why, 2)]),
      ...supplyLines(finding),
      ...reservedLines(reservations),
      ...caseLines(finding),
    ].join('\n'),
    json: { ...explanation, reservations },
  }
}

type Why = NonNullable<ExplanationResponse['rungs']>[number]['why']

function whyLines({ says, standing, considered, cites, parts }: Why, depth: number): readonly string[] {
  const indent = '  '.repeat(depth)
  const mark = standing === 'unmet' ? '-' : '+'
  const basis = parts.length > 0 ? '' : ` (${basisOf(standing, considered, cites)})`
  return [
    `${indent}${mark} ${wrap(`${says}${basis}${parts.length > 0 ? ':' : ''}`, { indent: `${indent}  ` }).trimStart()}`,
    ...parts.flatMap((each) => whyLines(each, depth + 1)),
  ]
}

/** What was found: the entries that carry it, or how many were looked at in vain. */
function basisOf(standing: string, considered: number, cites: Why['cites']): string {
  if (standing === 'unmet')
    return considered === 0 ? 'nothing of the kind is on record' : `not so for any of ${considered}`
  const entries = `${cites.length === 1 ? 'entry' : 'entries'} ${cites
    .map(({ index }) => index)
    .toSorted((a, b) => a - b)
    .join(', ')}`
  return standing === 'contested' ? `only by contested statements: ${entries}` : entries
}
