import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Compile } from 'typebox/compile'
import { checkPayload } from '../read-payload.ts'
import { codeOf } from '../signers.fixture.ts'
import { caseUrn, parseCaseUrn } from '../identifiers.ts'
import { PARTY_A, PARTY_B } from './examples.ts'
import { date, secondsOf } from './fields.ts'
import { defineKind } from './kind.ts'
import { AT, exampleOf, read, violation } from './kinds.fixture.ts'
import { coreKinds, kindRegistry } from './registry.ts'
import { partyKind } from './party.ts'

test('there are twenty-three kinds, each with a title, a purpose and one name', () => {
  assert.equal(coreKinds.length, 23)
  for (const kind of coreKinds) {
    assert.match(kind.name, /^[a-z]+$/)
    assert.ok(kind.title.length > 3 && kind.purpose.length > 60, kind.name)
  }
  assert.throws(() => kindRegistry(coreKinds, coreKinds), /defined twice/)
})

test('every example is a valid payload under a valid subject', () => {
  for (const kind of coreKinds) {
    const { sub, payload } = exampleOf(kind.name)
    assert.deepEqual(read(kind.name, sub, payload), payload, kind.name)
  }
})

/** What a move says is for its procedure to demand: the one place where a payload is open. */
const isOpen = (kind: string, name: string): boolean => kind === 'move' && name === 'body'

test('no kind takes a member it does not know, at any depth, but in the body of a move', () => {
  const withExtra = (value: unknown, kind: string): readonly unknown[] => {
    if (Array.isArray(value))
      return value.flatMap((item, i) => withExtra(item, kind).map((changed) => value.with(i, changed)))
    if (typeof value !== 'object' || value === null) return []
    const inner = Object.entries(value).flatMap(([name, member]) =>
      isOpen(kind, name) ? [] : withExtra(member, kind).map((changed) => Object.assign({}, value, { [name]: changed })),
    )
    return [{ ...value, 'X unknown': 1 }, ...inner]
  }
  for (const kind of coreKinds) {
    for (const changed of withExtra(kind.example.payload, kind.name)) {
      const code = codeOf(() => checkPayload(kind, changed, { iss: PARTY_A, sub: kind.example.sub, iat: AT }))
      assert.equal(code, 'schema-violation', `${kind.name} ${JSON.stringify(changed)}`)
    }
  }
})

test('every string and array in every schema has a bound, and every object but the body of a move is closed', () => {
  const unbounded: string[] = []
  const walk = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return
    const node = new Map<string, unknown>(Object.entries(schema))
    if (node.get('type') === 'array' && node.get('maxItems') === undefined) unbounded.push(path)
    // a pattern without * or + after a class bounds a string as well as maxLength does
    const pattern = String(node.get('pattern') ?? '*').replaceAll('\\+', '')
    if (
      node.get('type') === 'string' &&
      !node.has('const') &&
      node.get('maxLength') === undefined &&
      /[*+]/.test(pattern)
    )
      unbounded.push(path)
    if (node.has('patternProperties') && node.get('maxProperties') === undefined) unbounded.push(path)
    if (node.get('type') === 'object' && node.get('additionalProperties') !== false) unbounded.push(`${path} open`)
    for (const [name, child] of node) walk(child, `${path}/${name}`)
  }
  for (const kind of coreKinds) walk(kind.schema, kind.name)
  assert.deepEqual(unbounded, ['move/properties/body open'])
})

test('a subject of another form is refused, and says which form would be right', () => {
  const wrong = ['urn:comity:other', `${PARTY_A}0`, 'https://log.example.org/', 'A b', PARTY_B.toUpperCase()]
  for (const kind of coreKinds) {
    for (const sub of wrong) {
      assert.equal(
        codeOf(() => read(kind.name, sub, exampleOf(kind.name).payload)),
        'bad-subject',
        `${kind.name} ${sub}`,
      )
    }
  }
})

test('what is one party’s own carries the hex of its issuer', () => {
  for (const name of ['party', 'trust', 'product', 'release', 'advisory']) {
    const { sub, payload } = exampleOf(name)
    assert.equal(
      codeOf(() => read(name, sub, payload, PARTY_B)),
      'bad-subject',
      name,
    )
  }
  assert.equal(
    codeOf(() => read('endorsement', PARTY_B, exampleOf('endorsement').payload, PARTY_B)),
    'bad-subject',
  )
})

