import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { Vault } from './vault.ts'
import { closeHouse, house, left, publish, reopened, sbom, viewOf } from './vault.fixture.ts'

test('a rebuild of the vault says how far it is, of all that waits', async (context) => {
  const first = await house(context)
  const { directory, operator, clock } = first
  for (let i = 0; i < 3; i++) {
    await first.vault.addInventory(operator.urn, `inventory ${i}`, sbom(`left@1.${i}.0`))
    await publish(first, left({ fixed: `2.${i}.0` }), { id: `OSV-${i}` })
    await first.vault.settled()
  }
  await publish(first, left({ fixed: '3.0.0' }), { id: 'OSV-3' })
  await first.vault.settled()
  await closeHouse(first)

  const again = await reopened(first)
  await again.vault.close()
  rmSync(viewOf(directory), { force: true })
  const said: (readonly [number, number])[] = []
  const onProgress = (done: number, total: number): void => void said.push([done, total])
  const { node } = again
  const options = { truth: node.truth, view: viewOf(directory), register: node.reader, now: () => clock.now() }
  const vault = await Vault.open({ ...options, onProgress })
  const [, total = 0] = said[0] ?? []
  assert.ok(total > 4, `it said ${JSON.stringify(said)}`)
  assert.ok(said.every(([done, of], i) => of === total && done > (said[i - 1]?.[0] ?? 0) && done <= total))
  const opened = said.at(-1)?.[0] ?? 0
  assert.ok(opened < total, 'no record saw the last advisory')
  const settling: (readonly [number, number])[] = []
  await vault.settled((done, of) => void settling.push([done, of]))
  assert.deepEqual(settling.at(-1), [total - opened, total - opened])
  await vault.close()
  await node.close()
})
