import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { dropView } from '@comity/store'
import { actor } from '@comity/testkit'
import fc from 'fast-check'
import { sha256Hex } from '@comity/crypto'
import { advisoryUrn } from '@comity/statement'
import { dump } from './dump.fixture.ts'
import { csaf, kev, openVex } from './formats.fixture.ts'
import { type House, closeHouse, houseIn, osv, publish, reopened, sbom, viewOf } from './vault.fixture.ts'

/** Waits for the next turn of the event loop; whether the view then holds fewer than `least` components. */
async function hasFewer(path: string, least: number): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve))
  const database = new DatabaseSync(path, { readOnly: true })
  const row = database.prepare('SELECT count(*) AS n FROM component').get()
  database.close()
  return Number(row?.['n']) < least
}

type Format = 'osv' | 'csaf' | 'vex'

/** One thing that is done to a vault or to the register beside it. */
type Deed =
  | { readonly what: 'add'; readonly who: number; readonly name: number; readonly packages: readonly string[] }
  | { readonly what: 'remove' | 'erase' | 'token' | 'revoke'; readonly who: number }
  | {
      readonly what: 'advise'
      readonly id: number
      readonly package: string
      readonly fixed: string | undefined
      readonly withdrawn: boolean
      readonly garbled: boolean
      readonly format: Format
      readonly alias: number
    }
  | { readonly what: 'answer'; readonly id: number; readonly state: 'affected' | 'remedied' }
  | {
      readonly what: 'follow'
      readonly name: number
      readonly holds: Format | 'kev' | 'nothing'
      readonly alias: number
      readonly package: string
    }
  | { readonly what: 'believe'; readonly who: number; readonly isSource: boolean; readonly packages: readonly string[] }
  | { readonly what: 'drop'; readonly who: number }
  | { readonly what: 'restart' | 'keep a copy of the view' | 'settle' }

const names = fc.constantFrom('left', 'right', '@a/b')
const versions = fc.constantFrom('1.0.0', '1.1.0', '2.0.0', 'soon')
const packages = fc.array(
  fc.tuple(names, versions).map(([name, version]) => `${name}@${version}`),
  { maxLength: 5 },
)
const who = fc.nat(1)
const format = fc.constantFrom<Format>('osv', 'csaf', 'vex')

/** A document about a package; two numbers of `alias` are CVE identifiers that several documents have, the others none. */
function documentOf(format: Format, id: string, name: string, alias: number, fixed = '2.0.0'): object {
  const cve = `CVE-2026-000${alias}`
  const bare = name.replace('@a/', '')
  if (format === 'csaf') return csaf(id, cve, bare, fixed)
  if (format === 'vex') return openVex(alias > 1 ? id : cve, `pkg:npm/${bare}@1.0.0`, 'not_affected')
  return osv(id, name, { fixed }, alias > 1 ? {} : { aliases: [cve] })
}

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('add' as const), who, name: fc.nat(1), packages }) },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('advise' as const),
      id: fc.nat(2),
      package: names,
      fixed: fc.option(versions, { nil: undefined }),
      withdrawn: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      garbled: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
      format,
      alias: fc.nat(3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('answer' as const),
      id: fc.nat(2),
      state: fc.constantFrom('affected' as const, 'remedied' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('follow' as const),
      name: fc.nat(1),
      holds: fc.oneof(format, fc.constantFrom('kev' as const, 'nothing' as const)),
      alias: fc.nat(3),
      package: names,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('believe' as const),
      who,
      isSource: fc.boolean(),
      packages: fc.constantFrom<readonly string[]>([], ['pkg:npm/left'], ['pkg:npm/%40a/', 'pkg:npm/right']),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('drop' as const), who }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('remove' as const, 'erase' as const), who }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('token' as const, 'revoke' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constantFrom('restart' as const, 'keep a copy of the view' as const, 'settle' as const),
    }),
  },
)

