/** Nodes of several States in one process, over real HTTP, with a clock that passes when the story says so. */
import { ComityNode } from '@comity/node'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, createClient } from '@comity/contract'
import { DataFolder } from '../../packages/cli/src/home/data-folder.ts'
import { openVault } from '../../packages/cli/src/reach/open-vault.ts'
import { openNodeKeys, type Serving, serveNode } from '../../packages/cli/src/reach/serve-node.ts'
import { Session } from '../../packages/cli/src/session.ts'
import { Person } from './person.ts'

export const insecure = '--insecure-no-passphrase'

/** In seconds: everything happens on this machine, and a story of a hundred moves is not to take minutes. */
const pace = { busy: 0.05, idle: 0.15, longestIdle: 0.3, retry: 0.2, longestRetry: 1 }

/** A State with a node of its own. */
export interface Place {
  readonly keeper: Person
  readonly origin: string
  readonly client: Client
  readonly url: string
}

export class World {
  readonly root = mkdtempSync(join(tmpdir(), 'comity-cases-'))
  readonly places: Place[] = []
  readonly #serving = new Map<string, Serving>()
  readonly #homes = new Map<Person, Place>()
  readonly #carriesMessages: boolean
  #ahead = 0
  /** What nodes complained of. */
  readonly complaints: string[] = []

  /** `carriesMessages`: sealed messages and private cases travel, and nodes commit to them each hour. */
  constructor({ carriesMessages = false }: { readonly carriesMessages?: boolean } = {}) {
    this.#carriesMessages = carriesMessages
  }

  /** Whole seconds since the epoch, in the story. */
  readonly now = (): number => Math.floor(Date.now() / 1000) + this.#ahead

  /** Time passes for everybody at once. */
  pass(seconds: number): void {
    this.#ahead += seconds
  }

  /** Founds a node and serves it. */
  async found(alias: string, state: string, name = `Agency of ${alias}`): Promise<Place> {
    const keeper = new Person(this.root, alias, name, this.now)
    const { urn, origin } = await keeper.json<{ urn: string; origin: string }>(
      ['init', '--name', name, '--type', 'state', '--state', state],
      ['--origin', `log.${alias}.example`, '--as', alias, insecure],
    )
    keeper.urn = urn
    const url = await this.#serve(keeper)
    const place: Place = { keeper, origin, url, client: createClient({ baseUrl: url }) }
    this.places.push(place)
    this.#homes.set(keeper, place)
    return place
  }

  /** A party that is at home at somebody else's node, with keys of its own. */
  async host(at: Place, alias: string, type: string, name: string, more: readonly string[] = []): Promise<Person> {
    const person = new Person(this.root, alias, name, this.now)
    const token = join(person.path, 'token')
    await at.keeper.json('token', 'issue', '--label', name, '--out', token)
    const { urn } = await person.json<{ urn: string }>(
      ['party', 'create', alias, '--name', name, '--type', type],
      ['--node', at.url, '--token-file', token, insecure, ...more],
    )
    person.urn = urn
    this.#homes.set(person, at)
    return person
  }

  /** The node where somebody is at home. */
  homeOf(person: Person): Place {
    const place = this.#homes.get(person)
    if (place === undefined) throw new Error(`${person.name} has no home`)
    return place
  }

  /** Each of these follows the others. */
  async befriend(...places: readonly Place[]): Promise<void> {
    for (const { keeper } of places)
      for (const other of places)
        if (other.keeper !== keeper)
          await keeper.json('peer', 'add', other.url, '--keeper', other.keeper.urn, '--allow-private')
    await this.settled(places)
  }

  /** Waits until each of these holds what the others have. */
  async settled(places: readonly Place[] = this.places): Promise<void> {
    for (const one of places) {
      for (const other of places) {
        if (one === other) continue
        await until(`${one.keeper.alias} holds the log of ${other.keeper.alias}`, async () => {
          const [{ size }, { peers }] = await Promise.all([other.client.status(), one.client.peers()])
          const peer = peers.find(({ origin }) => origin === other.origin)
          return peer === undefined || peer.size >= size
        })
      }
    }
  }

  /** The node is gone; its folder stays. */
  async stop({ keeper }: Place): Promise<void> {
    const serving = this.#serving.get(keeper.alias)
    this.#serving.delete(keeper.alias)
    new DataFolder(join(keeper.path, 'data')).retract()
    await serving?.close()
  }

  /** It is served again, where it was. */
  async start({ keeper, url }: Place): Promise<void> {
    await this.#serve(keeper, Number(new URL(url).port))
  }

  async close(): Promise<void> {
    await Promise.all([...this.#serving.values()].map((serving) => serving.close()))
    rmSync(this.root, { recursive: true, force: true, maxRetries: 20 })
  }

  async #serve(keeper: Person, port = 0): Promise<string> {
    const context = keeper.surroundings()
    const data = new DataFolder(join(keeper.path, 'data'))
    const signing = await openNodeKeys(new Session(context, {}), data)
    const node = await ComityNode.open({ directory: data.path, ...signing, now: this.now, mirrors: { pace } })
    node.startClockwork((error) => this.complaints.push(String(error)))
    const atHand = { node, vault: await openVault(node, data.path), data }
    const carriesMessages = this.#carriesMessages
    const serving = await serveNode(atHand, { host: '127.0.0.1', port, carriesMessages }, context)
    data.announce(serving.url)
    this.#serving.set(keeper.alias, serving)
    return serving.url
  }
}

/** Asks again and again, for two minutes: machines on which this runs are busy at times. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 120_000; performance.now() < end; await sleep(40)) if (await isSo()) return
  throw new Error(`it never came to that: ${what}`)
}
