/**
 * A process to be killed: opens the folder of a house, tells, and publishes one advisory after the other, without end.
 */
import { writeSync } from 'node:fs'
import { actor, keeper, manualClock } from '@comity/testkit'
import { osv, publish, reopened } from '../vault/vault.fixture.ts'
import { tellingOf } from './telling.fixture.ts'

const [directory = '', startAt = '', round = ''] = process.argv.slice(2)
const { origin } = keeper('vault keeper')
const provider = actor('vault provider', origin)
const operator = actor('vault operator', origin, { type: 'operator' })
const clock = manualClock(Number(startAt))
const house = await reopened({ directory, clock, provider, operator } as Parameters<typeof reopened>[0]) // all it reads
const telling = tellingOf(house)
telling.start()
writeSync(1, 'ready\n')
for (let i = 0; ; i++) {
  const id = `ADV-${round}-${i}`
  await publish(house, osv(id, i % 2 === 0 ? 'left' : 'right', {}), { id })
  await house.vault.settled()
  clock.advance(61)
}
