/** What every procedure has to be, whichever it is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Case, type Move, partiesOf } from './case.ts'
import { faultsOf } from './check-definition.ts'
import type { Procedure } from './definition.ts'
import { diagramOf } from './diagram.ts'
import { exampleMoves, moveBy, partyOf, played, seat, start, utc } from './play.fixture.ts'
import { possibleMoves } from './possible.ts'
import { ProcedureError } from './procedure-error.ts'
import { bodyOf, kindOf } from './random-play.fixture.ts'
import { openCase, reduce } from './reduce.ts'
import { newestOf, procedureOf, procedures } from './registry.ts'
import { clocksOf, dueBy, timelineOf } from './timeline.ts'

for (const procedure of procedures) {
  test(`${procedure.name}: the definition is sound`, () => assert.deepEqual(faultsOf(procedure), []))

  const hasEnd = Object.values(procedure.states).some(({ isEnd }) => isEnd === true)

  test(`${procedure.name}: the example runs from the first move to an end, and its case stays small`, () => {
    const moves = exampleMoves(procedure)
    const of = played(procedure, moves)
    assert.equal(procedure.states[of.state]?.isEnd === true, hasEnd, of.state)
    assert.equal(of.moves, moves.length)
    assert.ok(JSON.stringify(of).length < 1200 + 420 * partiesOf(of).length, `${JSON.stringify(of).length} bytes`)
    const timeline = timelineOf(procedure, of, moves, of.movedAt)
    assert.equal(timeline.filter(({ what }) => what === 'move').length, moves.length)
    assert.deepEqual(
      dueBy(procedure, of, Number.MAX_SAFE_INTEGER).length,
      clocksOf(procedure, of, of.movedAt).filter(({ stoppedAt }) => stoppedAt === undefined).length,
    )
  })

  test(`${procedure.name}: the same moves give the same case, and an end takes replies and nothing else`, () => {
    const moves = exampleMoves(procedure)
    const of = played(procedure, moves)
    assert.deepEqual(played(procedure, moves), of)
    if (hasEnd) {
      for (const name of Object.keys(procedure.moves)) {
        assert.throws(
          () => reduce(procedure, of, { ...moveBy('organiser', name), by: of.opener, at: of.movedAt }),
          ProcedureError,
        )
      }
    }
    // What other kinds of statements make alone has no moves of its own to reply with.
    if (procedure.common?.includes('reply') === false) return
    const replied = reduce(procedure, of, {
      ...moveBy('', 'reply', { text: 'We note it.' }),
      by: of.opener,
      at: of.movedAt,
    })
    assert.equal(replied.state, of.state)
    const possible = possibleMoves(procedure, of, of.movedAt).map(({ move }) => move)
    if (hasEnd) assert.deepEqual(possible, ['reply'])
    else assert.ok(possible.length > 1)
  })

  test(`${procedure.name}: the diagram names every state and every move`, () => {
    const diagram = diagramOf(procedure)
    for (const name of Object.keys(procedure.states)) assert.ok(diagram.includes(name.replaceAll('-', '_')), name)
    for (const name of Object.keys(procedure.moves)) assert.match(diagram, new RegExp(`(?:: |<br/>)${name} \\(`), name)
  })

  test(`${procedure.name}: what is possible is what is taken, and nothing else, whoever tries`, () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 12 }), (choices) => {
        let of = opened(procedure)
        let at = start
        for (const which of choices) {
          at += 86_400
          const possible = possibleMoves(procedure, of, at)
          for (const name of Object.keys(procedure.moves)) {
            for (const party of [...new Set(Object.values(of.roles).flat()), partyOf('stranger')]) {
              const listed = possible.find(({ move }) => move === name)
              const isAllowed = listed !== undefined && (listed.by.length === 0 || listed.parties.includes(party))
              const body = bodyOf(procedure, name, least)
              const code = codeOf(() =>
                reduce(procedure, of, { ...moveBy('', name, body, at), ...kindOf(procedure, name), by: party }),
              )
              if (isAllowed)
                assert.ok([undefined, 'guarded', 'already-made', 'too-many'].includes(code), `${name}: ${code}`)
              else
                assert.ok(
                  ['not-possible-now', 'not-your-move', 'already-made', 'case-exists'].includes(String(code)),
                  `${name}: ${code}`,
                )
            }
          }
          const next = anyMove(procedure, of, possible, which, at)
          if (next === undefined) break
          of = taken(procedure, of, next)
        }
      }),
      { numRuns: 20 },
    )
  })
}

test('a version is found by its name, and what is none is told from those there are', () => {
  assert.equal(procedureOf('dispute/1').title, 'Settlement of a dispute')
  assert.equal(newestOf('exercise').version, 1)
  assert.throws(() => procedureOf('dispute/9'), { code: 'unknown-procedure', message: /dispute\/1/ })
  assert.throws(() => newestOf('war'), {
    code: 'unknown-procedure',
    message: /"war" is no procedure: .*\bdispute, /,
  })
})

/** The first of everything, and nothing that may be left out. */
const least = (): number => 1

function opened(procedure: Procedure): Case {
  const [first] = exampleMoves(procedure)
  assert.ok(first)
  return openCase(procedure, first, { seat, place: utc })
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    assert.ok(error instanceof ProcedureError, String(error))
    assert.ok(error.message.length < 2000)
    return error.code
  }
}

/** The case after a move that may be refused by its guard. */
function taken(procedure: Procedure, of: Case, move: Move): Case {
  try {
    return reduce(procedure, of, move)
  } catch (error) {
    assert.ok(
      error instanceof ProcedureError && ['guarded', 'too-many', 'already-made'].includes(error.code),
      String(error),
    )
    return of
  }
}

function anyMove(
  procedure: Procedure,
  of: Case,
  possible: ReturnType<typeof possibleMoves>,
  which: number,
  at: number,
): Move | undefined {
  const own = possible.filter(({ move }) => Object.hasOwn(procedure.moves, move))
  const chosen = own[which % Math.max(1, own.length)]
  if (chosen === undefined) return undefined
  const by = chosen.parties[which % Math.max(1, chosen.parties.length)] ?? partyOf(`newcomer ${which}`)
  return {
    ...moveBy('', chosen.move, bodyOf(procedure, chosen.move, least), at),
    ...kindOf(procedure, chosen.move),
    by,
    urn: of.urn,
  }
}
