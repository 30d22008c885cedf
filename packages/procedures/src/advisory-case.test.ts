import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AcknowledgementPayload, AdvisoryPayload } from '@comity/statement'
import { type AdvisoryWord, advisoryCaseOf, answersIn } from './advisory-case.ts'
import { partyOf } from './play.fixture.ts'
import { newestOf } from './registry.ts'
import { recordsOf } from './at-time.ts'

const sub = `urn:comity:advisory:${'a1'.repeat(32)}:NORTH-2026-001`
const digest = `sha256:${'5e'.repeat(32)}`

function published(n: number, more: Partial<AdvisoryPayload> = {}, by = 'north'): AdvisoryWord {
  const modified = `2026-11-2${n}T00:00:00Z`
  const base = { id: 'NORTH-2026-001', products: [], title: `Title ${n}`, published: modified, modified }
  const payload: AdvisoryPayload = { ...base, document: digest, documents: [], ...more }
  return { statement: String(n).repeat(64), kind: 'advisory', by: partyOf(by), sub, payload, at: n * 1000 }
}

function answer(n: number, by: string, payload: Omit<AcknowledgementPayload, 'advisory'>): AdvisoryWord {
  const said: AcknowledgementPayload = { advisory: '1'.repeat(64), ...payload }
  return { statement: `${n}e`.repeat(32), kind: 'acknowledgement', by: partyOf(by), sub, payload: said, at: n * 1000 }
}

test('the case of an advisory is computed from its statements: the last answer of each, and no line for who is silent', () => {
  const found = advisoryCaseOf(
    [
      published(1),
      answer(2, 'plant', { state: 'not_affected', justification: 'component_not_present' }),
      answer(3, 'grid', { state: 'affected' }),
      published(4, { remedy: { kind: 'update' } }),
      answer(5, 'plant', { state: 'remedied', release: '2.1.1' }),
    ],
    'north.example',
  )
  assert.ok(found)
  assert.deepEqual(answersIn(found.case), {
    [partyOf('plant')]: { state: 'remedied', revision: '1'.repeat(64), release: '2.1.1', at: 5000 },
    [partyOf('grid')]: { state: 'affected', revision: '1'.repeat(64), at: 3000 },
  })
  assert.deepEqual([found.case.state, found.case.facts['remedy'], found.moves.length], ['published', 'update', 5])
  assert.equal(recordsOf(newestOf('advisory'), found.case)[0]?.provision, 'gids-8')
})

test('an advisory is withdrawn and published again by its own publisher alone; what comes before it is left out', () => {
  const words = [
    answer(1, 'plant', { state: 'affected' }),
    published(2),
    published(3, {}, 'somebody else'),
    published(4, { withdrawn: '2026-11-24T00:00:00Z' }),
  ]
  const withdrawn = advisoryCaseOf(words, 'north.example')
  assert.deepEqual(
    [withdrawn?.case.state, withdrawn?.moves.length, withdrawn?.case.facts['title']],
    ['withdrawn', 2, 'Title 4'],
  )
  assert.equal(advisoryCaseOf([...words, published(5)], 'north.example')?.case.state, 'published')
  assert.equal(advisoryCaseOf([], 'north.example'), undefined)
  assert.equal(advisoryCaseOf(words.slice(0, 1), 'north.example'), undefined)
})
