/** Inventories against the advisories of logs that the node mirrors. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import { formatTlogProof } from '@comity/log'
import { type CorePayloads, advisoryUrn, decodeStatement, digestText, productUrn } from '@comity/statement'
import { dropView } from '@comity/store'
import type { Actor } from '@comity/testkit'
import fc from 'fast-check'
import { crypto } from '../crypto-port.ts'
import { WrittenLog, product, simulatedNetwork, start } from '../federation/mirror/peer.fixture.ts'
import { ComityNode } from '../node.ts'
import { dump } from './dump.fixture.ts'
import {
  type House,
  closeHouse,
  houseIn,
  lines,
  openVault,
  osv,
  publish,
  sbom,
  temporaryFolder,
  viewOf,
} from './vault.fixture.ts'

const date = '2026-11-20T12:00:00Z'

/** A log of somebody else, written by the test, with the documents that its node serves. */
interface Neighbour {
  readonly log: WrittenLog
  readonly author: Actor
  readonly url: string
  readonly documents: Map<string, Uint8Array>
}

function neighbour(label: string): Neighbour {
  const { log, author } = WrittenLog.founded(label)
  log.append(start + 2, product(author, 'Gateway', start + 2))
  return { log, author, url: `http://${label}.invalid`, documents: new Map() }
}

function bytesOf({ id, package: name, fixed, cve }: Advised): Buffer {
  const more = cve === undefined ? {} : { aliases: [cve] }
  return Buffer.from(JSON.stringify(osv(id, name, fixed === undefined ? {} : { fixed }, more)))
}

interface Advised {
  readonly id: string
  readonly cve?: string
  readonly package: string
  readonly fixed?: string
  readonly withdrawn?: boolean
  /** The node does not serve the document yet. */
  readonly isLate?: boolean
}

/** Publishes in the neighbour's log. Returns the digest of the document. */
function advise({ log, author, documents }: Neighbour, advised: Advised, at: number): string {
  const { id, withdrawn = false, isLate = false } = advised
  const bytes = bytesOf(advised)
  const digest = `sha256:${sha256Hex(bytes)}`
  if (!isLate) documents.set(digest, bytes)
  const payload: CorePayloads['advisory'] = {
    id,
    products: [productUrn(author.urn, 'gateway')],
    title: `Advisory ${id}`,
    published: date,
    modified: date,
    document: digest,
    documents: [{ digest, size: bytes.length, type: 'application/json' }],
    ...(withdrawn && { withdrawn: '2026-11-22T00:00:00Z' }),
  }
  log.append(at, author.sign('advisory', advisoryUrn(author.urn, id), payload, at))
  return digest
}

interface Stage {
  house: House
  readonly neighbours: readonly Neighbour[]
  /** The mirrors take what is there. */
  follow(): Promise<void>
  /** Closes the house and opens it again, by default with a vault that is rebuilt. */
  again(options?: { readonly isRebuilt?: boolean; readonly isRegisterRebuilt?: boolean }): Promise<void>
}

/** A house that mirrors the logs of some neighbours. */
async function stage(directory: string, labels: readonly string[]): Promise<Stage> {
  const house = await houseIn(directory)
  const neighbours = labels.map(neighbour)
  house.clock.advance(start + 1000 - house.clock.now())
  const network = simulatedNetwork(new Map(neighbours.map(({ url, log }) => [url, { log }])))
  const fetch: typeof network = async (address, init) => {
    const [, digest] = /\/documents\/(.*)$/.exec(address) ?? []
    if (digest === undefined) return network(address, init)
    const found = neighbours.find(({ url }) => address.startsWith(`${url}/`))?.documents.get(digest)
    return found === undefined ? new Response(null, { status: 404 }) : new Response(new Uint8Array(found))
  }
  const opened = async (): Promise<House> => {
    const { clock, provider, operator } = house
    const node = await ComityNode.open({ directory, keys: house.keys, now: () => clock.now(), fetch })
    const vault = await openVault(node, directory, () => clock.now())
    return { directory, node, vault, clock, provider, operator, keys: house.keys }
  }
  await closeHouse(house)
  const it: Stage = {
    house: await opened(),
    neighbours,
    async follow() {
      const { node, clock } = it.house
      clock.advance(70)
      for (let i = 0; i < 20; i++) if ((await node.mirrors.step(clock.now())) > clock.now()) break
      await it.house.vault.settled()
    },
    async again({ isRebuilt = true, isRegisterRebuilt = false } = {}) {
      await closeHouse(it.house)
      if (isRebuilt) dropView(viewOf(directory))
      if (isRegisterRebuilt) dropView(viewOf(directory).replace('vault.db', 'public.db'))
      it.house = await opened()
      await it.house.node.mirrors.follow(it.house.node.peers.list())
      await it.house.vault.settled()
    },
  }
  for (const { url } of neighbours) await it.house.node.peers.add({ url })
  await it.house.node.mirrors.follow(it.house.node.peers.list())
  return it
}

