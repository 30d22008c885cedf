/** Several nodes that follow each other without a network, one of them the seat of a dispute between parties of all. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type CorePayloads, decodeStatement } from '@comity/statement'
import { type Actor, type ActorOptions, type Keeper, actor, keeper, manualClock } from '@comity/testkit'
import type { FastifyInstance } from 'fastify'
import { crypto } from '../../crypto-port.ts'
import { createServer } from '../../http/create-server.ts'
import { disputeOf, moveIn, notification } from '../../judge/dispute.fixture.ts'
import { ComityNode } from '../../node.ts'
import { Vault } from '../../vault/vault.ts'
import { type Network, network, startAt } from '../peers/neighbours.fixture.ts'

export { startAt }

/** A node that can be closed and opened again, under an address of its own. */
export class Post {
  readonly keeper: Keeper
  readonly url: string
  node: ComityNode
  app: FastifyInstance
  #vault: Vault
  readonly #options: Parameters<typeof ComityNode.open>[0]
  readonly #net: Network

  private constructor(
    parts: Pick<Post, 'keeper' | 'url' | 'node' | 'app'> & {
      vault: Vault
      net: Network
      options: Parameters<typeof ComityNode.open>[0]
    },
  ) {
    this.keeper = parts.keeper
    this.url = parts.url
    this.node = parts.node
    this.app = parts.app
    this.#vault = parts.vault
    this.#net = parts.net
    this.#options = parts.options
  }

  static async found(
    context: TestContext,
    label: string,
    net: Network,
    clock: ReturnType<typeof manualClock>,
    policy: Partial<CorePayloads['policy']> = {},
  ): Promise<Post> {
    const own = keeper(label)
    const directory = mkdtempSync(join(tmpdir(), 'comity-seat-'))
    const options = { directory, keys: own.keys, now: clock.now, fetch: net.fetch }
    const founded = await ComityNode.found({
      ...options,
      party: own.founding(startAt),
      policy: own.policy(startAt, policy),
    })
    const url = `https://${label.replaceAll(/[^a-z0-9]+/g, '-')}.example`
    const served = await serve(founded, directory)
    const post = new Post({ keeper: own, url, node: founded, ...served, net, options })
    net.put(url, served.app)
    context.after(async () => {
      await post.close()
      rmSync(directory, { recursive: true, force: true })
    })
    return post
  }

  get origin(): string {
    return this.node.origin
  }

  async reopen(): Promise<void> {
    await this.close()
    this.node = await ComityNode.open(this.#options)
    const { app, vault } = await serve(this.node, this.#options.directory)
    this.app = app
    this.#vault = vault
    this.#net.put(this.url, app)
  }

  async close(): Promise<void> {
    await this.app.close()
    await this.#vault.close()
    await this.node.close()
  }

  /** Reads what followed logs have, and takes over what is for cases here. */
  async catchUp(): Promise<void> {
    const { node } = this
    for (let i = 0; i < 20; i++) if ((await node.mirrors.step(node.now())) > node.now()) break
    await node.seat.step()
  }
}

async function serve(
  node: ComityNode,
  directory: string,
): Promise<{ readonly app: FastifyInstance; readonly vault: Vault }> {
  const vault = await Vault.open({
    truth: node.truth,
    view: join(directory, 'views', 'vault.db'),
    register: node.reader,
    now: node.now,
  })
  return { app: await createServer({ node, vault }), vault }
}

export interface Stage {
  /** Of the claimant, and so of the case. */
  readonly seat: Post
  readonly south: Post
  readonly east: Post
  readonly claimant: Actor
  readonly southern: Actor
  readonly eastern: Actor
  readonly urn: string
  readonly clock: ReturnType<typeof manualClock>
  /** A move of the dispute, signed now unless somebody says when. */
  move(
    author: Actor,
    name: string,
    body?: CorePayloads['move']['body'],
    more?: { iat?: number; by?: Parameters<Actor['sign']>[4] },
  ): Uint8Array
  /** Everybody reads everybody, with a second in between. */
  round(): Promise<void>
  /** State of the case as a post has it. */
  stateAt(post: Post): string | undefined
  movesAt(post: Post): readonly string[]
}

export interface StageOptions {
  readonly southern?: ActorOptions
  readonly policy?: Partial<CorePayloads['policy']>
}

/** A dispute against two parties at home elsewhere, notified at its seat and known to all. */
export async function stage(context: TestContext, { southern: options, policy }: StageOptions = {}): Promise<Stage> {
  const net = network()
  const clock = manualClock(startAt)
  const [seat, south, east] = [
    await Post.found(context, `${context.name} seat`, net, clock, policy),
    await Post.found(context, `${context.name} south`, net, clock),
    await Post.found(context, `${context.name} east`, net, clock),
  ]
  const posts = [seat, south, east]
  const claimant = actor('claimant', seat.origin)
  const southern = actor('southern', south.origin, options)
  const eastern = actor('eastern', east.origin)
  await seat.node.submit(claimant.founding(startAt))
  await south.node.submit(southern.founding(startAt))
  await east.node.submit(eastern.founding(startAt))
  for (const post of posts) for (const other of posts) if (other !== post) await post.node.peers.add({ url: other.url })
  const round = async (): Promise<void> => {
    clock.advance(10)
    for (const post of posts) {
      await post.node.mirrors.follow(post.node.peers.list())
      await post.catchUp()
    }
  }
  const urn = disputeOf(claimant)
  await seat.node.submit(notification(claimant, seat.origin, [southern, eastern], { iat: clock.now() }))
  await round()
  return {
    seat,
    south,
    east,
    claimant,
    southern,
    eastern,
    urn,
    clock,
    round,
    move: (author, name, body = {}, { iat = clock.now(), by } = {}) =>
      moveIn(author, urn, seat.origin, name, { iat, body, ...(by === undefined ? {} : { by }) }),
    stateAt: (post) => {
      const row = post.node.reader
        .prepare('SELECT state FROM case_file JOIN case_now USING (case_file) WHERE urn = ?')
        .get(urn)
      return row === undefined ? undefined : String(row['state'])
    },
    movesAt: (post) =>
      post.node.reader
        .prepare('SELECT name FROM move JOIN case_file USING (case_file) WHERE urn = ? ORDER BY effective')
        .all(urn)
        .map((row) => String(row['name'])),
  }
}

export const idOf = (bytes: Uint8Array): string => decodeStatement(bytes, crypto).id
