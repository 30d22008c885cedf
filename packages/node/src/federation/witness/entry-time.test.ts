import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '@comity/crypto'
import { type Cosigner, formatSignatureLine, formatVerifierKey, parseNote, parseTlogPolicy } from '@comity/log'
import { AskingLog, witnessCosigners } from '@comity/testkit'
import * as fc from 'fast-check'
import { PolicyWitnesses, type WitnessTime, timeTolerance } from './entry-time.ts'

const log = new AskingLog('log.example.org/times', 20)
const [aEd, aMl] = witnessCosigners('a', 'a.example.org') as [Cosigner, Cosigner] // both keys
const [bEd] = witnessCosigners('b', 'b.example.org') as [Cosigner, Cosigner] // both keys
const [cEd] = witnessCosigners('c', 'c.example.org') as [Cosigner, Cosigner] // both keys

const policyText = `witness a ${formatVerifierKey(aEd)}
witness pq ${formatVerifierKey(aMl)}
witness b ${formatVerifierKey(bEd)}
witness c ${formatVerifierKey(cEd)}
group two 2 a b c
quorum two
`
const policy = new PolicyWitnesses(parseTlogPolicy(policyText, sha256))
const at = 1_795_262_400
const said = (...times: readonly (readonly [string, number])[]): WitnessTime[] =>
  times.map(([witness, offset]) => ({ witness, at: at + offset }))

test('a quorum that saw the entry within five minutes confirms its time', () => {
  assert.deepEqual(policy.entryTime(at, said(['a', 1], ['b', 4]), []), { basis: 'confirmed', notAfter: at + 4 })
  assert.deepEqual(policy.entryTime(at, said(['a', 1], ['b', 300], ['c', 5000]), []).basis, 'confirmed')
  // A clock that is a little behind is no contradiction.
  assert.deepEqual(policy.entryTime(at, said(['a', -300], ['b', -300]), []).basis, 'confirmed')
})

test('a quorum that saw it before it claims to be contests it, and so does one that stands in the log before it', () => {
  assert.equal(policy.entryTime(at, said(['a', -301], ['b', -301]), []).basis, 'contested')
  assert.equal(policy.entryTime(at, [], said(['a', 301], ['b', 301])).basis, 'contested')
  assert.deepEqual(policy.entryTime(at, said(['a', 9]), said(['a', 301], ['b', 301])), {
    basis: 'contested',
    notBefore: at + 301,
  })
})

test('what no quorum says anything about, or only later, is claimed', () => {
  for (const after of [said(), said(['a', 1]), said(['a', 1], ['b', 301]), said(['a', 1], ['stranger', 1])]) {
    assert.equal(policy.entryTime(at, after, []).basis, 'claimed')
  }
  // One witness of three moves nothing, in either direction.
  assert.equal(policy.entryTime(at, said(['a', 1], ['b', 2], ['c', -9000]), []).basis, 'confirmed')
  assert.equal(policy.entryTime(at, said(['a', 1], ['b', 2]), said(['c', 9000])).basis, 'confirmed')
})

test('a minority decides nothing: whatever one of three says, the verdict of two that agree stands', () => {
  const offset = fc.integer({ min: -10_000, max: 10_000 })
  fc.assert(
    fc.property(offset, offset, fc.integer({ min: 0, max: timeTolerance }), (third, before, honest) => {
      const after = said(['a', honest], ['b', honest], ['c', third])
      const { basis } = policy.entryTime(at, after, said(['c', before]))
      // The third may be earlier than the two, but needs a second to be believed.
      assert.equal(basis, 'confirmed')
    }),
  )
})

test('only lines that verify under the policy, and that say when, give times', () => {
  const note = log.note(7)
  const { text } = parseNote(note)
  const line = (key: Cosigner, time: number): string => formatSignatureLine(key.cosign(text, time))
  const all = note + line(aEd, at) + line(aMl, at + 1) + line(bEd, at + 2)
  assert.deepEqual(policy.timesIn(all), {
    size: 7,
    times: [
      { witness: 'a', at },
      { witness: 'pq', at: at + 1 },
      { witness: 'b', at: at + 2 },
    ],
  })
  const forged = line(bEd, at).replace(/.{8}\n$/, 'AAAAAAA=\n')
  assert.deepEqual(policy.timesIn(note + line(aEd, at) + forged).times, [{ witness: 'a', at }])
  assert.deepEqual(policy.timesOf(log.note(8) + line(aEd, at))?.times, [])
  assert.equal(policy.timesOf('nothing'), undefined)
})
