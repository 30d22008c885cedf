/** Nodes on real ports that follow each other, and a backup that one of them is restored from. */
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { sha256 } from '@comity/crypto'
import { formatVerifierKey, noteType, verifierKey } from '@comity/log'
import { type FilesTruth, backupTruth, restoreBackup } from '@comity/store'
import { type Actor, type Keeper, actor, keeper, manualClock } from '@comity/testkit'
import { createServer } from '../../http/create-server.ts'
import { ComityNode } from '../../node.ts'
import { Vault } from '../../vault/vault.ts'
import { product } from '../mirror/peer.fixture.ts'
import { peersCell } from '../peers/peer-list.ts'
import type { Peer } from '../peers/peer.ts'

export const startAt = 1_795_219_200

/** A node that answers on a port of its own. */
export interface Place {
  readonly own: Keeper
  readonly author: Actor
  readonly directory: string
  readonly node: ComityNode
  readonly url: string
  readonly clock: ReturnType<typeof manualClock>
  /** Founds its author, or files so many of his products. */
  grow(products: number): Promise<void>
  /** As a process that ends: nobody answers at the port any more. */
  stop(): Promise<void>
}

export interface PlaceOptions {
  readonly witness?: boolean
  /** A folder that holds a node already, and its clock. */
  readonly opened?: { readonly directory: string; readonly clock: ReturnType<typeof manualClock> }
}

export async function place(
  context: TestContext,
  label: string,
  { witness = false, opened }: PlaceOptions = {},
): Promise<Place> {
  const directory = opened?.directory ?? mkdtempSync(join(tmpdir(), 'comity-place-'))
  const own = keeper(label, { witness })
  const clock = opened?.clock ?? manualClock(startAt)
  const options = { directory, keys: own.keys, now: clock.now }
  const founding = { party: own.founding(startAt), policy: own.policy(startAt) }
  const node =
    opened === undefined ? await ComityNode.found({ ...options, ...founding }) : await ComityNode.open(options)
  const view = join(directory, 'views', 'vault.db')
  const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now: clock.now })
  const app = await createServer({ node, vault })
  await app.listen({ host: '127.0.0.1', port: 0 })
  // Safe: it listens on a TCP port.
  const { port } = app.server.address() as AddressInfo
  const author = actor(`${label} author`, own.origin)
  let isStopped = false
  const stop = async (): Promise<void> => {
    if (isStopped) return
    isStopped = true
    app.server.closeAllConnections()
    await app.close()
    await vault.close()
    await node.close()
  }
  context.after(async () => {
    await stop()
    rmSync(directory, { recursive: true, force: true })
  })
  let products = 0
  const grow = async (more: number): Promise<void> => {
    if (node.findParty(author.urn) === undefined) await node.submit(author.founding(clock.now()))
    clock.advance(1)
    const at = clock.now()
    for (let left = more; left > 0; left -= 1000)
      await Promise.all(
        Array.from({ length: Math.min(left, 1000) }, () =>
          node.submit(product(author, `Product ${(products += 1)}`, at)),
        ),
      )
  }
  return { own, author, directory, node, url: `http://127.0.0.1:${port}`, clock, grow, stop }
}

/** A folder that is gone at the end of the test. */
export function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'comity-recovery-'))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export function peerAt({ own }: Pick<Place, 'own'>, url: string, changes: Partial<Peer> = {}): Peer {
  const key = verifierKey(own.origin, noteType.ed25519, own.keys.log.publicKey, sha256)
  const logKeys = [formatVerifierKey(key)]
  return {
    origin: own.origin,
    url,
    keeper: own.urn,
    logKeys,
    mirror: true,
    witnessKeys: [],
    allowPrivate: true,
    ...changes,
  }
}

/** A peer that witnesses as well. */
export function witnessAt({ own, url, node }: Pick<Place, 'own' | 'url' | 'node'>): Peer {
  return peerAt({ own }, url, { witnessKeys: node.witnessing.verifierKeys })
}

/** The list of peers, as the keeper made it. */
export async function knows({ node }: Pick<Place, 'node'>, ...peers: readonly Peer[]): Promise<void> {
  const { cells } = node.truth
  const isSet = await cells.compareAndSet(
    peersCell,
    cells.get(peersCell)?.version ?? 0,
    Buffer.from(JSON.stringify(peers)),
  )
  if (!isSet) throw new Error('somebody else changed the list of peers')
}

/** Follows these logs until there is nothing more to be had. */
export async function follows(
  { node, clock }: Pick<Place, 'node' | 'clock'>,
  ...peers: readonly Peer[]
): Promise<void> {
  await knows({ node }, ...peers)
  await node.mirrors.follow(peers)
  await settled(node, clock.now())
  // Documents have a pace of their own.
  clock.advance(60)
  await settled(node, clock.now())
}

export async function settled(node: ComityNode, now: number): Promise<void> {
  for (let i = 0; i < 50; i++) if ((await node.mirrors.step(now)) > now) return
}

/** A folder restored from a copy of the node as it is now. */
export async function backupOf(context: TestContext, { node, clock }: Place): Promise<() => Promise<string>> {
  const backup = join(folder(context), 'backup')
  // Safe: a node on files has the truth of the files backend.
  await backupTruth(node.truth as FilesTruth, backup, { at: clock.now() })
  return async () => {
    const restored = join(folder(context), 'restored')
    await restoreBackup(backup, restored, { at: clock.now() })
    return restored
  }
}
