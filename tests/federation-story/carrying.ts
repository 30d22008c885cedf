/** What goes from node to node beside the logs: a sealed file, and files on a stick to a node without a line. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Three } from './meeting.ts'
import { insecure, sizeOf, until } from './nodes.ts'
import type { Stage } from './telling.ts'

const sealedBytes = 3_000_000

/** Returns how many bytes the file had. */
export async function sealedFile(stage: Stage, { north, east }: Three): Promise<number> {
  stage.chapter('A sealed file goes from north to east')
  const file = randomBytes(sealedBytes)
  writeFileSync(join(north.machine.path, 'file.bin'), file)
  const { id } = await north.machine.json<{ id: string }>(
    ['message', 'send', '--to', east.urn, '--subject', 'Request 7', '--text', 'See the file.'],
    ['--attach', 'file.bin', '--wait', '60'],
  )
  await until('it arrives', async () => (await east.machine.run('message', 'read', id, '--save', 'in')).code === 0)
  const got = readFileSync(join(east.machine.path, 'in', 'file.bin'))
  assert.equal(digestOf(got), digestOf(file))
  stage.fact('it is the same to the byte, and no log says that there was a message')
  return sealedBytes
}

interface Imported {
  readonly logs: readonly { readonly origin: string; readonly size: number }[]
}

/** Returns how many entries of north's log the island has in the end. */
export async function carried(stage: Stage, { north }: Three): Promise<number> {
  stage.chapter('An island without a line follows north by files on a stick')
  const island = stage.machine('island')
  await island.json('init', '--name', 'Island', '--origin', 'log.island.invalid', '--as', 'island', insecure)
  const carry = async (name: string, since: readonly string[], follow: readonly string[]): Promise<number> => {
    await north.machine.json('carry', 'export', '--to', name, '--origin', north.origin, since)
    cpSync(join(north.machine.path, name), join(island.path, name))
    const { logs } = await island.json<Imported>('carry', 'import', name, follow, '--receipt', 'receipt.json')
    cpSync(join(island.path, 'receipt.json'), join(north.machine.path, 'receipt.json'))
    return logs.find(({ origin }) => origin === north.origin)?.size ?? 0
  }
  const first = await carry('all.comity', [], ['--follow', north.urn])
  await north.machine.json('adhere', 'gids')
  const size = await sizeOf(north)
  const second = await carry('more.comity', ['--for', 'receipt.json'], [])
  assert.ok(first > 0 && first < second, `${first} entries, then ${second}`)
  assert.equal(second, size)
  const bytes = (name: string) => readFileSync(join(north.machine.path, name)).length
  assert.ok(bytes('more.comity') < bytes('all.comity') / 2)
  stage.fact(`first ${first} entries, then the ${second - first} that it lacked, all of them verified there`)
  return second
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
