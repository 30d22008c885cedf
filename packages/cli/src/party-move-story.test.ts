/** A party that is hosted at one node moves to a node of its own, by the real command, over real servers. */
import assert from 'node:assert/strict'
import { createServer, request as ask } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { corner, type Corner, type Server } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'
const samples = fileURLToPath(new URL('../../../samples/', import.meta.url))
/** Words that belong together, on a line of their own. */
const words = (...line: readonly string[]): readonly string[] => line

const plain = (text: string) => text.replaceAll(/\s+/g, ' ')

interface Founded {
  readonly who: Corner
  readonly urn: string
  readonly origin: string
  readonly server: Server
}

async function founded(context: TestContext, name: string): Promise<Founded> {
  const who = corner(context)
  const { urn, origin } = await who.json<{ urn: string; origin: string }>('init', '--name', name, insecure)
  return { who, urn, origin, server: await who.serve('serve') }
}

async function readJson<T>(url: string): Promise<T> {
  // The schemas of the interface say so.
  return (await (await fetch(url)).json()) as T
}

const sizeOf = async ({ server }: Founded) => (await readJson<{ size: number }>(`${server.url}/api/v1/status`)).size

async function follows(one: Founded, other: Founded): Promise<void> {
  await one.who.json('peer', 'add', other.server.url, '--allow-private', '--keeper', other.urn)
}

/** Until each holds all of the other's log. */
async function caughtUp(...pair: readonly [Founded, Founded]): Promise<void> {
  for (const [one, other] of [pair, pair.toReversed()] as [Founded, Founded][]) {
    const wanted = await sizeOf(other)
    for (let i = 0; ; i++) {
      const { peers } = await readJson<{ peers: { size: number }[] }>(`${one.server.url}/api/v1/peers`)
      if ((peers[0]?.size ?? 0) >= wanted) break
      assert.ok(i < 300, 'a copy stays behind')
      await sleep(50)
    }
  }
}

type Moment = 'before' | 'after'

/** Stands before a node and passes everything on, until a POST at which somebody wants to be called. */
async function gate(context: TestContext, node: string, onPost: (moment: Moment) => boolean): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const isPost = incoming.method === 'POST'
    if (isPost && onPost('before')) return void incoming.socket.destroy()
    const passed = ask(
      `${node}${incoming.url}`,
      { method: incoming.method, headers: { ...incoming.headers, host: new URL(node).host } },
      (answer) => {
        if (isPost && onPost('after')) return void incoming.socket.destroy()
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      },
    )
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => void server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo // a listening TCP server
  return `http://127.0.0.1:${port}`
}

/** What a node has on record for a party, without what it rests on; none while it still lacks a document. */
async function onRecord(who: Corner, party: string, node: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await who.run('findings', '--party', party, '--node', node, '--json')
  if (code !== 0) assert.match(stderr, /document-missing/)
  const [of] = (code === 0 ? JSON.parse(stdout) : []) as {
    findings: { provision: string; level?: string; flags: string[] }[]
  }[] // the schema of the answer
  return (of?.findings ?? []).map(({ provision, level, flags }) => [provision, level, ...flags].join(' '))
}

/** Until both nodes have the same on record, and what is expected. */
async function agree(
  who: Corner,
  party: string,
  nodes: readonly Founded[],
  isExpected: (found: readonly string[]) => boolean,
): Promise<void> {
  for (let i = 0; ; i++) {
    const [one = [], other = []] = await Promise.all(nodes.map(({ server }) => onRecord(who, party, server.url)))
    if (one.length > 0 && one.join() === other.join() && isExpected(one)) return
    assert.ok(i < 20, `${one.join('; ')}\n${other.join('; ')}`)
    await sleep(250)
  }
}

