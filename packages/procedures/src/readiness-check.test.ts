/** The developer's guide: the procedure that it shows is compiled, checked and played here. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { faultsOf } from './check-definition.ts'
import { formOf } from './form.ts'
import { pageOf } from './page.ts'
import { exampleMoves, moveBy, partyOf, played, seat, start } from './play.fixture.ts'
import { possibleMoves } from './possible.ts'
import { readinessCheck } from './readiness-check.fixture.ts'
import { openCase, reduce } from './reduce.ts'
import { clocksOf } from './timeline.ts'

const nairobi = { zone: 'Africa/Nairobi', region: 'KE' }
const text = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

test('the procedure in the guide is the one that runs here, and has less than 100 lines', () => {
  const file = text('readiness-check.fixture.ts')
  assert.ok(
    text('../../../docs/add-a-procedure.md').includes(`\`\`\`ts\n${file}\`\`\``),
    'copy the file into the guide',
  )
  assert.ok(file.trimEnd().split('\n').length < 100)
})

test('it is sound, and runs from its first move to its end', () => {
  assert.deepEqual(faultsOf(readinessCheck), [])
  const of = played(readinessCheck, exampleMoves(readinessCheck), nairobi)
  assert.deepEqual([of.state, of.moves], ['published', 4])
})

test('a case in which working days are counted says of which State when it opens', () => {
  const body = { checker: partyOf('checker'), subject: 'Grid operators', scope: 'systems' }
  const { clocks, ...rest } = readinessCheck
  const { answer } = clocks
  assert.ok(answer)
  const later = { ...rest, clocks: { answer: { ...answer, starts: ['take-on'] } } }
  for (const procedure of [readinessCheck, later])
    assert.throws(() => openCase(procedure, moveBy('host', 'ask', body), { seat, place: { zone: 'Africa/Nairobi' } }), {
      code: 'unknown-place',
      message: /the clock answer of readiness-check counts working days.*say of which State/,
    })
})

test('forms, clocks, what is possible and the page come from it without another line', () => {
  const body = { checker: partyOf('checker'), subject: 'Grid operators', scope: 'systems' }
  const of = openCase(readinessCheck, moveBy('host', 'ask', body), { seat, place: nairobi })
  const [answer] = clocksOf(readinessCheck, of, start)
  assert.equal(answer?.deadline, '2026-12-04T23:59:59+03:00[Africa/Nairobi]')
  assert.deepEqual(
    possibleMoves(readinessCheck, of, start).map(({ move }) => move),
    ['take-on', 'decline', 'reply', 'withdraw', 'propose'],
  )
  assert.deepEqual(
    possibleMoves(readinessCheck, of, (answer?.endsAt ?? 0) + 1).map(({ move }) => move),
    ['take-on', 'decline', 'ask-others', 'reply', 'withdraw', 'propose'],
  )
  const ask = readinessCheck.moves['ask']?.body ?? assert.fail()
  assert.deepEqual(
    formOf(ask).map(({ name, input }) => [name, input]),
    [
      ['checker', 'party'],
      ['subject', 'text'],
      ['scope', 'choice'],
    ],
  )
  assert.match(pageOf(readinessCheck), /\| `answer` \| 10 working days \|/)
  assert.throws(() => reduce(readinessCheck, of, moveBy('host', 'take-on')), { code: 'not-your-move' })
})
