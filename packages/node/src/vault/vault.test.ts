import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ExposureError } from '@comity/exposure'
import { actor } from '@comity/testkit'
import { NodeError } from '../node-error.ts'
import {
  type House,
  closeHouse,
  houseIn,
  lines,
  osv,
  publish,
  reopened,
  sbom,
  temporaryFolder,
} from './vault.fixture.ts'

async function house(context: TestContext): Promise<House> {
  return houseIn(temporaryFolder(context))
}

const left = (range: { introduced?: string; fixed?: string }, more: object = {}) => osv('OSV-1', 'left', range, more)

test('an advisory finds the inventory that was there before it', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'right@1.0.0'))
  assert.deepEqual(lines(vault, operator.urn), [])
  const advisory = await publish(built, left({ fixed: '1.2.0' }), {
    id: 'A-1',
    remedy: { kind: 'update', version: '1.2.0' },
  })
  await vault.settled()
  const [match, ...others] = vault.matches(operator.urn).matches
  assert.ok(match)
  assert.deepEqual(others, [])
  assert.equal(match.state, 'affected')
  assert.equal(match.component.purl, 'pkg:npm/left@1.0.0')
  assert.equal(match.inventory.name, 'plant')
  assert.deepEqual(match.advisory, {
    sub: advisory.sub,
    statement: advisory.statement,
    title: 'Advisory A-1',
    remedy: { kind: 'update', version: '1.2.0' },
    withdrawn: false,
  })
  assert.equal(match.why.reason, 'in-range')
  assert.equal(match.why.range, 'introduced 0, fixed 1.2.0')
  assert.equal(match.alert, true)
  await closeHouse(built)
})

test('an inventory finds the advisory that was there before it, with the same match', async (context) => {
  const before = await house(context)
  await before.vault.addInventory(before.operator.urn, 'plant', sbom('left@1.0.0', 'right@2.0.0', '@a/b@3.0.0'))
  await publish(before, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await before.vault.settled()

  const after = await house(context)
  await publish(after, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await after.vault.settled()
  await after.vault.addInventory(after.operator.urn, 'plant', sbom('left@1.0.0', 'right@2.0.0', '@a/b@3.0.0'))

  const seen = ({ vault, operator }: House) =>
    vault.matches(operator.urn).matches.map(({ state, why, component }) => ({ state, why, component }))
  assert.equal(seen(before).length, 1)
  assert.deepEqual(seen(after), seen(before))
  await closeHouse(before)
  await closeHouse(after)
})

test('a version outside the range is not affected, and one that cannot be ordered is undetermined', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.2.0', 'left@soon', 'left@1.0.0'))
  await publish(built, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await vault.settled()
  assert.deepEqual(lines(vault, operator.urn), [
    'left@1.0.0 affected A-1',
    'left@1.2.0 not-affected A-1',
    'left@soon undetermined A-1',
  ])
  assert.deepEqual(
    vault.matches(operator.urn, { state: 'undetermined' }).matches.map(({ alert }) => alert),
    [true],
  )
  await closeHouse(built)
})

test('a package that occurs twice is one match that says how often', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await publish(built, left({}), { id: 'A-1' })
  await vault.settled()
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'left@1.0.0', 'left@1.0.1'))
  const found = vault.matches(operator.urn).matches.map(({ component }) => [component.version, component.occurrences])
  assert.deepEqual(found.toSorted(), [
    ['1.0.0', 2],
    ['1.0.1', 1],
  ])
  await closeHouse(built)
})

test('a revision that leaves ranges and remedy as they are raises no alert', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const first = await publish(built, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await vault.settled()
  const before = vault.matches(operator.urn).matches[0]
  assert.ok(before)
  clock.advance(100)
  const document = left({ fixed: '1.2.0' }, { summary: 'in better words', aliases: ['CVE-2026-1'] })
  const second = await publish(built, document, { id: 'A-1', title: 'Better words', revises: first.statement })
  await vault.settled()
  const after = vault.match(operator.urn, before.id)
  assert.equal(after.alertedAt, before.alertedAt)
  assert.equal(after.since, before.since)
  assert.deepEqual(after.history, [])
  assert.equal(after.advisory.title, 'Better words')
  assert.equal(after.advisory.statement, second.statement)
  await closeHouse(built)
})

