/** A node is lost for a while: nobody waits for it but confirmation, and it catches up. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Provider, Three } from './meeting.ts'
import { inStep, sizeOf, untilHeld } from './nodes.ts'
import { type Stage, sample, secondsSince } from './telling.ts'

export interface Absence {
  /** Milliseconds from filing to the receipt while a witness was down. */
  readonly receiptWhileDown: number
  /** Seconds from the return of the lost node until what it had missed was confirmed. */
  readonly confirmedAfterReturn: number
}

export async function absence(stage: Stage, { north, south, east, all }: Three, acme: Provider): Promise<Absence> {
  stage.chapter('East is lost. The others go on')
  const held = await sizeOf(east)
  for (const other of [north, south]) await untilHeld(other, east, held)
  await east.machine.kill()
  const filing = performance.now()
  const { id } = await acme.machine.json<{ id: string }>(
    ['release', 'add', sample('operator-inventory.cdx.json')],
    ['--product', 'app', '--version', '1.0.1'],
  )
  const receiptWhileDown = performance.now() - filing
  stage.fact(`registered with its receipt in ${Math.round(receiptWhileDown)} ms, the start of the command included`)
  const confirm = (policy: string, ...more: readonly string[]) =>
    acme.machine.run('receipt', id, '--confirm', '--policy', policy, more)
  const delayed = await confirm('policy', '--wait', '2')
  assert.equal(delayed.code, 1, delayed.stdout + delayed.stderr)
  stage.fact('its confirmation waits for east: registration does not')
  const enough = await confirm(join(north.machine.path, 'one'), '--wait', '30', '--force')
  assert.equal(enough.code, 0, enough.stderr)
  stage.fact('whoever asks for one State of two is content already')
  const copy = `mirrors/${encodeURIComponent(east.origin)}`
  for (const { machine: at } of [north, south]) {
    const note = await (await fetch(`${at.url}/${copy}/checkpoint`)).text()
    assert.deepEqual(note.split('\n').slice(0, 2), [east.origin, String(held)])
  }
  const { names } = await south.machine.read<{ names: { text: string }[] }>(
    `api/v1/parties/${encodeURIComponent(east.urn)}`,
  )
  assert.equal(names[0]?.text, 'Agency of east')
  stage.fact(`all ${held} entries of east are served by north and south`)
  const status = await north.machine.run('status')
  assert.equal(status.code, 0, status.stderr)
  assert.match(status.stdout, /log\.east\.inva/)

  stage.chapter('East comes back')
  const back = performance.now()
  await east.machine.serve()
  const late = await confirm('policy', '--wait', '60', '--force')
  assert.equal(late.code, 0, late.stdout + late.stderr)
  const confirmedAfterReturn = secondsSince(back)
  await inStep(all)
  stage.fact(`caught up, and cosigned what it had missed after ${confirmedAfterReturn.toFixed(1)} s`)
  return { receiptWhileDown, confirmedAfterReturn }
}