async function staged(context: TestContext, ...labels: readonly string[]): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-vault-'))
  const it = await stage(directory, labels)
  context.after(async () => {
    await closeHouse(it.house)
    rmSync(directory, { recursive: true, force: true })
  })
  return it
}

function one<T>(all: readonly T[]): T {
  return all[0] ?? assert.fail('there is none')
}

test('an advisory of a mirrored log is matched as its batch is folded, and says in which log it stands', async (context) => {
  const it = await staged(context, 'north')
  const north = one(it.neighbours)
  const { operator } = it.house
  await it.house.vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'right@1.0.0'))
  advise(north, { id: 'N-1', package: 'left', fixed: '1.3.0' }, start + 20)
  await it.follow()
  assert.deepEqual(lines(it.house.vault, operator.urn), ['left@1.0.0 affected N-1'])
  const { advisory, cause } = one(it.house.vault.matches(operator.urn).matches)
  assert.deepEqual([advisory.origin, advisory.party, cause], [north.log.origin, north.author.urn, 'advisory'])
  assert.equal(advisory.names[0]?.text, north.author.payload.names[0]?.text)
  assert.equal(advisory.products[0]?.name, 'Gateway')

  // One that comes later, and one that is known already.
  await it.house.vault.addInventory(operator.urn, 'office', sbom('left@1.2.0'))
  advise(north, { id: 'N-2', package: 'right' }, start + 30)
  await it.follow()
  const all = ['left@1.0.0 affected N-1', 'left@1.2.0 affected N-1', 'right@1.0.0 affected N-2']
  assert.deepEqual(lines(it.house.vault, operator.urn), all)

  // Superseded, and withdrawn.
  advise(north, { id: 'N-1', package: 'left', fixed: '1.1.0' }, start + 40)
  advise(north, { id: 'N-2', package: 'right', withdrawn: true }, start + 41)
  await it.follow()
  assert.deepEqual(lines(it.house.vault, operator.urn), [
    'left@1.0.0 affected N-1',
    'left@1.2.0 not_affected N-1',
    'right@1.0.0 not_affected N-2',
  ])
  const live = dump(viewOf(it.house.directory), it.house.node.truth)
  await it.again()
  assert.equal(dump(viewOf(it.house.directory), it.house.node.truth), live)
})

test('an advisory whose document is there at once takes one record of the journal', async (context) => {
  const it = await staged(context, 'brief')
  const brief = one(it.neighbours)
  const { operator, vault } = it.house
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'right@1.0.0'))
  await it.follow()
  for (const [i, name] of ['left', 'right'].entries()) {
    const before = vault.desk.journal.size
    advise(brief, { id: `B-${i}`, package: name }, start + 20 + i)
    await it.follow()
    assert.equal(vault.desk.journal.size, before + 1)
  }
  assert.deepEqual(lines(vault, operator.urn), ['left@1.0.0 affected B-0', 'right@1.0.0 affected B-1'])
})

test('an answer to an advisory of another log goes into the home log of whoever answers, and is shown', async (context) => {
  const it = await staged(context, 'south')
  const south = one(it.neighbours)
  const { operator, node, clock } = it.house
  await it.house.vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  advise(south, { id: 'S-1', package: 'left' }, start + 20)
  await it.follow()
  const { advisory } = one(it.house.vault.matches(operator.urn).matches)
  const { sub = '', statement = '' } = advisory
  const answer = { advisory: statement, state: 'affected' } as const
  const { index } = await node.submit(operator.sign('acknowledgement', sub, answer, clock.now()))
  assert.ok(index < node.head.size)
  const { acknowledged } = one(it.house.vault.matches(operator.urn).matches)
  assert.equal(acknowledged?.state, 'affected')
})

