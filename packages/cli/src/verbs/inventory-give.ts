/** `comity inventory give` and `take`: a private SBOM for chosen partners, as a sealed message. */
import type { Client } from '@comity/contract'
import { createHash } from 'node:crypto'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { inventoryNamed, vaultClient } from '../own-vault.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { countText, fields, plain, plural } from '../terminal/text.ts'
import type { Attachment } from './message-attach.ts'
import { checkStatement } from './message-read.ts'
import { sendLetter, shown } from './message-send.ts'
import { messageIdOf, PartyNames } from './message-text.ts'

interface GiveOptions {
  readonly to: readonly string[]
  readonly text?: string
  readonly wait: string
}

export const registerGiving: Register = (inventory, { run }) => {
  inventory
    .command('give <inventory>')
    .summary('give an inventory to chosen partners, sealed')
    .description(
      'Sends the document of an inventory to the parties you name, as a file of a sealed message: nobody else can read it, and no log shows that it was sent. They may keep it as an inventory of their own.',
    )
    .requiredOption('--to <party>', 'to whom: a URN, its 64 digits, or an alias (repeatable)', collect)
    .option('--text <text>', 'what you write to them')
    .option('--wait <seconds>', 'how long to wait for the receipts', '10')
    .addHelpText('after', example('comity inventory give "Plant 1" --to 3f2a9c… --as plant'))
    .action(run(give))
  inventory
    .command('take <message>')
    .summary('keep an inventory that somebody gave you')
    .description(
      'Keeps the SBOM in a sealed message as an inventory in your own vault, once it is compared with what its author signed.',
    )
    .option('--file <name>', 'which of its files, where it has several')
    .option('--name <name>', 'what it is of (the name of the file, and who gave it)')
    .addHelpText('after', example('comity inventory take 5e1f0a22 --name "Boiler, by its maker"'))
    .action(run(take))
}

async function give(session: Session, { to, text, wait }: GiveOptions, named: string): Promise<Result> {
  if (!/^[0-9]{1,5}$/.test(wait)) throw new CliError('usage', `--wait "${wait}" is no number of seconds`)
  const parties = to.map((each) => session.partyUrn(each))
  const client = await vaultClient(session)
  const { id, name } = await inventoryNamed(client, named)
  const document = Uint8Array.from(await client.vault.inventory(id))
  const draft = {
    to: parties,
    subject: `Inventory: ${name}`.slice(0, 200),
    text: text ?? `An inventory, given to you alone. Keep it in your own vault with: comity inventory take MESSAGE`,
  }
  const attach = async () => [await attachDocument(session, client, fileName(name), document)]
  const message = await sendLetter(session, client, { draft, attach, wait: Number(wait) })
  const sent = await shown(client, message)
  const given = fields([
    ['given', `${plain(name)}, ${countText(document.length)} bytes, to ${plural(parties.length, 'party', 'parties')}`],
  ])
  return { text: `${given}\n${sent.text}`, json: { inventory: id, ...(sent.json as object) } } // an object of this command
}

/** From memory to the node, in chunks: a plain copy of it in a file would stay behind. */
async function attachDocument(
  session: Session,
  client: Client,
  name: string,
  document: Uint8Array<ArrayBuffer>,
): Promise<{ readonly upload: string; readonly attachment: Attachment }> {
  const { id, count, chunkBytes } = await client.inbox.beginUpload(document.length)
  for (let i = 0; i < count; i++) {
    await client.inbox.putChunk(id, i, document.slice(i * chunkBytes, (i + 1) * chunkBytes))
    session.progress.update(`Sending ${name}`, i + 1, count)
  }
  const { sealed } = await client.inbox.endUpload(id)
  const digest = `sha256:${createHash('sha256').update(document).digest('hex')}`
  return { upload: id, attachment: { name, type: 'application/json', size: document.length, digest, sealed } }
}

/** A file name without a path that says what it is of. */
function fileName(name: string): string {
  const plainName = name.replaceAll(/[/\\\p{Cc}]+/gu, '-').slice(0, 180)
  return /\.json$/i.test(plainName) ? plainName : `${plainName}.json`
}

interface TakeOptions {
  readonly file?: string
  readonly name?: string
}

async function take(session: Session, { file, name }: TakeOptions, named: string): Promise<Result> {
  const client = await vaultClient(session)
  const message = await client.inbox.message(await messageIdOf(client, named))
  checkStatement(message)
  const n = chosen(message.attachments, file)
  const attachment = message.attachments[n]
  if (attachment === undefined)
    throw new CliError('not-found', `message ${message.id.slice(0, 8)} has no file "${file}"`)
  if (message.whole[n] !== true)
    throw new CliError('not-found', `${attachment.name} has not arrived in full yet: try again later`)
  const answer = await client.inbox.attachment(message.id, n)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  if (`sha256:${createHash('sha256').update(bytes).digest('hex')}` !== attachment.digest) {
    throw new CliError('refused', `${attachment.name} is not what its author signed`)
  }
  const by = await new PartyNames(client).full(message.author)
  const label = (name ?? `${attachment.name.replace(/\.json$/i, '')}, by ${by}`).slice(0, 200)
  const added = await session.progress.during(`Adding ${label}`, client.vault.addInventory(label, bytes))
  const { id, components, duplicate, total } = added
  return {
    text: [
      duplicate ? `Was there already, nothing changed: ${plain(label)}` : `Kept in your vault: ${plain(label)}`,
      fields([
        ['inventory', id],
        ['given by', by],
        ['components', countText(components)],
        ['unreadable', total === 0 ? undefined : plural(total, 'part')],
      ]),
    ].join('\n'),
    json: { ...added, author: message.author, message: message.id },
  }
}

function chosen(attachments: readonly Attachment[], file: string | undefined): number {
  if (file !== undefined) return attachments.findIndex(({ name }) => name === file)
  if (attachments.length === 1) return 0
  if (attachments.length === 0) throw new CliError('not-found', 'the message has no file')
  throw new CliError(
    'ambiguous',
    `which of its files? Give --file with one of ${attachments.map(({ name }) => plain(name)).join(', ')}`,
  )
}
