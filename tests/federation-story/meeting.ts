/** Three States found their nodes and become peers; a provider at one of them tells an operator at another. */
import assert from 'node:assert/strict'
import type { Machine } from './machine.ts'
import { type State, befriend, founded, hosted, inStep, openVault, policyFor, until, writePolicies } from './nodes.ts'
import { type Stage, sample, secondsSince } from './telling.ts'

export interface Three {
  readonly north: State
  readonly south: State
  readonly east: State
  readonly all: readonly State[]
}

/** A provider at north that has told of a vulnerability. */
export interface Provider {
  readonly machine: Machine
  readonly urn: string
  readonly recovery: readonly string[]
  readonly advisory: string
}

export async function threeStates(stage: Stage): Promise<Three> {
  stage.chapter('Three States found their nodes')
  const [north, south, east] = await Promise.all([
    founded(stage.machine('north'), 'XA'),
    founded(stage.machine('south'), 'XB'),
    founded(stage.machine('east'), 'XC'),
  ])
  const all = [north, south, east]
  for (const { machine: at, state, origin } of all) stage.fact(`${state}: ${origin} at ${at.url}`)

  stage.chapter('They follow each other, cosign each other, and say who they are')
  await Promise.all(
    all.map(async (one) => {
      const others = all.filter((other) => other !== one)
      await befriend(one, ...others)
      for (const { urn } of others) await one.machine.json('endorse', urn, '--claim', 'name', '--claim', 'state')
      await writePolicies(one, others)
      const endorsers = others.flatMap(({ urn }) => ['--endorser', urn])
      await one.machine.json('trust', '--witnesses', 'both', endorsers)
    }),
  )
  await inStep(all)
  const { endorsements } = await east.machine.read<{ endorsements: unknown[] }>(
    `api/v1/parties/${encodeURIComponent(north.urn)}`,
  )
  assert.equal(endorsements.length, 2)
  stage.fact('each has a copy of the others, and two endorsements by other States')
  const known = await east.machine.json<{ names: readonly { text: string }[] }>('party', 'show', north.urn)
  assert.equal(known.names[0]?.text, 'Agency of north')
  const peers = await east.machine.json<readonly { state: string; role: string }[]>('peer', 'list')
  assert.deepEqual(
    peers.map(({ role }) => role),
    ['mirror-and-witness', 'mirror-and-witness'],
  )
  stage.fact('policy of each: a checkpoint counts when both other States cosigned it')
  return { north, south, east, all }
}

export async function vulnerability(stage: Stage, { north, south, all }: Three): Promise<Provider> {
  stage.chapter('A provider at north, an operator at south: a vulnerability is told')
  const acme = stage.machine('acme')
  const plant = stage.machine('plant')
  const advising = ['advisory', 'publish', sample('GO-2023-2153.json'), '--product', 'app']
  const [{ urn, recovery, advisory }] = await Promise.all([
    (async () => {
      const made = await hosted(acme, north, { name: 'Acme', type: 'provider' })
      await acme.json('support', 'gids')
      await acme.json('product', 'app', '--updates', 'download', '--consent', 'required')
      return { ...made, advisory: (await acme.json<{ id: string }>(advising)).id }
    })(),
    (async () => {
      const { urn: operator } = await hosted(plant, south, { name: 'Plant', type: 'operator' })
      await openVault(plant, south, 'plant', operator)
      await plant.json('inventory', 'add', sample('operator-inventory.cdx.json'), '--name', 'plant')
    })(),
  ])
  await inStep(all)
  await until(
    'the operator is affected',
    async () => (await plant.json<{ affected: number }>('matches')).affected > 0,
    500,
  )
  await plant.json('acknowledge', advisory, '--state', 'affected')
  stage.fact('south matched it against an inventory that never left south')
  return { machine: acme, urn, recovery, advisory }
}

/** Returns how many seconds passed until both others had cosigned. */
export async function confirmation(stage: Stage, { north }: Three, acme: Provider): Promise<number> {
  stage.chapter('The advisory is confirmed by the other States')
  const began = performance.now()
  const policy = policyFor(acme.machine, north)
  const { code, stderr } = await acme.machine.run(
    ['receipt', acme.advisory, '--confirm'],
    ['--policy', policy, '--wait', '60'],
  )
  assert.equal(code, 0, stderr)
  const after = secondsSince(began)
  stage.fact(`south and east have cosigned, ${after.toFixed(1)} s after the question`)
  return after
}