test('a revision with another remedy alerts whom it concerns, and nobody else', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'left@1.3.0'))
  const first = await publish(built, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await vault.settled()
  clock.advance(100)
  const remedy = { kind: 'update', version: '1.2.0' } as const
  await publish(built, left({ fixed: '1.2.0' }), { id: 'A-1', revises: first.statement, remedy })
  await vault.settled()
  const alerts = vault.matches(operator.urn).matches.map(({ component, alertedAt }) => [component.version, alertedAt])
  assert.deepEqual(alerts, [
    ['1.0.0', clock.now()],
    ['1.3.0', undefined],
  ])
  await closeHouse(built)
})

test('a revision that widens the range changes the state and keeps what was', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.2.5'))
  const first = await publish(built, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await vault.settled()
  clock.advance(100)
  const second = await publish(built, left({ fixed: '1.3.0' }), { id: 'A-1', revises: first.statement })
  await vault.settled()
  const [match] = vault.matches(operator.urn).matches
  assert.ok(match)
  const { state, since, statement, history } = vault.match(operator.urn, match.id)
  assert.deepEqual([state, since, statement], ['affected', clock.now(), second.statement])
  assert.deepEqual(
    history.map(({ state, statement }) => [state, statement]),
    [['not-affected', first.statement]],
  )
  await closeHouse(built)
})

test('a revision that no longer names the package ends the match and keeps what was', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'other@1.0.0'))
  const first = await publish(built, left({}), { id: 'A-1' })
  await publish(built, osv('OSV-1', 'other', {}), { id: 'A-1', revises: first.statement })
  await vault.settled()
  assert.deepEqual(lines(vault, operator.urn), ['left@1.0.0 not-affected A-1', 'other@1.0.0 affected A-1'])
  const [match] = vault.matches(operator.urn, { state: 'not-affected' }).matches
  assert.equal(match?.why.reason, 'not-named')
  assert.equal(vault.match(operator.urn, match?.id ?? '').history[0]?.state, 'affected')
  await closeHouse(built)
})

test('a withdrawn advisory withdraws its matches and keeps what was', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const first = await publish(built, left({}), { id: 'A-1' })
  await vault.settled()
  clock.advance(50)
  await publish(built, left({}), { id: 'A-1', revises: first.statement, withdrawn: '2026-11-21T00:00:00Z' })
  await vault.settled()
  const [match] = vault.matches(operator.urn).matches
  assert.ok(match)
  assert.deepEqual([match.state, match.why.reason, match.alert], ['not-affected', 'withdrawn', false])
  assert.equal(match.advisory.withdrawn, true)
  assert.deepEqual(
    vault.match(operator.urn, match.id).history.map(({ state, since }) => [state, since]),
    [['affected', clock.now() - 50]],
  )
  // Who comes after it was never concerned.
  await vault.addInventory(operator.urn, 'office', sbom('left@1.0.0'))
  assert.equal(vault.matches(operator.urn).matches.length, 1)
  await closeHouse(built)
})

test('an advisory whose document cannot be read is listed, never passed over', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const first = await publish(built, left({}), { id: 'A-1' })
  const second = await publish(built, Buffer.from('{"document":{"category":"csaf_vex"}}'), { id: 'A-2' })
  await publish(built, Buffer.from('not json'), { id: 'A-1', revises: first.statement })
  await vault.settled()
  assert.deepEqual(
    vault.unreadAdvisories().map(({ sub, code }) => [sub, code]),
    [
      [first.sub, 'not-json'],
      [second.sub, 'not-osv'],
    ],
  )
  const [match] = vault.matches(operator.urn).matches
  assert.deepEqual([match?.state, match?.why.reason], ['undetermined', 'unreadable'])
  await closeHouse(built)
})

test('a match shows what the party itself acknowledged, and what others did not', async (context) => {
  const built = await house(context)
  const { vault, node, operator, clock } = built
  const other = actor('another operator', node.origin, { type: 'operator' })
  await node.submit(other.founding(clock.now()))
  for (const { urn } of [operator, other]) await vault.addInventory(urn, 'plant', sbom('left@1.0.0'))
  const { sub, statement } = await publish(built, left({}), { id: 'A-1' })
  await vault.settled()
  assert.equal(vault.matches(operator.urn).matches[0]?.acknowledged, undefined)
  await node.submit(operator.sign('acknowledgement', sub, { advisory: statement, state: 'affected' }, clock.now()))
  clock.advance(5)
  const said = { advisory: statement, state: 'remedied' } as const
  const { statement: latest } = await node.submit(operator.sign('acknowledgement', sub, said, clock.now()))
  assert.deepEqual(vault.matches(operator.urn).matches[0]?.acknowledged, {
    state: 'remedied',
    statement: latest.id,
    at: clock.now(),
  })
  assert.equal(vault.matches(other.urn).matches[0]?.acknowledged, undefined)
  await closeHouse(built)
})

