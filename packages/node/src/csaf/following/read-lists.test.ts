/** Lists and metadata of outsiders: whatever the bytes, a list or a fault, and no address outside. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readChanges, readIndex, readRolie } from './read-lists.ts'
import { readMetadata } from './read-metadata.ts'

const directory = 'https://north.example/csaf/white/'
const runs = { numRuns: 300 }

const lineLike = fc.array(
  fc.constantFrom(
    '..',
    '/',
    '%2e',
    '%2f',
    '\\',
    '"',
    ',',
    '2026',
    'a.json',
    ' ',
    ':',
    '?',
    '#',
    'https:',
    '\u0000',
    '\r',
    '\n',
    '2026-01-01T00:00:00Z',
    '€',
  ),
  { maxLength: 30 },
)

test('every-listed-path-is-below-its-directory', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        lineLike.map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        for (const read of [readChanges, readIndex]) {
          for (const { url } of read(Buffer.from(text), directory).documents) {
            const { href, origin, pathname, search, hash } = new URL(url)
            assert.equal(href, url)
            assert.equal(origin, 'https://north.example')
            assert.ok(pathname.startsWith('/csaf/white/') && pathname.endsWith('.json') && search === '' && hash === '')
          }
        }
      },
    ),
    runs,
  )
})

test('whatever-the-bytes: a feed is read or refused, and its addresses are http', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
        fc
          .array(
            fc.record({
              content: fc.record({ src: fc.oneof(fc.webUrl(), fc.string(), fc.anything()) }),
              link: fc.anything(),
              updated: fc.anything(),
            }),
          )
          .map((entry) => Buffer.from(JSON.stringify({ feed: { entry } }) ?? '')),
      ),
      (bytes) => {
        const read = readRolie(bytes, 'https://north.example/feed.json')
        if ('test' in read) return
        for (const { url, hashes, signature = url } of read.documents)
          for (const each of [url, signature, ...hashes]) assert.match(new URL(each).protocol, /^https?:$/)
      },
    ),
    runs,
  )
})

test('whatever-the-bytes: metadata are read or refused', () => {
  const publisher = fc.record({ category: fc.string(), name: fc.string(), namespace: fc.string() })
  const member = fc.oneof(fc.anything(), fc.array(fc.anything()))
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc
          .record({
            publisher,
            distributions: member,
            public_openpgp_keys: member,
            role: member,
            canonical_url: member,
          })
          .map((value) =>
            Buffer.from(JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? 0 : each))),
          ),
      ),
      (bytes) => {
        const read = readMetadata(bytes, 'https://north.example/pmd.json')
        if ('test' in read) return
        for (const url of [...read.feeds, ...read.directories]) assert.match(new URL(url).protocol, /^https?:$/)
      },
    ),
    runs,
  )
})
