import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ComityNode, Vault, createServer } from '@comity/node'
import { productUrn } from '@comity/statement'
import { type Actor, type Keeper, actor, keeper, slowLink } from '@comity/testkit'
import { type Bench, type Figure } from './figure.ts'

/** What a second's rest costs nothing of: a node that has nothing to read is asked again then. */
const restSeconds = 1

/**
 * How long a node takes to catch up with `n` statements that it missed, over a link of `bits` bit/s with `ms` milliseconds
 * there and back, against the time that the bare bytes of those entries take on that line.
 */
const bench: Bench = {
  name: 'poor-link',
  parameters: { n: 500, bits: 64_000, ms: 800 },
  async run({ n = 0, bits = 0, ms = 0 }): Promise<readonly Figure[]> {
    const folder = mkdtempSync(join(tmpdir(), 'comity-poor-link-'))
    const now = (): number => Math.floor(Date.now() / 1000)
    const [far, near] = [keeper('bench far'), keeper('bench near')]
    const [source, follower] = [
      await founded(far, join(folder, 'far'), now),
      await founded(near, join(folder, 'near'), now),
    ]
    const vault = await Vault.open({
      truth: source.truth,
      view: join(folder, 'vault.db'),
      register: source.reader,
      now,
    })
    const app = await createServer({ node: source, vault })
    await app.listen({ host: '127.0.0.1', port: 0 })
    // Safe: it listens on a TCP port.
    const { port } = app.server.address() as AddressInfo
    const link = await slowLink(port, { bytesPerSecond: bits / 8, roundTrip: ms })
    try {
      const author = actor('bench author', far.origin)
      await source.submit(author.founding(now()))
      await follower.peers.add({ url: `http://127.0.0.1:${port}`, keeper: far.urn, allowPrivate: true })
      await followed(follower, source)
      await follower.peers.add({ url: `http://127.0.0.1:${link.port}`, keeper: far.urn, allowPrivate: true })
      const from = source.head.size
      await grow(source, author, n, now())
      const missing = source.ledger.leaves(from, source.head.size).reduce((sum, leaf) => sum + 2 + leaf.length, 0)
      const [down, begun] = [link.sent.down, performance.now()]
      await followed(follower, source)
      const seconds = (performance.now() - begun) / 1000
      const bytes = link.sent.down - down
      const bare = (missing * 8) / bits
      return [
        figure(
          'time to catch up',
          seconds,
          's',
          `${bare.toFixed(1)} s that the line takes for the missing bytes`,
          seconds / bare,
          1.5,
        ),
        figure('bytes received', bytes, 'bytes', `${missing} bytes missing`, bytes / missing, 1.15),
      ]
    } finally {
      await link.close()
      await follower.close()
      await app.close()
      await vault.close()
      await source.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

export default bench

function figure(name: string, value: number, unit: string, against: string, ratio: number, most: number): Figure {
  return { figure: name, value, unit, against, ratio, goal: `≤ ${most}×`, met: ratio <= most }
}

function founded(own: Keeper, directory: string, now: () => number): Promise<ComityNode> {
  const founding = { party: own.founding(now()), policy: own.policy(now()) }
  return ComityNode.found({ directory, keys: own.keys, now, ...founding })
}

async function grow(node: ComityNode, author: Actor, count: number, at: number): Promise<void> {
  const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const
  const named = (i: number) =>
    author.sign('product', productUrn(author.urn, `product-${i}`), { name: `Product ${i}`, updatePolicy }, at)
  await Promise.all(Array.from({ length: count }, (_, i) => node.submit(named(i))))
}

/** Steps until the follower holds all that the source has signed. */
async function followed({ mirrors, peers }: ComityNode, source: ComityNode): Promise<void> {
  await mirrors.follow(peers.list())
  for (let now = Date.now() / 1000; ; now += restSeconds) {
    await mirrors.step(now)
    if ((mirrors.find(source.origin)?.copy.size ?? 0) >= source.head.size) return
  }
}
