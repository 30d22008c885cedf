/** What holds of every procedure, over random play. Each property is named after the law that it holds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { atTime, isEnded } from './at-time.ts'
import { type Case, deadlineOf, type Move, partiesOf, rolesOf } from './case.ts'
import { moveBy, partyOf, seat, start, utc } from './play.fixture.ts'
import { possibleMoves } from './possible.ts'
import { ProcedureError } from './procedure-error.ts'
import { picking, randomMove, randomOpening } from './random-play.fixture.ts'
import { openCase, reduce } from './reduce.ts'
import { procedures } from './registry.ts'
import type { Procedure } from './definition.ts'
import { partOf, seesMove } from './sight.ts'
import { clocksOf, dueBy, timelineOf } from './timeline.ts'

const day = 86_400

/** A play: for each step how much later it is, and draws that choose the move and what it says. */
const plays = fc.record({
  draws: fc.array(fc.nat(10_000), { minLength: 40, maxLength: 200 }),
  steps: fc.array(fc.nat(120 * day), { maxLength: 12 }),
})

interface Played {
  readonly of: Case
  readonly at: number
  readonly moves: readonly Move[]
}

/** Plays, and looks at the case after each step, whether or not the guard let the move through. */
function play(
  procedure: Procedure,
  { draws, steps }: { readonly draws: readonly number[]; readonly steps: readonly number[] },
  look: (of: Case, at: number) => void,
): Played {
  const pick = picking(draws)
  const opening = randomOpening(procedure, pick, start)
  let { of } = opening
  const moves = [opening.move]
  let at = start
  for (const later of steps) {
    at += later
    look(of, at)
    const move = randomMove(procedure, of, pick, at)
    if (move === undefined) continue
    const next = taken(procedure, of, move)
    if (next === undefined) continue
    of = next
    moves.push(move)
  }
  look(of, at)
  return { of, at, moves }
}

