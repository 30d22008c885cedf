/** `comity advisory tell` and `status`: partners are told of an advisory by a sealed message, and how far it has come. */
import type { AdvisoryStatusResponse } from '@comity/contract'
import { advisoryUrn, parseAdvisoryUrn } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { nameOf } from '../names.ts'
import { vaultClient } from '../own-vault.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { dateText, plain, plural, table, wrap } from '../terminal/text.ts'
import { sendLetter, shown } from './message-send.ts'

interface TellOptions {
  readonly to: readonly string[]
  readonly text?: string
  readonly wait: string
}

/** Longest subject of a message, which is the URN. */
const subjectLength = 200

export const registerAdvisoryStatus: Register = (advisory, { run }) => {
  advisory
    .command('tell <advisory>')
    .summary('tell chosen partners of your advisory, with a receipt')
    .description(
      'Sends a sealed message about an advisory of yours to the parties you name: your partners. Their nodes give a signed receipt, which proves that they were told.',
    )
    .requiredOption('--to <party>', 'whom: a URN, its 64 digits, or an alias (repeatable)', collect)
    .option('--text <text>', 'what you write to them')
    .option('--wait <seconds>', 'how long to wait for the receipts', '10')
    .addHelpText('after', example('comity advisory tell ACME-2026-1 --to 3f2a9c… --to 77b01e… --as acme'))
    .action(run(tell))
  advisory
    .command('status <advisory>')
    .summary('who was told of your advisory, who answered, and how')
    .description(
      'Shows by partner how far an advisory of yours has come: told (a receipt, a node that mirrors your log, or an answer), acknowledged, remedied. Who has not answered is silent: that says nothing of how they stand. What they run is never shown.',
    )
    .addHelpText('after', example('comity advisory status ACME-2026-1 --as acme'))
    .action(run(status))
}

async function tell(session: Session, { to, text, wait }: TellOptions, named: string): Promise<Result> {
  if (!/^[0-9]{1,5}$/.test(wait)) throw new CliError('usage', `--wait "${wait}" is no number of seconds`)
  const urn = urnOf(session, named)
  if (urn.length > subjectLength)
    throw new CliError('usage', `the URN of that advisory is longer than the subject of a message (${subjectLength})`)
  const parties = to.map((each) => session.partyUrn(each))
  const client = await vaultClient(session)
  const { title, payload, statement } = await client.advisory(urn)
  const { remedy } = payload
  const remedyText =
    remedy === undefined
      ? 'No remedy is named yet.'
      : `Remedy: ${[remedy.kind, remedy.version, remedy.url].filter((each) => each !== undefined).join(' ')}`
  const words = [
    `${payload.id}: ${title}`,
    remedyText,
    `Its statement: ${statement.id}`,
    'Say how you stand, as far as you choose: comity acknowledge',
  ]
  const draft = { to: parties, subject: urn, text: text ?? words.join('\n') }
  return shown(client, await sendLetter(session, client, { draft, wait: Number(wait) }))
}

async function status(session: Session, _options: object, named: string): Promise<Result> {
  const client = await vaultClient(session)
  const found = await client.vault.advisoryStatus(urnOf(session, named))
  const { partners, told, acknowledged, remedied, silent, statement } = found
  const id = parseAdvisoryUrn(found.urn)?.id ?? found.urn
  const counts = `${plural(partners.length, 'partner')}: ${told} told, ${acknowledged} acknowledged, ${remedied} remedied, ${silent} silent.`
  return {
    text: [
      `${plain(id)}, published ${dateText(statement.at)}`,
      wrap(counts),
      '',
      table(
        ['partner', 'told', 'answer', 'since'],
        partners.map((each) => [nameText(each), toldText(each), answerText(each), sinceText(each)]),
        'Nobody is known to have been told: "comity advisory tell" tells chosen partners.',
      ),
    ].join('\n'),
    json: found,
  }
}

type Partner = AdvisoryStatusResponse['partners'][number]

function nameText({ names, party }: Partner): string {
  const digits = `${party.slice(-64).slice(0, 8)}…`
  return names.length === 0 ? digits : `${plain(nameOf(names)).slice(0, 24)} ${digits}`
}

const toldWords = { message: 'receipt', mirror: 'mirrors it', answer: 'answered' } as const

function toldText({ told, message }: Partner): string {
  if (told !== undefined) return toldWords[told.how]
  if (message === undefined) return 'not known'
  return message.state === 'failed' ? `failed (${message.code ?? 'refused'})` : 'on its way'
}

function answerText({ answer }: Partner): string {
  return answer === undefined ? 'silent' : answer.state.replaceAll('_', ' ')
}

function sinceText({ answer, told, message }: Partner): string {
  const at = answer?.at ?? told?.at ?? message?.at
  return at === undefined ? '' : dateText(at).slice(0, 16)
}

/** An advisory of the party that signs: by its URN, or its own identifier. */
function urnOf(session: Session, named: string): string {
  return parseAdvisoryUrn(named) === undefined ? advisoryUrn(session.profile.urn, named) : named
}
