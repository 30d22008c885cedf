import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assessParty } from './assess-party.ts'
import type { Finding } from './finding.ts'
import { aRef, memoryFacts, partyUrn, type RecordOfParty, supporter } from './memory-facts.fixture.ts'
import { aRequest, arbitraryRecord, arbitrarySupplied } from './record.fixture.ts'
import { productWords, releaseWords } from './supply-words.ts'

const party = partyUrn('a')

function finding(record: RecordOfParty, provision: string): Finding {
  const { findings } = assessParty(party, aRequest(), memoryFacts([record]))
  return findings.find((each) => each.provision === provision) ?? assert.fail(`${provision} does not bind it`)
}

test('a finding names what products and their newest releases show, and each gap by the statement it would stand in', () => {
  const tidy = aRef(3, { kind: 'product' })
  const bare = aRef(4, { kind: 'product' })
  const release = { ref: aRef(5, { kind: 'release' }), shows: ['sbom', 'provenance'] as const }
  const record = supporter({
    supplied: [
      { ref: tidy, shows: ['support-end'], release },
      { ref: bare, shows: [] },
    ],
  })
  const { supply = [], level } = finding(record, 'gids-1')
  const told = supply.map(({ word, shown, missing }) => [
    word,
    shown.map(({ index }) => index),
    missing.map((each) => each.index),
  ])
  assert.deepEqual(told, [
    ['sbom', [5], [4]],
    ['artifacts', [], [4, 5]],
    ['sbom-tied', [], [4, 5]],
    ['provenance', [5], [4]],
    ['provenance-signed', [], [4, 5]],
    ['support-end', [3], [4]],
    ['continuity', [], [4, 3]],
  ])
  assert.deepEqual(supply[0]?.missing[0]?.as, 'product', 'without a release the gap is that of the product')
  assert.equal(level, 'silent', 'it rests on the facts of products and releases, of which there are none here')
})

test('gids-8 says of products what stands against dependence, and code-f says nothing of them', () => {
  const record = supporter({ supplied: [{ ref: aRef(3), shows: ['portability', 'continuity'] }] })
  assert.deepEqual(
    finding(record, 'gids-8').supply?.map(({ word, missing }) => [word, missing.length]),
    [
      ['support-end', 1],
      ['portability', 0],
      ['continuity', 0],
    ],
  )
  assert.equal(finding(record, 'gids-7').supply, undefined)
})

test('notices of supply restrictions are cited where supply is meant, and earn and cost nothing', () => {
  fc.assert(
    fc.property(arbitraryRecord('a'), (record) => {
      const all = assessParty(party, aRequest(), memoryFacts([record])).findings
      const without = assessParty(party, aRequest(), memoryFacts([{ ...record, notices: [] }])).findings
      for (const [i, { level, flags, cites, provision }] of all.entries()) {
        assert.deepEqual([level, flags], [without[i]?.level, without[i]?.flags])
        const isMeant = (provision === 'code-d' || provision === 'gids-1') && level !== 'unseen'
        const cited = cites.filter(({ as }) => as === 'notice').length
        assert.equal(cited, isMeant ? Math.min(16, record.notices.length) : 0)
      }
    }),
  )
})

test('undetermined-is-never-yes: what a product or release does not show is missing, and neither decides a level', () => {
  const some = arbitrarySupplied(party).map((list) => list.slice(0, 16))
  fc.assert(
    fc.property(arbitraryRecord('a'), some, (record, supplied) => {
      const bound = { ...record, party: { urn: party, type: 'provider' as const, home: 'a.example' } }
      const all = assessParty(party, aRequest(), memoryFacts([{ ...bound, supplied }])).findings
      const bare = assessParty(party, aRequest(), memoryFacts([{ ...bound, supplied: [] }])).findings
      assert.deepEqual(
        all.map(({ level, flags }) => [level, flags]),
        bare.map(({ level, flags }) => [level, flags]),
      )
      for (const { word, shown, missing } of all.flatMap(({ supply = [] }) => supply)) {
        const isOfRelease = releaseWords.some((each) => each === word)
        const showing = supplied.filter(({ shows, release }) =>
          isOfRelease ? release?.shows.some((each) => each === word) : shows.some((each) => each === word),
        )
        const ids = (list: readonly { readonly id: string }[]) => new Set(list.map(({ id }) => id))
        const refs = showing.map(({ ref, release }) => (isOfRelease ? (release?.ref ?? ref) : ref))
        assert.deepEqual(ids(shown), ids(refs))
        const lacking = supplied.filter((each) => !showing.includes(each))
        assert.deepEqual(
          ids(missing),
          ids(lacking.map(({ ref, release }) => (isOfRelease ? (release?.ref ?? ref) : ref))),
        )
      }
    }),
  )
  assert.equal(new Set([...productWords, ...releaseWords]).size, 8)
})
