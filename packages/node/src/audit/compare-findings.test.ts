import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Finding, type PartyFindings, findingsBytes, findingsDigest } from '@comity/assessment'
import { treeHasher } from '@comity/crypto'
import { differingFindings, findingWords, readPublished } from './compare-findings.ts'

const finding = (provision: Finding['provision'], level: NonNullable<Finding['level']>): Finding => ({
  provision,
  level,
  flags: [],
  cites: [],
})
const party = (letter: string, ...findings: readonly Finding[]): PartyFindings => ({
  party: `urn:comity:party:${letter.repeat(64)}`,
  findings,
})
const named = (computed: readonly PartyFindings[], published: readonly PartyFindings[]): readonly string[] =>
  [...differingFindings(computed, published)].map(
    (each) =>
      `${each.party.at(-1)} ${each.provision}: ${findingWords(each.published)}, not ${findingWords(each.computed)}`,
  )

test('findings that differ are named, those of parties that one side lacks among them, and no others', () => {
  const computed = [
    party('a', finding('gids-7', 'silent')),
    party('c', finding('gids-7', 'declared'), finding('gids-8', 'silent')),
    party('d', finding('gids-9', 'silent')),
  ]
  const published = [
    party('b', finding('gids-7', 'declared')),
    party('c', finding('gids-7', 'declared'), finding('gids-8', 'evidenced')),
    party('e', finding('gids-9', 'silent')),
  ]
  assert.deepEqual(named(computed, published), [
    'a gids-7: not bound, not silent',
    'b gids-7: declared, not not bound',
    'c gids-8: evidenced, not silent',
    'd gids-9: not bound, not silent',
    'e gids-9: silent, not not bound',
  ])
  assert.deepEqual(named(computed, computed), [])
})

test('a document counts only as what the published digest was taken over', () => {
  const parties = [party('a', finding('gids-7', 'silent')), party('b')]
  const digest = findingsDigest(parties, treeHasher)
  assert.deepEqual(readPublished(findingsBytes(parties), digest), parties)
  assert.equal(readPublished(findingsBytes(parties.slice(1)), digest), undefined)
  assert.equal(readPublished(new TextEncoder().encode('{"no":"findings"}'), digest), undefined)
  assert.equal(readPublished(new TextEncoder().encode('no JSON'), digest), undefined)
})

test('a pledge not to do has no level: its cases are counted', () => {
  assert.equal(findingWords({ provision: 'gids-2', flags: [], cases: [], cites: [] }), 'no case on record')
})
