/** Whatever octets a source has: reading it ends, throws nothing, and gives no item larger than it may be. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { packTar } from 'modern-tar'
import fc from 'fast-check'
import { readAdvisories } from '../source/read-advisories.ts'
import { allOf } from './items.fixture.ts'
import { readSourceBytes } from './read-source.ts'
import { zipOf } from './zip.fixture.ts'

const osv = Buffer.from(JSON.stringify({ id: 'A-1', modified: '2026-01-01T00:00:00Z', affected: [] }))
const limits = { itemBytes: 4096, totalBytes: 100_000, items: 50, ratio: 20 }

const zip = zipOf([
  { name: 'a.json', bytes: osv },
  { name: 'b.json', bytes: osv, method: 0 },
  { name: 'c/d.json', bytes: Buffer.alloc(3000, 0x20) },
])
const tar = await packTar([
  { header: { name: 'a.json', size: osv.length }, body: osv },
  { header: { name: `${'long/'.repeat(60)}b.json`, size: osv.length }, body: osv },
  { header: { name: 'd/', size: 0, type: 'directory' } },
])
const seeds = [
  zip,
  tar,
  gzipSync(tar),
  zstdCompressSync(tar),
  gzipSync(osv),
  zstdCompressSync(Buffer.alloc(5000, 0x61)),
  Buffer.from(`${String(osv)}\n${String(osv)}\n`),
]

/** A seed with some octets changed, a stretch taken out or put in, and its end cut off. */
const damaged = fc
  .record({
    seed: fc.constantFrom(...seeds),
    changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
    inserted: fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 40 })),
    end: fc.option(fc.nat(), { freq: 3 }),
  })
  .map(({ seed, changes, inserted: [place, more], end }) => {
    const at = place % (seed.length + 1)
    const bytes = Buffer.concat([seed.subarray(0, at), more, seed.subarray(at)])
    for (const [index, octet] of changes) bytes[index % bytes.length] = octet
    return end === null ? bytes : bytes.subarray(0, end % (bytes.length + 1))
  })

/** Octets that begin like some kind of file and go on as they like. */
const marked = fc
  .tuple(
    fc.constantFrom('PK\u0003\u0004', 'PK\u0005\u0006', '\u001F\u{8b}\u0008', '(\u{b5}/\u{fd}', '{', ''),
    fc.uint8Array({ maxLength: 800 }),
  )
  .map(([mark, rest]) => Buffer.concat([Buffer.from(mark, 'latin1'), rest]))

async function check(bytes: Uint8Array): Promise<void> {
  let octets = 0
  for (const item of await allOf(readSourceBytes('x', bytes, limits))) {
    assert.equal(typeof item.name, 'string')
    if ('refusal' in item) continue
    assert.ok(item.bytes.length <= limits.itemBytes)
    octets += item.bytes.length
  }
  assert.ok(octets <= limits.totalBytes)
}

describe('any octets', () => {
  it('never-throw-nor-hang: damaged archives', () => fc.assert(fc.asyncProperty(damaged, check), { numRuns: 600 }))

  it('never-throw-nor-hang: marks of archives before anything', () =>
    fc.assert(fc.asyncProperty(marked, check), { numRuns: 400 }))

  it('are an advisory or a refusal, each counted once', () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          damaged,
          marked,
          fc.json().map((text) => Buffer.from(text)),
        ),
        async (bytes) => {
          const reader = readAdvisories(readSourceBytes('x', bytes, limits))
          let items = 0
          for await (const _ of reader) items += 1
          const { read, refused } = reader.counts
          assert.equal(
            [...Object.values(read), ...Object.values(refused)].reduce((sum, each) => sum + each, 0),
            items,
          )
        },
      ),
      { numRuns: 400 },
    ))

  it('an-undamaged-archive-is-read-whole, whatever lies around it in the source', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 6 }),
        async (contents) => {
          const named = contents.map((bytes, at) => ({
            name: `${at}`,
            bytes: Buffer.concat([Buffer.from('x'), bytes]),
          }))
          const packed = await packTar(
            named.map(({ name, bytes }) => ({ header: { name, size: bytes.length }, body: bytes })),
          )
          for (const archive of [zipOf(named), packed, gzipSync(packed), zstdCompressSync(packed)]) {
            const found = await allOf(readSourceBytes('x', archive))
            const given = found.map((item) => ('bytes' in item ? Buffer.from(item.bytes) : item.refusal.message))
            assert.deepEqual(
              given,
              named.map(({ bytes }) => bytes),
            )
          }
        },
      ),
      { numRuns: 100 },
    ))
})
