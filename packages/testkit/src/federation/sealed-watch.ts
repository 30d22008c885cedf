import { sha256 } from '@comity/crypto'
import { decodeStatement } from '@comity/statement'
import assert from 'node:assert/strict'
import { Eavesdropper, idWritings } from './eavesdropper.ts'
import type { Exchange } from './network.ts'
import { sealedWords } from './sealed-traffic.ts'
import type { SimulatedNode } from './simulated-node.ts'

/** Where logs stood, and from when traffic counts. */
interface HourBegun {
  readonly sizes: readonly number[]
}

/** What an hour looked like to who reads logs and counts requests. */
export interface Hour {
  /** Entries of each log: kind, length, and how many seconds into the hour each says it was signed. */
  readonly entries: readonly (readonly string[])[]
  /** Requests between nodes that have nothing to do with messages, by what was asked of whom. */
  readonly requests: readonly string[]
}

/** `sealed-stays-sealed`: what strangers see of a federation, searched for what is sealed. */
export class SealedWatch {
  readonly #eavesdropper = new Eavesdropper([sealedWords])
  #requests: { readonly from: string; readonly to: string; readonly what: string }[] = []

  hear({ from, to, method, url, headers, request, answer }: Exchange): void {
    const where = `${from} to ${to}: ${method} ${url}`
    this.#eavesdropper.hear(where, Buffer.from(JSON.stringify([url, headers, answer?.headers])))
    if (request !== undefined) this.#eavesdropper.hear(`${where}, asked`, request)
    if (answer !== undefined) this.#eavesdropper.hear(`${where}, answered`, answer.body)
    if (!url.startsWith('/inbox/') && !url.startsWith('/documents/'))
      this.#requests.push({ from, to, what: `${method} ${url.replaceAll(/(?<=\/)[0-9x]+(?:\.p)?(?=\/|$)/g, '*')}` })
  }

  beginHour(nodes: readonly SimulatedNode[]): HourBegun {
    this.#requests = []
    return { sizes: nodes.map(({ node }) => node.head.size) }
  }

  endHour(nodes: readonly SimulatedNode[], { sizes }: HourBegun): Hour {
    const entries = nodes.map(({ node }, i) =>
      node.ledger.leaves(sizes[i] ?? 0, node.head.size).map((leaf) => {
        const { kind, iat } = decodeStatement(leaf, { sha256, verify: () => false })
        // A time leaf holds the checkpoint that was cosigned last, whose size is written in digits.
        return kind === 'time' ? `time ${iat % 3600}` : `${kind} of ${leaf.length} bytes ${iat % 3600}`
      }),
    )
    // What is asked of liars depends on how they answer.
    const hosts = new Set(nodes.map(({ host }) => host))
    const requests = this.#requests.filter(({ from, to }) => hosts.has(from) && hosts.has(to))
    return { entries, requests: requests.map(({ from, to, what }) => `${from} ${to} ${what}`).toSorted() }
  }

  /** A busy hour looks like an idle one. */
  compareHours(idle: Hour, busy: Hour, messages: number): void {
    assert.ok(messages > 0, 'nothing was written in the busy hour')
    assert.ok(idle.entries.every((each) => each.some((entry) => entry.startsWith('commitment '))))
    assert.deepEqual(busy.entries, idle.entries, 'the public log of a busy hour differs from that of an idle one')
    assert.deepEqual(busy.requests, idle.requests, 'what is asked in a busy hour differs from that of an idle one')
  }

  /** Nothing sealed crossed the network in the clear, stands in a log or in an answer to who has no token. */
  async check(nodes: readonly SimulatedNode[], ids: readonly string[]): Promise<void> {
    const eavesdropper = this.#eavesdropper
    const writers = nodes.filter(({ hasInbox }) => hasInbox)
    const known = ids.flatMap(idWritings)
    const paths = await publicPaths(nodes)
    for (const node of writers) {
      const shown = [...(await publicAnswers(node, paths)), ...node.said.map((line) => Buffer.from(line))]
      shown.push(...node.defects.map((text) => Buffer.from(text)))
      const log = node.node.ledger.leaves(0, node.node.head.size)
      for (const bytes of [...shown, ...log]) {
        eavesdropper.hear(`what ${node.host} shows`, bytes)
        const buffer = Buffer.from(bytes)
        if (known.some((writing) => buffer.includes(writing))) eavesdropper.found.add(`the identifier, at ${node.host}`)
      }
      // What lies on its disk lies sealed there.
      for (const [path, bytes] of node.disk.contents()) eavesdropper.hear(`the disk of ${node.host}: ${path}`, bytes)
    }
    assert.deepEqual([...eavesdropper.found], [], 'what is sealed stands in the clear there')
    assert.ok(writers.length === 0 || eavesdropper.heard > 100_000, `${eavesdropper.heard} bytes were looked through`)
  }
}

/** Every address that a node has: the description is the same at each, and costs more than all other answers. */
async function publicPaths([node]: readonly SimulatedNode[]): Promise<readonly string[]> {
  const description = node === undefined ? new Uint8Array() : await ask(node, '/api/v1/openapi.json')
  const paths = pathsOf(JSON.parse(Buffer.from(description).toString()))
  assert.ok(paths.length > 60, 'all addresses are read')
  return paths.filter((path) => path !== '/api/v1/openapi.json')
}

/** What they answer without a token, with what stands in the log for parameters. */
async function publicAnswers(node: SimulatedNode, paths: readonly string[]): Promise<readonly Uint8Array[]> {
  const values: Readonly<Record<string, string>> = {
    id: decodeStatement(node.node.ledger.leaf(1), { sha256, verify: () => false }).id,
    urn: node.correspondent.urn,
    party: node.correspondent.urn,
    origin: node.node.mirrors.origins()[0] ?? node.keeper.origin,
    level: 'entries',
    path: '000',
  }
  const filled = paths.map((path) =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? 'x')),
  )
  return Promise.all([...filled, '/', '/metrics', '/tile/entries/000.p/4'].map((url) => ask(node, url)))
}

async function ask(node: SimulatedNode, url: string): Promise<Uint8Array> {
  const answered = await node.answer({ from: 'stranger.test', method: 'GET', url, headers: {}, body: undefined })
  return answered === 'silence' ? new Uint8Array() : answered.body
}

function pathsOf(description: unknown): readonly string[] {
  const isObject = typeof description === 'object' && description !== null && 'paths' in description
  const paths = isObject ? description.paths : undefined
  return typeof paths === 'object' && paths !== null ? Object.keys(paths) : []
}