test('one spelling per identifier: other percent-encodings are refused', () => {
  const { payload } = exampleOf('release')
  const base = `urn:comity:product:${'a1'.repeat(32)}:gateway@`
  for (const [version, encoded] of [
    ['2.1.0', '2%2E1.0'],
    ['1+b', '1+b'],
    ['1 b', '1%20B'],
    ['1é', '1%c3%a9'],
  ] as const) {
    assert.equal(
      codeOf(() => read('release', base + encoded, { ...payload, version })),
      encoded === '1%20B' ? 'schema-violation' : 'bad-subject',
    )
  }
  assert.equal(
    codeOf(() => read('release', `${base}1%2Bb`, { ...payload, version: '1+b' })),
    'none',
  )
})

test('an unknown kind is refused as such', () => {
  assert.equal(
    codeOf(() => read('banana', PARTY_A, {})),
    'unknown-kind',
  )
})

test('a payload that is no I-JSON, or no object, is refused', () => {
  const sub = exampleOf('approval').sub
  assert.equal(
    codeOf(() => read('approval', sub, new TextEncoder().encode('{"a":1,"a":1}'))),
    'not-i-json',
  )
  assert.equal(
    codeOf(() => read('approval', sub, new TextEncoder().encode('[]'))),
    'schema-violation',
  )
  assert.equal(
    codeOf(() => read('approval', sub, new Uint8Array())),
    'not-i-json',
  )
})

test('violations point at the member that is wrong', () => {
  assert.equal(violation('product', { name: '' }), '/name')
  assert.equal(violation('product', { updatePolicy: { mechanism: 'magic' } })?.startsWith('/updatePolicy'), true)
  assert.equal(violation('party', { keys: [] }), '/keys')
  assert.equal(violation('party', { keys: [{ jwk: { kty: 'RSA' }, roles: ['sign'] }] })?.startsWith('/keys/0'), true)
  assert.equal(violation('release', { released: '2026-02-30T00:00:00Z' }), '/released')
  assert.equal(violation('advisory', { title: undefined }), '')
})

test('rules between members are checked too, with a pointer', () => {
  assert.equal(violation('release', { version: '2.1.1' }), '/version')
  assert.equal(violation('release', { sbom: `sha256:${'00'.repeat(32)}` }), '/sbom')
  assert.equal(violation('advisory', { id: 'NORTH-2026-002' }), '/id')
  assert.equal(violation('advisory', { modified: '2026-11-19T12:00:00Z' }), '/modified')
  assert.equal(violation('advisory', { document: `sha256:${'00'.repeat(32)}` }), '/document')
  assert.equal(violation('acknowledgement', { state: 'not_affected' }), '/justification')
  assert.equal(violation('acknowledgement', { justification: 'component_not_present' }), '/justification')
  assert.equal(violation('endorsement', { domain: undefined }), '/domain')
  assert.equal(violation('time', { at: AT + 1 }), '/at')
  assert.equal(violation('policy', { kinds: ['party', 'time', 'party'] }), '/kinds/2')
  assert.equal(violation('trust', { endorsers: [PARTY_B, PARTY_B] }), '/endorsers/1')
  assert.equal(violation('trust', { states: { xx: PARTY_B } })?.startsWith('/states'), true)
  const said = { provision: 'gids-1', text: 'x' }
  assert.equal(violation('adherence', { declarations: [said, said] }), '/declarations/1/provision')
  assert.equal(
    violation('adherence', { reservations: [{ provision: 'code-a', text: 'x' }] }),
    '/reservations/0/provision',
  )
  assert.equal(
    violation('support', { declarations: [{ provision: 'code-a', text: 'x' }] }),
    '/declarations/0/provision',
  )
  const root = `sha256:${'70'.repeat(32)}`
  const cut = ['b.invalid', 'a.invalid'].map((origin) => ({ origin, size: 1, root }))
  assert.equal(violation('findings', { cut }), '/cut/1/origin')
  const { sub } = exampleOf('continuation')
  assert.equal(violation('continuation', { predecessor: { origin: sub, size: 1, root } }), '/predecessor/origin')
})

test('witnesses are a tlog-policy, or empty for none', () => {
  const key = `example.org/w+00000000+${Buffer.from([4, ...new Uint8Array(32)]).toString('base64')}`
  for (const witnesses of ['', 'quorum none\n', `witness A ${key}\nquorum A\n`]) {
    assert.equal(violation('trust', { witnesses }), undefined, witnesses)
  }
  for (const witnesses of [
    ' ',
    'everybody',
    'quorum none',
    'quorum A\n',
    'witness A some-key\nquorum A\n',
    `witness A ${key}\n`,
  ]) {
    assert.equal(violation('trust', { witnesses }), '/witnesses', witnesses)
  }
})