test('an advisory whose document has not come is shown as unread, and is matched when it comes', async (context) => {
  const it = await staged(context, 'east')
  const east = one(it.neighbours)
  const { operator, vault } = it.house
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const digest = advise(east, { id: 'E-1', package: 'left', isLate: true }, start + 20)
  await it.follow()
  assert.deepEqual(lines(vault, operator.urn), [])
  assert.deepEqual(
    vault.unreadAdvisories().map(({ sub, code }) => [sub, code]),
    [[advisoryUrn(east.author.urn, 'E-1'), 'document-missing']],
  )
  advise(east, { id: 'E-2', package: 'left' }, start + 30)
  await it.follow()
  assert.deepEqual(lines(vault, operator.urn), ['left@1.0.0 affected E-2'])
  east.documents.set(digest, Buffer.from(JSON.stringify(osv('E-1', 'left', {}))))
  it.house.clock.advance(3600)
  await it.follow()
  assert.deepEqual(lines(vault, operator.urn), ['left@1.0.0 affected E-1', 'left@1.0.0 affected E-2'])
  assert.deepEqual(vault.unreadAdvisories(), [])
  const live = dump(viewOf(it.house.directory), it.house.node.truth)
  await it.again({ isRegisterRebuilt: true })
  assert.equal(dump(viewOf(it.house.directory), it.house.node.truth), live)
})

test('what was verified before a log was quarantined stays matched, and nothing comes after it', async (context) => {
  const it = await staged(context, 'west')
  const west = one(it.neighbours)
  const { operator } = it.house
  await it.house.vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'right@1.0.0'))
  advise(west, { id: 'W-1', package: 'left' }, start + 20)
  await it.follow()
  // The keeper shows another history, in which there is one more advisory.
  const { log } = west
  const held = log.size
  const forked = { ...west, log: log.fork(held - 2) }
  advise(forked, { id: 'W-2', package: 'right' }, start + 21)
  forked.log.grow(west.author, held + 20, start + 30)
  const { origin } = log
  await assert.rejects(async () => {
    const found = await it.house.node.mirrors.compare(origin, forked.log.note(held))
    if (found === 'contradicts') throw new Error('contradicts')
  })
  assert.equal(it.house.node.mirrors.find(origin)?.isQuarantined, true)
  advise(west, { id: 'W-3', package: 'right' }, start + 50)
  await it.follow()
  assert.deepEqual(lines(it.house.vault, operator.urn), ['left@1.0.0 affected W-1'])
  // One that comes now is matched against what there is.
  await it.house.vault.addInventory(operator.urn, 'office', sbom('left@2.0.0'))
  const both = ['left@1.0.0 affected W-1', 'left@2.0.0 affected W-1']
  assert.deepEqual(lines(it.house.vault, operator.urn), both)
  await it.again({ isRegisterRebuilt: true })
  assert.deepEqual(lines(it.house.vault, operator.urn), both)
})

test('of one advisory in two logs, as after a move, what was said later counts, whichever is read first', async (context) => {
  for (const order of [0, 1]) {
    const it = await staged(context, `former-${order}`, `latter-${order}`)
    const [from, to] = order === 0 ? it.neighbours : it.neighbours.toReversed()
    assert.ok(from !== undefined && to !== undefined)
    const { operator } = it.house
    await it.house.vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
    advise(from, { id: 'M-1', package: 'left' }, start + 20)
    const { author, log } = from
    const previous = decodeStatement(author.founding(start + 1), crypto).id
    const move = author.sign('party', author.urn, { ...author.payload, previous, home: to.log.origin }, start + 30)
    log.append(start + 30, move)
    const index = log.size - 2
    const continuation: CorePayloads['continuation'] = {
      predecessor: { origin: log.origin, size: log.size, root: digestText(log.tree.root()) },
      reason: 'moved',
      proof: formatTlogProof({ index, proof: log.tree.inclusionProof(index, log.size), checkpoint: log.note() }),
    }
    to.log.append(start + 40, author.founding(start + 1), move)
    to.log.append(start + 41, author.sign('continuation', to.log.origin, continuation, start + 41))
    to.log.append(start + 42, product(author, 'Gateway', start + 42))
    // Said again at its new home: what is known by now is fixed before.
    advise({ ...to, author }, { id: 'M-1', package: 'left', fixed: '0.9.0' }, start + 50)
    await it.follow()
    assert.deepEqual(lines(it.house.vault, operator.urn), ['left@1.0.0 not_affected M-1'])
    assert.equal(one(it.house.vault.matches(operator.urn).matches).advisory.origin, to.log.origin)
  }
})

