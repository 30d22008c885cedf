import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Client, createClient } from '@comity/contract'
import { sha256Hex } from '@comity/crypto'
import { type MessagePayload, correspondenceUrn, decodeStatement, jwkOf } from '@comity/statement'
import { type Keeper, keeper, keyFor, manualClock } from '@comity/testkit'
import type { FastifyInstance } from 'fastify'
import { crypto } from '../../crypto-port.ts'
import { createServer, type ServerLog } from '../../http/create-server.ts'
import { ComityNode } from '../../node.ts'
import { Vault } from '../../vault/vault.ts'
import type { Fetch } from '../peers/peer.ts'
import { type Directory, RegisterDirectory } from './directory.ts'
import { type SealPair, sealPair } from './inbox-keys.fixture.ts'
import { Inbox } from './inbox.ts'

/** A full hour and five minutes. */
export const startAt = 1_795_219_200 + 300

/** A node whose keeper has an inbox on it, served on a port of its own. */
export interface House {
  readonly label: string
  readonly home: Keeper
  readonly seal: SealPair
  readonly directory: string
  readonly clock: ReturnType<typeof manualClock>
  node: ComityNode
  vault: Vault
  inbox: Inbox
  app: FastifyInstance
  url: string
  /** With a token of the keeper. */
  client: Client
  /** What the server logged, as text. */
  readonly log: string[]
  /** Failures that were neither an answer nor a silence. */
  readonly defects: unknown[]
}

/** Nodes that know each other. */
export interface Neighbours {
  readonly houses: readonly House[]
  readonly clock: ReturnType<typeof manualClock>
  /** Lets all of them work until nothing happens any more, without moving the clock. */
  settle(): Promise<void>
}

export interface NeighbourOptions {
  readonly curve?: 'P-256' | 'X25519'
  /** Stands between the nodes. */
  readonly network?: (fetch: Fetch) => Fetch
  readonly random?: () => number
  /** Further members of the party statement of the last of them. */
  readonly party?: object
  /** While it says so, nobody knows of a party but what its first statement says. */
  readonly behind?: () => boolean
}

/** A keeper whose party statement names a seal key, and the keys after the next rotation. */
export function sealedKeeper(label: string, seal: SealPair, party: object = {}): Keeper {
  const plain = keeper(label)
  const keys = [...plain.payload.keys, { jwk: seal.publicJwk, roles: ['seal' as const] }]
  return keeper(label, { party: { keys, ...party } })
}

export async function neighbours(
  context: TestContext,
  labels: readonly string[],
  options: NeighbourOptions = {},
): Promise<Neighbours> {
  const clock = manualClock(startAt)
  const houses: House[] = []
  const folder = mkdtempSync(join(tmpdir(), 'comity-inbox-'))
  for (const label of labels) {
    const seal = sealPair(options.curve)
    const home = sealedKeeper(label, seal, label === labels.at(-1) ? options.party : {})
    houses.push(await found(label, home, seal, join(folder, label), clock, houses, options))
  }
  context.after(async () => {
    for (const house of houses) await closeHouse(house)
    rmSync(folder, { recursive: true, force: true })
  })
  const settle = async (): Promise<void> => {
    for (let idle = 0, rounds = 0; idle < 2 && rounds < 200; rounds++) {
      let next = Infinity
      for (const { inbox } of houses) next = Math.min(next, await inbox.step(clock.now()))
      idle = next > clock.now() ? idle + 1 : 0
    }
  }
  return { houses, clock, settle }
}

async function found(
  label: string,
  home: Keeper,
  seal: SealPair,
  directory: string,
  clock: ReturnType<typeof manualClock>,
  houses: readonly House[],
  options: NeighbourOptions,
): Promise<House> {
  const now = () => clock.now()
  const at = now()
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now,
    party: home.founding(at),
    policy: home.policy(at),
  })
  const house = { label, home, seal, directory, clock, log: [], defects: [] }
  const served = await serve({ ...house, node }, houses, options)
  await served.client.inbox.addSealKey(seal.privateJwk)
  return served
}

