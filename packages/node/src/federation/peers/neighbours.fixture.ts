/** Nodes that reach each other without a network: an address leads straight to the server behind it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type ActorOptions, type Keeper, keeper, manualClock } from '@comity/testkit'
import type { FastifyInstance } from 'fastify'
import { createServer } from '../../http/create-server.ts'
import { ComityNode } from '../../node.ts'
import type { NodeKeys } from '../../pipeline/keys.ts'
import { Vault } from '../../vault/vault.ts'
import { FederationError } from '../federation-error.ts'
import type { Fetch } from './peer.ts'

export const startAt = 1_795_219_200

/** What answers at which address, and what was asked. */
export interface Network {
  readonly fetch: Fetch
  readonly asked: readonly string[]
  /** `url` without a slash at the end. */
  put(url: string, answer: FastifyInstance | ((path: string) => Response)): void
}

export function network(): Network {
  const places = new Map<string, FastifyInstance | ((path: string) => Response)>()
  const asked: string[] = []
  return {
    asked,
    put: (url, answer) => void places.set(url, answer),
    fetch: async (address, init) => {
      asked.push(address)
      const url = new URL(address)
      const found = [...places].find(([base]) => address === base || address.startsWith(`${base}/`))
      if (found === undefined) throw new FederationError('peer-unreachable', `nobody answers at ${url.origin}`)
      const [base, place] = found
      const path = `${address.slice(base.length) || '/'}`
      if (typeof place === 'function') return place(path)
      const method = init?.method === 'POST' ? 'POST' : 'GET'
      const answer = await place.inject({ method, url: path, headers: Object.fromEntries(new Headers(init?.headers)) })
      const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)])
      return new Response(new Uint8Array(answer.rawPayload), { status: answer.statusCode, headers })
    },
  }
}

export interface Neighbour {
  readonly keeper: Keeper
  readonly node: ComityNode
  readonly vault: Vault
  readonly app: FastifyInstance
  readonly clock: ReturnType<typeof manualClock>
}

export interface NeighbourOptions extends ActorOptions {
  readonly net?: Network
  /** Where the network finds it. */
  readonly url?: string
  /** Who keeps it, where that is decided already. */
  readonly own?: Keeper
  readonly keys?: NodeKeys
}

/** Founds a node that lives until the end of the test. */
export async function neighbour(
  context: TestContext,
  label: string,
  { net, url, own: given, keys, ...options }: NeighbourOptions = {},
): Promise<Neighbour> {
  const own = given ?? keeper(label, options)
  const directory = mkdtempSync(join(tmpdir(), 'comity-neighbour-'))
  const clock = manualClock(startAt)
  const node = await ComityNode.found({
    directory,
    keys: keys ?? own.keys,
    now: clock.now,
    party: own.founding(startAt),
    policy: own.policy(startAt),
    ...(net === undefined ? {} : { fetch: net.fetch }),
  })
  const view = join(directory, 'views', 'vault.db')
  const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now: clock.now })
  const app = await createServer({ node, vault })
  if (url !== undefined) net?.put(url, app)
  context.after(async () => {
    await app.close()
    await vault.close()
    await node.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return { keeper: own, node, vault, app, clock }
}

/** Keys of a node of which some can be replaced while it runs: what an operator does who changes its log key. */
export function changeableKeys(keys: NodeKeys): { readonly keys: NodeKeys; use(next: Partial<NodeKeys>): void } {
  let current = keys
  return {
    keys: {
      get receipt() {
        return current.receipt
      },
      get log() {
        return current.log
      },
    },
    use: (next) => void (current = { ...current, ...next }),
  }
}
