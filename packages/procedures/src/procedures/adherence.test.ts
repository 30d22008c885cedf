import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { knownSymbols } from '@comity/instruments'
import { checkPayload, coreKinds } from '@comity/statement'
import { atTime, recordsOf } from '../at-time.ts'
import type { Case, Move } from '../case.ts'
import { adherenceCase, moveOfKind } from '../move-of-kind.ts'
import { moveBy, partyOf, seat, start, utc } from '../play.fixture.ts'
import { possibleMoves } from '../possible.ts'
import { openCase, reduce } from '../reduce.ts'
import { clocksOf } from '../timeline.ts'
import { adherence } from './adherence.ts'

const day = 86_400
const state = partyOf('state')
const gids = 'urn:comity:instrument:gids'

/** The case after a statement of one of the two kinds. */
function said(so: Case | undefined, kind: 'adherence' | 'support', payload: object, at = start, sub = gids): Case {
  const made = moveOfKind(kind, sub, state, payload, so, at)
  assert.ok(made)
  const statement = createHash('sha256')
    .update(JSON.stringify([kind, payload, at]))
    .digest('hex')
  const move: Move = { ...made, statement, by: state, at, filedAt: at }
  return so === undefined ? openCase(adherence, move, { seat, place: utc }) : reduce(adherence, so, move)
}

const reserving = { reservations: [{ provision: 'gids-4', text: 'Except where our law demands a copy.' }] }
const object = (of: Case, role: string, provisions: readonly string[], at: number): Case =>
  reduce(adherence, of, moveBy(role, 'object', { provisions, precludes: false }, at))

test('an adherence is in force from its declaration, in a case of its own', () => {
  const of = said(undefined, 'adherence', { version: 'A/66/359' }, start, 'urn:comity:instrument:code')
  assert.equal(of.urn, adherenceCase(state, 'code'))
  assert.match(of.urn, /^urn:comity:case:[0-9a-f]{64}:adherence\.code$/)
  assert.deepEqual([of.state, of.facts['instrument'], of.facts['version']], ['in-force', 'code', 'A/66/359'])
  const anew = said(of, 'adherence', {}, start + day, 'urn:comity:instrument:code')
  assert.equal(anew.facts['version'], undefined, 'a later declaration replaces all of the earlier one')
  assert.deepEqual(
    recordsOf(adherence, of).map(({ provision }) => provision),
    ['code-a'],
  )
  assert.deepEqual(
    recordsOf(adherence, said(undefined, 'support', {})).map(({ text }) => text),
    ['The Initiative is supported.'],
  )
})

test('others object to a reservation within twelve months of it, each for itself, and withdraw the objection', () => {
  let of = said(undefined, 'adherence', reserving)
  assert.equal(
    clocksOf(adherence, of, start).find(({ name }) => name === 'objections')?.deadline,
    '2027-11-21T23:59:59+00:00[UTC]',
  )
  assert.throws(() => object(of, 'other', ['gids-3'], start), { code: 'guarded', message: /those to gids-4 do/ })
  assert.throws(() => object(of, 'state', ['gids-4'], start), { code: 'guarded', message: /of its own/ })
  of = object(of, 'other', ['gids-4'], start + 300 * day)
  of = object(of, 'another', ['gids-4'], start + 301 * day)
  assert.deepEqual(Object.keys(of.facts['objections'] as object), [partyOf('other'), partyOf('another')])
  assert.throws(() => object(of, 'late', ['gids-4'], start + 366 * day), {
    code: 'guarded',
    message: /twelve months .* are over: say it with the move comment/,
  })
  of = reduce(adherence, of, moveBy('late', 'comment', { text: 'We would have objected.' }, start + 366 * day))
  of = reduce(adherence, of, moveBy('other', 'withdraw-objection', { provisions: ['gids-4'] }, start + 367 * day))
  assert.deepEqual(Object.keys(of.facts['objections'] as object), [partyOf('another')])
  assert.throws(
    () => reduce(adherence, of, moveBy('other', 'withdraw-objection', { provisions: ['gids-4'] }, start + 368 * day)),
    { code: 'guarded', message: /no objection of/ },
  )
})

test('a later declaration without a reservation withdraws it, and objections to it fall; one that stays keeps its time', () => {
  const both = { reservations: [...reserving.reservations, { provision: 'gids-5', text: 'Not for x.' }] }
  let of = said(undefined, 'adherence', reserving)
  of = said(of, 'adherence', both, start + 100 * day)
  assert.deepEqual(of.facts['reserved'], { 'gids-4': start, 'gids-5': start + 100 * day })
  of = object(of, 'other', ['gids-4', 'gids-5'], start + 200 * day)
  assert.throws(() => object(of, 'late', ['gids-4'], start + 400 * day), { code: 'guarded' })
  of = object(of, 'late', ['gids-5'], start + 400 * day)
  of = said(of, 'adherence', reserving, start + 401 * day)
  assert.deepEqual(of.facts['reserved'], { 'gids-4': start })
  assert.deepEqual(of.facts['objections'], { [partyOf('other')]: { 'gids-4': start + 200 * day } })
  assert.deepEqual(said(of, 'support', {}, start + 402 * day).facts['reserved'], {})
})

