import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { draftFromOsv, parseCsaf, parseOsv, writeCsaf } from '@comity/exposure'
import { mandatoryTests } from './mandatory-tests.ts'
import { bytesOf, csafDocument, type CsafLike } from './csaf.fixture.ts'
import { examine, type Examined } from './examine.ts'
import { Examiner } from './examiner.ts'
import { newOpenPgpKey } from './open-pgp.ts'

const at = 1_795_219_200
const { secretKey } = await newOpenPgpKey('log.example.org', at)
const signWith = { secretKey, at }

const examined = (value: unknown): Promise<Examined> => examine(bytesOf(value), signWith)

/** Test, pointer and whether it is said what would be right, of the first fault. */
async function firstFault(value: unknown): Promise<readonly [string, string, boolean] | undefined> {
  const found = await examined(value)
  const [fault] = found.kind === 'refused' ? found.faults : []
  return fault && [fault.test, fault.pointer, fault.right !== undefined]
}

/** A document with one part of it replaced; undefined takes it away. */
function spoiled(pointer: readonly (string | number)[], value: unknown, like: CsafLike = {}): object {
  const document = structuredClone(csafDocument(like))
  let parent: unknown = document
  for (const key of pointer.slice(0, -1)) parent = Reflect.get(Object(parent), key)
  Reflect.set(Object(parent), pointer.at(-1) ?? '', value)
  return document
}

test('a valid document has its facts, its hash and a signature', async () => {
  const found = await examined(csafDocument({ id: 'NORTH 1', version: '2', current: '2026-11-21T12:00:00Z' }))
  assert.ok(found.kind === 'listed')
  const { fileName, year, label, status, version, currentRelease, categories, publisher } = found.facts
  assert.deepEqual(
    [fileName, year, label, status, version, currentRelease, publisher.namespace],
    ['north_1.json', '2026', 'WHITE', 'final', '2', '2026-11-21T12:00:00Z', 'https://north.example'],
  )
  assert.deepEqual(categories, ['csaf_security_advisory', 'en', 'North', 'Gateway'])
  assert.match(found.sha512, /^[0-9a-f]{128}$/)
  assert.match(found.signature, /^-----BEGIN PGP SIGNATURE-----/)
})

test('what is wrong is said with the test, the place and what would be right', async () => {
  for (const [document, expected] of [
    [spoiled(['vulnerabilities', 0, 'product_status', 'known_affected'], ['P2']), ['6.1.1', true]],
    [spoiled(['document', 'tracking', 'version'], '7'), ['6.1.16', true]],
    [spoiled(['vulnerabilities', 0, 'notes'], undefined), ['6.1.27.5', true]],
    [spoiled(['document', 'tracking', 'id'], 7), ['schema', false]],
    [spoiled(['document', 'title'], ''), ['schema', false]],
    [spoiled(['more'], 1), ['schema', false]],
    [csafDocument({ id: 'n'.repeat(300) }), ['name', true]],
  ] as const) {
    const fault = await firstFault(document)
    assert.deepEqual([fault?.[0], fault?.[2]], expected, JSON.stringify(fault))
  }
  for (const each of Object.keys(mandatoryTests)) assert.match(each, /^6\.1\.\d{1,2}(\.\d{1,2})?$/)
})

test('what is no CSAF document is none, whatever it is', async () => {
  for (const bytes of [
    Buffer.from(''),
    Buffer.from('null'),
    Buffer.from('{"csaf_version":"2.0"}'),
    Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
    Buffer.from(`\u{feff}${JSON.stringify(csafDocument())}`),
    Buffer.from('{"document":null}'),
  ]) {
    assert.deepEqual(await examine(new Uint8Array(bytes), signWith), { kind: 'other' })
  }
  const deep = `{"document":{"csaf_version":"2.0"},"product_tree":{"branches":${'[{"branches":'.repeat(20_000)}[]${'}]'.repeat(20_000)}}}`
  assert.equal((await examine(new Uint8Array(Buffer.from(deep)), signWith)).kind, 'refused')
})

test('what the writer makes of the records of the sample is valid', async () => {
  const samples = fileURLToPath(new URL('../../../../samples/', import.meta.url))
  for (const file of globSync('GO-*.json', { cwd: samples })) {
    const { advisory } = parseOsv(readFileSync(samples + file))
    const { id, title, products, vulnerability } = draftFromOsv(advisory)
    const document = writeCsaf({
      id,
      title,
      products,
      vulnerability,
      publisher: { category: 'vendor', name: 'North', namespace: 'https://north.example' },
      language: 'en',
      date: '2026-11-20T12:00:00Z',
      generator: { name: 'Comity', version: '0.1.0' },
    })
    assert.equal(await firstFault(document), undefined, file)
  }
})

test('a document that takes too long is refused, and the one after it is not', async () => {
  const task = { bytes: bytesOf(csafDocument()), signWith }
  // No thread begins within a thousandth of a second.
  const hasty = await new Examiner(1).examine(task)
  assert.ok(hasty.kind === 'refused')
  assert.equal(hasty.faults[0]?.test, 'limits')
  const examiner = new Examiner()
  assert.equal((await examiner.examine(task)).kind, 'listed')
  assert.equal((await examiner.examine(task)).kind, 'listed')
  await examiner.close()
})

test('what-a-stranger-published-is-an-answer-never-an-error', async () => {
  const text = JSON.stringify(csafDocument())
  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom('P1', '2.0', '1', 'CVE-2026-0001', [], {}))
  const places = placesIn(csafDocument())
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...places), anything), { minLength: 1, maxLength: 4 }),
      async (changes) => {
        const document: unknown = JSON.parse(text)
        for (const [place, value] of changes) put(document, place, structuredClone(value))
        const found = await examined(document)
        // What is listed can be read by everybody who matches.
        if (found.kind === 'listed')
          assert.equal(parseCsaf(bytesOf(document)).advisory.tracking.id, found.facts.trackingId)
      },
    ),
    { numRuns: 300 },
  )
})

type Place = readonly (string | number)[]

function placesIn(value: unknown, at_: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at_]
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return [
    ...(at_.length === 0 ? [] : [at_]),
    ...keys.flatMap((key) => placesIn(Reflect.get(value, key), [...at_, key])),
  ]
}

function put(document: unknown, place: Place, value: unknown): void {
  let parent = document
  for (const key of place.slice(0, -1)) {
    if (typeof parent !== 'object' || parent === null) return
    parent = Reflect.get(parent, key)
  }
  if (typeof parent === 'object' && parent !== null) Reflect.set(parent, place.at(-1) ?? '', value)
}
