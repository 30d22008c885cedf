import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actor } from '@comity/testkit'
import fc from 'fast-check'
import { verificationSummary } from '../../../audit/verification-summary.ts'
import type { FileVerification } from '../../../audit/verification.ts'
import { verifyFile } from '../../../audit/verify-file.ts'
import { idOf, neighbours, startAt, uploaded, written } from '../inbox.fixture.ts'
import { decodeDisclosure, encodeDisclosure } from './disclosure.ts'

const outcomes = ({ steps }: FileVerification) => steps.map(({ check, outcome }) => `${check} ${outcome}`)

test('who holds a message proves it to others, offline, and nothing else of the hour', async (context) => {
  const { houses, clock, settle } = await neighbours(context, ['ministry', 'authority'])
  const [a, b] = houses
  assert.ok(a && b)
  const { upload, attachment } = await uploaded(a, 'records.csv', Buffer.from('1,2,3'))
  const message = written(a, { to: [b.home.urn], subject: 'Request', text: 'We ask.', attachments: [attachment] })
  const other = written(a, { to: [b.home.urn], text: 'something quite different' })
  await a.client.inbox.send(message, [upload])
  await a.client.inbox.send(other)
  await settle()
  const id = idOf(message)
  for (const house of [a, b]) await assert.rejects(house.client.inbox.disclosure(id), { code: 'not-committed' })
  clock.advance(3600)
  await settle()
  for (const house of [a, b]) {
    const file = await house.client.inbox.disclosure(id)
    const found = verifyFile(file)
    assert.equal(found.kind, 'disclosure')
    assert.deepEqual(outcomes(found), [
      'form right',
      'signature right',
      'commitment right',
      'signature right',
      'receipt right',
      'one-log beyond',
      'delivery right',
      'signature right',
      'authority beyond',
    ])
    assert.equal(found.verdict, 'right')
    assert.equal(found.about['author'], a.home.urn)
    assert.equal(found.about['text'], 'We ask.')
    assert.match(found.about['attachment 1'] ?? '', /^records\.csv, 5 bytes, sha256:/)
    assert.ok(!Buffer.from(file).includes('something quite different'))
    for (const line of verificationSummary(found).split('\n')) assert.ok([...line].length <= 80, line)
  }
  await assert.rejects(a.client.inbox.disclosure('00'.repeat(32)), { code: 'unknown-message' })

  const disclosure = decodeDisclosure(await a.client.inbox.disclosure(id))
  const foreign = decodeDisclosure(await a.client.inbox.disclosure(idOf(other)))
  const mirrored = decodeDisclosure(await b.client.inbox.disclosure(id))
  assert.ok(disclosure?.commitment && foreign?.commitment && mirrored?.commitment)
  const { commitment } = disclosure
  const wrong = (change: object) => verifyFile(encodeDisclosure({ ...disclosure, ...change }))
  const changes: readonly object[] = [
    { message: foreign.message },
    { commitment: foreign.commitment },
    { commitment: { ...commitment, salt: foreign.commitment.salt } },
    { commitment: { ...commitment, direction: 'received' } },
    { commitment: { ...commitment, at: startAt + 1 } },
    { commitment: { ...commitment, slot: (commitment.slot + 1) % 65_536 } },
    { commitment: { ...commitment, path: commitment.path.toReversed() } },
    { commitment: { ...commitment, statement: mirrored.commitment.statement } },
    { deliveries: foreign.deliveries },
    // The last character of 32 bytes has two bits that say nothing.
    { commitment: { ...commitment, path: [`${commitment.path[0]?.slice(0, 42)}B`, ...commitment.path.slice(1)] } },
    { parties: [Buffer.from(actor('x', 'log.x.invalid').founding(1)).toString('base64url').slice(0, -5)] },
  ]
  for (const change of changes) assert.equal(wrong(change).verdict, 'wrong', JSON.stringify(change).slice(0, 100))
  const { commitment: _, ...bare } = disclosure
  assert.equal(verifyFile(encodeDisclosure(bare)).verdict, 'incomplete')
  assert.equal(wrong({ parties: [] }).verdict, 'incomplete', 'without keys nothing is called right')
  assert.equal(wrong({ deliveries: [] }).verdict, 'right')
})

test('whatever the file, there is a result, and what was changed is never right', async (context) => {
  const { houses, clock, settle } = await neighbours(context, ['ministry', 'authority'])
  const [a, b] = houses
  assert.ok(a && b)
  const message = written(a, { to: [b.home.urn], text: 'as it was said' })
  await a.client.inbox.send(message)
  await settle()
  clock.advance(3600)
  await settle()
  const file = await a.client.inbox.disclosure(idOf(message))
  assert.equal(verifyFile(file).verdict, 'right')
  const { message: _, ...rest } = decodeDisclosure(file) ?? assert.fail()
  // A party's first statement and what it brings are proved by their own hash: what is not needed may be left out.
  const needed = file.length - JSON.stringify(rest.parties).length - 20
  fc.assert(
    fc.property(fc.nat(needed), fc.integer({ min: 1, max: 127 }), (at, change) => {
      const copy = Uint8Array.from(file)
      copy[at] = (copy[at] ?? 0) ^ change
      return verifyFile(copy).verdict !== 'right'
    }),
    { numRuns: 200 },
  )
  fc.assert(fc.property(fc.nat(file.length - 2), (end) => verifyFile(file.subarray(0, end)).verdict !== 'right'))
  const text = '{"format":"comity disclosure 1"'
  for (const broken of [`${text}}`, `${text},"x":1}`, `${text}`, '{"format":"comity disclosure 2"}']) {
    assert.equal(verifyFile(Buffer.from(broken)).verdict, 'wrong', broken)
  }
})