test('a hosted party moves to its own node, killed at every step, and nothing is lost', async (context) => {
  const [a, b] = await Promise.all([founded(context, 'Host A'), founded(context, 'Own node B')])
  assert.ok(a && b)
  const provider = corner(context)
  const operator = corner(context)
  const token = async (at: Founded, label: string) => {
    const file = join(at.who.path, `${label}.token`)
    await at.who.json('token', 'issue', '--label', label, '--out', file)
    return file
  }

  let posts = 0
  let kill: { readonly at: number; readonly moment: Moment; readonly now: () => void } | undefined
  const onPost = (moment: Moment): boolean => {
    if (moment === 'before') posts += 1
    if (kill?.at !== posts || kill.moment !== moment) return false
    kill.now()
    return true
  }
  const [gateA, gateB] = await Promise.all([a, b].map(({ server }) => gate(context, server.url, onPost)))
  assert.ok(gateA !== undefined && gateB !== undefined)

  // At its host: product, release, advisory, and an operator there who was told.
  const at = ['--node', gateA, insecure]
  const acme = await provider.json<{ urn: string }>(
    ...words('party', 'create', 'acme', '--name', 'Acme', '--type', 'provider', ...at),
    ...words('--contact', `general=info@acme.example`, '--token-file', await token(a, 'acme')),
  )
  await operator.json(
    ...words('party', 'create', 'plant', '--name', 'Plant', '--type', 'operator', ...at),
    ...words('--token-file', await token(a, 'plant')),
  )
  await provider.json('support', 'gids')
  await provider.json('product', 'app', '--updates', 'download', '--consent', 'required')
  const osv = join(samples, 'GO-2023-2153.json')
  const { id: told } = await provider.json<{ id: string }>('advisory', 'publish', osv, '--product', 'app')
  await operator.json('acknowledge', 'GO-2023-2153', '--state', 'affected')
  const before = await onRecord(provider, acme.urn, a.server.url)
  assert.ok(before.includes('gids-8 evidenced'), before.join('; '))

  // What the new home would refuse is known before anything is filed.
  const sizes = async () => [await sizeOf(a), await sizeOf(b)]
  const untouched = await sizes()
  const to = ['party', 'move', '--to', gateB]
  const bare = await provider.run(...to)
  assert.equal(bare.code, 3, bare.stderr)
  assert.match(plain(bare.stderr), /takes statements with a token.*--to-token-file/)
  const withToken = [...to, '--to-token-file', await token(b, 'acme')]
  const unfollowed = await provider.run(...withToken)
  assert.equal(unfollowed.code, 3)
  assert.match(plain(unfollowed.stderr), /does not follow .*"comity peer add"/)
  await follows(b, a)
  await follows(a, b)
  await caughtUp(a, b)
  const stale = await provider.run(...to, '--to-token-file', await token(a, 'of the wrong node'))
  assert.equal(stale.code, 3)
  assert.match(plain(stale.stderr), /code not-authorised/)
  const asked = await provider.run(...withToken, '--check')
  assert.equal(asked.code, 0, asked.stderr)
  assert.match(asked.stdout, /^It would be taken: acme by /)
  for (const line of asked.stdout.split('\n')) assert.ok([...line].length <= 80, line)
  assert.deepEqual(await sizes(), untouched, 'nothing was filed')

  // Killed before and after each thing that it asks a node to do: copy, move, its copy, continuation, product, token.
  const steps = [1, 2, 2, 3, 3, 3].flatMap((n): [number, Moment][] => [
    [n, 'before'],
    [n, 'after'],
  ])
  for (const [n, moment] of steps) {
    posts = 0
    const child = provider.start(...withToken)
    const ended = once(child, 'close')
    kill = { at: n, moment, now: () => void child.kill('SIGKILL') }
    const [code, signal] = (await ended) as [number | null, string | null]
    assert.deepEqual([code, signal], [null, 'SIGKILL'], `killed ${moment} post ${n}`)
  }
  kill = undefined
  const done = await provider.run(...withToken)
  assert.equal(done.code, 0, done.stderr)
  assert.match(done.stdout, /^Moved: acme to /)
  for (const line of done.stdout.split('\n')) assert.ok([...line].length <= 80 || line.includes('/'), line)
  const again = await provider.run(...withToken)
  assert.equal(again.code, 0, again.stderr)
  assert.match(plain(again.stdout), /at home in .* already: nothing was filed/)

  // Each thing was registered once.
  const kinds = async ({ server, origin }: Founded) => {
    const url = `${server.url}/api/v1/statements?party=${encodeURIComponent(acme.urn)}&origin=${origin}&from=0`
    return (await readJson<{ items: { kind: string }[] }>(url)).items.map(({ kind }) => kind)
  }
  assert.deepEqual(await kinds(a), ['party', 'support', 'product', 'advisory', 'party'])
  assert.deepEqual(await kinds(b), ['party', 'party', 'continuation', 'product'])

  // The same is on record as before, at both nodes; new statements go to the new home, and old answers still count.
  await caughtUp(a, b)
  await agree(provider, acme.urn, [a, b], (now) => now.join() === before.join())
  const release = await provider.json<{ origin: string }>(
    ...words('release', 'add', join(samples, 'operator-inventory.cdx.json'), '--product', 'app', '--version', '1.0.0'),
  )
  assert.equal(release.origin, b.origin)
  await operator.json('acknowledge', told, '--state', 'remedied')
  await caughtUp(a, b)
  await agree(provider, acme.urn, [a, b], (now) =>
    now.some((each) => each.startsWith('code-d') || each === 'gids-1 evidenced'),
  )
  for (const { who, server } of [a, b]) assert.equal((await who.run('audit', server.url)).code, 0)
  const profile = JSON.parse(readFileSync(join(provider.path, 'home', 'parties', 'acme', 'party.json'), 'utf8'))
  assert.deepEqual([profile.home, profile.node], [b.origin, gateB])
})

