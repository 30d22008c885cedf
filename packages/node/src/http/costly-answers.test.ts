import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '@comity/contract'
import { instrumentUrn } from '@comity/statement'
import { actor } from '@comity/testkit'
import { CostlyAnswers, Gate } from './costly-answers.ts'
import { home, served, startAt } from './server.fixture.ts'

const busy = { code: 'too-many-requests' }

test('one computation at a time, over all that share a gate', async () => {
  const gate = new Gate()
  const [one, other] = [new CostlyAnswers<string>(gate, 2), new CostlyAnswers<string>(gate, 2)]
  const opening = Promise.withResolvers<string>()
  let computed = 0
  const slow = async () => {
    computed += 1
    return opening.promise
  }
  const first = one.answer('a', slow)
  const same = one.answer('a', slow)
  await assert.rejects(one.answer('b', slow), busy)
  await assert.rejects(other.answer('a', slow), busy)
  opening.resolve('done')
  assert.deepEqual([await first, await same, computed], ['done', 'done', 1])
  assert.equal(await other.answer('a', async () => 'later'), 'later', 'then the gate is open again')
})

test('the last few answers are kept, and what failed is not', async () => {
  const answers = new CostlyAnswers<number>(new Gate(), 2)
  let computed = 0
  const ask = (key: string) => answers.answer(key, async () => ++computed)
  await assert.rejects(
    answers.answer('a', () => Promise.reject(new RangeError())),
    RangeError,
  )
  assert.deepEqual(
    [await ask('a'), await ask('b'), await ask('a'), await ask('c'), await ask('a'), computed],
    [1, 2, 1, 3, 1, 3],
  )
  assert.equal(await ask('b'), 4)
})

test('a findings document is computed once at a time, kept, and does not stop the node', async (context) => {
  const { client, node, url } = await served(context)
  const parties = Array.from({ length: 400 }, (_, i) => actor(`bound ${i}`, home.origin))
  await client.submitBatch(parties.map((each) => each.founding(startAt)))
  await client.submitBatch(parties.map((each) => each.sign('support', instrumentUrn('gids'), {}, startAt)))
  const { size } = node.head
  const ask = (query: string) => fetch(`${url}/api/v1/${query}`)
  // Both arrive before either is computed; another prefix of the same log is another question.
  const all = await Promise.all([
    ask(`findings/document?size=${size}`),
    ask(`findings/document?size=${size}`),
    ask(`findings/document?size=${size - 1}`),
    ask(`changes?from=0`),
  ])
  const statuses = all.map((response) => response.status)
  assert.deepEqual(statuses.toSorted(), [200, 200, 429, 429])
  const refused = all.find((response) => response.status === 429)
  assert.equal(refused?.headers.get('retry-after'), '1')
  assert.equal(refused?.headers.get('comity-code'), 'too-many-requests')
  assert.equal((await client.findingsDocument({ size })).parties.length, 400)
  assert.equal((await ask('changes?from=0')).status, 200)

  const computing = ask(`findings/document?size=${size - 1}`)
  const filed = createClient({ baseUrl: url }).submit(actor('meanwhile', home.origin).founding(startAt))
  assert.equal((await filed).duplicate, false)
  assert.equal((await computing).status, 200)
})
