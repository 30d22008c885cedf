/** What people do in a simulated federation, drawn by its seed. */
import { sha256Hex } from '@comity/crypto'
import { advisoryUrn, documentUrn, instrumentUrn, productUrn } from '@comity/statement'
import type { Actor } from '../actors.ts'
import { type Random, pick } from './random.ts'
import type { SimulatedNode } from './simulated-node.ts'

const date = '2026-11-20T12:00:00Z'
const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const

/** An advisory that was published somewhere: others may answer it from their own logs. */
export interface Published {
  /** The log it stands in. */
  readonly origin: string
  readonly sub: string
  readonly id: string
  /** Of its document. */
  readonly digest: string
}

/** Registers the parties that a node hosts, and that they and its keeper are bound: two batches. */
export async function settle(node: SimulatedNode): Promise<void> {
  const at = node.now()
  await Promise.all(node.hosted.map((party) => node.submit(party.founding(at))))
  const bound = node.hosted.flatMap((party) => [
    party.sign('support', instrumentUrn('gids'), {}, at),
    party.sign('product', productUrn(party.urn, 'thing'), { name: 'Thing', updatePolicy }, at),
  ])
  bound.push(node.keeper.sign('adherence', instrumentUrn('code'), {}, at))
  await Promise.all(bound.map((statement) => node.submit(statement)))
}

/** One statement by somebody at home at this node. What it publishes is added to `published`. */
export async function act(node: SimulatedNode, random: Random, published: Published[]): Promise<void> {
  const party = pick(random, node.hosted)
  const roll = random()
  const number = Math.floor(random() * 1e6)
  if (roll < 0.3) await product(node, party, number)
  else if (roll < 0.6) await advise(node, party, number, published)
  else if (published.length > 0) await acknowledge(node, party, pick(random, published), random)
}

async function product(node: SimulatedNode, party: Actor, number: number): Promise<void> {
  const payload = { name: `Thing ${number}`, updatePolicy }
  await node.submit(party.sign('product', productUrn(party.urn, `thing-${number}`), payload, node.now()))
}

async function advise(node: SimulatedNode, party: Actor, number: number, published: Published[]): Promise<void> {
  const bytes = new TextEncoder().encode(`advisory ${node.host} ${number}`)
  const digest = `sha256:${sha256Hex(bytes)}`
  await node.node.documents.put(digest, bytes)
  const sub = advisoryUrn(party.urn, `SIM-${number}`)
  const payload = {
    id: `SIM-${number}`,
    title: `Simulated advisory ${number}`,
    products: [productUrn(party.urn, 'thing')],
    published: date,
    modified: date,
    document: digest,
    documents: [{ digest, size: bytes.length, type: 'text/plain' }],
  }
  const registered = await node.submit(party.sign('advisory', sub, payload, node.now()))
  if (registered === undefined) return
  published.push({ origin: node.keeper.origin, sub, id: registered.id, digest })
  if (number % 17 !== 0) return
  await node.submit(party.sign('withholding', documentUrn(digest), { ground: 'data-protection' }, node.now()))
}

async function acknowledge(node: SimulatedNode, party: Actor, { sub, id }: Published, random: Random): Promise<void> {
  const state = pick(random, ['affected', 'mitigated', 'remedied'] as const)
  await node.submit(party.sign('acknowledgement', sub, { advisory: id, state }, node.now()))
}
