import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExposureError, parseCsaf, parseCve, parseKev, readSbom, readVex } from '@comity/exposure'
import * as fc from 'fast-check'
import * as documents from './hostile-bytes/foreign-documents.ts'

interface Counted {
  readonly counts: Readonly<Record<string, number>>
  readonly total: number
}

const decoders: readonly (readonly [
  name: string,
  decode: (bytes: Uint8Array) => Counted | Promise<Counted>,
  seeds: readonly Buffer[],
])[] = [
  ['readSbom', readSbom, [documents.spdx2, documents.spdx3, documents.cycloneDxVex]],
  ['readVex', readVex, [documents.openVex, documents.cycloneDxVex]],
  ['parseCsaf', parseCsaf, [documents.csaf]],
  ['parseCve', parseCve, [documents.cve]],
  ['parseKev', parseKev, [documents.kev]],
]

/** What may stand in the place of any value, as JSON text: some of it no value of JavaScript could be written as. */
const hostile = [
  '1e400',
  '-1e400',
  '1e-400',
  '-0',
  '9007199254740993',
  '0.1',
  'null',
  'true',
  '""',
  '"__proto__"',
  '"constructor"',
  String.raw`"\ud800"`,
  String.raw`"\u0000"`,
  `"${'x'.repeat(200_000)}"`,
  '[]',
  '{}',
  '[null]',
  '{"__proto__":{"name":"x"}}',
  `${'['.repeat(40)}${']'.repeat(40)}`,
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  `${'{"branches":[{"product":'.repeat(20)}1${'}]}'.repeat(20)}`,
  `[${'{},'.repeat(3000)}{}]`,
]

/** Each place in a document, by the steps that lead there. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key]))]
}

/** The document as text, with something else at one place. */
function replaced(value: unknown, [step, ...rest]: readonly string[], text: string): string {
  if (step === undefined) return text
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const written = Object.entries(value).map(([key, each]) => {
    const inner = key === step ? replaced(each, rest, text) : JSON.stringify(each)
    return Array.isArray(value) ? inner : `${JSON.stringify(key)}:${inner}`
  })
  return Array.isArray(value) ? `[${written.join(',')}]` : `{${written.join(',')}}`
}

async function isOrderly(decode: (bytes: Uint8Array) => Counted | Promise<Counted>, bytes: Uint8Array): Promise<void> {
  try {
    const { counts, total } = await decode(bytes)
    const counted = Object.values(counts).reduce((sum, count) => sum + count, 0)
    assert.equal(counted, total)
  } catch (error) {
    assert.ok(error instanceof ExposureError, String(error))
  }
}

for (const [name, decode, seeds] of decoders) {
  test(`${name} reads or refuses a valid document with anything at any of its places`, async () => {
    for (const seed of seeds) {
      const document: unknown = JSON.parse(seed.toString())
      await decode(seed)
      for (const path of placesIn(document)) {
        for (const text of hostile) await isOrderly(decode, Buffer.from(replaced(document, path, text)))
      }
    }
  })

  test(`${name} reads or refuses any octets, and valid ones cut, doubled or changed anywhere`, async () => {
    const octets = fc.uint8Array({ maxLength: 200 })
    const changed = fc
      .tuple(fc.constantFrom(...seeds), fc.double({ min: 0, max: 1, noNaN: true }), octets, fc.nat(20))
      .map(([seed, share, inserted, left]) => {
        const at = Math.floor(share * seed.length)
        return Buffer.concat([seed.subarray(0, at), inserted, seed.subarray(at + left)])
      })
    await fc.assert(
      fc.asyncProperty(fc.oneof(octets, changed), (bytes) => isOrderly(decode, bytes)),
      { numRuns: 300 },
    )
  })
}
