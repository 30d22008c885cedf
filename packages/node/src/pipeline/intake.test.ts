import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { instrumentUrn } from '@comity/statement'
import { actor, keeper } from '@comity/testkit'
import { foundedNode } from '../founded.fixture.ts'
import { NodeError, bytesLimit, queueLimit } from '../index.ts'

const start = 1_795_219_200
const home = keeper('intake')
const provider = actor('provider', home.origin)

async function founded(context: TestContext) {
  const { node } = await foundedNode(context, home, start)
  await node.submit(provider.founding(start))
  return node
}

/** How many of these were taken, and how many found too much under way. */
async function counted(outcomes: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(outcomes)
  const refused = settled.filter(
    (each) =>
      each.status === 'rejected' && each.reason instanceof NodeError && each.reason.code === 'too-many-requests',
  ).length
  const taken = settled.filter((each) => each.status === 'fulfilled').length
  assert.equal(taken + refused, settled.length, 'nothing else goes wrong')
  return { taken, refused }
}

test('statements whose signature is being verified count as waiting: the rest is told to come back', async (context) => {
  const node = await founded(context)
  const statement = provider.sign('support', instrumentUrn('gids'), {}, start)
  const many = Array.from({ length: queueLimit + 500 }, () => node.submit(statement))
  assert.deepEqual(await counted(many), { taken: queueLimit, refused: 500 })
  assert.equal((await node.submit(statement)).duplicate, true, 'when they are through there is room again')
})

test('what fails under way makes room like what is registered', async (context) => {
  const node = await founded(context)
  const statement = provider.sign('support', instrumentUrn('gids'), {}, start)
  const forged = statement.slice()
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
  const all = await Promise.allSettled(Array.from({ length: 2 * queueLimit }, () => node.submit(forged)))
  const codes = new Set(all.map((each) => (each.status === 'rejected' ? String(each.reason.code) : 'taken')))
  assert.deepEqual([...codes].sort(), ['too-many-requests', 'wrong-signature'])
  assert.equal((await node.submit(statement)).duplicate, false)
})

test('large statements are counted by their bytes, so that a queue of them fits into memory', async (context) => {
  const node = await founded(context)
  const provisions = ['gids-1', 'gids-2', 'gids-3', 'gids-4', 'gids-5', 'gids-6', 'gids-7', 'gids-8'] as const
  const declarations = provisions.map((provision) => ({ provision, text: 'é'.repeat(3900) }))
  const statement = provider.sign('support', instrumentUrn('gids'), { declarations }, start)
  const fitting = Math.floor(bytesLimit / statement.length)
  assert.ok(fitting < queueLimit)
  const many = Array.from({ length: fitting + 20 }, () => node.submit(statement))
  assert.deepEqual(await counted(many), { taken: fitting, refused: 20 })
})
