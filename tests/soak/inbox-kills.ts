import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Inbox, Vault } from '@comity/node'
import { randomFrom } from '@comity/testkit'
import { neighbourDirectory, openInboxNode, sealedKeeper, sealFileOf } from './inbox-neighbours.ts'

const child = join(dirname(fileURLToPath(import.meta.url)), 'inbox-node.ts')

export interface InboxKillOptions {
  readonly rounds: number
  readonly seed: number
}

/** What the sender had accepted, over all rounds: digest of the attachment by message. */
type Accepted = Map<string, string>

/**
 * Exactly once in effect, for real processes: a sender and a receiver, of whom one is killed with SIGKILL at random
 * moments, in the middle of messages and chunks. In the end every message that the sender accepted is at the receiver
 * once, with its attachment, and the sender holds its receipt.
 */
export async function inboxKills({
  rounds,
  seed,
}: InboxKillOptions): Promise<{ messages: number; attachments: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'comity-inbox-kill-'))
  const epoch = String(Date.now())
  for (const label of ['sender', 'receiver']) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeFileSync(sealFileOf(folder, label), JSON.stringify({ jwk: privateKey.export({ format: 'jwk' }) }))
    mkdirSync(join(folder, label))
  }
  const accepted: Accepted = new Map()
  const defects: string[] = []
  const alive = new Set<ChildProcess>()
  const start = (label: string, other: string, role: string) =>
    run(folder, { epoch, alive }, [label, other, role], accepted, defects)
  const next = randomFrom(seed)
  try {
    let sender = await start('sender', 'receiver', 'writes')
    let receiver = await start('receiver', 'sender', 'reads')
    for (let round = 0; round < rounds; round++) {
      await new Promise((resolve) => setTimeout(resolve, 100 + next() * 900))
      if (next() < 0.5) {
        await kill(sender.child)
        sender = await start('sender', 'receiver', 'writes')
      } else {
        await kill(receiver.child)
        receiver = await start('receiver', 'sender', 'reads')
      }
    }
    await kill(sender.child)
    sender = await start('sender', 'receiver', 'reads')
    await sender.isDone
    await kill(sender.child)
    await kill(receiver.child)
    assert.deepEqual(defects, [])
    return await check(folder, epoch, accepted)
  } finally {
    for (const each of alive) await kill(each)
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Running {
  readonly child: ChildProcess
  /** Resolves when nothing waits to be delivered any more. */
  readonly isDone: Promise<void>
}

async function run(
  folder: string,
  { epoch, alive }: { readonly epoch: string; readonly alive: Set<ChildProcess> },
  args: readonly string[],
  accepted: Accepted,
  defects: string[],
): Promise<Running> {
  const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', child, folder, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, COMITY_TEST_EPOCH: epoch },
  })
  alive.add(started)
  started.once('exit', () => alive.delete(started))
  const lines = createInterface({ input: started.stdout })
  const done = Promise.withResolvers<void>()
  await new Promise<void>((resolve, reject) => {
    started.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}`)))
    lines.on('line', (line) => {
      const [what, value = '', digest = ''] = line.split(' ')
      if (what === 'ready') resolve()
      if (what === 'sent') accepted.set(value, digest)
      if (what === 'pending' && value === '0') done.resolve()
      if (what === 'defect') defects.push(line)
    })
  })
  return { child: started, isDone: done.promise }
}

async function kill(process_: ChildProcess): Promise<void> {
  const ended = once(process_, 'exit')
  process_.kill('SIGKILL')
  await ended
}

/** What lies in the two folders, against what the sender had accepted. */
async function check(
  folder: string,
  epoch: string,
  accepted: Accepted,
): Promise<{ messages: number; attachments: number }> {
  const now = () => 1_795_219_200 + Math.floor((Date.now() - Number(epoch)) / 20)
  const open = async (label: string, other: string) => {
    const { node, directory } = await openInboxNode(folder, label, now)
    const view = join(directory, 'views', 'vault.db')
    const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now })
    const inbox = new Inbox({ node, vault, directory: neighbourDirectory(folder, label, other, () => '') })
    const close = async () => {
      await vault.close()
      await node.close()
    }
    return { inbox, close, urn: sealedKeeper(folder, label).urn }
  }
  const sender = await open('sender', 'receiver')
  const receiver = await open('receiver', 'sender')
  try {
    const there = allOf(receiver)
    assert.equal(new Set(there).size, there.length, 'none is there twice')
    const sent = allOf(sender)
    // What the sender wrote and could not say any more was accepted all the same.
    assert.ok([...accepted.keys()].every((id) => sent.includes(id)))
    assert.deepEqual(there.toSorted(), sent.toSorted(), 'each is there')
    let attachments = 0
    for (const id of sent) {
      const { deliveries } = sender.inbox.messages.read(sender.urn, id)
      const got = receiver.inbox.messages.read(receiver.urn, id)
      assert.equal(deliveries[0]?.state, 'delivered')
      assert.equal(deliveries[0]?.receipt, got.receipt)
      for (const { digest } of got.attachments) {
        const hash = createHash('sha256')
        for await (const piece of receiver.inbox.messages.attachment(receiver.urn, id, 0).content) hash.update(piece)
        assert.equal(`sha256:${hash.digest('hex')}`, digest)
        attachments += 1
      }
    }
    return { messages: sent.length, attachments }
  } finally {
    await sender.close()
    await receiver.close()
  }
}

function allOf({ inbox, urn }: { readonly inbox: Inbox; readonly urn: string }): readonly string[] {
  const ids: string[] = []
  for (let cursor: string | undefined; ;) {
    const { messages, next } = inbox.messages.list(urn, { limit: 200, cursor })
    ids.push(...messages.map(({ id }) => id))
    if (next === undefined) return ids
    cursor = next
  }
}