test('a withdrawal takes effect on the day that its notice said, by itself; it can be taken back before, and come back from', () => {
  const until = '2027-12-31T00:00:00Z'
  const end = Date.parse(until) / 1000
  const inForce = said(undefined, 'adherence', {})
  const leaving = said(inForce, 'adherence', { withdrawal: { after: until } }, start + day)
  assert.equal(leaving.state, 'leaving')
  const notice = clocksOf(adherence, leaving, start + day).find(({ name }) => name === 'notice')
  assert.deepEqual([notice?.endsAt, notice?.usual?.isShort], [end, false])
  assert.equal(atTime(adherence, leaving, end).state, 'leaving')
  const gone = atTime(adherence, leaving, end + 1)
  assert.equal(gone.state, 'withdrawn')
  assert.deepEqual(recordsOf(adherence, gone), [])
  assert.equal(said(leaving, 'adherence', {}, end).state, 'in-force', 'taken back in time')
  const back = said(leaving, 'adherence', {}, end + 1)
  assert.deepEqual([back.state, atTime(adherence, back, end + 900 * day).state], ['in-force', 'in-force'])
  const again = said(leaving, 'adherence', { withdrawal: { after: '2029-01-01T00:00:00Z' } }, end)
  assert.equal(atTime(adherence, again, end + day).state, 'leaving', 'the later notice counts')
})

test('a notice shorter than twelve months stands as it was said, and is shown as short', () => {
  const of = said(undefined, 'adherence', { withdrawal: { after: '2026-12-31T00:00:00Z' } })
  const [notice] = clocksOf(adherence, of, start)
  assert.deepEqual(
    [of.state, notice?.usual],
    ['leaving', { length: '12 months', endsAt: Date.parse('2027-11-21T23:59:59Z') / 1000, isShort: true }],
  )
})

test('nobody else makes these moves, and no statement of kind move does', () => {
  const of = said(undefined, 'adherence', {})
  const payload = { instrument: 'gids', form: 'adherence', until: '2028-01-01T00:00:00Z' }
  const urn = of.urn
  for (const [role, code] of [
    ['state', 'wrong-kind'],
    ['other', 'wrong-kind'],
  ] as const)
    assert.throws(() => reduce(adherence, of, { ...moveBy(role, 'give-notice', payload), urn }), { code })
  assert.throws(() => reduce(adherence, of, { ...moveBy('other', 'give-notice', payload), urn, kind: 'adherence' }), {
    code: 'not-your-move',
  })
  for (const common of ['withdraw', 'propose', 'accept'])
    assert.ok(!possibleMoves(adherence, of, start).some(({ move }) => move === common), common)
  assert.throws(() => reduce(adherence, of, { ...moveBy('state', 'withdraw'), urn }), { code: 'not-possible-now' })
})

test('other kinds, and subjects that are no instrument, are no moves of it', () => {
  assert.equal(moveOfKind('product', gids, state, {}, undefined, start), undefined)
  assert.equal(moveOfKind('adherence', 'urn:comity:instrument:none', state, {}, undefined, start), undefined)
})

test('whatever the two kinds allow is a move that is possible, whatever came before', () => {
  const provisionId = fc.constantFrom('gids-1', 'gids-4', 'gids-9')
  const about = fc.uniqueArray(fc.record({ provision: provisionId, text: fc.constant('x') }), {
    selector: ({ provision }) => provision,
    maxLength: 3,
  })
  const payload = fc.record(
    {
      version: fc.constant('A/66/359'),
      declarations: about,
      reservations: about,
      withdrawal: fc.record({ after: fc.constantFrom('2020-01-01T00:00:00Z', '2027-06-01T00:00:00Z') }),
    },
    { requiredKeys: [] },
  )
  const one = fc.tuple(fc.constantFrom('adherence', 'support'), payload, fc.nat(500 * day), fc.boolean())
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), (statements) => {
      let of: Case | undefined
      let at = start
      for (const [kind, { reservations, ...rest }, later, objects] of statements) {
        at += later
        const content = kind === 'support' || reservations === undefined ? rest : { ...rest, reservations }
        const known = coreKinds.find(({ name }) => name === kind)
        assert.ok(known)
        checkPayload(known, content, { iss: state, sub: gids, iat: at })
        of = said(of, kind, content, at)
        const reserved = Object.keys(of.facts['reserved'] ?? {})
        assert.deepEqual(
          reserved.toSorted(),
          (kind === 'support' ? [] : (reservations ?? [])).map(({ provision }) => provision).toSorted(),
        )
        if (objects && reserved.length > 0 && atTime(adherence, of, at).state !== 'withdrawn') {
          try {
            of = object(of, 'other', reserved, at)
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'guarded')
          }
        }
        assert.equal(of.state === 'leaving', rest.withdrawal !== undefined)
        assert.ok(JSON.stringify(of).length < 2048)
      }
    }),
    { numRuns: 200 },
  )
})

test('the texts that a statement can name are those that the instruments have', () => {
  const versions = ['A/66/359', 'A/69/723', 'A/1/1']
  for (const { name } of coreKinds.filter((each) => ['adherence', 'support'].includes(each.name))) {
    const kind = coreKinds.find((each) => each.name === name) ?? assert.fail(name)
    for (const instrument of ['code', 'gids'] as const) {
      const known = knownSymbols(instrument)
      for (const version of versions) {
        const say = (): void =>
          checkPayload(kind, { version }, { iss: state, sub: `urn:comity:instrument:${instrument}`, iat: start })
        if (known === undefined || known.includes(version)) say()
        else
          assert.throws(say, {
            code: 'schema-violation',
            message: /version: is no text .*its texts are A\/66\/359, A\/69\/723/,
          })
      }
    }
  }
})
