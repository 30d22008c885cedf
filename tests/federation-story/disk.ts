/** A node loses its disk. What a backup does not have is with those who mirror it; what it cosigned nobody can be sure of. */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Three } from './meeting.ts'
import { befriend, inStep, insecure, sizeOf, writePolicies } from './nodes.ts'
import type { Stage } from './telling.ts'

/** Returns how many entries the mirrors gave back. */
export async function lostDisk(stage: Stage, { north, south, east, all }: Three): Promise<number> {
  stage.chapter('South loses its disk, and its log goes on where it was')
  const { machine } = south
  const { size: kept } = await machine.json<{ size: number }>('backup', 'kept')
  await machine.json('adhere', 'code')
  await inStep(all)
  const lost = await sizeOf(south)
  await machine.kill()
  rmSync(join(machine.path, 'data'), { recursive: true })
  await machine.json('restore', 'kept')
  const { outcome } = await machine.json<{ outcome: string }>('restore', '--recover')
  assert.equal(outcome, 'resumed')
  // It may have cosigned more than it remembers.
  await machine.json(
    ['rekey', '--only', 'witness', insecure],
    south.recovery.flatMap((file) => ['--recovery-file', file]),
  )
  await machine.serve()
  assert.ok((await sizeOf(south)) > lost)
  stage.fact(`restored with ${kept} entries, it got ${lost - kept} from the mirrors and signs again`)

  await Promise.all(
    [north, east].map(async (one) => {
      await befriend(one, south)
      await writePolicies(
        one,
        all.filter((other) => other !== one),
      )
      await one.machine.json('trust', '--witnesses', 'both')
    }),
  )
  const { id } = await north.machine.json<{ id: string }>('adhere', 'code')
  const confirmed = await north.machine.run(['receipt', id, '--confirm'], ['--policy', 'both', '--wait', '60'])
  assert.equal(confirmed.code, 0, confirmed.stdout + confirmed.stderr)
  await inStep(all)
  stage.fact('north and east pinned its new witness keys, and it cosigns under them')
  return lost - kept
}
