import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  correspondencesOf,
  crosswalk,
  instrumentByUrn,
  instruments,
  isProvisionId,
  norms,
  type Provision,
  provisionById,
  provisionIds,
  provisions,
} from './index.ts'

function idsWhere(holds: (provision: Provision) => boolean): readonly string[] {
  return provisions.filter(holds).map((each) => each.id)
}

test('there are twenty provisions, in the order of the texts, each of its own instrument', () => {
  assert.deepEqual(
    provisions.map((each) => each.id),
    provisionIds,
  )
  assert.equal(new Set(provisionIds).size, 20)
  for (const instrument of instruments) {
    assert.ok(
      instrument.provisions.every((each) => each.instrument === instrument.id && each.id.startsWith(instrument.id)),
    )
  }
})

test('the Code is cited by symbol and letter, the Initiative by its place in the annex', () => {
  assert.equal(provisionById('code-d').citation.text, 'A/66/359, annex, para (d)')
  assert.equal(
    provisionById('gids-8').citation.text,
    'Annex to the letter dated 18 September 2020 to the Secretary-General, eighth proposal',
  )
  assert.equal(new Set(provisions.map((each) => each.citation.text)).size, 20)
})

test('a symbol that nobody verified is not printed', () => {
  for (const { verified, symbol, provisions: own } of instruments) {
    assert.equal(symbol !== null, verified)
    for (const { citation } of own) assert.equal(citation.symbol, symbol ?? undefined)
  }
})

test('pledges not to do are four, and one is both', () => {
  assert.deepEqual(
    idsWhere((each) => each.duty === 'not-to-do'),
    ['code-b', 'code-k', 'gids-2', 'gids-5'],
  )
  assert.deepEqual(
    idsWhere((each) => each.duty === 'both'),
    ['gids-3'],
  )
})

test('whom a provision binds is as the mission says', () => {
  const boundTo = (provision: Provision): string => provision.binds.join(' ')
  assert.deepEqual(
    idsWhere((each) => boundTo(each) === 'state'),
    ['code-a', 'code-b', 'code-c', 'code-f', 'code-k', 'gids-2'],
  )
  assert.deepEqual(
    idsWhere((each) => boundTo(each) === 'state provider'),
    ['code-d', 'gids-1', 'gids-3', 'gids-4', 'gids-5', 'gids-6', 'gids-9'],
  )
  assert.deepEqual(
    idsWhere((each) => boundTo(each) === 'state organisation'),
    ['code-g', 'code-i', 'code-j'],
  )
  assert.deepEqual(
    idsWhere((each) => boundTo(each) === 'provider'),
    ['gids-7', 'gids-8'],
  )
  assert.deepEqual(
    idsWhere((each) => boundTo(each) === 'state operator'),
    ['code-e'],
  )
  assert.equal(provisionById('code-h').binds.length, 7)
})

test('every row says what it asks, what Comity does and what stands on record', () => {
  for (const { title, summary, does, onRecord } of provisions) {
    for (const text of [title, summary, does, onRecord]) assert.ok(text.length > 0 && text === text.trim())
    for (const sentence of [summary, does, onRecord]) assert.match(sentence, /\.$/)
  }
})

test('instruments are found by URN and provisions by identifier, and nothing else is', () => {
  assert.equal(instrumentByUrn('urn:comity:instrument:gids')?.shortTitle, 'the Initiative')
  assert.equal(instrumentByUrn('urn:comity:instrument:constructor'), undefined)
  assert.ok(isProvisionId('code-k'))
  assert.ok(!isProvisionId('code-l') && !isProvisionId('toString'))
})

test('the crosswalk names existing provisions and the eleven norms, each pair once', () => {
  assert.equal(norms.map((each) => each.id).join(''), 'abcdefghijk')
  const pairs = crosswalk.map((each) => `${each.provision} ${each.norm}`)
  assert.equal(new Set(pairs).size, pairs.length)
  assert.ok(crosswalk.every((each) => norms.some((norm) => norm.id === each.norm)))
  assert.deepEqual(
    provisionIds.flatMap((id) => correspondencesOf(id)),
    crosswalk,
  )
})