test('a newer inventory of one name takes the place of the older, with history and without new alarm', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  await publish(built, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await publish(built, osv('OSV-2', 'right', { fixed: '9.0.0' }), { id: 'A-2' })
  await vault.settled()
  const first = await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'right@1.0.0', 'gone@1.0.0'))
  const alerted = clock.now()
  clock.advance(100)
  const second = await vault.addInventory(operator.urn, 'plant', sbom('left@1.2.0', 'right@1.0.0'))
  assert.equal(second.id, first.id)
  assert.equal(second.revision, 2)
  assert.equal(vault.listInventories(operator.urn).length, 1)
  assert.deepEqual(lines(vault, operator.urn), [
    'left@1.0.0 not-affected A-1',
    'left@1.2.0 not-affected A-1',
    'right@1.0.0 affected A-2',
  ])
  const all = vault.matches(operator.urn).matches
  const right = all.find(({ component }) => component.name === 'right')
  assert.deepEqual([right?.alertedAt, right?.since], [alerted, alerted])
  const gone = all.find(({ component }) => component.purl === 'pkg:npm/left@1.0.0')
  assert.ok(gone)
  assert.equal(gone.why.reason, 'not-present')
  assert.equal(vault.match(operator.urn, gone.id).history[0]?.state, 'affected')
  await closeHouse(built)
})

test('the same document again writes nothing', async (context) => {
  const built = await house(context)
  const { vault, node, operator } = built
  const document = sbom('left@1.0.0')
  const first = await vault.addInventory(operator.urn, 'plant', document)
  const { size } = await node.truth.stream('vault')
  const again = await vault.addInventory(operator.urn, 'plant', document)
  assert.deepEqual({ ...again, duplicate: false }, first)
  assert.equal(again.duplicate, true)
  assert.equal((await node.truth.stream('vault')).size, size)
  assert.deepEqual(Buffer.from(vault.readInventory(operator.urn, first.id)), document)
  await closeHouse(built)
})

test('what is no SBOM is refused with its code, and nothing is written', async (context) => {
  const built = await house(context)
  const { vault, node, operator } = built
  const stream = await node.truth.stream('vault')
  const refusals: readonly [string, Uint8Array | string][] = [
    ['not-json', 'secret-package'],
    ['not-json', '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"secret-package"'],
    ['not-an-sbom', '{"spdxVersion":"SPDX-2.3","name":"secret-package"}'],
    ['unsupported-sbom-version', '{"bomFormat":"CycloneDX","specVersion":"1.0"}'],
    ['bad-sbom', '{"bomFormat":"CycloneDX","specVersion":"1.6","components":{"secret-package":1}}'],
    ['not-utf-8', Buffer.concat([Buffer.from('{"bomFormat":"CycloneDX","x":"'), Buffer.of(0xff), Buffer.from('"}')])],
  ]
  for (const [code, document] of refusals) {
    await assert.rejects(
      vault.addInventory(operator.urn, 'plant', Buffer.from(document)),
      (error) =>
        error instanceof ExposureError &&
        error.code === code &&
        !JSON.stringify([error.message, error.pointer]).includes('secret-package'),
      code,
    )
  }
  const badName = (error: unknown) => error instanceof NodeError && error.code === 'bad-name'
  await assert.rejects(vault.addInventory(operator.urn, '', sbom('left@1.0.0')), badName)
  await assert.rejects(vault.addInventory('urn:comity:party:none', 'plant', sbom('left@1.0.0')), badName)
  assert.equal(stream.size, 0)
  assert.deepEqual([...node.truth.blobs.listSealed()], [])
  assert.deepEqual(vault.listInventories(operator.urn), [])
  await closeHouse(built)
})

test('what cannot be matched in an inventory is said with its pointer and counted', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  const components = [
    { type: 'library', name: 'nameless' },
    { type: 'library', name: 'odd', version: '1', purl: 'pkg:npm' },
    { type: 'library', name: 'left', version: 'soon', purl: 'pkg:npm/left@soon' },
  ]
  const document = Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components }))
  const { problems, counts, withoutPurl } = await vault.addInventory(operator.urn, 'plant', document)
  assert.deepEqual(
    problems.map(({ code, pointer }) => [code, pointer]),
    [
      ['bad-purl', '/components/1/purl'],
      ['bad-version', '/components/2/purl'],
    ],
  )
  assert.deepEqual(counts, { 'bad-purl': 1, 'bad-version': 1 })
  assert.equal(withoutPurl, 2)
  await closeHouse(built)
})

