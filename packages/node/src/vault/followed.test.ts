/** Documents that a node follows without a statement, what is known to be exploited, and what to look at first. */
import assert from 'node:assert/strict'
import { sha256Hex } from '@comity/crypto'
import { dropView } from '@comity/store'
import { test } from 'node:test'
import { dump } from './dump.fixture.ts'
import { csaf, cve, kev } from './formats.fixture.ts'
import { type House, closeHouse, house, osv, publish, reopened, sbom, viewOf } from './vault.fixture.ts'

const flaw = 'CVE-2026-1001'
const origin = 'https://source.invalid/all.zip'

async function put({ node }: House, document: object | string): Promise<string> {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document))
  const digest = `sha256:${sha256Hex(bytes)}`
  await node.documents.put(digest, bytes)
  return digest
}

test('a followed document is matched, replaced and taken away, and says where it comes from', async (context) => {
  let built = await house(context)
  const { operator, clock } = built
  const { vault } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'right@1.0.0'))
  const first = await put(built, csaf('C-1', flaw, 'left', '2.0.0'))
  await vault.follow({ origin, put: [{ name: 'c-1.json', digest: first }], removed: [] })
  const [match, ...others] = vault.matches(operator.urn).matches
  assert.deepEqual([match?.state, others], ['affected', []])
  assert.deepEqual(
    [match?.advisory.origin, match?.advisory.document, match?.advisory.title, match?.advisory.sub, match?.statement],
    [origin, 'C-1', `About ${flaw}`, undefined, undefined],
  )
  assert.deepEqual([...vault.followedDocuments(origin)], [['c-1.json', first]])
  assert.deepEqual(vault.followedOrigins(), [origin])

  // Told again, it writes nothing.
  const { size } = await built.node.truth.stream('vault')
  await vault.follow({ origin, put: [{ name: 'c-1.json', digest: first }], removed: ['never-there.json'] })
  assert.equal((await built.node.truth.stream('vault')).size, size)

  // A statement about the same flaw is the same match.
  await publish(built, osv('GHSA-aaaa-bbbb-cccc', 'left', { fixed: '2.0.0' }, { aliases: [flaw] }), { id: 'A-1' })
  await vault.settled()
  assert.equal(vault.matches(operator.urn).matches.length, 1)
  assert.equal(vault.matches(operator.urn).matches[0]?.others.length, 1)

  clock.advance(10)
  const second = await put(built, csaf('C-1', flaw, 'right', '2.0.0'))
  await vault.follow({ origin, put: [{ name: 'c-1.json', digest: second }], removed: [] })
  const names = vault.matches(operator.urn).matches.map(({ component, others }) => `${component.name} ${others.length}`)
  assert.deepEqual(names.toSorted(), ['left 0', 'right 0'])

  clock.advance(10)
  await vault.follow({ origin, put: [], removed: ['c-1.json'] })
  const states = vault
    .matches(operator.urn)
    .matches.map(({ component, state, why }) => `${component.name} ${state} ${why.reason}`)
  assert.deepEqual(states.toSorted(), ['left affected in-range', 'right not_affected not-named'])
  assert.deepEqual([...vault.followedDocuments(origin)], [])
  assert.deepEqual(vault.unreadAdvisories(), [])

  const live = dump(viewOf(built.directory), built.node.truth)
  await closeHouse(built)
  dropView(viewOf(built.directory))
  built = await reopened(built)
  await built.vault.settled()
  assert.equal(dump(viewOf(built.directory), built.node.truth), live)
  await closeHouse(built)
})

test('what is followed is checked before anything is written, and one that cannot be read is listed', async (context) => {
  const built = await house(context)
  const { vault } = built
  const { size } = await built.node.truth.stream('vault')
  const digest = await put(built, 'no advisory at all')
  for (const [change, code] of [
    [{ origin, put: [{ name: 'a', digest: `sha256:${'0'.repeat(64)}` }], removed: [] }, 'missing-document'],
    [{ origin, put: [{ name: 'a', digest: 'md5:1' }], removed: [] }, 'bad-name'],
    [{ origin, put: [{ name: '', digest }], removed: [] }, 'bad-name'],
    [{ origin: 'x'.repeat(601), put: [], removed: [] }, 'bad-name'],
    [{ origin, put: [], removed: ['a\nb'] }, 'bad-name'],
  ] as const) {
    await assert.rejects(vault.follow(change), { code })
  }
  assert.equal((await built.node.truth.stream('vault')).size, size)
  await vault.follow({ origin, put: [{ name: 'a.json', digest }], removed: [] })
  assert.deepEqual(vault.unreadAdvisories(), [
    { followed: { origin, name: 'a.json' }, code: 'unknown-format', problems: 0 },
  ])
  await closeHouse(built)
})

