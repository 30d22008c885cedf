/** Sealed messages between two real nodes, by the real command: one of them is killed in the middle of a file. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { corner, type Corner } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

interface Serving {
  readonly url: string
  kill(): Promise<void>
}

interface House {
  readonly who: Corner
  readonly urn: string
  readonly recovery: readonly string[]
  server: Serving
}

interface Message {
  readonly id: string
  readonly text: string
  readonly subject?: string
  readonly whole: readonly boolean[]
  readonly deliveries: readonly { readonly to: string; readonly state: string }[]
  readonly attachments: readonly { readonly digest: string }[]
}

/** At a port of its own, so that it is found again after a restart. */
async function serve(context: TestContext, who: Corner, port = '0'): Promise<Serving> {
  const child = who.start('serve', '--port', port, '--json')
  child.stdin.end()
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { url }: { url: string } = JSON.parse(line)
  const ended = once(child, 'close')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  context.after(kill)
  return { url, kill }
}

async function founded(context: TestContext, name: string): Promise<House> {
  const who = corner(context)
  const { urn, recovery } = await who.json<{ urn: string; recovery: string[] }>('init', '--name', name, insecure)
  return { who, urn, recovery, server: await serve(context, who) }
}

async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let i = 0; i < 240; i++) {
    if (await isSo()) return
    await sleep(250)
  }
  assert.fail(`never: ${what}`)
}

/** Until a node has all that another has. */
async function follows(who: House, other: House): Promise<void> {
  // The assertions below are the check of these forms.
  const read = async (url: string) => (await (await fetch(url)).json()) as { size: number; peers: { size: number }[] }
  await until('it follows', async () => {
    const { size } = await read(`${other.server.url}/api/v1/status`)
    const { peers } = await read(`${who.server.url}/api/v1/peers`)
    return (peers[0]?.size ?? 0) >= size
  })
}

const sealedIn = ({ who }: House): number => {
  const folder = join(who.path, 'data', 'sealed')
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).length
    : 0
}

function narrow(text: string): void {
  for (const line of text.split('\n')) assert.ok([...line].length <= 80 || /^\S+$/.test(line.trim()), line)
}