/** Plays a history. Copies of the view are kept in `copies`. */
async function play(directory: string, copies: string, deeds: readonly Deed[]): Promise<House> {
  let house = await houseIn(directory)
  const parties = [house.operator.urn, actor('another operator', house.node.origin).urn]
  const latest = new Map<number, string>()
  for (const deed of deeds) {
    const { vault, clock } = house
    clock.advance(1)
    switch (deed.what) {
      case 'add':
        await vault.addInventory(partyOf(parties, deed.who), `inventory ${deed.name}`, sbom(...deed.packages))
        break
      case 'remove': {
        const party = partyOf(parties, deed.who)
        const [first] = vault.listInventories(party)
        if (first !== undefined) await vault.removeInventory(party, first.id)
        break
      }
      case 'erase':
        await vault.erase(partyOf(parties, deed.who))
        break
      case 'token':
        await vault.issueToken({ party: parties[deed.who - 1] ?? null, admin: false, label: 'a label' })
        break
      case 'revoke': {
        const token = vault.listTokens().find(({ revokedAt }) => revokedAt === undefined)
        if (token !== undefined) await vault.revokeToken(token.id)
        break
      }
      case 'advise': {
        const revises = latest.get(deed.id)
        const fixed = deed.fixed === 'soon' ? undefined : deed.fixed
        const { format, alias, garbled } = deed
        const document = documentOf(format, `DOC-${deed.id}`, deed.package, alias, fixed)
        const { statement } = await publish(house, garbled ? Buffer.from('{}') : { ...document }, {
          id: `A-${deed.id}`,
          ...(revises !== undefined && { revises }),
          ...(deed.withdrawn && { withdrawn: '2026-11-22T00:00:00Z' }),
        })
        latest.set(deed.id, statement)
        break
      }
      case 'answer': {
        const statement = latest.get(deed.id)
        const { node, operator, provider } = house
        if (statement === undefined) break
        const said = { advisory: statement, state: deed.state }
        const sub = advisoryUrn(provider.urn, `A-${deed.id}`)
        await node.submit(operator.sign('acknowledgement', sub, said, clock.now()))
        break
      }
      case 'follow': {
        const origin = 'https://source.invalid/'
        const name = `document ${deed.name}`
        if (deed.holds === 'nothing') await vault.follow({ origin, put: [], removed: [name] })
        else {
          const { holds, alias } = deed
          const document =
            holds === 'kev' ? kev(`CVE-2026-000${alias}`) : documentOf(holds, name, deed.package, alias, '3.0.0')
          const bytes = Buffer.from(JSON.stringify(document))
          const digest = `sha256:${sha256Hex(bytes)}`
          await house.node.documents.put(digest, bytes)
          await vault.follow({ origin, put: [{ name, digest }], removed: [] })
        }
        break
      }
      case 'believe': {
        const supplier = deed.isSource ? 'https://source.invalid/' : house.provider.urn
        await vault.suppliers.believe(partyOf(parties, deed.who), supplier, deed.packages)
        break
      }
      case 'drop': {
        const party = partyOf(parties, deed.who)
        const [first] = vault.suppliers.list(party)
        if (first !== undefined) await vault.suppliers.drop(party, first.id)
        break
      }
      case 'restart':
        await closeHouse(house)
        house = await reopened(house)
        break
      case 'keep a copy of the view':
        await vault.settled()
        for (const suffix of ['', '-wal']) cpSync(viewOf(directory) + suffix, `${copies}${suffix}`)
        break
      case 'settle':
        await vault.settled()
    }
  }
  await house.vault.settled()
  return house
}

function partyOf(parties: readonly string[], who: number): string {
  return parties[who] ?? ''
}

test('rebuild-equals-live: vault.db dropped, or taken back to any earlier state, comes out the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 8, maxLength: 22, size: 'max' }), async (deeds) => {
      const folder = mkdtempSync(join(tmpdir(), 'comity-vault-'))
      const directory = join(folder, 'data')
      const copies = join(folder, 'copy.db')
      try {
        let house = await play(directory, copies, deeds)
        const live = dump(viewOf(directory), house.node.truth)
        await closeHouse(house)

        dropView(viewOf(directory))
        house = await reopened(house)
        await house.vault.settled()
        assert.equal(dump(viewOf(directory), house.node.truth), live, 'rebuilt from nothing')
        await closeHouse(house)

        if (!existsSync(copies)) return
        dropView(viewOf(directory))
        for (const suffix of ['', '-wal']) cpSync(copies + suffix, viewOf(directory) + suffix)
        house = await reopened(house)
        await house.vault.settled()
        assert.equal(dump(viewOf(directory), house.node.truth), live, 'caught up from a copy')
        await closeHouse(house)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }),
    { numRuns: 8 },
  )
})

test('rebuild-equals-live: a large inventory cut short at any moment comes out the same', async () => {
  const packages = Array.from({ length: 1800 }, (_, i) => `package-${i}@1.0.${i}`)
  const endings = ['nothing more', 'removed', 'erased'] as const
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...endings), fc.nat(3), fc.boolean(), async (ending, slices, isSecond) => {
      const folder = mkdtempSync(join(tmpdir(), 'comity-vault-'))
      const directory = join(folder, 'data')
      const copies = join(folder, 'copy.db')
      try {
        let house = await houseIn(directory)
        const { vault, operator } = house
        await publish(house, osv('OSV-1', 'package-7', {}), { id: 'A-1' })
        await vault.addInventory(operator.urn, 'plant', sbom('package-7@1.0.7'))
        await vault.settled()
        const adding = vault.addInventory(operator.urn, isSecond ? 'plant' : 'office', sbom(...packages))
        while (await hasFewer(viewOf(directory), slices * 500 + 2));
        // As a kill at this moment would leave the files: what is not committed does not count.
        for (const suffix of ['', '-wal']) cpSync(viewOf(directory) + suffix, `${copies}${suffix}`)
        const { id } = await adding
        if (ending === 'removed') await vault.removeInventory(operator.urn, id)
        if (ending === 'erased') await vault.erase(operator.urn)
        await publish(house, osv('OSV-2', 'package-9', {}), { id: 'A-2' })
        await vault.settled()
        const live = dump(viewOf(directory), house.node.truth)
        await closeHouse(house)
        dropView(viewOf(directory))
        for (const suffix of ['', '-wal']) cpSync(copies + suffix, viewOf(directory) + suffix)
        house = await reopened(house)
        await house.vault.settled()
        assert.equal(dump(viewOf(directory), house.node.truth), live)
        await closeHouse(house)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }),
    { numRuns: 8 },
  )
})
