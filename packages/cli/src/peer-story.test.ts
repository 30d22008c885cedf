/** Two real nodes on this machine that become peers, by the real command. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ed25519FromSeed, sha256 } from '@comity/crypto'
import { cosigner, formatSignatureLine, formatVerifierKey, parseAddCheckpoint, parseNote } from '@comity/log'
import { corner, type Corner, type Server } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

interface Shown {
  readonly outcome: string
  readonly origin: string
  readonly keeper: { readonly urn: string }
  readonly logKeys: readonly string[]
}

interface Listed {
  readonly origin: string
  readonly url?: string
  readonly role: string
  readonly state: string
  readonly size: number
  readonly lastError?: { readonly code: string; readonly message?: string }
  readonly pinned?: {
    readonly keeper: string
    readonly logKeys: readonly string[]
    readonly witnessKeys: readonly string[]
  }
}

interface Founded {
  readonly who: Corner
  readonly urn: string
  readonly server: Server
}

async function founded(context: TestContext, name: string): Promise<Founded> {
  const who = corner(context)
  const { urn } = await who.json<{ urn: string }>('init', '--name', name, insecure)
  return { who, urn, server: await who.serve('serve') }
}

async function readJson<T>(url: string): Promise<T> {
  // The assertions of the tests are the check of that form.
  return (await (await fetch(url)).json()) as T
}

const plain = (text: string) => text.replaceAll(/\s+/g, ' ')

test('a node is met, compared, added, watched and removed', async (context) => {
  const a = await founded(context, 'Keeper A')
  const b = await founded(context, 'Keeper B')
  const url = b.server.url

  // Inside this machine: refused until that is said to be meant.
  const refused = await a.who.run('peer', 'add', url, '--yes')
  assert.equal(refused.code, 3, refused.stderr)
  assert.match(plain(refused.stderr), /private network.*--allow-private.*code private-address/)

  // Nobody is at the terminal: what was found is said, and nothing done.
  const asked = await a.who.run('peer', 'add', url, '--allow-private')
  assert.equal(asked.code, 2)
  assert.match(
    plain(asked.stderr),
    new RegExp(`is kept by Keeper B, ${b.urn.slice(-64)}: nobody.*Give --keeper or --pin`),
  )
  assert.deepEqual(await a.who.json('peer', 'list'), [])

  const wrong = await a.who.run('peer', 'add', url, '--allow-private', '--keeper', a.urn, '--json')
  assert.equal(wrong.code, 3)
  assert.equal(JSON.parse(wrong.stderr).error.code, 'wrong-keeper')

  const added = await a.who.json<Shown>('peer', 'add', url, '--allow-private', '--keeper', b.urn)
  assert.equal(added.outcome, 'added')
  assert.equal(added.keeper.urn, b.urn)
  const again = await a.who.run('peer', 'add', url, '--allow-private', '--yes')
  assert.match(again.stdout, /^A peer already, and nothing changed: Keeper B\n/)
  for (const line of again.stdout.split('\n')) assert.ok([...line].length <= 80, line)

  const [listed] = await a.who.json<Listed[]>('peer', 'list')
  assert.equal(listed?.url, url)
  assert.deepEqual(listed?.pinned?.logKeys, added.logKeys)
  // Strangers are not told addresses inside a network.
  const [seen] = (await readJson<{ peers: Listed[] }>(`${a.server.url}/api/v1/peers`)).peers
  assert.equal(seen?.origin, b.server.ready['origin'])
  assert.deepEqual([seen?.url, seen?.pinned], [undefined, undefined])

  // It is followed, and its state is in status.
  const state = async () => (await readJson<{ peers: Listed[] }>(`${a.server.url}/api/v1/peers`)).peers[0]
  for (let i = 0; i < 100 && (await state())?.state !== 'following'; i++) await sleep(100)
  assert.equal((await state())?.state, 'following')
  assert.equal((await state())?.size, 3)
  const status = await a.who.run('status')
  assert.match(status.stdout, /peers +1 up to date\n/)
  assert.match(status.stdout, /log +as +state +entries +behind +lag +answered\n/)
  for (const line of status.stdout.split('\n')) assert.ok([...line].length <= 80, line)

  // It goes away, and that is seen too.
  await b.server.stop()
  for (let i = 0; i < 100 && (await state())?.state !== 'unreachable'; i++) await sleep(100)
  assert.equal((await state())?.lastError?.code, 'peer-unreachable')
  const table = await a.who.run('peer', 'list')
  assert.match(table.stdout, /unreachable/)
  assert.match(plain(table.stdout), /ECONNREFUSED/)
  for (const line of table.stdout.split('\n')) assert.ok([...line].length <= 80, line)

  assert.deepEqual(await a.who.json('peer', 'remove', url), { removed: url })
  assert.deepEqual(await a.who.json('peer', 'list'), [])
  const gone = await a.who.run('peer', 'remove', url)
  assert.equal(gone.code, 3)
  assert.match(plain(gone.stderr), /no peer has the origin or address .*code unknown-peer/)
})

test('a key that was told by another way is compared, and witnesses are added with theirs', async (context) => {
  const a = await founded(context, 'Keeper A')
  const b = await founded(context, 'Keeper B')
  const { verifierKeys } = (await (await fetch(`${b.server.url}/api/v1/status`)).json()) as { verifierKeys: string[] }
  const pin = verifierKeys[0] ?? assert.fail('no key')
  const { verifierKeys: others } = (await (await fetch(`${a.server.url}/api/v1/status`)).json()) as {
    verifierKeys: string[]
  }
  const wrong = await a.who.run('peer', 'add', b.server.url, '--allow-private', '--pin', others[0] ?? '')
  assert.equal(wrong.code, 3)
  assert.match(wrong.stderr, /code wrong-log-key/)
  const witness = 'witness.example+0a92fda4+BM7lGwrNMd35xm8PRaMC2QhAbR84FTjmROv0POl4dQSi'
  const bad = await a.who.run('peer', 'add', b.server.url, '--allow-private', '--pin', pin, '--witness', witness)
  assert.equal(bad.code, 3)
  assert.match(bad.stderr, /code bad-verifier-key/)
  const added = await a.who.json<Shown>('peer', 'add', b.server.url, '--allow-private', '--pin', pin, '--no-mirror')
  assert.deepEqual(added.logKeys, [pin])
  const [listed] = await a.who.json<Listed[]>('peer', 'list')
  assert.equal(listed?.role, 'contact')

  // Or its own are taken, as its keeper stated them; they are shown by the thumbprints that its party has.
  const both = await a.who.run(
    'peer',
    'add',
    b.server.url,
    '--allow-private',
    '--pin',
    pin,
    '--with-witness',
    '--witness',
    pin,
  )
  assert.equal(both.code, 2)
  const taken = await a.who.run('peer', 'add', b.server.url, '--allow-private', '--pin', pin, '--with-witness')
  assert.equal(taken.code, 0, taken.stderr)
  const { witnessKeys } = await readJson<{ witnessKeys: string[] }>(`${b.server.url}/api/v1/status`)
  const [asked] = await a.who.json<Listed[]>('peer', 'list')
  assert.deepEqual([asked?.role, asked?.pinned?.witnessKeys], ['mirror-and-witness', witnessKeys])
  const { keys } = await b.who.json<{ keys: { kid: string; roles: string[] }[] }>('party', 'show', 'keeper')
  for (const { kid } of keys.filter(({ roles }) => roles.includes('witness'))) assert.ok(taken.stdout.includes(kid))
  for (const line of taken.stdout.split('\n')) assert.ok([...line].length <= 80, line)
})

test('a node that is not running has its peers in its folder, and takes new ones', async (context) => {
  const a = await founded(context, 'Keeper A')
  const b = await founded(context, 'Keeper B')
  await a.server.stop()
  assert.deepEqual(await a.who.json('peer', 'list'), [])
  await a.who.json('peer', 'add', b.server.url, '--allow-private', '--yes')
  const [listed] = await a.who.json<(Listed & { keeper: string })[]>('peer', 'list')
  assert.equal(listed?.keeper, b.urn)
  assert.match((await a.who.run('peer', 'list')).stdout, /, not running\n {2}log +address +mirror +witness\n/)
  assert.match((await a.who.run('status')).stdout, /peers +1/)
  await a.who.json('peer', 'remove', b.server.url)
  assert.deepEqual(await a.who.json('peer', 'list'), [])
})

test('what is no node is told apart from one that cannot be reached, by exit codes', async (context) => {
  const a = await founded(context, 'Keeper A')
  const page = createServer((_, response) => response.end('<html>a page'))
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  context.after(() => void page.close())
  const { port } = page.address() as AddressInfo // a listening TCP server
  for (const [url, exitCode, code] of [
    [`http://127.0.0.1:${port}`, 4, 'head-malformed'],
    ['http://127.0.0.1:9', 4, 'peer-unreachable'],
    ['http://no-such-host.invalid', 4, 'peer-unreachable'],
    ['http://169.254.169.254', 3, 'private-address'],
    ['ftp://127.0.0.1', 3, 'bad-peer-url'],
    [a.server.url, 3, 'own-log'],
  ] as const) {
    const ran = await a.who.run('peer', 'add', url, '--allow-private', '--yes', '--json')
    assert.equal(ran.code, exitCode, `${url}: ${ran.stderr}`)
    assert.equal(JSON.parse(ran.stderr).error.code, code, url)
  }
})

test('a witness of another make, with a prefix of its own and no log, is asked as any other', async (context) => {
  const signer = ed25519FromSeed(new Uint8Array(32).fill(7))
  const witness = cosigner('witness.example/w1', signer, sha256)
  const key = formatVerifierKey(witness)
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      asked.push(request.url)
      const { checkpoint } = parseAddCheckpoint(Buffer.concat(pieces))
      const line = witness.cosign(parseNote(checkpoint).text, Math.floor(Date.now() / 1000))
      response.end(formatSignatureLine(line))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => void server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo // a listening TCP server
  const base = `http://127.0.0.1:${port}`

  const a = await founded(context, 'Keeper A')
  const add = ['peer', 'add', base, '--no-mirror', '--witness-url', `${base}/w1/`, '--allow-private']
  const keyless = await a.who.run(...add)
  assert.equal(keyless.code, 3)
  assert.match(plain(keyless.stderr), /takes its keys.* code bad-verifier-key/)
  const added = await a.who.run(...add, '--witness', key)
  assert.equal(added.code, 0, added.stderr)
  assert.match(added.stdout, /^Added: witness\.example\/w1\n/)
  const { id } = await a.who.json<{ id: string }>('support', 'gids')
  const confirmed = await a.who.run('receipt', id, '--confirm', '--wait', '30')
  assert.equal(confirmed.code, 0, confirmed.stderr)
  assert.match(confirmed.stdout, /cosigned +witness\.example\/w1, .*UTC/)
  assert.ok(asked.length > 0 && asked.every((path) => path === '/w1/add-checkpoint'), asked.join())
  const [listed] = await a.who.json<Listed[]>('peer', 'list')
  assert.deepEqual([listed?.role, listed?.state, listed?.pinned?.witnessKeys], ['witness', 'following', [key]])
  await a.who.json('peer', 'remove', 'witness.example/w1')
  assert.deepEqual(await a.who.json('peer', 'list'), [])
})

test('a node whose folder was taken from under it says so and ends when it is told to', async (context) => {
  const a = await founded(context, 'Keeper A')
  const b = await founded(context, 'Keeper B')
  await b.who.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  await a.who.json('peer', 'add', b.server.url, '--allow-private', '--yes')
  const behind = async (): Promise<number> => {
    const { peers } = await readJson<{ peers: Listed[] }>(`${a.server.url}/api/v1/peers`)
    return 4 - (peers[0]?.size ?? 0)
  }
  while ((await behind()) > 0) await sleep(50)
  rmSync(join(a.who.path, 'data'), { recursive: true, force: true, maxRetries: 20 })
  assert.equal(await a.server.stop(), 4)
})
