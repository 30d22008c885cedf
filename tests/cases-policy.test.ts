/** Logs that were founded before there were moves: what people are told, and what their keepers do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolicyPayload } from '@comity/statement'
import { known, notice, refusalOf, staged } from './cases-story/refusal.ts'
import { type Place, World } from './cases-story/world.ts'

test('a log that was founded before there were moves names what its keeper has to do, and takes them from then on', async (context) => {
  const world = new World()
  context.after(() => world.close())
  const north = await world.found('north', 'XA')
  const acme = await world.host(north, 'acme', 'provider', 'Acme')
  const policy = await withoutMoves(north)
  const need = [
    'case',
    'open',
    'capacity',
    'training',
    '--move',
    'need',
    '--set',
    'theme=skills',
    '--set',
    'means=training',
    '--set',
    'text=Two weeks.',
  ]
  const refused = await refusalOf(acme, ...need)
  assert.deepEqual([refused.code, refused.exitCode], ['kind-not-admitted', 3])
  assert.match(refused.said, /does not admit the kind move.*keeper of that log .*"comity policy admit move"/)

  const shown = await acme.run('policy', 'show')
  assert.match(shown.stdout.replaceAll(/\s+/g, ' '), /not taken .*move.*comity policy admit KIND/)
  const notKeeper = await refusalOf(acme, 'policy', 'admit', 'move')
  assert.deepEqual([notKeeper.code, notKeeper.exitCode], ['not-the-keeper', 3])
  assert.match(notKeeper.said, /this log is kept by Agency of north, and only its keeper says what it takes/)
  for (const [args, says] of [
    [['war'], /"war" is no kind of statement: .*move/],
    [[], /which kinds\?.*--all/],
    [['move', '--all'], /which kinds\?/],
  ] as const) {
    const wrong = await refusalOf(north.keeper, 'policy', 'admit', ...args)
    assert.equal(wrong.exitCode, 2)
    assert.match(wrong.said, says)
  }
  const admitted = await north.keeper.json<{ added: string[] }>('policy', 'admit', 'move')
  assert.deepEqual(admitted.added, ['move'])
  const after = await north.client.policy()
  assert.deepEqual(after.policy, { ...policy, kinds: [...policy.kinds, 'move'] })
  assert.equal((await acme.json<{ taken: boolean }>(...need)).taken, true)
  const twice = await north.keeper.run('policy', 'admit', 'move')
  assert.match(twice.stdout, /^Nothing was filed: move is admitted already\.\n$/)
  const all = await north.keeper.json<{ added: string[] }>('policy', 'admit', '--all')
  assert.deepEqual(all.added, ['commitment'])
  const none = await north.keeper.json<{ added: string[] }>('policy', 'admit', '--all')
  assert.deepEqual(none.added, [])
})

test('a seat whose log does not admit moves of others says so to whoever waits, and takes them once it does', async (context) => {
  const { world, north, south } = await staged(context)
  await withoutMoves(north)
  // Its keeper is bound by no list of kinds.
  const { case: urn } = await north.keeper.json<{ case: string }>(...notice('builds'))
  await known(south, urn)
  const no = await south.keeper.run('case', 'move', 'builds', 'acknowledge', '--wait', '120')
  assert.equal(no.code, 3, no.stdout)
  const said = no.stderr.replaceAll(/\s+/g, ' ')
  assert.match(said, /filed as [0-9a-f]{8}…, and the seat log\.north\.example did not take it: .* the kind move/)
  assert.match(said, /Its keeper admits it with "comity policy admit move"/)
  assert.match(said, /code kind-not-admitted/)
  await north.keeper.json('policy', 'admit', 'move')
  // In the same second it would be the same statement, byte for byte, which was refused.
  world.pass(1)
  const { taken } = await south.keeper.json<{ taken: boolean }>(
    'case',
    'move',
    'builds',
    'acknowledge',
    '--wait',
    '120',
  )
  assert.equal(taken, true)
})

/** A log as one that was founded before there were moves. */
async function withoutMoves({ keeper, client }: Place): Promise<PolicyPayload> {
  const { policy } = await client.policy()
  const earlier = { ...policy, kinds: policy.kinds.filter((kind) => kind !== 'move' && kind !== 'commitment') }
  keeper.file('policy.json', earlier)
  await keeper.json('sign', 'policy', 'policy.json', '--out', 'policy.cbor')
  await keeper.json('submit', 'policy.cbor')
  return earlier
}