test('a removed inventory takes its matches and its blobs with it', async (context) => {
  const built = await house(context)
  const { vault, node, operator } = built
  await publish(built, left({}), { id: 'A-1' })
  await vault.settled()
  const { id } = await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.1'))
  await vault.removeInventory(operator.urn, id)
  assert.deepEqual(vault.matches(operator.urn).matches, [])
  assert.deepEqual([...node.truth.blobs.listSealed()], [])
  await assert.rejects(vault.removeInventory(operator.urn, id), { code: 'unknown-inventory' })
  assert.throws(() => vault.readInventory(operator.urn, id), { code: 'unknown-inventory' })
  await closeHouse(built)
})

test('a party sees its own vault and nobody else’s', async (context) => {
  const built = await house(context)
  const { vault, node, operator } = built
  const other = actor('another operator', node.origin, { type: 'operator' })
  await publish(built, left({}), { id: 'A-1' })
  await vault.settled()
  const { id } = await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  await vault.addInventory(other.urn, 'plant', sbom('right@1.0.0'))
  const [match] = vault.matches(operator.urn).matches
  assert.ok(match)
  assert.deepEqual(vault.matches(other.urn).matches, [])
  assert.throws(() => vault.match(other.urn, match.id), { code: 'unknown-match' })
  assert.throws(() => vault.matches(other.urn, { inventory: id }), { code: 'unknown-inventory' })
  assert.throws(() => vault.readInventory(other.urn, id), { code: 'unknown-inventory' })
  await assert.rejects(vault.removeInventory(other.urn, id), { code: 'unknown-inventory' })
  await closeHouse(built)
})

test('pages of matches follow each other without gap or repetition', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await publish(built, left({ fixed: '1.5.0' }), { id: 'A-1' })
  await vault.settled()
  const versions = Array.from({ length: 25 }, (_, i) => `left@1.${i}.0`)
  await vault.addInventory(operator.urn, 'plant', sbom(...versions.slice(0, 20)))
  await vault.addInventory(operator.urn, 'office', sbom(...versions.slice(20)))
  const pages = (query: Parameters<typeof vault.matches>[1]) => {
    const found: string[] = []
    for (let after: string | undefined; ;) {
      const page = vault.matches(operator.urn, { ...query, limit: 4, ...(after !== undefined && { after }) })
      found.push(...page.matches.map(({ id }) => id))
      if (page.next === undefined) return found
      after = page.next
    }
  }
  assert.equal(new Set(pages({})).size, 25)
  assert.equal(pages({}).length, 25)
  assert.equal(pages({ state: 'affected' }).length, 5)
  assert.equal(pages({ inventory: vault.listInventories(operator.urn)[1]?.id ?? '' }).length, 5)
  assert.throws(() => vault.matches(operator.urn, { after: 'x' }), { code: 'bad-cursor' })
  await closeHouse(built)
})

test('a token opens until it is revoked, also after a restart', async (context) => {
  let built = await house(context)
  const { operator } = built
  const kept = await built.vault.issueToken({ party: operator.urn, admin: false, label: 'the pump room' })
  const revoked = await built.vault.issueToken({ party: null, admin: true, label: 'the keeper' })
  assert.match(kept.secret, /^comity_[A-Za-z0-9_-]{43}$/)
  assert.deepEqual(built.vault.verifyToken(revoked.secret)?.admin, true)
  await built.vault.revokeToken(revoked.id)
  for (const check of ['live', 'after a restart']) {
    assert.equal(built.vault.verifyToken(revoked.secret), undefined, check)
    assert.deepEqual(built.vault.verifyToken(kept.secret)?.party, operator.urn, check)
    assert.equal(built.vault.verifyToken(`${kept.secret.slice(0, -1)}~`), undefined, check)
    assert.equal(built.vault.verifyToken('x'.repeat(1_000_000)), undefined, check)
    assert.deepEqual(
      built.vault.listTokens().map(({ label, revokedAt }) => [label, revokedAt !== undefined]),
      [
        ['the pump room', false],
        ['the keeper', true],
      ],
      check,
    )
    await assert.rejects(built.vault.revokeToken(revoked.id), { code: 'unknown-token' })
    await closeHouse(built)
    built = await reopened(built)
  }
  await closeHouse(built)
})
