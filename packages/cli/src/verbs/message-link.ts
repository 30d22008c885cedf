import { type Client, ClientError, type MessageResponse } from '@comity/contract'
import { sha256Hex } from '@comity/crypto'
import type { CarriedFile } from '@comity/node'
import { randomInt } from 'node:crypto'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { countFrom } from '../names.ts'
import { checkFree, writeFile } from '../output-file.ts'
import { vaultClient } from '../own-vault.ts'
import type { Session } from '../session.ts'
import { dateText, fields, wrap } from '../terminal/text.ts'
import { messageIdOf, PartyNames } from './message-text.ts'

interface LinkOptions {
  readonly days: string
  readonly pdf?: string
  readonly force?: boolean
}

const secondsOfDay = 86_400

export async function link(session: Session, options: LinkOptions, named: string): Promise<Result> {
  const days = countFrom(options.days, '--days')
  if (options.pdf !== undefined) checkFree(session.path(options.pdf), options.force)
  if (options.pdf === undefined && session.offlineFolder !== undefined) {
    throw new CliError('unreachable', 'a link opens at a node that runs: start yours with "comity serve" first')
  }
  const client = await vaultClient(session)
  const id = await messageIdOf(client, named)
  if (options.pdf !== undefined) return pdf(session, client, id, { out: options.pdf, force: options.force })
  const { url, expiresAt } = await client.inbox.makeLink(id, session.context.now() + days * secondsOfDay)
  // A node that was not told where the world reaches it knows its own addresses only in part.
  const address = url.startsWith('/') ? session.address.replace(/\/$/, '') + url : url
  return {
    text: [
      'The link, shown this once:',
      address,
      fields([
        ['message', id],
        ['opens until', dateText(expiresAt)],
      ]),
      wrap('Who has the link has the message. You get a receipt when it is opened.'),
    ].join('\n'),
    json: { id, url: address, expiresAt },
  }
}

/** Letters and digits that nobody confuses, read out over a telephone. */
const spoken = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Six groups of five: 148 bits. */
function newPassphrase(): string {
  const group = () => Array.from({ length: 5 }, () => spoken[randomInt(spoken.length)]).join('')
  return Array.from({ length: 6 }, group).join('-')
}

async function pdf(
  session: Session,
  client: Client,
  id: string,
  { out, force }: { readonly out: string; readonly force: boolean | undefined },
): Promise<Result> {
  const { sealedPdf } = await import('@comity/node')
  const message = await client.inbox.message(id)
  const statement = Buffer.from(message.statement, 'base64url')
  const passphrase = newPassphrase()
  const bytes = await sealedPdf(
    {
      author: { urn: message.author, name: await new PartyNames(client).name(message.author) },
      other: message.other,
      subject: message.subject,
      text: message.text,
      iat: message.iat,
      id,
      digest: `sha256:${sha256Hex(statement)}`,
      files: [...(await attachments(session, client, message)), ...(await proofs(client, message, statement))],
    },
    passphrase,
  )
  const file = session.path(out)
  writeFile(file, bytes, force)
  return {
    text: [
      'Written: an encrypted PDF with the message, its files and its proofs',
      fields([
        ['message', id],
        ['file', file],
        ['passphrase', passphrase],
      ]),
      wrap('The passphrase is shown this once. Tell it by another way than you send the file.'),
    ].join('\n'),
    json: { id, file, passphrase, bytes: bytes.length },
  }
}

async function attachments(
  session: Session,
  client: Client,
  { id, attachments, whole }: MessageResponse,
): Promise<readonly CarriedFile[]> {
  const files: CarriedFile[] = []
  for (const [n, { name, type, digest }] of attachments.entries()) {
    if (whole[n] !== true) continue
    session.progress.update(`Reading ${name}`)
    const content = new Uint8Array(await (await client.inbox.attachment(id, n)).arrayBuffer())
    if (`sha256:${sha256Hex(content)}` !== digest) {
      throw new CliError('refused', `${name} is not the file that the author of the message signed`)
    }
    files.push({ name, type, content, what: 'attached to the message' })
  }
  return files
}

/** The signed message, its receipts, and once its hour has ended what proves it. */
async function proofs(
  client: Client,
  message: MessageResponse,
  statement: Uint8Array,
): Promise<readonly CarriedFile[]> {
  const { id, deliveries, receipt, links } = message
  const cose = 'application/cose'
  const receipts = [...deliveries, ...links].map((each) => each.receipt).concat(receipt)
  const files: CarriedFile[] = [
    { name: 'message.cbor', type: cose, content: statement, what: 'the message as it was signed' },
    ...receipts
      .filter((each) => each !== undefined)
      .map((each, n) => ({
        name: `receipt-${n + 1}.cbor`,
        type: cose,
        content: Buffer.from(each, 'base64url'),
        what: 'a receipt of delivery',
      })),
  ]
  try {
    const content = await client.inbox.disclosure(id)
    return [...files, { name: 'message.comity.json', type: 'application/json', content, what: 'what proves it' }]
  } catch (error) {
    if (error instanceof ClientError && error.code === 'not-committed') return files
    throw error
  }
}
