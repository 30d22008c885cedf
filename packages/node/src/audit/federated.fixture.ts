/** Real nodes on ports of their own that mirror each other, and what stands between them and an auditor who is lied to. */
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { advisoryUrn, instrumentUrn, productUrn } from '@comity/statement'
import { type Actor, type Keeper, actor, keeper, manualClock } from '@comity/testkit'
import { digestOf, listening, osv } from '../http/server.fixture.ts'
import { ComityNode } from '../node.ts'
import { gateway, start } from './log.fixture.ts'

const date = '2026-11-20T12:00:00Z'

/** A node that is served, and whose keys a dishonest keeper could use. */
export interface ServedNode {
  readonly node: ComityNode
  readonly keeper: Keeper
  readonly directory: string
  readonly url: string
}

export interface Federation {
  readonly nodes: readonly ServedNode[]
  readonly clock: ReturnType<typeof manualClock>
  /** At home in the first node; its advisory there. */
  readonly provider: Actor
  readonly advisory: { readonly id: string; readonly sub: string }
  /** At home in the second. */
  readonly operator: Actor
  /** Every node reads what its peers have. */
  mirror(): Promise<void>
}

/** Founds and serves a node; it is gone when the test ends. */
export async function servedNode(
  context: TestContext,
  label: string,
  clock: ReturnType<typeof manualClock>,
): Promise<ServedNode> {
  const own = keeper(label)
  const directory = mkdtempSync(join(tmpdir(), 'comity-federated-'))
  const { keys, founding, policy } = own
  const now = () => clock.now()
  const node = await ComityNode.found({ directory, keys, now, party: founding(start), policy: policy(start) })
  const { url } = await listening(context, { node, directory, now })
  return { node, keeper: own, directory, url }
}

/**
 * Nodes that follow each other, `count` of them. A provider of the first has a product and an advisory; an operator of
 * the second has answered it; every node has published findings over all logs.
 */
export async function federation(context: TestContext, count = 3): Promise<Federation> {
  const clock = manualClock(start)
  const nodes: ServedNode[] = []
  for (let i = 0; i < count; i++) nodes.push(await servedNode(context, `${context.name} ${i}`, clock))
  const [a, b] = nodes
  if (a === undefined || b === undefined) throw new RangeError('a federation has at least two nodes')
  for (const { node } of nodes) {
    for (const { url, node: other } of nodes) if (other !== node) await node.peers.add({ url, allowPrivate: true })
  }
  const mirror = async (): Promise<void> => {
    clock.advance(60)
    for (const { node } of nodes) {
      await node.mirrors.follow(node.peers.list())
      for (let i = 0; i < 20; i++) if ((await node.mirrors.step(clock.now())) > clock.now()) break
    }
  }
  const provider = actor('federated provider', a.node.origin)
  const operator = actor('federated operator', b.node.origin, { type: 'operator' })
  await a.node.submit(provider.founding(start))
  await b.node.submit(operator.founding(start))
  await a.node.submit(provider.sign('support', instrumentUrn('gids'), {}, start))
  const product = productUrn(provider.urn, 'gateway')
  await a.node.submit(provider.sign('product', product, gateway, start))
  const document = digestOf(osv)
  const documents = [{ digest: document, size: osv.length, type: 'application/json' }]
  await a.node.documents.put(document, osv)
  const sub = advisoryUrn(provider.urn, 'NORTH-1')
  const payload = {
    id: 'NORTH-1',
    products: [product],
    title: 'Wrong',
    published: date,
    modified: date,
    document,
    documents,
  }
  const { id } = await a.node.submit(provider.sign('advisory', sub, payload, start))
  await mirror()
  await b.node.submit(operator.sign('acknowledgement', sub, { advisory: id, state: 'affected' }, clock.now()))
  await mirror()
  for (const { node } of nodes) await node.publishFindings()
  return { nodes, clock, provider, operator, advisory: { id, sub }, mirror }
}

/** Stands before a node and answers as it does, but for what `change` makes of a path's bytes; undefined takes it away. */
export async function liar(
  context: TestContext,
  url: string,
  change: (path: string, body: Uint8Array) => Uint8Array | undefined,
): Promise<string> {
  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? '/'
      const answer = await fetch(`${url}${path}`, { redirect: 'manual' })
      const body = new Uint8Array(await answer.arrayBuffer())
      const said = answer.status === 200 ? change(path, body) : body
      response.statusCode = said === undefined ? 404 : answer.status
      response.end(said)
    })().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  // Safe: a listening TCP server has an address with a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
