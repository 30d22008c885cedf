import { type ChildProcess, spawn } from 'node:child_process'
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createClient } from '@comity/contract'
import type { Bench, Figure } from './figure.ts'
import { servedEnvironment, servedOptions } from './server/as-served.ts'
import { memoryOf } from './server/process-memory.ts'
import type { Order } from './server/serve-inbox.ts'

const megabyte = 2 ** 20
const servers = join(dirname(fileURLToPath(import.meta.url)), 'server')

/** Sent before anything is measured. */
const warmBytes = 32 * megabyte

/** As the inbox cuts files. */
const chunkBytes = 4 * megabyte

/** Most memory that each of the two nodes may take. */
const memoryGoal = 200e6

/**
 * A file of `megabytes` that one party sends to another, through the nodes of both, in processes of their own that know
 * each other as peers over loopback: how fast it is sealed and stored by the sender's node, and how fast it then is
 * delivered: read, sent, checked and stored by the recipient's, which signs that it has all of it. Each is held against
 * the slowest of what neither can do without: AES-256-GCM over the same bytes on one core; SHA-256 over them on one core,
 * for the list of chunks names each by its digest; and the disk, to which they are written and synced piece by piece, as
 * they have to be for none to be sent twice.
 */
const bench: Bench = {
  name: 'sealed',
  parameters: { megabytes: 1024 },
  async run({ megabytes = 0 }): Promise<readonly Figure[]> {
    const folder = mkdtempSync(join(tmpdir(), 'comity-bench-sealed-'))
    const bytes = megabytes * megabyte
    const houses: House[] = []
    try {
      // What a first start and a first file compile takes memory that stays, and is kept for the next process.
      const first = await startPair(folder, 'first', houses)
      await transfer(...first, chunkBytes)
      for (const house of houses.splice(0)) await house.stop()
      const [sender, recipient] = await startPair(folder, 'bench', houses)

      // Whatever is compiled, opened or made once is behind both of them then.
      await transfer(sender, recipient, Math.min(bytes, warmBytes))
      const cipher = rate(bytes, encrypt)
      const digest = rate(bytes, hash)
      const disk = rate(bytes, (size) => writePieces(join(folder, 'limit'), size))
      const stages = { 'AES-GCM on one core': cipher, 'SHA-256 on one core': digest, disk }
      const slowest = Math.min(...Object.values(stages))
      const against = Object.entries(stages)
        .toSorted(([, one], [, other]) => one - other)
        .map(([name, speed]) => `${Math.round(speed)} MB/s ${name}`)
        .join(', ')

      const before = houses.map(({ pid }) => memoryOf(pid).now)
      const { sealing, delivery } = await transfer(sender, recipient, bytes)
      const held = (figure: string, value: number): Figure => ({
        figure: `${figure}, ${megabytes} MiB`,
        value,
        unit: 'MB/s',
        against,
        ratio: value / slowest,
        goal: '≥ 0.5×',
        met: value / slowest >= 0.5,
      })
      return [
        held('a file sealed and stored by the sender’s node', sealing),
        held('that file delivered to another node', delivery),
        ...houses.map(({ label, pid }, i) => memory(label, memoryOf(pid).peak, before[i] ?? Number.NaN)),
      ]
    } finally {
      for (const house of houses) await house.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

export default bench

/** Two nodes that know each other, of which `houses` has each as soon as it runs. */
async function startPair(folder: string, run: string, houses: House[]): Promise<readonly [House, House]> {
  const sender = await start(folder, `${run} sender`)
  houses.push(sender)
  const recipient = await start(folder, `${run} recipient`)
  houses.push(recipient)
  await Promise.all([sender.order({ peer: recipient.url }), recipient.order({ peer: sender.url })])
  return [sender, recipient]
}

/** Sends a file from one to the other; MB/s of both steps. */
async function transfer(
  sender: House,
  recipient: House,
  bytes: number,
): Promise<{ readonly sealing: number; readonly delivery: number }> {
  // The author's own digest of the file is in the message; a client has it before, or makes it on a machine of its own.
  const file = new SampleFile(bytes)
  const digest = file.digest()
  const uploadedAt = performance.now()
  const { upload, sealed } = await uploadTo(sender, file)
  const sentAt = performance.now()
  const attachment = { name: 'file.bin', type: 'application/octet-stream', size: bytes, digest, sealed }
  await sender.order({ send: { to: [recipient.urn], text: 'See the file.', attachments: [attachment] }, upload })
  await recipient.order({ awaits: true })
  const endedAt = performance.now()
  return { sealing: bytes / 1e3 / (sentAt - uploadedAt), delivery: bytes / 1e3 / (endedAt - sentAt) }
}

function memory(label: string, peak: number, before: number): Figure {
  return {
    figure: `most memory of the ${label.replace('bench ', '')}’s node`,
    value: peak / 1e6,
    unit: 'MB',
    against: `${Math.round(before / 1e6)} MB before`,
    ratio: null,
    goal: `< ${memoryGoal / 1e6} MB`,
    met: peak < memoryGoal,
  }
}

interface House {
  readonly label: string
  readonly url: string
  readonly token: string
  readonly urn: string
  readonly pid: number
  /** Resolves once it is done. */
  order(order: Order): Promise<void>
  stop(): Promise<void>
}

async function start(folder: string, label: string): Promise<House> {
  const args = [...servedOptions, join(servers, 'serve-inbox.ts'), join(folder, label), label]
  const stdio = ['ignore', 'pipe', 'inherit', 'ipc'] as const
  const child: ChildProcess = spawn(process.execPath, args, { stdio: [...stdio], env: servedEnvironment() })
  const { stdout, pid } = child
  if (stdout === null || pid === undefined) throw new Error('the node did not start')
  const [line] = (await once(createInterface({ input: stdout }), 'line')) as [string]
  const said: Pick<House, 'url' | 'token' | 'urn'> = JSON.parse(line)
  return {
    label,
    pid,
    ...said,
    async order(order) {
      const done = once(child, 'message')
      child.send(order)
      await done
    },
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** A file that is made as it is read: no disk and no memory of it are in what is measured. */
class SampleFile {
  readonly bytes: number
  readonly #content = new Uint8Array(randomBytes(chunkBytes))

  constructor(bytes: number) {
    this.bytes = bytes
  }

  /** Chunk `index`, in `room`. */
  chunk(index: number, room: Uint8Array): Uint8Array {
    const chunk = room.subarray(0, Math.min(chunkBytes, this.bytes - index * chunkBytes))
    chunk.set(this.#content.subarray(0, chunk.length))
    new DataView(chunk.buffer).setUint32(0, index)
    return chunk
  }

  digest(): string {
    const hasher = createHash('sha256')
    const room = new Uint8Array(chunkBytes)
    for (let index = 0; index * chunkBytes < this.bytes; index++) hasher.update(this.chunk(index, room))
    return `sha256:${hasher.digest('hex')}`
  }
}

/** Four chunks travel at a time. By bare requests: what a client costs is not a matter of the nodes. */
async function uploadTo(
  { url, token }: House,
  file: SampleFile,
): Promise<{ readonly upload: string; readonly sealed: string }> {
  const { inbox } = createClient({ baseUrl: url, token })
  const { id, count } = await inbox.beginUpload(file.bytes)
  const agent = new Agent({ keepAlive: true })
  let next = 0
  const lane = async (): Promise<void> => {
    const room = new Uint8Array(chunkBytes)
    for (let index = next++; index < count; index = next++) {
      const chunk = file.chunk(index, room)
      await put(`${url}/api/v1/inbox/uploads/${id}/chunks/${index}`, { agent, token }, chunk)
    }
  }
  await Promise.all(Array.from({ length: 4 }, lane))
  agent.destroy()
  return { upload: id, sealed: (await inbox.endUpload(id)).sealed }
}

function put(url: string, { agent, token }: { agent: Agent; token: string }, chunk: Uint8Array): Promise<void> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/octet-stream',
    'content-length': chunk.length,
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: 'PUT', headers }, (answer) => {
      answer
        .resume()
        .on('end', () => (answer.statusCode === 204 ? resolve() : reject(new Error(`${answer.statusCode}`))))
    })
    sent.on('error', reject).end(chunk)
  })
}

/** MB/s of work on so many bytes. */
function rate(bytes: number, work: (bytes: number) => void): number {
  const before = performance.now()
  work(bytes)
  return bytes / 1e6 / ((performance.now() - before) / 1000)
}

function encrypt(bytes: number): void {
  const content = randomBytes(chunkBytes)
  const key = randomBytes(32)
  for (let at = 0; at < bytes; at += chunkBytes) {
    const cipher = createCipheriv('aes-256-gcm', key, randomBytes(12))
    cipher.update(content.subarray(0, Math.min(chunkBytes, bytes - at)))
    cipher.final()
    cipher.getAuthTag()
  }
}

function hash(bytes: number): void {
  const content = randomBytes(chunkBytes)
  const hasher = createHash('sha256')
  for (let at = 0; at < bytes; at += chunkBytes) hasher.update(content.subarray(0, Math.min(chunkBytes, bytes - at)))
  hasher.digest()
}

function writePieces(folder: string, bytes: number): void {
  mkdirSync(folder)
  const content = randomBytes(chunkBytes)
  for (let at = 0; at < bytes; at += chunkBytes) {
    const file = openSync(join(folder, String(at)), 'w')
    writeSync(file, content.subarray(0, Math.min(chunkBytes, bytes - at)))
    fdatasyncSync(file)
    closeSync(file)
  }
}
