import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instrumentUrn, jwkOf, productUrn, statementUrn } from '@comity/statement'
import { actor, keeper, keyFor, signerOf } from '@comity/testkit'
import { foundedNode } from '../founded.fixture.ts'
import { everyDocument } from './every-document.fixture.ts'
import { RegisterFacts } from './facts.ts'

const start = 1_795_219_200
const home = keeper('facts')
const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const
const keyOf = (label: string, roles: ('sign' | 'approve')[]) => ({
  jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor(label).publicKey }),
  roles,
})

test('same-cut-same-findings: what comes after a cut, a compromise or an approval, changes nothing in it', async (context) => {
  const { node, clock } = await foundedNode(context, home, start)
  const second = signerOf(keyFor('careful second'))
  const careful = actor('careful', home.origin, {
    party: {
      keys: [keyOf('careful', ['sign']), keyOf('careful second', ['approve'])],
      thresholds: { product: 2 },
    },
  })
  const other = actor('other', home.origin, { party: { keys: [keyOf('other', ['sign']), keyOf('spare', ['sign'])] } })
  await node.submit(careful.founding(start))
  await node.submit(careful.sign('support', instrumentUrn('gids'), {}, start))
  const { id: previous } = await node.submit(other.founding(start))
  const ids: string[] = []
  for (const n of Array(6).keys()) {
    clock.advance(1)
    const sub = productUrn(careful.urn, `p${n}`)
    const { id } = await node.submit(careful.sign('product', sub, { name: `P${n}`, updatePolicy }, start))
    ids.push(id)
  }
  // The first is approved last, so it took effect last: it is still the oldest.
  for (const id of ids.slice(0, 5).toReversed())
    await node.submit(careful.sign('approval', statementUrn(id), {}, start, second))
  const request = node.findings.request()
  const products = () =>
    new RegisterFacts(node.reader, request.cut, everyDocument).products(careful.urn, 3).map(({ sub }) => sub.slice(-2))
  const before = products()
  assert.deepEqual(before, ['p4', 'p3', 'p2'])
  await node.submit(careful.sign('approval', statementUrn(ids[5] ?? ''), {}, start, second))
  const compromise = [{ kid: Buffer.from(other.signer.kid).toString('hex'), since: start }]
  await node.submit(
    other.sign('party', other.urn, { ...other.payload, previous, compromise }, start, signerOf(keyFor('spare'))),
  )
  assert.deepEqual(products(), before)
})
