/**
 * `executes-nothing-outside`: nothing here can block, filter or remove anything outside the node, or identify anyone,
 * and what goes out goes where a person at the command line said. Held by what the sources may reach, by what the API
 * offers, and by watching a node at work.
 */
import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { ComityNode, Vault, createServer } from '@comity/node'
import { actor, deeds, keeper, manualClock, play } from '@comity/testkit'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The only sources that open connections or threads, each with where they lead. */
const clients: ReadonlySet<string> = new Set([
  'packages/cli/src/verbs/backup.ts', // the checkpoint of the node that is being restored
  'packages/contract/src/client/transport.ts', // the node that the command line works with
  'packages/exposure/src/feed/fetch-feed.ts', // the `fetch` that it is given
  'packages/node/src/audit/http-source.ts', // the log that is being audited
  'packages/node/src/csaf/examiner.ts', // a thread that checks a document; it opens nothing
  'packages/node/src/csaf/examiner-worker.ts',
  'packages/node/src/federation/inbox/sending/remote-inbox.ts', // the `fetch` of peers, which it is given
  'packages/node/src/federation/peers/checked-lookup.ts', // names of peers, and of what parties published
  'packages/node/src/federation/peers/exchange.ts', // what those names lead to, behind guarded-fetch.ts
  'packages/node/src/federation/recovery/asked-peers.ts', // the same
  'packages/node/src/telling/channels/mail-relay.ts', // the relay that the keeper gave the node
  'packages/node/src/sources/way-out.ts', // the `fetch` of peers, which it is given, for what a keeper named
  'packages/store/src/wal-keeper.ts', // a thread that writes the journal of a view back; it opens nothing else
  'packages/store/src/wal-worker.ts',
  'packages/testkit/src/slow-link.ts', // a port of this machine, made slow for tests
])

