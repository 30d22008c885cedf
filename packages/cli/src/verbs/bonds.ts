/** `adhere` and `support`: what a party says of itself about an instrument, and what of it stays from one time to the next. */
import type { InstrumentId } from '@comity/instruments'
import { type AdherencePayload, instrumentUrn } from '@comity/statement'
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { withRows } from '../filing.ts'
import { instrumentFrom, pairFrom, provisionFrom, rfc3339, secondsFrom } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import { type AgainOptions, type Earlier, earlierAt, earlierText, fileUnlessSaid } from '../said-before.ts'
import type { Session } from '../session.ts'
import { withAgain, withFilingOptions } from './filing-options.ts'

interface BondOptions extends AgainOptions {
  readonly declare?: readonly string[]
  readonly reserve?: readonly string[]
  readonly drop?: readonly string[]
  readonly only?: boolean
  readonly textVersion?: string
  readonly withdrawAfter?: string
}

/** What is said about single provisions. A statement of support has no reservations. */
type Word = NonNullable<AdherencePayload['declarations']>[number]

const kept =
  'What the statement before it says about provisions is kept and printed, unless --drop or --only says otherwise.'

export const registerBonds: Register = (program, { run }) => {
  withBondOptions(program.command('adhere <instrument>'))
    .summary('declare adherence to code or gids (States)')
    .description(
      `Declares that a State adheres to an instrument, with declarations and reservations by provision. ${kept}`,
    )
    .option('--reserve <provision=text>', 'what the State reserves about a provision (repeatable)', collect)
    .addHelpText('after', example(`comity adhere code --as agency --declare 'code-d=Our agencies publish SBOMs'`))
    .action(run((session, options: BondOptions, instrument: string) => file(session, 'adherence', options, instrument)))

  withBondOptions(program.command('support <instrument>'))
    .summary('support code or gids (everybody but States)')
    .description(
      `Says that a company, community, organisation or person supports an instrument, and what it does about single provisions. ${kept}`,
    )
    .addHelpText('after', example(`comity support gids --as acme --declare 'gids-7=No hidden functions'`))
    .action(run((session, options: BondOptions, instrument: string) => file(session, 'support', options, instrument)))
}

function withBondOptions(command: Command): Command {
  return withAgain(withFilingOptions(command))
    .option('--declare <provision=text>', 'what the party declares about a provision (repeatable)', collect)
    .option('--drop <provision>', 'say no more about a provision (repeatable)', collect)
    .option('--only', 'keep nothing of what was said before')
    .option('--text-version <symbol>', 'symbol of the text, such as A/66/359')
    .option('--withdraw-after <date>', 'withdraw: it ends with that day (UTC)')
}

async function file(
  session: Session,
  kind: 'adherence' | 'support',
  options: BondOptions,
  instrument: string,
): Promise<Result> {
  const id = instrumentFrom(instrument)
  const earlier = await earlierBond(session, kind, id)
  const base = options.only === true ? undefined : earlier
  checkDropped(options.drop ?? [], base?.payload)
  const declarations = merged(base?.payload.declarations, options, '--declare', options.declare)
  const reservations = merged(base?.payload.reservations, options, '--reserve', options.reserve)
  const version = options.textVersion ?? base?.payload.version
  const documents = base?.payload.documents
  const payload: AdherencePayload = {
    ...(version === undefined ? {} : { version }),
    ...(declarations.length === 0 ? {} : { declarations: [...declarations] }),
    ...(reservations.length === 0 ? {} : { reservations: [...reservations] }),
    ...(options.withdrawAfter === undefined
      ? {}
      : { withdrawal: { after: rfc3339(secondsFrom(options.withdrawAfter, '--withdraw-after', 'ends')) } }),
    ...(documents === undefined ? {} : { documents }),
  }
  const title = titleOf(kind, id, options.withdrawAfter)
  const draft = { kind, sub: instrumentUrn(id), payload, title }
  const filed = await fileUnlessSaid(session, draft, options, earlier)
  if (filed.json.duplicate) return filed
  const ended = earlier?.payload.withdrawal?.after
  return withRows(filed, [
    ['replaces', earlier === undefined ? undefined : earlierText(earlier)],
    ['declares', linesOf(declarations, base?.payload.declarations)],
    ['reserves', linesOf(reservations, base?.payload.reservations)],
    ['no more', linesGone(earlier?.payload, [...declarations, ...reservations])],
    [
      'goes on',
      ended === undefined || payload.withdrawal !== undefined ? undefined : `its end on ${ended} stands no more`,
    ],
  ])
}

function titleOf(kind: 'adherence' | 'support', id: InstrumentId, withdrawAfter: string | undefined): string {
  if (withdrawAfter === undefined) return kind === 'adherence' ? `adherence to ${id}` : `support of ${id}`
  return kind === 'adherence'
    ? `withdrawal from ${id} after ${withdrawAfter}`
    : `end of support of ${id} after ${withdrawAfter}`
}

/** The party's latest statement of this kind about the instrument. */
async function earlierBond(
  session: Session,
  kind: string,
  instrument: InstrumentId,
): Promise<Earlier<AdherencePayload> | undefined> {
  const client = await session.client()
  const { instruments } = await client.party(session.profile.urn)
  const bond = instruments.find((each) => each.instrument === instrument && each.form === kind)
  return earlierAt<AdherencePayload>(client, bond)
}

function checkDropped(dropped: readonly string[], payload: AdherencePayload | undefined): void {
  const said = [...(payload?.declarations ?? []), ...(payload?.reservations ?? [])]
  for (const each of dropped) {
    const id = provisionFrom(each)
    if (!said.some(({ provision }) => provision === id))
      throw new CliError('usage', `--drop ${id}: nothing that would be kept is about ${id}`)
  }
}

/** What is kept, in its place, with what is said anew about the same provisions; then what is new. */
function merged(
  before: readonly Word[] = [],
  { drop = [] }: BondOptions,
  option: string,
  texts: readonly string[] = [],
): readonly Word[] {
  const said = texts
    .map((each) => pairFrom(each, option, 'provision=text'))
    .map(([provision, text]): Word => ({ provision, text }))
  const twice = said.find(({ provision }, i) => said.findIndex((each) => each.provision === provision) < i)
  if (twice !== undefined) throw new CliError('usage', `${option} names ${twice.provision} twice: say it in one text`)
  const stays = before.filter(({ provision }) => !drop.includes(provision))
  return [
    ...stays.map((word) => said.find(({ provision }) => provision === word.provision) ?? word),
    ...said.filter(({ provision }) => !stays.some((word) => word.provision === provision)),
  ]
}

function linesOf(words: readonly Word[], before: readonly Word[] = []): string | undefined {
  if (words.length === 0) return undefined
  const isKept = ({ provision, text }: Word): boolean =>
    before.some((each) => each.provision === provision && each.text === text)
  return words.map((word) => `${word.provision}: ${word.text}${isKept(word) ? ' (kept)' : ''}`).join('\n')
}

function linesGone(before: AdherencePayload | undefined, words: readonly Word[]): string | undefined {
  const said = [...(before?.declarations ?? []), ...(before?.reservations ?? [])]
  const gone = said
    .map(({ provision }) => provision)
    .filter((each) => !words.some(({ provision }) => provision === each))
  return gone.length === 0 ? undefined : [...new Set(gone)].join(', ')
}
