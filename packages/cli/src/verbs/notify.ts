/** `comity notify`: by which ways a party is told of what is new and concerns it. */
import type { SubscribeBody, SubscriptionsResponse } from '@comity/contract'
import { Option } from 'commander'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { vaultClient } from '../own-vault.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { dateText, fields, plain, plural, wrap } from '../terminal/text.ts'
import { watch } from './notify-watch.ts'

type Subscription = SubscriptionsResponse['subscriptions'][number]

interface AddOptions {
  readonly mail?: string
  readonly webhook?: string
  readonly feed?: boolean
  readonly detail: 'none' | 'full'
  readonly perHour: string
  readonly label?: string
}

export const registerNotify: Register = (program, { run }) => {
  const notify = program
    .command('notify')
    .summary('be told what is new and concerns you')
    .description(
      'Your node tells you when an advisory concerns something in your inventories, or has something new to say of it: by mail, by signed messages to a machine of yours, by a feed, or to whoever asks and waits. What arises together is one message. What leaves your node is that there is something, and no more unless you choose it.',
    )
    .addHelpText('after', example('comity notify add --mail desk@plant.example --as plant', 'comity notify list'))
  notify
    .command('add')
    .summary('be told by mail, by webhook, or by a feed')
    .description(
      'Tells you from now on. Messages to a machine are signed as Standard Webhooks has it, with a secret that is shown this once; so is the address of a feed, and whoever has it reads the feed.',
    )
    .option('--mail <address>', 'by mail, through the relay of your node')
    .option('--webhook <url>', 'by signed messages (HTTP POST) to this address')
    .option('--feed', 'by an Atom feed')
    .addOption(
      new Option('--detail <detail>', 'what leaves your node: that there is something, or what and why')
        .choices(['none', 'full'])
        .default('none'),
    )
    .option('--per-hour <count>', 'messages in an hour at the most', '12')
    .option('--label <text>', 'what it is for')
    .addHelpText(
      'after',
      example(
        'comity notify add --mail desk@plant.example --as plant',
        'comity notify add --webhook https://siem.plant.example/comity --detail full',
      ),
    )
    .action(run(add))
  notify
    .command('list')
    .summary('list by which ways you are told, and how that goes')
    .description('Lists by which ways you are told, when that last worked, and why it does not.')
    .addHelpText('after', example('comity notify list --as plant'))
    .action(run(list))
  notify
    .command('remove <id>')
    .summary('be told no more by one of them')
    .description('Ends one of them, with its secret. A message that is under way is dropped.')
    .addHelpText('after', example('comity notify remove 3f2a9c1d0b8e7f66'))
    .action(run(remove))
  notify
    .command('test <id>')
    .summary('bring a message that says nothing, now')
    .description('Makes one attempt to bring a message that says nothing, and says whether it came.')
    .addHelpText('after', example('comity notify test 3f2a9c1d0b8e7f66'))
    .action(run(test))
  notify
    .command('watch')
    .summary('wait, and print what is new as it comes')
    .description(
      'Prints what is new the moment that your node knows it, until it is stopped; with --json one object on a line.',
    )
    .option('--since <cursor>', 'go on behind this alert; without it from now on, or with --all from the first')
    .option('--all', 'begin with the first')
    .option('--once', 'end after the first, or after a minute with none')
    .addHelpText('after', example('comity notify watch --as plant', 'comity notify watch --json --all | head'))
    .action(run(watch))
}

async function add(session: Session, options: AddOptions): Promise<Result> {
  const channel = channelOf(options)
  if (!/^(?:[1-9]|[1-5][0-9]|60)$/.test(options.perHour))
    throw new CliError('usage', `--per-hour "${options.perHour}" is no number of messages: 1 to 60`)
  const client = await vaultClient(session)
  const { detail, label } = options
  const perHour = Number(options.perHour)
  const added = await client.vault.subscribe({ channel, detail, perHour, ...(label === undefined ? {} : { label }) })
  const feed = added.feed?.startsWith('/') === true ? client.url(added.feed.slice(1)).toString() : added.feed
  const hint = added.secret !== undefined || feed !== undefined ? 'It is shown this once.' : 'See that it arrives:'
  return {
    text: [
      `You are told by ${wayOf(channel)} from now on`,
      fields([
        ['subscription', added.id],
        ['says', detail === 'none' ? 'that there is something new, and no more' : 'what, why, and what to do'],
        ['secret', added.secret],
        ['feed', feed],
      ]),
      wrap(
        channel.kind === 'feed'
          ? hint
          : `${hint === 'See that it arrives:' ? '' : `${hint} `}See that it arrives: comity notify test ${added.id}`,
      ),
    ].join('\n'),
    json: { ...added, ...(feed === undefined ? {} : { feed }) },
  }
}

