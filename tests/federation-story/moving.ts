/** A hosted party takes its record to a node of its own, which is then written to like any other. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Forgery } from './forgery.ts'
import type { Provider, Three } from './meeting.ts'
import {
  type State,
  agreedOn,
  befriend,
  founded,
  inStep,
  peerOf,
  statementsOf,
  statusOf,
  tokenOf,
  until,
} from './nodes.ts'
import type { Stage } from './telling.ts'

export interface Moved {
  readonly own: State
  /** Statements of the party that moved, in the old log and in the new. */
  readonly before: number
  readonly after: number
}

export async function moving(stage: Stage, { north, south, east, all }: Three, acme: Provider): Promise<Moved> {
  stage.chapter('Acme moves from north to a node of its own')
  const own = await founded(stage.machine('own'), 'XA', ['--type', 'organisation'])
  // East publishes no address on the Internet, and those of one machine are nobody's to follow unasked.
  await own.machine.json('endorse', east.urn, '--claim', 'name')
  await own.machine.kill()
  await own.machine.serve('data', '--follow-endorsed')
  await Promise.all([befriend(own, north, south), ...all.map((each) => befriend(each, own))])
  const before = await statementsOf(north, acme.urn)
  const token = await tokenOf(own, 'acme', acme.urn)
  const move = ['party', 'move', '--as', 'acme', '--to', own.machine.url, '--to-token-file', token]
  const checked = await acme.machine.run(move, '--check')
  assert.equal(checked.code, 0, checked.stderr)
  await acme.machine.json(move)
  await acme.machine.json('support', 'gids', '--declare', 'gids-7=No hidden functions')
  const { sealKey } = await acme.machine.json<{ sealKey: string }>(
    ['message', 'key'],
    acme.recovery.flatMap((file) => ['--recovery-file', file]),
  )
  assert.match(sealKey, /^[0-9a-f]{64}$/)
  await inStep([...all, own])
  const after = await statementsOf(own, acme.urn)
  const levels = await Promise.all([...all, own].map((each) => agreedOn(each, acme.urn, 'gids-8')))
  assert.deepEqual(new Set(levels), new Set(['evidenced']))
  stage.fact(`its ${before} statements at north count, and new ones are in its own log`)
  stage.fact('gids-8 is "evidenced" at all four nodes, on what was said before and since')
  await sleep(1000)
  assert.equal(await peerOf(own, east), undefined)
  stage.fact('its node follows whom it endorses, and east only once its keeper adds that: it has no address outside')
  await befriend(own, east)
  return { own, before, after }
}

/** A node asks another for cosignatures alone, as it would ask a witness that keeps no log. */
export async function witnessAlone(stage: Stage, { successor }: Forgery, own: State): Promise<void> {
  stage.chapter('The successor of mirage finds a witness that it does not follow')
  await own.machine.json(
    ['peer', 'add', successor.machine.url, '--keeper', successor.urn, '--allow-private'],
    ['--as', own.machine.name],
  )
  const { witnessKeys } = await statusOf(own)
  const address = `${own.machine.url}/witness`
  await successor.machine.json(
    ['peer', 'add', own.machine.url, '--no-mirror', '--witness-url', address],
    ['--witness', witnessKeys[0] ?? '', '--allow-private', '--data', 'heir'],
  )
  await until('it is cosigned', async () => {
    const peer = await peerOf(successor, own)
    return peer !== undefined && (await cosignedBy(successor, own))
  })
  stage.fact('it cosigns, and none of its log is held there')
}

/** Whether the newest checkpoint of a log bears the cosignature of another node. */
async function cosignedBy(one: State, witness: State): Promise<boolean> {
  const note = await (await fetch(`${one.machine.url}/checkpoint`)).text()
  return note.includes(`\n— ${witness.origin} `)
}