test('a move that two approve is finished from a copy when the old node is gone', async (context) => {
  const [a, b] = await Promise.all([founded(context, 'Host A'), founded(context, 'Own node B')])
  assert.ok(a && b)
  await follows(b, a)
  const token = join(a.who.path, 'acme.token')
  await a.who.json('token', 'issue', '--label', 'acme', '--out', token)
  // In the home of whoever keeps the new node, which is named by that.
  const { urn } = await b.who.json<{ urn: string }>(
    ...words('party', 'create', 'acme', '--name', 'Acme', '--type', 'provider'),
    ...words('--approvers', '1', '--threshold', 'party=2'),
    ...words('--node', a.server.url, '--token-file', token, insecure),
  )
  const kept = await b.who.run('party', 'move', '--as', 'keeper', '--to', a.server.url, '--to-token-file', token)
  assert.equal(kept.code, 2)
  assert.match(plain(kept.stderr), /keeps the log .* cannot move/)

  // The second key is in a second home.
  const key = join(b.who.path, 'home', 'parties', 'acme', 'keys', 'approve-1.json')
  const approver = corner(context)
  await approver.json('party', 'join', 'acme', '--key', key, '--node', a.server.url, '--token-file', token, insecure)
  const to = ['party', 'move', '--as', 'acme', '--to', 'keeper']
  const written = await b.who.run(...to)
  assert.equal(written.code, 0, written.stderr)
  assert.match(
    plain(written.stdout),
    /not registered yet: the move of acme .* When it is registered, the same command goes on/,
  )
  await approver.json('approve', join(b.who.path, 'acme-move.cbor'))
  await b.who.json('submit', 'acme-move.cbor', '--as', 'acme')
  const size = await sizeOf(a)
  for (let i = 0; i < 300; i++) {
    const { peers } = await readJson<{ peers: { size: number }[] }>(`${b.server.url}/api/v1/peers`)
    if ((peers[0]?.size ?? 0) >= size) break
    await sleep(50)
  }
  await a.server.stop('SIGKILL')
  const done = await b.who.json<{ copies: number; moved: boolean; to: string }>(...to)
  assert.deepEqual([done.copies, done.moved, done.to], [3, true, b.origin])
  const filed = await b.who.json<{ origin: string }>('support', 'gids', '--as', 'acme')
  const there = join(b.who.path, 'approver.token')
  await b.who.json('token', 'issue', '--label', 'approver', '--out', there)
  const followed = await approver.json<{ moved: boolean; copies: number }>(
    ...words('party', 'move', '--to', b.server.url, '--to-token-file', there),
  )
  assert.deepEqual(followed, { ...followed, moved: true, copies: 3 })
  assert.equal(filed.origin, b.origin)
  const { home, stays } = await readJson<{ home: string; stays: { origin: string }[] }>(
    `${b.server.url}/api/v1/parties/${encodeURIComponent(urn)}`,
  )
  assert.deepEqual([home, stays.map(({ origin }) => origin)], [b.origin, [a.origin, b.origin]])
})