test('what becomes known to be exploited is told again, is at the head of the list, and ends when the catalogue drops it', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'right@1.0.0', 'lower@1.0.0'))
  await publish(built, osv('GHSA-aaaa-bbbb-cccc', 'left', { fixed: '2.0.0' }, { aliases: [flaw] }), { id: 'A-1' })
  const severity = { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }
  await publish(built, osv('OSV-2', 'right', {}), { id: 'A-2', severity })
  await publish(built, osv('OSV-3', 'lower', { fixed: '1.0.0' }), { id: 'A-3' })
  await vault.settled()
  const order = async () => (await vault.matchesByPriority(operator.urn)).matches.map(({ component }) => component.name)
  assert.deepEqual(await order(), ['right', 'left', 'lower'])
  const heard = vault.alertsAfter(operator.urn, '')
  assert.equal(heard.alerts.length, 2)

  clock.advance(10)
  const list = 'https://kev.invalid/known.json'
  await vault.follow({ origin: list, put: [{ name: 'known', digest: await put(built, kev(flaw)) }], removed: [] })
  assert.deepEqual(await order(), ['left', 'right', 'lower'])
  const news = vault.alertsAfter(operator.urn, heard.next)
  assert.deepEqual(
    news.alerts.map(({ reason }) => reason),
    ['exploited'],
  )
  const [exploited, ...more] = vault.matches(operator.urn, { exploited: true }).matches
  assert.deepEqual(more, [])
  assert.deepEqual(exploited?.priority[0]?.fact, 'exploited')
  assert.match(exploited?.priority[0]?.text ?? '', /2026-12-10/)
  // One that comes now is born exploited.
  await vault.addInventory(operator.urn, 'office', sbom('left@1.5.0'))
  assert.equal(vault.matches(operator.urn, { exploited: true }).matches.length, 2)

  await vault.follow({
    origin: list,
    put: [{ name: 'known', digest: await put(built, kev('CVE-1999-0001')) }],
    removed: [],
  })
  assert.deepEqual(vault.matches(operator.urn, { exploited: true }).matches, [])
  assert.equal((await order())[0], 'right')
  await closeHouse(built)
})

test('a catalogue of exploited vulnerabilities counts only from whom the keeper follows', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  await publish(built, osv('OSV-1', 'left', {}, { aliases: [flaw] }), { id: 'A-1' })
  const { sub } = await publish(built, kev(flaw), { id: 'A-2' })
  await vault.settled()
  assert.deepEqual(vault.matches(operator.urn, { exploited: true }).matches, [])
  assert.deepEqual(
    vault.unreadAdvisories().map((each) => [each.sub, each.code]),
    [[sub, 'unknown-format']],
  )
  await closeHouse(built)
})

test('pages by priority follow each other without gap or repetition, through every filter', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  const wide = Array.from({ length: 25 }, (_, i) => `left@1.${i}.0`)
  await publish(built, osv('OSV-1', 'left', { fixed: '1.20.0' }), { id: 'A-1' })
  const severe = await publish(built, cve('CVE-2026-1004', 'Acme', 'Relay', '4.0'), { id: 'A-4' })
  await vault.settled()
  await vault.addInventory(operator.urn, 'plant', sbom(...wide))
  const all = async (query: Parameters<typeof vault.matchesByPriority>[1]) => {
    const found: string[] = []
    for (let after: string | undefined; ;) {
      const page = await vault.matchesByPriority(operator.urn, {
        ...query,
        limit: 4,
        ...(after !== undefined && { after }),
      })
      found.push(...page.matches.map(({ component, state }) => `${component.version} ${state}`))
      if (page.next === undefined) return found
      after = page.next
    }
  }
  const found = await all({})
  assert.equal(new Set(found).size, 25)
  assert.deepEqual(
    found.map((each) => each.endsWith(' affected')),
    wide.map((_, i) => i < 20),
  )
  assert.equal((await all({ state: 'not_affected' })).length, 5)
  assert.equal((await all({ vulnerability: 'osv-1' })).length, 0)
  assert.equal((await all({ vulnerability: 'OSV-1' })).length, 25)
  assert.equal((await all({ advisory: severe.sub })).length, 0)
  await assert.rejects(vault.matchesByPriority(operator.urn, { after: 'x' }), { code: 'bad-cursor' })
  await closeHouse(built)
})