test('advisories of several logs about one CVE are one match, in whichever order the logs are read', async (context) => {
  for (const order of [0, 1]) {
    const it = await staged(context, `first-${order}`, `second-${order}`)
    const [one_, other] = order === 0 ? it.neighbours : it.neighbours.toReversed()
    assert.ok(one_ !== undefined && other !== undefined)
    const { operator, vault } = it.house
    await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
    advise(one_, { id: 'GHSA-aaaa-bbbb-cccc', package: 'left', cve: 'CVE-2026-7', fixed: '2.0.0' }, start + 20)
    advise(other, { id: 'PY-7', package: 'left', cve: 'CVE-2026-7', fixed: '2.0.0' }, start + 21)
    await publish(it.house, osv('OSV-7', 'left', {}, { aliases: ['GHSA-aaaa-bbbb-cccc'] }), { id: 'A-7' })
    await it.follow()
    const match = one(vault.matches(operator.urn).matches)
    assert.deepEqual([match.vulnerability.id, match.state, match.others.length], ['CVE-2026-7', 'affected', 2])
    const origins = [match.advisory, ...match.others].map(({ origin }) => origin)
    assert.equal(new Set(origins).size, 3)
    assert.equal(vault.matches(operator.urn).matches.length, 1)
  }
})

type Deed =
  | {
      readonly what: 'advise'
      readonly where: number
      readonly id: number
      readonly package: string
      readonly cve: string | undefined
      readonly isLate: boolean
      readonly withdrawn: boolean
    }
  | { readonly what: 'add'; readonly name: number; readonly packages: readonly string[] }
  | { readonly what: 'remove' | 'follow' | 'restart' | 'documents come' }

const packageName = fc.constantFrom('left', 'right')
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('advise' as const),
      // The last is the house's own log.
      where: fc.nat(2),
      id: fc.nat(2),
      package: packageName,
      cve: fc.constantFrom('CVE-2026-1', 'CVE-2026-2', undefined),
      isLate: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
      withdrawn: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('add' as const),
      name: fc.nat(1),
      packages: fc.array(
        packageName.map((name) => `${name}@1.0.0`),
        { maxLength: 3 },
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constantFrom('follow' as const, 'follow' as const, 'remove' as const, 'restart' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('documents come' as const) }) },
)

test('rebuild-equals-live: with mirrored logs too, the vault comes out the same', async (context) => {
  const folder = temporaryFolder(context)
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 6, maxLength: 16, size: 'max' }), async (deeds) => {
      const it = await stage(`${folder}/${++run}`, ['one', 'other'])
      const late: [Neighbour, string, Uint8Array][] = []
      for (const [i, each] of deeds.entries()) {
        const { house } = it
        house.clock.advance(1)
        if (each.what === 'advise') {
          const at = start + 100 + i
          const where = it.neighbours[each.where]
          const id = `A-${each.id}`
          const { cve, ...rest } = each
          const advised: Advised = { ...rest, id, ...(cve !== undefined && { cve }) }
          if (where === undefined) await publish(house, bytesOf(advised), { id: `${id}-${i}` })
          else if (house.node.mirrors.find(where.log.origin) !== undefined) {
            const digest = advise(where, advised, at)
            if (each.isLate) late.push([where, digest, bytesOf(advised)])
          }
        } else if (each.what === 'add') {
          await house.vault.addInventory(house.operator.urn, `inventory ${each.name}`, sbom(...each.packages))
        } else if (each.what === 'remove') {
          const [first] = house.vault.listInventories(house.operator.urn)
          if (first !== undefined) await house.vault.removeInventory(house.operator.urn, first.id)
        } else if (each.what === 'follow') await it.follow()
        else if (each.what === 'restart') await it.again({ isRebuilt: false })
        else {
          for (const [where, digest, bytes] of late.splice(0)) where.documents.set(digest, bytes)
          house.clock.advance(7200)
        }
      }
      await it.follow()
      const { directory } = it.house
      const live = dump(viewOf(directory), it.house.node.truth)
      await it.again()
      assert.equal(dump(viewOf(directory), it.house.node.truth), live, 'the vault rebuilt')
      await it.again({ isRegisterRebuilt: true })
      assert.equal(dump(viewOf(directory), it.house.node.truth), live, 'the register rebuilt too')
      await closeHouse(it.house)
    }),
    { numRuns: 8 },
  )
})
