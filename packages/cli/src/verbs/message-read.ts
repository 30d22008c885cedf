import type { Client, MessageResponse } from '@comity/contract'
import { decodeStatement, readPayload } from '@comity/statement'
import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { crypto } from '../crypto-port.ts'
import { checkFree, writeFile } from '../output-file.ts'
import { vaultClient } from '../own-vault.ts'
import type { Session } from '../session.ts'
import { countText, dateText, fields, plain, wrap } from '../terminal/text.ts'
import { messageIdOf, PartyNames, standing } from './message-text.ts'

interface ReadOptions {
  readonly save?: string
  readonly force?: boolean
}

export async function read(session: Session, options: ReadOptions, named: string): Promise<Result> {
  const client = await vaultClient(session)
  const message = await client.inbox.message(await messageIdOf(client, named))
  checkStatement(message)
  const saved = options.save === undefined ? [] : await save(session, client, message, options.save, options.force)
  return { text: await shown(client, message, saved), json: { ...message, saved } }
}

/** What is shown is what was signed: the node's own word for it is not enough. */
export function checkStatement({ id, text, statement, attachments }: MessageResponse): void {
  const signed = decodeStatement(Buffer.from(statement, 'base64url'), crypto)
  const payload = readPayload(signed) as { text?: string; attachments?: unknown } // the kind's schema was checked
  const isSame =
    signed.id === id &&
    signed.kind === 'message' &&
    payload.text === text &&
    JSON.stringify(digestsOf(payload.attachments)) === JSON.stringify(digestsOf(attachments))
  if (!isSame) throw new CliError('refused', `what the node shows of message ${id} is not what its author signed`)
}

function digestsOf(attachments: unknown): readonly unknown[] {
  return Array.isArray(attachments) ? attachments.map((each: { digest?: unknown }) => each.digest) : []
}

async function shown(client: Client, message: MessageResponse, saved: readonly string[]): Promise<string> {
  const { id, author, to, other, subject, text, iat, attachments, whole, gap, deliveries, links } = message
  const names = new PartyNames(client)
  const recipients = await Promise.all(to.map((each) => names.full(each)))
  if (other !== undefined) recipients.push(other)
  const files = attachments.map(
    ({ name, size }, n) => `${name}, ${countText(size)} bytes${whole[n] === true ? '' : ', not here yet'}`,
  )
  const states: [string, string][] = []
  for (const each of deliveries) states.push([standing(each), `${await names.full(each.to)}, ${dateText(each.at)}`])
  const opened = links.map(({ openedAt, expiresAt }) =>
    openedAt === undefined ? `not opened yet, until ${dateText(expiresAt)}` : `opened ${dateText(openedAt)}`,
  )
  return [
    fields([
      ['message', id],
      ['from', await names.full(author)],
      ['to', recipients.join('\n')],
      ['signed', dateText(iat)],
      ['subject', subject],
      ['files', files.length === 0 ? undefined : files.join('\n')],
      ['gap', gap ? 'the message before it, by the same author, has not arrived yet' : undefined],
      ...states,
      ...opened.map((each) => ['link', each] as const),
      ['saved', saved.length === 0 ? undefined : saved.join('\n')],
    ]),
    '',
    wrap(text.split('\n').map(plain).join('\n')),
  ].join('\n')
}

/** Writes files, message and receipts. Throws CliError `file-exists` before anything is written. */
async function save(
  session: Session,
  client: Client,
  message: MessageResponse,
  directory: string,
  force: boolean | undefined,
): Promise<readonly string[]> {
  const path = session.path(directory)
  const { id, statement, attachments, whole, deliveries, receipt, links } = message
  const receipts = [...deliveries, ...links].map((each) => each.receipt).concat(receipt)
  const proofs: [string, Uint8Array][] = [[`message-${id.slice(0, 8)}.cbor`, Buffer.from(statement, 'base64url')]]
  for (const [n, each] of receipts.filter((each) => each !== undefined).entries()) {
    proofs.push([`receipt-${id.slice(0, 8)}-${n + 1}.cbor`, Buffer.from(each, 'base64url')])
  }
  const arrived = attachments.flatMap((attachment, n) => (whole[n] === true ? [{ ...attachment, n }] : []))
  const named = arrived.map((each) => ({ ...each, path: join(path, safeName(each.name, each.n)) }))
  for (const file of named) checkFree(file.path, force)
  mkdirSync(path, { recursive: true })
  for (const file of named) await saveFile(session, client, id, file)
  for (const [name, bytes] of proofs) writeFile(join(path, name), bytes, force)
  return [...named.map((file) => file.path), ...proofs.map(([name]) => join(path, name))]
}

/** A name that others chose: no path, no hidden file, none that this folder uses otherwise. */
function safeName(name: string, n: number): string {
  return /^[.]|[\\/]|^(?:message|receipt)-[0-9a-f]{8}/.test(name)
    ? `attachment-${n + 1}-${name.replaceAll(/[\\/]|^[.]+/g, '_')}`
    : name
}

/** Streams an attachment into a file that has its name only once its digest is right. */
async function saveFile(
  session: Session,
  client: Client,
  id: string,
  { n, name, size, digest, path }: { n: number; name: string; size: number; digest: string; path: string },
): Promise<void> {
  const answer = await client.inbox.attachment(id, n)
  const hash = createHash('sha256')
  const part = `${path}.part`
  const file = await open(part, 'w')
  try {
    let done = 0
    for await (const piece of answer.body ?? []) {
      hash.update(piece)
      await file.writeFile(piece)
      done += piece.length
      session.progress.update(`Saving ${name}`, done, size)
    }
    await file.sync()
    if (`sha256:${hash.digest('hex')}` !== digest || done !== size) {
      throw new CliError(
        'refused',
        `${name} is not the file that the author of the message signed: nothing is kept of it`,
      )
    }
    renameSync(part, path)
  } finally {
    await file.close()
    rmSync(part, { force: true })
  }
}
