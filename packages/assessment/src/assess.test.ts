import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { treeHasherOf } from '@comity/log'
import { assess } from './assess.ts'
import { findingsDigest } from './findings-digest.ts'
import { aRef, memoryFacts, partyUrn, type RecordOfParty, supporter } from './memory-facts.fixture.ts'
import { aRequest } from './record.fixture.ts'

const hasher = treeHasherOf((data) => createHash('sha256').update(data).digest())

function provider(digit: string): RecordOfParty {
  const record = supporter()
  return { ...record, party: { ...record.party, urn: partyUrn(digit) } }
}

test('a document names all that it was computed from, its cut in order of origin', () => {
  const request = aRequest({ trust: `sha256:${'7'.repeat(64)}` })
  const document = assess({ ...request, cut: request.cut.toReversed() }, memoryFacts([provider('a')]), hasher)
  const { parties, digest, ...rest } = document
  assert.deepEqual(rest, request)
  assert.equal(digest, findingsDigest(parties, hasher))
})

test('parties come in ascending order, and those without findings are left out', () => {
  const withdrawn: RecordOfParty = {
    ...provider('b'),
    adherences: {
      gids: { ref: aRef(1), form: 'support', withdrawnAfter: 1, declarations: [], reservations: [] },
    },
  }
  const { parties } = assess(aRequest(), memoryFacts([provider('c'), withdrawn, provider('a')]), hasher)
  assert.deepEqual(
    parties.map((each) => each.party),
    [partyUrn('a'), partyUrn('c')],
  )
})

test('a cut with two prefixes of one log is refused', () => {
  const [prefix] = aRequest().cut
  assert.ok(prefix !== undefined)
  const cut = [prefix, { ...prefix, size: prefix.size + 1 }]
  assert.throws(() => assess(aRequest({ cut }), memoryFacts([]), hasher), { code: 'ambiguous-cut' })
})