/** The case after a move, or undefined where it was refused by what no list of possible moves can tell. */
function taken(procedure: Procedure, of: Case, move: Move): Case | undefined {
  try {
    return reduce(procedure, of, move)
  } catch (error) {
    assert.ok(error instanceof ProcedureError, String(error))
    const codes = ['guarded', 'too-many', 'already-made', 'not-possible-now', 'unknown-proposal', 'bad-body']
    assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`)
    return undefined
  }
}

/** Everything under an object, with its path. */
function* members(value: unknown, path = ''): Generator<readonly [path: string, value: unknown]> {
  yield [path, value]
  if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) yield* members(each, `${path}/${name}`)
}

function frozen<T>(value: T): T {
  for (const [, each] of members(value)) if (typeof each === 'object' && each !== null) Object.freeze(each)
  return value
}

for (const procedure of procedures) {
  test(`${procedure.name}: a-lapse-is-not-a-verdict: time alone changes nothing of a case but by a term of its own`, () => {
    fc.assert(
      fc.property(plays, fc.nat(2000 * day), (chosen, muchLater) => {
        play(procedure, chosen, (of, at) => {
          const before = JSON.stringify(of)
          const later = at + muchLater
          possibleMoves(procedure, of, later)
          clocksOf(procedure, of, later)
          dueBy(procedure, of, later)
          timelineOf(procedure, of, [], later)
          const then = atTime(procedure, of, later)
          assert.equal(JSON.stringify(of), before, 'looking at a case leaves it as it is, however late')
          assert.ok(!/lapse|late|approved|default/i.test(before.replaceAll(/"(?:some words|text)"/g, '')), before)
          if (then.state === of.state) return
          const isTerm = Object.entries(of.clocks).some(
            ([name, clock]) => procedure.clocks[name]?.term === then.state && deadlineOf(clock) < later,
          )
          const hasLeft = Object.keys(of.roles).filter((role) => of.roles[role]?.length !== then.roles[role]?.length)
          const isDeparture = hasLeft.some((role) => procedure.roles[role]?.leaves !== undefined)
          assert.ok(isTerm || isDeparture, `${of.state} became ${then.state} without a move`)
        })
      }),
      { numRuns: 25 },
    )
  })

  test(`${procedure.name}: what lapses opens is a move that somebody with a role makes, and no move is made by time`, () => {
    for (const { opens } of Object.values(procedure.clocks))
      for (const opened of opens) assert.notEqual(procedure.moves[opened]?.by, 'anyone', opened)
    fc.assert(
      fc.property(plays, (chosen) => {
        const { of, moves } = play(procedure, chosen, () => undefined)
        assert.equal(of.moves, moves.length)
        for (const { stoppedAt, stoppedBy } of Object.values(of.clocks))
          assert.ok(
            stoppedBy === undefined || moves.some(({ statement }) => statement === stoppedBy),
            String(stoppedAt),
          )
      }),
      { numRuns: 15 },
    )
  })

  test(`${procedure.name}: executes-nothing-outside: playing it reads no clock, no chance, no network and no file`, () => {
    const outside = ['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'] as const
    const touched: string[] = []
    const kept = outside.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
    const clock = Date.now
    const chance = Math.random
    fc.assert(
      fc.property(plays, (chosen) => {
        for (const name of outside)
          Object.defineProperty(globalThis, name, { configurable: true, value: () => touched.push(name) })
        Date.now = () => touched.push('Date.now')
        Math.random = () => touched.push('Math.random')
        try {
          play(procedure, chosen, (of, at) => possibleMoves(procedure, of, at))
        } finally {
          Date.now = clock
          Math.random = chance
          for (const [name, descriptor] of kept) if (descriptor) Object.defineProperty(globalThis, name, descriptor)
        }
        assert.deepEqual(touched, [])
      }),
      { numRuns: 12 },
    )
  })

  test(`${procedure.name}: executes-nothing-outside: a definition has no effect, no address to call, and no verb against anybody`, () => {
    const pure = /\/(?:check|choose|from|find)$/
    const verbs =
      /block|filter|take-?down|remove|delete|censor|identify|locate|trace|disconnect|execute|webhook|callback/i
    for (const [path, value] of members(procedure)) {
      const name = path.slice(path.lastIndexOf('/') + 1)
      if (typeof value === 'function') {
        assert.match(path, pure)
        assert.doesNotMatch(
          value.toString(),
          /\b(?:fetch|import|require|process|globalThis|console|Date\.now|await)\b/,
          path,
        )
      }
      const isName = /^\/(?:moves|states|clocks|roles)\/[^/]+$/.test(path)
      if (isName) assert.doesNotMatch(name, verbs, path)
      assert.doesNotMatch(name, /^(?:command|endpoint|hook|run|exec)s?$/, path)
      if (name === 'pattern' && typeof value === 'string' && value.includes('https?'))
        assert.match(path, /\/basis\//, `${path}: the only address in a move is that of a law`)
    }
  })

  test(`${procedure.name}: what is illegal, foreign, made up or filed again changes no case, and is refused with a reason`, () => {
    const junk = fc.record({
      name: fc.oneof(
        fc.constantFrom(...Object.keys(procedure.moves), 'reply', 'withdraw', 'propose', 'accept', 'constructor', ''),
        fc.string({ maxLength: 20 }),
      ),
      body: fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
      role: fc.constantFrom('opener', 'named', 'stranger'),
      kind: fc.constantFrom('move', 'adherence', 'support', 'product'),
    })
    fc.assert(
      fc.property(plays, fc.array(junk, { minLength: 1, maxLength: 6 }), (chosen, tried) => {
        const { of, at, moves } = play(procedure, chosen, () => undefined)
        frozen(of)
        const before = JSON.stringify(of)
        const again = [moves[0], ...moves.filter(({ name }) => isOnce(procedure, name))]
        for (const move of again) {
          if (move === undefined) continue
          try {
            const after = reduce(procedure, of, { ...move, at })
            // A round that is over may begin anew with the same words; one move in it changes nothing that is decided.
            assert.equal(after.state === of.state || procedure.moves[move.name]?.each === true, true)
          } catch (error) {
            assert.ok(error instanceof ProcedureError, String(error))
          }
        }
        assert.throws(() => reduce(procedure, of, { ...(moves[0] ?? assert.fail()), at }), { code: 'case-exists' })
        for (const { role, ...rest } of tried) {
          const move = { ...moveBy(role, rest.name, rest.body, at), ...rest }
          const one = outcome(procedure, of, move)
          assert.deepEqual(outcome(procedure, of, move), one, 'the same move comes to the same')
          if (rolesOf(of, partyOf(role)).length === 0 && procedure.moves[rest.name]?.by !== 'anyone')
            assert.equal(typeof one, 'string', `a stranger made ${rest.name}`)
        }
        assert.equal(JSON.stringify(of), before)
      }),
      { numRuns: 20 },
    )
  })

  test(`${procedure.name}: a case stays small, plain JSON, and the same moves give the same case`, () => {
    fc.assert(
      fc.property(plays, (chosen) => {
        const { of } = play(procedure, chosen, () => undefined)
        assert.deepEqual(JSON.parse(JSON.stringify(of)), of)
        assert.ok(JSON.stringify(of).length < 6000, `${JSON.stringify(of).length} bytes`)
        if (isEnded(procedure, of))
          assert.ok(possibleMoves(procedure, of, of.movedAt).every(({ move }) => move === 'reply'))
      }),
      { numRuns: 15 },
    )
  })
}

for (const procedure of procedures) {
  test(`${procedure.name}: what-is-seen-is-a-part-of-what-is: who plays the moves it sees comes to its part of the case`, () => {
    fc.assert(
      fc.property(plays, (chosen) => {
        const { of, moves } = play(procedure, chosen, () => undefined)
        for (const party of partiesOf(of)) {
          const [first, ...seen] = moves.filter((move) => seesMove(procedure, of, move, party))
          assert.equal(first, moves[0], 'who is in a case sees how it was opened')
          let own = openCase(procedure, first ?? assert.fail(), { seat, place: utc })
          for (const move of seen) own = reduce(procedure, own, move)
          const now = atTime(procedure, of, of.movedAt)
          assert.deepEqual(
            withoutCount(atTime(procedure, own, of.movedAt)),
            withoutCount(partOf(procedure, now, party)),
          )
        }
      }),
      { numRuns: 25 },
    )
  })
}

/** How many moves there were, and when the last one was, is not among what everybody sees. */
function withoutCount(of: Case): object {
  return { ...of, moves: 0, movedAt: 0 }
}

function isOnce({ moves }: Procedure, name: string): boolean {
  return moves[name]?.each === true || moves[name]?.once === true
}

/** The case after a move as text, or the code with which it is refused. */
function outcome(procedure: Procedure, of: Case, move: Move): object | string {
  try {
    return reduce(procedure, of, move)
  } catch (error) {
    assert.ok(error instanceof ProcedureError, String(error))
    assert.ok(error.message.length > 0 && error.message.length < 3000)
    return error.code
  }
}