test('dates: exactly those of the calendar are accepted', () => {
  const validator = Compile(date)
  fc.assert(
    fc.property(fc.nat(9999), fc.nat(13), fc.nat(32), (year, month, day) => {
      const pad = (n: number, width = 2) => String(n).padStart(width, '0')
      const text = `${pad(year, 4)}-${pad(month)}-${pad(day)}T12:30:59Z`
      const time = Date.parse(text)
      const exists = !Number.isNaN(time) && new Date(time).toISOString().slice(0, 19) === text.slice(0, 19)
      assert.equal(validator.Check(text), exists, text)
      if (exists) assert.equal(secondsOf(text), time / 1000)
    }),
    { numRuns: 5000 },
  )
  for (const text of ['2024-02-29T00:00:00Z', '2000-02-29T23:59:59Z']) assert.ok(validator.Check(text))
  for (const text of [
    '1900-02-29T00:00:00Z',
    '2026-11-21',
    '2026-11-21T24:00:00Z',
    '2026-11-21T00:00:60Z',
    '2026-11-21T00:00:00+00:00',
    '2026-11-21t00:00:00z',
    '2026-11-21T00:00:00.0Z',
  ]) {
    assert.ok(!validator.Check(text), text)
  }
})

test('another room can define kinds of its own', () => {
  const kind = defineKind({
    ...partyKind,
    name: 'rule',
    schema: date,
    example: { sub: PARTY_A, payload: '2026-11-21T00:00:00Z' },
  })
  assert.equal(kindRegistry(coreKinds, [kind]).size, 24)
})

test('schema checks run compiled here, and agree with the interpreted ones of browsers that forbid eval', async () => {
  const { default: Value } = await import('typebox/value')
  for (const kind of coreKinds) {
    assert.ok(Compile(kind.schema).IsAccelerated())
    assert.ok(Value.Check(kind.schema, kind.example.payload), kind.name)
    assert.ok(!Value.Check(kind.schema, { ...Object(kind.example.payload), 'x-unknown': 1 }), kind.name)
  }
})

test('a move names its procedure, its seat, and a case of which the slug has one spelling', () => {
  assert.equal(violation('move', { procedure: 'dispute' }), '/procedure')
  assert.equal(violation('move', { procedure: 'dispute/0' }), '/procedure')
  assert.equal(violation('move', { move: 'Notify' }), '/move')
  assert.equal(violation('move', { seat: 'https://log.north.invalid' }), '/seat')
  assert.equal(violation('move', { place: { zone: 'UTC', region: 'Kenya' } }), '/place/region')
  for (const zone of ['', '+01:00', '2026-11-22T00:00Z', 'Europe/Paris[u-ca=hebrew]', 'a/b/c/d'])
    assert.equal(violation('move', { place: { zone } }), '/place/zone', zone)
  for (const zone of ['UTC', 'Etc/GMT+12', 'America/Argentina/Buenos_Aires', 'America/Port-au-Prince'])
    assert.equal(violation('move', { place: { zone } }), undefined, zone)
  assert.equal(violation('move', { body: 'settled' }), '/body')
  assert.equal(
    violation('move', { body: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, i])) }),
    '/body',
  )
  assert.equal(violation('move', { body: { any: { thing: ['nested'] } } }), undefined)
  const { payload } = exampleOf('move')
  for (const slug of ['', '.a', '-a', 'A', 'a_b', 'a/b', `${'a'.repeat(65)}`]) {
    const sub = `urn:comity:case:${'a1'.repeat(32)}:${slug}`
    assert.equal(parseCaseUrn(sub), undefined)
    assert.equal(
      codeOf(() => read('move', sub, payload)),
      'bad-subject',
      slug,
    )
  }
  for (const slug of ['a', '7', 'adherence.gids', 'a'.repeat(64), 'two-builds-of-2026.11']) {
    assert.deepEqual(parseCaseUrn(caseUrn(PARTY_A, slug)), { party: PARTY_A, slug })
    assert.deepEqual(read('move', caseUrn(PARTY_A, slug), payload, PARTY_B), payload)
  }
})
