/**
 * A process to be killed: a node with an inbox that writes to its neighbour without end, or reads what comes, and prints
 * `sent <id> <digest of the attachment>` only for what was accepted. Where each answers stands in a file of the shared
 * folder.
 */
import { createHash, createPrivateKey, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer, FederationError, Inbox, Vault } from '@comity/node'
import { correspondenceUrn, type MessagePayload } from '@comity/statement'
import { neighbourDirectory, openInboxNode, sealedKeeper, sealFileOf } from './inbox-neighbours.ts'

const [folder = '', label = '', other = '', role = ''] = process.argv.slice(2)

/** Written past any buffer of the process: what the parent has read was accepted before the kill. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

function report(error: unknown): void {
  say(`defect ${error instanceof Error ? error.stack?.replaceAll('\n', ' | ') : String(error)}`)
}

/**
 * Fifty times as fast as the clock on the wall, so that nobody waits for the next attempt. The inbox is stepped by hand: its
 * own timers go by the wall.
 */
const now = () => 1_795_219_200 + Math.floor((Date.now() - Number(process.env['COMITY_TEST_EPOCH'])) / 20)

const home = sealedKeeper(folder, label)
const { node, directory } = await openInboxNode(folder, label, now)
const view = join(directory, 'views', 'vault.db')
const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now })
const urlOf = (name: string): string => {
  const path = join(folder, `${name}.url`)
  return existsSync(path) ? readFileSync(path, 'utf8') : 'http://127.0.0.1:9'
}
const inbox = new Inbox({
  node,
  vault,
  fetch: async (url, init) => {
    try {
      const answer = await fetch(url, init)
      const body = await answer.arrayBuffer()
      return new Response(body.byteLength === 0 ? null : body, { status: answer.status, headers: answer.headers })
    } catch (cause) {
      throw new FederationError('peer-unreachable', 'the neighbour was killed', { cause })
    }
  },
  directory: neighbourDirectory(folder, label, other, () => urlOf(other)),
  onError: report,
})
const { jwk }: { jwk: object } = JSON.parse(readFileSync(sealFileOf(folder, label), 'utf8'))
await inbox.sealKeys.add(home.urn, createPrivateKey({ key: { ...jwk }, format: 'jwk' }).export({ format: 'jwk' }))
const app = await createServer({ node, vault, inbox })
await app.listen({ port: 0, host: '127.0.0.1' })
// Safe: it listens on a TCP port.
const address = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
writeFileSync(join(folder, `${label}.url.new`), address)
renameSync(join(folder, `${label}.url.new`), join(folder, `${label}.url`))
void work()
say('ready')

async function work(): Promise<never> {
  for (;;) {
    await inbox.step(now()).catch(report)
    await sleep(10)
  }
}

if (role === 'reads') {
  setInterval(() => {
    const waiting = inbox.messages
      .list(home.urn, { limit: 200 })
      .messages.flatMap(({ deliveries }) => deliveries)
      .filter(({ state }) => state !== 'delivered')
    say(`pending ${waiting.length}`)
  }, 200)
}

const reader = sealedKeeper(folder, other)
const isWriter = { for: role === 'writes' }
for (let n = 0; isWriter.for; n++) {
  const payload: MessagePayload = { to: [reader.urn], text: `message ${n} ${randomBytes(8).toString('hex')}` }
  const uploads: string[] = []
  let digest = 'none'
  if (n % 3 === 0) {
    // Two chunks now and then, one else.
    const content = randomBytes(n % 9 === 0 ? 5_000_000 : 20_000)
    const upload = inbox.uploads.begin(home.urn, content.length)
    for (let i = 0; i < upload.count; i++) await upload.put(i, content.subarray(i << 22, (i + 1) << 22), now())
    digest = createHash('sha256').update(content).digest('hex')
    const { sealed, size } = upload.finish()
    payload.attachments = [{ name: 'a', type: 'text/plain', size, digest: `sha256:${digest}`, sealed }]
    uploads.push(upload.id)
  }
  const bytes = home.sign('message', correspondenceUrn('c0'.repeat(32)), payload, now())
  const { message } = await inbox.send(home.urn, bytes, uploads)
  say(`sent ${message.record.id} ${digest}`)
  await sleep(30)
}