async function serve(
  house: Pick<House, 'label' | 'home' | 'seal' | 'directory' | 'clock' | 'node' | 'log' | 'defects'>,
  houses: readonly House[],
  { network = (fetch) => fetch, random = () => 0.5, behind = () => false }: NeighbourOptions,
): Promise<House> {
  const { node, directory, clock, log, defects } = house
  const now = () => clock.now()
  const vault = await Vault.open({
    truth: node.truth,
    view: join(directory, 'views', 'vault.db'),
    register: node.reader,
    now,
  })
  const inbox = new Inbox({
    node,
    vault,
    fetch: network((url, init) => fetch(url, init)),
    directory: directoryOf(house.home.origin, behind, () => [
      ...houses.filter((each) => each.home !== house.home),
      { ...house, url: '' },
    ]),
    random,
    onError: (error) => defects.push(error),
  })
  const serverLog: ServerLog = { error: (fields, message) => log.push(`${message} ${JSON.stringify(fields)}`) }
  const app = await createServer({ node, vault, inbox, log: serverLog })
  await app.listen({ port: 0, host: '127.0.0.1' })
  // Safe: it listens on a TCP port.
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const { secret } = await vault.issueToken({ party: house.home.urn, admin: false, label: house.label })
  return { ...house, vault, inbox, app, url, client: createClient({ baseUrl: url, token: secret }) }
}

/** Who is who, read from the registers of all of them: as if each mirrored the others without delay. */
function directoryOf(
  own: string,
  behind: () => boolean,
  houses: () => readonly Pick<House, 'home' | 'node' | 'url'>[],
): Directory {
  const registers = () =>
    houses().map(({ node, url, home }) => ({
      url,
      origin: home.origin,
      register: new RegisterDirectory({
        reader: node.reader,
        origin: home.origin,
        peer: () => undefined,
        leaf: (_, index) => node.ledger.leaf(index),
      }),
    }))
  const find: Directory['find'] = (party) => {
    for (const { register, origin } of registers()) {
      const found = register.find(party)
      if (found === undefined) continue
      if (origin === own || !behind()) return found
      const keys = found.state.keys
        .filter(({ from }) => from === 0)
        .map(({ to, ...key }) => (to === undefined ? key : { ...key }))
      return { ...found, state: { ...found.state, keys } }
    }
    return undefined
  }
  return {
    find,
    founding: (party) =>
      registers()
        .map(({ register }) => register.founding(party))
        .find((leaf) => leaf !== undefined),
    route: (party) => {
      const home = find(party)?.state.home
      const house = registers().find(({ origin }) => origin === home)
      if (home === undefined || house === undefined) return undefined
      return { home, isHere: home === own, url: house.url, isPublished: false }
    },
    keeper: (origin) =>
      registers()
        .find((each) => each.origin === origin)
        ?.register.keeper(origin),
  }
}

async function closeHouse({ app, inbox, vault, node }: House): Promise<void> {
  await inbox.stop()
  app.server.closeAllConnections()
  await app.close()
  await vault.close()
  await node.close()
}

/** Closes a house and opens it again, as after a restart. It answers at another port. */
export async function restart(house: House, neighbourhood: Neighbours, options: NeighbourOptions = {}): Promise<void> {
  await closeHouse(house)
  const { home, directory, clock } = house
  const node = await ComityNode.open({ directory, keys: home.keys, now: () => clock.now() })
  Object.assign(house, await serve({ ...house, node }, neighbourhood.houses, options))
}

/** A signed message. */
export function written(
  { home, clock }: Pick<House, 'home' | 'clock'>,
  payload: MessagePayload,
  correspondence = 'c0'.repeat(32),
): Uint8Array {
  return home.sign('message', correspondenceUrn(correspondence), payload, clock.now())
}

export function idOf(message: Uint8Array): string {
  return decodeStatement(message, crypto).id
}

/** Sends a file to one's own node in chunks; returns what a message says about it, and the upload. */
export async function uploaded(
  { client }: Pick<House, 'client'>,
  name: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<{ readonly upload: string; readonly attachment: NonNullable<MessagePayload['attachments']>[number] }> {
  const { id, count, chunkBytes } = await client.inbox.beginUpload(content.length)
  for (let i = 0; i < count; i++) {
    await client.inbox.putChunk(id, i, content.subarray(i * chunkBytes, (i + 1) * chunkBytes))
  }
  const { sealed } = await client.inbox.endUpload(id)
  const attachment = {
    name,
    type: 'application/octet-stream',
    size: content.length,
    digest: `sha256:${sha256Hex(content)}`,
    sealed,
  }
  return { upload: id, attachment }
}

/** JWK of the test key of a label. */
export function jwkFor(label: string) {
  return jwkOf({ alg: 'EdDSA', bytes: keyFor(label).publicKey })
}
