/** Inventories as they come, are replaced, refused and removed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExposureError } from '@comity/exposure'
import { NodeError } from '../node-error.ts'
import { closeHouse, house, left, lines, osv, publish, sbom } from './vault.fixture.ts'

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
    'left@1.0.0 not_affected A-1',
    'left@1.2.0 not_affected A-1',
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
    ['not-an-sbom', '{"name":"secret-package"}'],
    ['unsupported-sbom-version', '{"spdxVersion":"SPDX-1.2","name":"secret-package"}'],
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