function channelOf({ mail, webhook, feed }: AddOptions): SubscribeBody['channel'] {
  const ways = [mail, webhook, feed].filter((each) => each !== undefined)
  if (ways.length !== 1) throw new CliError('usage', 'by which way? Give one of --mail, --webhook and --feed')
  if (mail !== undefined) return { kind: 'mail', to: mail }
  return webhook === undefined ? { kind: 'feed' } : { kind: 'webhook', url: webhook }
}

function wayOf(channel: SubscribeBody['channel']): string {
  if (channel.kind === 'mail') return `mail to ${plain(channel.to)}`
  return channel.kind === 'webhook' ? `signed messages to ${plain(channel.url)}` : 'a feed'
}

async function list(session: Session): Promise<Result> {
  const { subscriptions } = await (await vaultClient(session)).vault.subscriptions()
  const text =
    subscriptions.length === 0
      ? wrap('You are told by no way: "comity notify add" adds one, and "comity notify watch" waits at the terminal.')
      : subscriptions.map(described).join('\n\n')
  return { text, json: subscriptions }
}

const stateWords = {
  idle: 'nothing waits',
  waiting: 'a message is being brought',
  stopped: 'stopped: who is told answered that nobody is there; remove it, and add it anew',
} as const

function described({
  id,
  channel,
  label,
  detail,
  perHour,
  at,
  state,
  toldAt,
  missed,
  failed,
  lastAttempt,
}: Subscription): string {
  return [
    id,
    fields([
      ['by', wayOf(channel)],
      ['for', label === '' ? undefined : plain(label)],
      ['says', detail === 'none' ? 'that there is something new' : 'what, why, and what to do'],
      ['at most', channel.kind === 'feed' ? undefined : `${plural(perHour, 'message')} an hour`],
      ['since', dateText(at)],
      ['last told', toldAt === undefined ? undefined : dateText(toldAt)],
      ['now', channel.kind === 'feed' ? undefined : stateWords[state]],
      ['last try', lastAttempt === undefined ? undefined : failureText(lastAttempt)],
      [
        'given up',
        missed === 0 || failed === undefined
          ? undefined
          : `${plural(missed, 'message')}; the last: ${failureText(failed)}`,
      ],
    ]),
  ].join('\n')
}

/** What went wrong, and whose it is to mend. */
const failureWords: Readonly<Record<string, string>> = {
  'no-relay': 'the node sends no mail: its keeper gave it no relay',
  'not-reached': 'nobody answered there',
  'not-trusted': 'no safe connection (TLS)',
  'not-authorised': 'the mail relay does not take the name and password that the keeper gave',
  'not-permitted': 'the address is in a private network, which the keeper has not allowed (--notify-private)',
  refused: 'the answer was no',
  gone: 'the answer was that nobody is there any more',
  'not-in-time': 'three days of attempts were over',
}

function failureText({
  code,
  status,
  at,
}: {
  readonly code: string
  readonly status?: number
  readonly at?: number
}): string {
  const words = failureWords[code] ?? code
  return `${words}${status === undefined ? '' : ` (${status})`}${at === undefined ? '' : `, ${dateText(at)}`}`
}

async function remove(session: Session, _options: object, id: string): Promise<Result> {
  const client = await vaultClient(session)
  const found = await named(client, id)
  await client.vault.unsubscribe(found)
  return { text: `Removed: ${found}`, json: { removed: found } }
}

async function test(session: Session, _options: object, id: string): Promise<Result> {
  const client = await vaultClient(session)
  const found = await named(client, id)
  const { told, code = 'refused', status } = await client.vault.testSubscription(found)
  const failure = failureText({ code, ...(status === undefined ? {} : { status }) })
  return {
    text: told ? 'It was taken. Look whether it has arrived.' : wrap(`It was not taken: ${failure}.`),
    json: { id: found, told, ...(told ? {} : { code, ...(status === undefined ? {} : { status }) }) },
    exitCode: told ? exitCodes.ok : exitCodes.unavailable,
  }
}

/** A subscription by its identifier, or how that begins. */
async function named(client: Awaited<ReturnType<typeof vaultClient>>, text: string): Promise<string> {
  const { subscriptions } = await client.vault.subscriptions()
  const found = subscriptions.filter(({ id }) => text.length >= 4 && id.startsWith(text))
  const [only] = found
  if (only === undefined)
    throw new CliError('not-found', `you have no subscription "${text}": see "comity notify list"`)
  if (found.length > 1) throw new CliError('ambiguous', `${found.length} subscriptions begin with ${text}: give more`)
  return only.id
}
