/** Two and more nodes that cosign each other over a network in memory. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext } from 'node:test'
import { sha256 } from '@comity/crypto'
import {
  cosignatureTime,
  formatVerifierKey,
  noteType,
  noteVerifier,
  openCheckpoint,
  parseVerifierKey,
  verifierKey,
} from '@comity/log'
import { instrumentUrn } from '@comity/statement'
import { type Actor, type Keeper, actor, keeper, manualClock } from '@comity/testkit'
import type { FastifyInstance } from 'fastify'
import { noteAlgorithms } from '../../crypto-port.ts'
import { createServer } from '../../http/create-server.ts'
import { ComityNode } from '../../node.ts'
import { Vault } from '../../vault/vault.ts'
import type { Fetch, Peer } from '../peers/peer.ts'
import { peersCell } from '../peers/peer-list.ts'

export const startAt = 1_795_219_200

/** What the network does to a request: passes it on, or answers in place of the node. */
type Weather = (url: string, init: RequestInit, pass: () => Promise<Response>) => Promise<Response>

export class World {
  readonly clock = manualClock(startAt)
  weather: Weather = (_url, _init, pass) => pass()
  readonly #context: TestContext
  readonly #apps = new Map<string, FastifyInstance>()

  constructor(context: TestContext) {
    this.#context = context
  }

  readonly fetch: Fetch = (url, init = {}) => {
    const { origin, pathname } = new URL(url)
    return this.weather(url, init, async () => {
      const app = this.#apps.get(origin)
      if (app === undefined) throw new Error(`nobody is at ${origin}`)
      const { statusCode, headers, rawPayload } = await app.inject({
        method: init.method === 'POST' ? 'POST' : 'GET',
        url: pathname,
        headers: Object.fromEntries(new Headers(init.headers)),
        ...(typeof init.body === 'string' ? { payload: init.body } : {}),
      })
      const type = String(headers['content-type'] ?? '')
      return new Response(new Uint8Array(rawPayload), { status: statusCode, headers: { 'content-type': type } })
    })
  }

  async node(label: string, { witness = true }: { witness?: boolean } = {}): Promise<Neighbour> {
    const directory = mkdtempSync(join(tmpdir(), 'comity-witnessing-'))
    const own = keeper(label, { witness })
    const { now } = this.clock
    const node = await ComityNode.found({
      directory,
      keys: own.keys,
      now,
      fetch: this.fetch,
      party: own.founding(now()),
      policy: own.policy(now()),
    })
    const view = join(directory, 'views', 'vault.db')
    const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now })
    const app = await createServer({ node, vault })
    const url = `http://${label}.invalid`
    this.#apps.set(url, app)
    let isStopped = false
    const stop = async (): Promise<void> => {
      if (isStopped) return
      isStopped = true
      await vault.close()
      await node.close()
    }
    this.#context.after(async () => {
      await app.close()
      await stop()
      rmSync(directory, { recursive: true, force: true })
    })
    return { own, node, app, url, stop, peer: actor(`${label} partner`, own.origin) }
  }
}

export interface Neighbour {
  readonly own: Keeper
  readonly node: ComityNode
  readonly app: FastifyInstance
  readonly url: string
  /** Closes the node; its server stays. */
  stop(): Promise<void>
  /** Somebody at home in its log. */
  readonly peer: Actor
}

export function peerOf({ own, node, url }: Neighbour, isWitness: boolean): Peer {
  const logKey = verifierKey(own.origin, noteType.ed25519, own.keys.log.publicKey, sha256)
  return {
    origin: own.origin,
    url,
    keeper: own.urn,
    logKeys: [formatVerifierKey(logKey)],
    mirror: false,
    witnessKeys: isWitness ? node.witnessing.verifierKeys : [],
    allowPrivate: true,
  }
}

export async function setPeers({ node }: Neighbour, peers: readonly Peer[]): Promise<void> {
  const version = node.truth.cells.get(peersCell)?.version ?? 0
  assert.ok(await node.truth.cells.compareAndSet(peersCell, version, Buffer.from(JSON.stringify(peers))))
}

/** A node that has its log cosigned by some witnesses, which know it. */
export async function witnessed(context: TestContext, labels: readonly string[]) {
  const world = new World(context)
  const log = await world.node('log', { witness: false })
  const witnesses: Neighbour[] = []
  for (const label of labels) witnesses.push(await world.node(label))
  for (const each of witnesses) await setPeers(each, [peerOf(log, false)])
  await setPeers(
    log,
    witnesses.map((each) => peerOf(each, true)),
  )
  return { world, log, witnesses }
}

export async function file({ node, peer }: Neighbour, world: World): Promise<number> {
  const at = world.clock.now()
  if (node.findParty(peer.urn) === undefined) return (await node.submit(peer.founding(at))).index
  return (await node.submit(peer.sign('support', instrumentUrn('gids'), {}, at))).index
}

/** Who cosigned this note, by name and type of key, with the times. */
export function cosignersOf(note: string, log: Neighbour, witnesses: readonly Neighbour[]) {
  const verifiersOf = (keys: readonly string[]) =>
    keys.flatMap((text) => noteVerifier(parseVerifierKey(text, sha256), noteAlgorithms) ?? [])
  const own = verifiersOf(peerOf(log, false).logKeys)
  const opened = openCheckpoint(
    note,
    log.own.origin,
    own,
    verifiersOf(witnesses.flatMap(({ node }) => node.witnessing.verifierKeys)),
  )
  return opened.cosigned.map((line) => ({ name: line.name, at: cosignatureTime(line), bytes: line.signature.length }))
}

export const checkpointOf = async ({ app }: Neighbour): Promise<string> =>
  (await app.inject({ url: '/checkpoint' })).payload

export async function addressOf({ app }: Neighbour): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return `http://127.0.0.1:${address.port}`
}
