/**
 * `executes-nothing-outside`: nothing here can block, filter or remove anything outside the node, or identify anyone,
 * and what goes out goes where a person at the command line said. Held by what the sources may reach, by what the API
 * offers, and by watching a node at work.
 */
import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { ComityNode, Vault, createServer } from '@comity/node'
import { deeds, keeper, manualClock, play } from '@comity/testkit'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The only sources that open connections, each to an address that its user gave. */
const clients: ReadonlySet<string> = new Set([
  'packages/cli/src/verbs/backup.ts', // the checkpoint of the node that is being restored
  'packages/contract/src/client/transport.ts', // the node that the command line works with
  'packages/node/src/audit/http-source.ts', // the log that is being audited
])

const reachesOut =
  /\bfetch\(|\bfetch\.bind|\bhttps?\.(?:request|get)\(|\b(?:net|tls)\.connect\(|\bnew Socket\(|node:(?:child_process|dgram|dns|worker_threads)/

test('executes-nothing-outside: no source but the clients of the command line opens a connection or a process', () => {
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
    // What can be deleted is the keeper's own: a token it issued, an inventory that its owner put there.
    assert.deepEqual(operations.filter((operation) => operation.startsWith('DELETE')).sort(), [
      'DELETE /api/v1/tokens/{id}',
      'DELETE /api/v1/vault/inventories/{id}',
    ])
  })
})

test('executes-nothing-outside: whatever parties register, the node connects to nobody', async () => {
  const { connect } = Socket.prototype
  const connected: unknown[] = []
  Socket.prototype.connect = function (this: Socket, ...args: never[]) {
    connected.push(args)
    return Reflect.apply(connect, this, args)
  }
  try {
    await fc.assert(
      fc.asyncProperty(deeds({ maxLength: 30 }), async (history) => {
        await withNode(async (node, clock) => {
          await play(node, home, history, clock)
        })
      }),
      { numRuns: 5 },
    )
  } finally {
    Socket.prototype.connect = connect
  }
  assert.deepEqual(connected, [])
})

const home = keeper('nothing outside')

async function withNode(
  work: (node: ComityNode, clock: ReturnType<typeof manualClock>, directory: string) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-outside-'))
  const clock = manualClock()
  const options = { directory, keys: home.keys, now: clock.now }
  const node = await ComityNode.found({
    ...options,
    party: home.founding(clock.now()),
    policy: home.policy(clock.now()),
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
