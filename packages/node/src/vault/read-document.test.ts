/** Documents as outsiders send them: read, or refused with a code, and never anything else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Blobs } from '@comity/store'
import fc from 'fast-check'
import { csaf, cve, kev, openVex } from './formats.fixture.ts'
import { readDocument, saidBySource, saidByStatement } from './read-document.ts'
import { osv } from './vault.fixture.ts'

const digest = `sha256:${'0'.repeat(64)}`

/** Blobs that hold one document. */
function holding(bytes: Uint8Array): Blobs {
  // Safe: no more of the port is asked for.
  return { size: () => bytes.length, get: () => bytes } as unknown as Blobs
}

const documents = [
  csaf('C-1', 'CVE-2026-1001', 'left', '2.0.0'),
  openVex('CVE-2026-1001', 'pkg:npm/left@1.0.0', 'not_affected'),
  cve('CVE-2026-1001', 'Acme', 'Relay', '4.0'),
  kev('CVE-2026-1001'),
  osv('OSV-1', 'left', { fixed: '2.0.0' }, { aliases: ['CVE-2026-1001'] }),
]

/** A document with something in it replaced by something else. */
const broken = fc
  .record({ document: fc.constantFrom(...documents), at: fc.nat(), by: fc.jsonValue({ maxDepth: 2 }) })
  .map(({ document, at, by }) => {
    const places: { holder: Record<string, unknown>; key: string }[] = []
    const copy: Record<string, unknown> = structuredClone(document)
    collect(copy, places)
    const place = places[at % places.length]
    if (place !== undefined) place.holder[place.key] = by
    return Buffer.from(JSON.stringify(copy))
  })

function collect(value: unknown, places: { holder: Record<string, unknown>; key: string }[]): void {
  if (typeof value !== 'object' || value === null) return
  // Safe: an object or an array, whose members are told by their keys either way.
  const holder = value as Record<string, unknown>
  for (const key of Object.keys(holder)) {
    places.push({ holder, key })
    collect(holder[key], places)
  }
}

test('every document is read or refused with a code, whatever its octets are', async () => {
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
    broken,
  )
  await fc.assert(
    fc.asyncProperty(octets, async (bytes) => {
      const read = await readDocument(digest, holding(bytes))
      assert.ok(read.code === undefined || (read.known.length === 0 && read.exploited.length === 0))
      const payload = { withdrawn: '2026-11-21T00:00:00Z', aliases: ['CVE-2026-9'] } as Parameters<
        typeof saidByStatement
      >[1]
      const said = saidByStatement(read, payload, { author: 'a party', at: '2026-11-22T00:00:00Z' })
      for (const { author, modified, rules, withdrawn } of said.known) {
        assert.deepEqual([author.name, modified], ['a party', '2026-11-22T00:00:00Z'])
        assert.equal(withdrawn, payload.withdrawn)
        assert.ok(rules.every((rule) => rule.withdrawn === payload.withdrawn))
      }
      for (const { author } of saidBySource(read, 'https://a.invalid').known) {
        assert.equal(JSON.parse(author.name)[0], 'https://a.invalid')
      }
    }),
    { numRuns: 500 },
  )
})

test('what a document is about is read from each format', async () => {
  const read = await Promise.all(
    documents.map((each) => readDocument(digest, holding(Buffer.from(JSON.stringify(each))))),
  )
  assert.deepEqual(
    read.map(({ code, problems, known, exploited }) => [code, problems, known.map(({ id }) => id), exploited.length]),
    [
      [undefined, 0, ['CVE-2026-1001'], 0],
      [undefined, 0, ['CVE-2026-1001'], 0],
      [undefined, 0, ['CVE-2026-1001'], 0],
      [undefined, 0, [], 1],
      [undefined, 0, ['OSV-1'], 0],
    ],
  )
  assert.equal((await readDocument(digest, undefined)).code, 'document-missing')
  const large = holding(Buffer.alloc(8 * 1024 * 1024 + 1, ' '))
  assert.equal((await readDocument(digest, large)).code, 'too-large')
})