/** `fetch` that is nobody's member or parameter of that name, and everything else that connects. */
const reachesOut = new RegExp(
  [
    /(?<![.#\w])fetch\(/,
    /globalThis\.fetch/,
    /\bhttps?\.(?:request|get)\(/,
    /\b(?:net|tls)\.connect\(/,
    /\bnew (?:Socket|WebSocket|EventSource)\(/,
    /node:(?:child_process|dgram|dns|http2|worker_threads)/,
    /import\('nodemailer'\)|from 'nodemailer'/,
    /import \{[^}]*\b(?<!type )(?:request|get|connect|createConnection|Socket)\b[^}]*\} from 'node:(?:https?|net|tls)'/,
  ]
    .map(({ source }) => source)
    .join('|'),
)

test('executes-nothing-outside: no source but the clients and the guarded way to peers opens a connection or a process', () => {
  const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).filter(
    (path) => !/\.(?:test|fixture)\.ts$/.test(path),
  )
  assert.ok(sources.length > 200)
  const reaching = sources.filter((path) => reachesOut.test(readFileSync(join(root, path), 'utf8')))
  assert.deepEqual(
    reaching.filter((path) => !clients.has(path)),
    [],
  )
})

test('executes-nothing-outside: the API offers nothing that blocks, filters, takes down or looks anybody up', async () => {
  await withServer(async (url) => {
    // The document's own form is checked elsewhere: here only its paths count.
    const document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as { paths: Record<string, object> }
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    assert.ok(operations.length > 30)
    const forbidden =
      /block|filter|take-?down|remove|suspend|identify|lookup|person|account|address|email|phone|webhook|callback/i
    assert.deepEqual(
      operations.filter((operation) => forbidden.test(operation)),
      [],
    )
    // What can be deleted is one's own: messages of a party, a peer or source on the list, a token, an inventory,
    // a subscription, whom one believes, one's own view of a private case, what one scheduled and is not registered yet.
    assert.deepEqual(operations.filter((operation) => operation.startsWith('DELETE')).sort(), [
      'DELETE /api/v1/cases/{urn}',
      'DELETE /api/v1/inbox/correspondences/{correspondence}',
      'DELETE /api/v1/peers/{peer}',
      'DELETE /api/v1/sources/{source}',
      'DELETE /api/v1/submissions/{id}',
      'DELETE /api/v1/tokens/{id}',
      'DELETE /api/v1/vault/inventories/{id}',
      'DELETE /api/v1/vault/subscriptions/{id}',
      'DELETE /api/v1/vault/suppliers/{id}',
    ])
  })
})

test('executes-nothing-outside: whatever parties register, the node connects to nobody', async () => {
  const connected = await connections(async () => {
    await fc.assert(
      fc.asyncProperty(deeds({ maxLength: 30 }), async (history) => {
        await withNode(async (node, clock) => {
          await play(node, home, history, clock)
        })
      }),
      { numRuns: 5 },
    )
  })
  assert.deepEqual(connected, [])
})

test('executes-nothing-outside: a node with a peer connects to that peer alone, whatever anybody publishes', async (context) => {
  const trap = createHttpServer(() => assert.fail('nobody may be sent here'))
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
  context.after(() => void trap.close())
  const trapUrl = `http://127.0.0.1:${portOf(trap.address())}`
  // Somebody at home in the peer's log who would like to be visited, in every way that a statement has.
  const temptation = actor('temptation', peer.origin, {
    party: {
      contacts: (['security', 'technical', 'general', 'inbox'] as const).map((each) => ({
        function: each,
        url: trapUrl,
      })),
      domains: ['temptation.example'],
    },
  })
  await withNode(async (other, otherClock, directory) => {
    await other.submit(temptation.founding(otherClock.now()))
    const view = join(directory, 'views', 'vault.db')
    const vault = await Vault.open({ truth: other.truth, view, register: other.reader, now: otherClock.now })
    const server = await createServer({ node: other, vault })
    const url = await server.listen({ host: '127.0.0.1', port: 0 })
    try {
      const connected = await connections(async () => {
        await withNode(async (node, clock) => {
          await node.submit(home.sign('endorsement', temptation.urn, { claims: ['name'] }, clock.now()))
          node.startClockwork(() => {}, { followEndorsed: true })
          await node.peers.add({ url, allowPrivate: true, keeper: peer.urn })
          await fc.assert(
            fc.asyncProperty(
              deeds({ maxLength: 10 }),
              async (history) => void (await play(node, home, history, clock)),
            ),
            { numRuns: 2 },
          )
          const isFollowed = () => node.peers.states()[0]?.size === other.head.size
          for (let i = 0; i < 100 && !isFollowed(); i++) await new Promise((resolve) => setTimeout(resolve, 50))
          assert.ok(isFollowed(), JSON.stringify(node.peers.states()))
        })
      })
      assert.ok(connected.length > 0)
      const port = Number(new URL(url).port)
      assert.deepEqual(
        connected.filter((to) => to.port !== port),
        [],
      )
    } finally {
      server.server.closeAllConnections()
      await server.close()
      await vault.close()
    }
  }, peer)
})

/** Where sockets of this process went while `work` was done. */
async function connections(work: () => Promise<void>): Promise<{ readonly port?: number; readonly host?: string }[]> {
  const { connect } = Socket.prototype
  const connected: { port?: number; host?: string }[] = []
  Socket.prototype.connect = function (this: Socket, ...args: never[]) {
    // Node calls it with the arguments as it has put them in order: a list whose first item are the options.
    connected.push(
      ...[args as unknown[]]
        .flat(2)
        .slice(0, 1)
        .map((each) => each as object),
    )
    return Reflect.apply(connect, this, args)
  }
  try {
    await work()
  } finally {
    Socket.prototype.connect = connect
  }
  return connected
}

function portOf(address: string | AddressInfo | null): number {
  // Safe: a listening TCP server has an address with a port.
  return (address as AddressInfo).port
}

const home = keeper('nothing outside')
const peer = keeper('nothing outside, the peer')

async function withNode(
  work: (node: ComityNode, clock: ReturnType<typeof manualClock>, directory: string) => Promise<void>,
  own = home,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-outside-'))
  const clock = manualClock()
  const options = { directory, keys: own.keys, now: clock.now }
  const node = await ComityNode.found({
    ...options,
    party: own.founding(clock.now()),
    policy: own.policy(clock.now()),
  })
  try {
    await work(node, clock, directory)
  } finally {
    await node.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function withServer(work: (url: string) => Promise<void>): Promise<void> {
  await withNode(async (node, clock, directory) => {
    const view = join(directory, 'views', 'vault.db')
    const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now: clock.now })
    const server = await createServer({ node, vault })
    try {
      await work(await server.listen({ host: '127.0.0.1', port: 0 }))
    } finally {
      await server.close()
      await vault.close()
    }
  })
}