test('a message with a file reaches another node that is killed meanwhile, once and whole; a third person verifies it', async (context) => {
  const a = await founded(context, 'Ministry of Tests')
  const b = await founded(context, 'Authority of Trials')
  const port = new URL(b.server.url).port
  await a.who.json('peer', 'add', b.server.url, '--allow-private', '--keeper', b.urn)
  await b.who.json('peer', 'add', a.server.url, '--allow-private', '--keeper', a.urn)
  await follows(a, b)
  await follows(b, a)

  // A word first, by which everybody is seen to know everybody.
  const hello = await a.who.run('message', 'send', '--to', b.urn, '--text', 'The rest of the file is a secret.')
  assert.equal(hello.code, 0, hello.stderr)
  assert.match(hello.stdout, /delivered +Authority of Trials \([0-9a-f]{8}…\), 20/)
  narrow(hello.stdout)

  const content = randomBytes(24 * 1024 * 1024 + 5)
  writeFileSync(join(a.who.path, 'records.bin'), content)
  const words = ['--subject', 'Request 7', '--text', 'We ask for the records.']
  const file = ['--attach', 'records.bin', '--wait', '0']
  const { id } = await a.who.json<{ id: string }>('message', 'send', '--to', b.urn, ...words, ...file)
  for (let i = 0; i < 1e6 && sealedIn(b) === 0; i++) await new Promise((resolve) => setImmediate(resolve))
  await b.server.kill()
  const there = sealedIn(b)
  assert.ok(there >= 1 && there < 8, `it was killed in the middle: ${there} of 8`)
  b.server = await serve(context, b.who, port)
  const sent = () => a.who.json<Message>('message', 'read', id)
  await until('it is delivered', async () => (await sent()).deliveries[0]?.state === 'delivered')

  const listed = await b.who.json<Message[]>('message', 'list')
  assert.deepEqual(
    listed.map((each) => each.subject),
    ['Request 7', undefined],
  )
  const table = await b.who.run('message', 'list')
  assert.match(table.stdout, /from Ministry of Tests +received +1 +Request 7\n/)
  narrow(table.stdout)
  const read = await b.who.run('message', 'read', id.slice(0, 8), '--save', 'received')
  assert.equal(read.code, 0, read.stderr)
  narrow(read.stdout)
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  assert.equal(digest(readFileSync(join(b.who.path, 'received', 'records.bin'))), digest(content))
  const again = await b.who.run('message', 'read', id, '--save', 'received')
  assert.equal(again.code, 2, again.stdout)

  // An answer goes back in the same correspondence, to whoever took part.
  const answered = await b.who.json<Message>('message', 'send', '--answer', id.slice(0, 8), '--text', 'Received.')
  assert.deepEqual(
    answered.deliveries.map(({ to, state }) => [to, state]),
    [[a.urn, 'delivered']],
  )

  // Before its hour has ended nothing is proved; afterwards a third person needs nothing but the file.
  const early = await a.who.run('message', 'disclose', id)
  assert.equal(early.code, 3)
  assert.match(early.stderr, /code not-committed/)
  await a.server.kill()
  const later = corner(context, {
    home: join(a.who.path, 'home'),
    env: {
      COMITY_DATA: join(a.who.path, 'data'),
      NODE_OPTIONS: '--import=data:text/javascript,const%20now=Date.now;Date.now=()=>now()+3600000',
    },
  })
  await serve(context, later)
  await until(
    'it is committed to',
    async () => (await later.run('message', 'disclose', id, '--out', 'd.json', '--force')).code === 0,
  )
  const disclosed = join(later.path, 'd.json')
  const verified = await corner(context).run('verify', disclosed)
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  assert.match(verified.stdout, /We ask for the records\./)
  assert.match(verified.stdout.replaceAll(/\s+/g, ' '), /taken for .* with 1 attachments/)
  const everything = readFileSync(disclosed, 'utf8').replaceAll(/"([A-Za-z0-9_-]{20,})"/g, (_, text: string) =>
    Buffer.from(text, 'base64url').toString('latin1'),
  )
  assert.match(everything, /We ask for the records\./)
  assert.doesNotMatch(everything, /secret/)

  const linked = await later.json<{ url: string }>('message', 'link', id, '--days', '3')
  const page = await fetch(linked.url)
  assert.equal(page.status, 200)
  assert.match(await page.text(), /A sealed message for you/)
  const pdf = await later.json<{ file: string; passphrase: string }>('message', 'link', id, '--pdf', 'message.pdf')
  assert.equal(readFileSync(pdf.file).subarray(0, 5).toString(), '%PDF-')
  assert.ok(pdf.passphrase.length >= 30)
})

test('a hosted party gets its mail from the first day; a new seal key is sealed to at once', async (context) => {
  const a = await founded(context, 'Host')
  const guest = await a.who.json<{ urn: string }>('party', 'create', 'guest', '--name', 'Guest', insecure)
  const send = (to: string, text: string) =>
    a.who.json<Message>('message', 'send', '--as', 'keeper', '--to', to, '--text', text)
  const stateOf = ({ deliveries }: Message) => deliveries.map(({ state }) => state)
  assert.deepEqual(stateOf(await send(guest.urn, 'welcome')), ['delivered'])
  const read = async () => (await a.who.json<Message[]>('message', 'list', '--as', 'guest')).length
  assert.equal(await read(), 1)
  const [file = ''] = a.recovery
  const key = await a.who.json<{ sealKey: string }>('message', 'key', '--as', 'keeper', '--recovery-file', file)
  assert.match(key.sealKey, /^[0-9a-f]{64}$/)
  const back = await a.who.json<Message>('message', 'send', '--as', 'guest', '--to', a.urn, '--text', 'thank you')
  assert.deepEqual(stateOf(back), ['delivered'])
  const nobody = await a.who.run('message', 'send', '--as', 'guest', '--text', 'x')
  assert.equal(nobody.code, 2)
  assert.match(nobody.stderr, /whom is it for/)
})
