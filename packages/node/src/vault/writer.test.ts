import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeHouse, house, left, publish, sbom } from './vault.fixture.ts'

test('who listens to a vault hears of what was written, and of nothing where nothing was', async (context) => {
  const own = await house(context)
  const { vault, operator } = own
  await vault.settled()
  let heard = 0
  vault.onChange(() => (heard += 1))
  vault.wake()
  await vault.settled()
  assert.equal(heard, 0, 'a look that found nothing is no news')
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  assert.equal(heard, 1)
  const beforeMatch = vault.alertsAfter(operator.urn, '').next
  const matched = new Promise<boolean>((resolve) =>
    vault.onChange(() => resolve(vault.alertsAfter(operator.urn, beforeMatch).alerts.length === 1)),
  )
  await publish(own, left({ fixed: '1.2.0' }), { id: 'ADV-1' })
  assert.ok(await matched, 'one of the own log is heard of when it is matched')
  await closeHouse(own)
})
