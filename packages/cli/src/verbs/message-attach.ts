/** Files on their way to the node: read piece by piece, so that gigabytes take no memory. */
import type { Client } from '@comity/contract'
import type { MessagePayload } from '@comity/statement'
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Session } from '../session.ts'

/** A file that a message carries, as the message names it. */
export type Attachment = NonNullable<MessagePayload['attachments']>[number]

export interface FileToSend {
  readonly path: string
  readonly name: string
  readonly size: number
}

/** Chunks on their way to the node at a time. */
const atOnce = 4

/** Most files that a message carries. */
const mostFiles = 16

/** The files that somebody named, before anything is done with them. Throws CliError `usage` and `bad-input`. */
export function checkFiles(session: Session, names: readonly string[]): readonly FileToSend[] {
  if (names.length > mostFiles) throw new CliError('usage', `a message carries at most ${mostFiles} files`)
  const files = names.map((name) => fileAt(session.path(name)))
  const twice = files.find(({ name }, i) => files.findIndex((each) => each.name === name) !== i)
  if (twice !== undefined) throw new CliError('usage', `two of the files are named ${twice.name}: rename one of them`)
  return files
}

function fileAt(path: string): FileToSend {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() !== true) throw new CliError('bad-input', `${path} is no file that can be attached`)
  return { path, name: basename(path), size: found.size }
}

/** Sends a file to the node in chunks; the node seals each as it comes. */
export async function attachFile(
  session: Session,
  client: Client,
  { path, name, size }: FileToSend,
): Promise<{ readonly upload: string; readonly attachment: Attachment }> {
  const { id, count, chunkBytes } = await client.inbox.beginUpload(size)
  const hash = createHash('sha256')
  const file = await open(path)
  try {
    const sending: Promise<void>[] = []
    for (let index = 0; index < count; index++) {
      const chunk = await chunkOf(file, path, Math.min(chunkBytes, size - index * chunkBytes))
      // While some travel and are stored, the next one is read and hashed.
      if (sending.length >= atOnce) await sending.shift()
      const sent = client.inbox.putChunk(id, index, chunk)
      // Heard of below, in their order.
      sent.catch(() => {})
      sending.push(sent)
      hash.update(chunk)
      session.progress.update(`Sending ${name}`, Math.min(size, (index + 1) * chunkBytes), size)
    }
    await Promise.all(sending)
    const { bytesRead } = await file.read(Buffer.alloc(1))
    if (bytesRead > 0) throw changed(path)
  } finally {
    await file.close()
  }
  const { sealed } = await client.inbox.endUpload(id)
  const digest = `sha256:${hash.digest('hex')}`
  return { upload: id, attachment: { name, type: typeOf(name), size, digest, sealed } }
}

async function chunkOf(file: FileHandle, path: string, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunk = new Uint8Array(length)
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(chunk, at, length - at)
    if (bytesRead === 0) throw changed(path)
    at += bytesRead
  }
  return chunk
}

function changed(path: string): CliError {
  return new CliError('bad-input', `${path} changed while it was read: send it once nobody writes to it any more`)
}

const types: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
}

function typeOf(name: string): string {
  return types[extname(name).toLowerCase()] ?? 'application/octet-stream'
}
