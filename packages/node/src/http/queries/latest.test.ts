import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { instrumentUrn, jwkOf, productUrn, statementUrn } from '@comity/statement'
import { actor, keeper, keyFor, signerOf } from '@comity/testkit'
import { foundedNode } from '../../founded.fixture.ts'
import { ofParty } from '../../register/of-party.ts'
import { listProducts } from './products.ts'

const start = 1_795_219_200
const home = keeper('lists')
const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const

/** Two parties that speak by turns; each second product of the one waits for an approval, and the last to come is given first. */
async function twoProviders(context: TestContext) {
  const { node, clock } = await foundedNode(context, home, start)
  const second = signerOf(keyFor('careful second'))
  const key = (label: string, role: 'sign' | 'approve') => ({
    jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor(label).publicKey }),
    roles: [role],
  })
  const keys = [key('careful', 'sign'), key('careful second', 'approve')]
  const careful = actor('careful', home.origin, { party: { keys, thresholds: { product: 2 } } })
  const quick = actor('quick', home.origin)
  for (const party of [careful, quick]) {
    await node.submit(party.founding(start))
    await node.submit(party.sign('support', instrumentUrn('gids'), {}, start))
  }
  const waiting: string[] = []
  for (const n of Array(8).keys()) {
    clock.advance(1)
    await node.submit(
      quick.sign('product', productUrn(quick.urn, `q${n}`), { name: `Quick ${n}`, updatePolicy }, start),
    )
    const { id } = await node.submit(
      careful.sign('product', productUrn(careful.urn, `c${n}`), { name: `Careful ${n}`, updatePolicy }, start),
    )
    const approve = (each: string) => node.submit(careful.sign('approval', statementUrn(each), {}, start, second))
    if (n % 2 === 0) waiting.push(id)
    else await approve(id)
    if (n === 6) for (const each of waiting.toReversed()) await approve(each)
  }
  return { node, careful, quick }
}

test('the products of one party are those of all, one party’s, in the order in which they took effect', async (context) => {
  const { node, careful, quick } = await twoProviders(context)
  const all = listProducts(node.reader, { limit: 100 }).items
  assert.equal(all.length, 16)
  for (const { urn } of [careful, quick]) {
    const whole = listProducts(node.reader, { party: urn, limit: 100 }).items
    assert.deepEqual(
      whole,
      all.filter(({ party }) => party === urn),
    )
    const paged = []
    let cursor: string | undefined
    do {
      const page = listProducts(node.reader, { party: urn, limit: 3, ...(cursor !== undefined && { cursor }) })
      paged.push(...page.items)
      cursor = page.next
    } while (cursor !== undefined)
    assert.deepEqual(paged, whole)
    const named = listProducts(node.reader, { party: urn, q: ' 5', limit: 100 }).items
    assert.deepEqual(
      named.map(({ name }) => name),
      whole.map(({ name }) => name).filter((name) => name.endsWith(' 5')),
    )
  }
  assert.deepEqual(listProducts(node.reader, { party: actor('nobody', home.origin).urn, limit: 9 }).items, [])
})

test('what one party has stated is read in order from the index, without sorting it', async (context) => {
  const { node } = await foundedNode(context, home, start)
  const plan = node.reader
    .prepare(`EXPLAIN QUERY PLAN ${ofParty('product', { columns: 'kind_row.sub' })}`)
    .all()
    .map((row) => String(row['detail']))
  const right = plan.indexOf('RIGHT')
  assert.match(plan.slice(0, right).join('\n'), /SEARCH entry USING (?:COVERING )?INDEX entry_party/)
  assert.doesNotMatch(plan.slice(0, right).join('\n'), /TEMP B-TREE|SCAN/)
  assert.match(plan.slice(right).join('\n'), /SEARCH entry USING INDEX entry_late/)
})
