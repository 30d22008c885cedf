import type { Client, MessageResponse } from '@comity/contract'
import { correspondenceUrn, type MessagePayload } from '@comity/statement'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { signed } from '../filing.ts'
import { signingKey } from '../keys/open-keys.ts'
import { signerOf } from '../keys/role-key.ts'
import { vaultClient } from '../own-vault.ts'
import type { Session } from '../session.ts'
import { dateText, fields, wrap } from '../terminal/text.ts'
import { attachFile, type Attachment, checkFiles } from './message-attach.ts'
import { messageIdOf, PartyNames, standing } from './message-text.ts'

interface SendOptions {
  readonly to?: readonly string[]
  readonly other?: string
  readonly subject?: string
  readonly text?: string
  readonly textFile?: string
  readonly attach?: readonly string[]
  readonly answer?: string
  readonly key?: string
  readonly wait: string
}

/** How often the node is asked how far a message has come, in milliseconds. */
const pollEvery = 250

export async function send(session: Session, options: SendOptions): Promise<Result> {
  if (!/^[0-9]{1,5}$/.test(options.wait))
    throw new CliError('usage', `--wait "${options.wait}" is no number of seconds`)
  // All that can be wrong with what was typed is said before gigabytes travel.
  const files = checkFiles(session, options.attach ?? [])
  const text = await textOf(session, options)
  const client = await vaultClient(session)
  const place = await placeOf(session, client, options)
  const { subject, other } = options
  const draft: MessagePayload = {
    to: [...place.to],
    ...(other === undefined ? {} : { other }),
    ...(subject === undefined ? {} : { subject }),
    text,
    ...(place.previous === undefined ? {} : { previous: place.previous }),
    ...(place.answers === undefined ? {} : { answers: place.answers }),
  }
  const attach = async () => {
    const attached = []
    for (const file of files) attached.push(await attachFile(session, client, file))
    return attached
  }
  const { correspondence } = place
  const letter = { correspondence, draft, attach, wait: Number(options.wait), key: options.key }
  return shown(client, await sendLetter(session, client, letter))
}

/** A message before its files have travelled. */
export interface Letter {
  /** 64 hexadecimal digits; a new one of its own where nothing is given. */
  readonly correspondence?: string
  readonly draft: MessagePayload
  /** Sends its files to the node; called once the message is known to be one that can be signed. */
  readonly attach?: () => Promise<readonly { readonly upload: string; readonly attachment: Attachment }[]>
  /** Seconds to wait for the receipts. */
  readonly wait: number
  /** A key file to sign with. */
  readonly key?: string | undefined
}

/** Signs a letter, gives it to the node, and waits for its receipts. Resolves with the message as it is then. */
export async function sendLetter(session: Session, client: Client, letter: Letter): Promise<MessageResponse> {
  const { profile, home } = session
  const { correspondence = randomBytes(32).toString('hex'), draft, attach = async () => [], wait, key: file } = letter
  const key = await signingKey(
    session,
    { home, profile, kind: 'message' },
    { ...session.options, ...(file === undefined ? {} : { key: session.path(file) }) },
  )
  const by = () => ({ iss: profile.urn, signer: signerOf(key), iat: session.context.now() })
  const sub = correspondenceUrn(correspondence)
  signed({ kind: 'message', sub, payload: draft }, by())
  const attached = await attach()
  const attachments = attached.map(({ attachment }) => attachment)
  const payload = attachments.length === 0 ? draft : { ...draft, attachments }
  const { id } = await client.inbox.send(
    signed({ kind: 'message', sub, payload }, by()),
    attached.map(({ upload }) => upload),
  )
  return settled(session, client, id, wait)
}

async function textOf(session: Session, { text, textFile }: SendOptions): Promise<string> {
  if (text !== undefined && textFile !== undefined)
    throw new CliError('usage', '--text and --text-file exclude each other')
  if (text !== undefined) return text
  const bytes = await session.input(textFile ?? '-', 'the text')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new CliError('bad-input', `${textFile ?? 'standard input'} is no text in UTF-8: give files with --attach`)
  }
}

/** To whom a message goes, and where it stands in its correspondence. */
interface Place extends Pick<MessagePayload, 'to' | 'previous' | 'answers'> {
  readonly correspondence: string
}

async function placeOf(session: Session, client: Client, { to = [], other, answer }: SendOptions): Promise<Place> {
  const named = to.map((each) => session.partyUrn(each))
  if (answer === undefined) {
    if (named.length === 0 && other === undefined) {
      throw new CliError('usage', 'whom is it for? Give --to with a party, --other with a name, or --answer')
    }
    return { to: named, correspondence: randomBytes(32).toString('hex') }
  }
  const answers = await messageIdOf(client, answer)
  const { correspondence } = await client.inbox.message(answers)
  const { previous, others } = await client.inbox.correspondence(correspondence)
  const all = new Set([...others, ...named])
  return { to: [...all], answers, correspondence, ...(previous === undefined ? {} : { previous }) }
}

/** The message once all have it, or the time is over. A node that is not running delivers when it is started. */
async function settled(session: Session, client: Client, id: string, seconds: number): Promise<MessageResponse> {
  const isServed = session.offlineFolder === undefined
  const end = performance.now() + (isServed ? seconds * 1000 : 0)
  for (;;) {
    const message = await client.inbox.message(id)
    const open = message.deliveries.filter(({ state }) => state === 'waiting' || state === 'taken')
    if (open.length === 0 || performance.now() >= end) return message
    session.progress.update(`Waiting for ${open.length} of ${message.deliveries.length} receipts`)
    await sleep(pollEvery)
  }
}

export async function shown(client: Client, message: MessageResponse): Promise<Result> {
  const { id, correspondence, deliveries, attachments } = message
  const names = new PartyNames(client)
  const rows: [string, string][] = []
  for (const each of deliveries) {
    rows.push([standing(each), `${await names.full(each.to)}, ${dateText(each.at)}`])
  }
  const waits = deliveries.some(({ state }) => state === 'waiting' || state === 'taken')
  return {
    text: [
      'Signed, sealed and kept by your node',
      fields([['message', id], ...rows]),
      ...(waits ? [wrap(`See later how far it has come with: comity message read ${id.slice(0, 8)}`)] : []),
      ...(deliveries.length === 0 ? [wrap(`Hand it over with: comity message link ${id.slice(0, 8)}`)] : []),
    ].join('\n'),
    json: { id, correspondence, deliveries, attachments },
  }
}
