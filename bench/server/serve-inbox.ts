/**
 * A node with an inbox as a process of its own, for the benchmark of sealed files: founded anew, made a peer of another by
 * the message `{ peer: URL }`, and told by `{ message, uploads }` to send one. It prints its URL, the token of its keeper,
 * and its party, and says over IPC `followed`, `sent` and `whole`.
 */
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ComityNode, createServer, Inbox, Vault } from '@comity/node'
import { correspondenceUrn, type MessagePayload } from '@comity/statement'
// Not by the room's index: that loads what makes up random input, which a node has no part of.
import { keeper } from '../../packages/testkit/src/actors.ts'

const [directory = '', label = ''] = process.argv.slice(2)

/** What the process that measures asks for. */
export type Order =
  | { readonly peer: string }
  | { readonly send: MessagePayload; readonly upload: string }
  | { readonly awaits: true }

const now = (): number => Math.floor(Date.now() / 1000)
const privateJwk = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' })
const publicJwk = { kty: 'OKP', crv: 'X25519', x: privateJwk.x ?? '' } as const
const plain = keeper(label)
const home = keeper(label, { party: { keys: [...plain.payload.keys, { jwk: publicJwk, roles: ['seal'] }] } })
mkdirSync(directory, { recursive: true })
const node = await ComityNode.found({
  directory,
  keys: home.keys,
  now,
  party: home.founding(now()),
  policy: home.policy(now()),
})
const view = join(directory, 'views', 'vault.db')
const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now })
const report = (error: unknown): void => void process.stderr.write(`${label}: ${String(error)}\n`)
const inbox = new Inbox({ node, vault, onError: report })
await inbox.sealKeys.add(home.urn, { ...publicJwk, d: privateJwk.d })
const server = await createServer({ node, vault, inbox })
const url = await server.listen({ host: '127.0.0.1', port: 0 })
const { secret } = await vault.issueToken({ party: home.urn, admin: true, label })
node.startClockwork(report)
inbox.start()
process.stdout.write(`${JSON.stringify({ url, token: secret, urn: home.urn })}\n`)

const messages = () => inbox.messages.list(home.urn, { limit: 1 }).messages

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(20)
}

async function obey(order: Order): Promise<string> {
  if ('peer' in order) {
    await node.peers.add({ url: order.peer, allowPrivate: true })
    await until(() => (node.mirrors.states()[0]?.size ?? 0) >= 3)
    return 'followed'
  }
  if ('send' in order) {
    const bytes = home.sign('message', correspondenceUrn('be'.repeat(32)), order.send, now())
    await inbox.send(home.urn, bytes, [order.upload])
    await until(() => messages()[0]?.deliveries.every(({ state }) => state === 'delivered') === true)
    return 'delivered'
  }
  await until(() => messages()[0]?.whole.every(Boolean) === true)
  return 'whole'
}

process.on('message', (order: Order) => void answer(order))

async function answer(order: Order): Promise<void> {
  try {
    const done = await obey(order)
    process.send?.(done)
  } catch (error) {
    report(error)
  }
}

process.once('SIGTERM', () => {
  void (async () => {
    await inbox.stop()
    server.server.closeAllConnections()
    await server.close()
    await vault.close()
    await node.close()
    process.exit(0)
  })()
})
