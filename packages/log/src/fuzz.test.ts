import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sha256, treeHasher, verify } from '@comity/crypto'
import * as fc from 'fast-check'
import { files } from './cases/make.fixture.ts'
import { logVkey, origin, witnessNames, witnessVkey } from './cases/cast.fixture.ts'
import * as log from './index.ts'

/**
 * Whatever comes in, a decoder returns or throws a LogError, and what it accepts it would write the
 * same. Inputs are noise, and valid inputs with a few bytes changed, cut out, or said twice.
 */

const logKey = log.ed25519Verifier(log.parseVerifierKey(logVkey(origin), sha256), verify)
const witnessKey = log.cosignatureVerifier(log.parseVerifierKey(witnessVkey(witnessNames[0]), sha256), verify)
const expected = { leafHash: new Uint8Array(32), origin, logKeys: [logKey], witnesses: [witnessKey] }

interface Decoder {
  readonly name: string
  readonly seeds: readonly string[]
  decode(text: string): unknown
  /** What was accepted, written again. */
  encode?(text: string): string
}

const decoders: readonly Decoder[] = [
  {
    name: 'parseNote',
    seeds: files.notes.cases.map((c) => c.note),
    decode: log.parseNote,
    encode: (text) => log.formatNote(log.parseNote(text)),
  },
  {
    name: 'openNote',
    seeds: files.checkpoints.cases.map((c) => c.note),
    decode: (text) => log.openNote(text, [logKey]),
  },
  {
    name: 'parseSignatureLines',
    seeds: files.notes.cases.map((c) => c.note.slice(c.note.lastIndexOf('\n\n') + 2)),
    decode: log.parseSignatureLines,
    encode: (text) => log.parseSignatureLines(text).map(log.formatSignatureLine).join(''),
  },
  {
    name: 'parseVerifierKey',
    seeds: files['verifier-keys'].cases.map((c) => c.vkey),
    decode: (text) => log.parseVerifierKey(text, sha256),
    encode: (text) => log.formatVerifierKey(log.parseVerifierKey(text, sha256)),
  },
  {
    name: 'parseCheckpoint',
    seeds: files.checkpoints.cases.map((c) => c.note.slice(0, c.note.indexOf('\n\n') + 1)),
    decode: log.parseCheckpoint,
    encode: (text) => log.formatCheckpoint(log.parseCheckpoint(text)),
  },
  {
    name: 'openCheckpoint',
    seeds: files.checkpoints.cases.map((c) => c.note),
    decode: (text) => log.openCheckpoint(text, origin, [logKey], [witnessKey]),
  },
  {
    name: 'verifyTlogProof',
    seeds: files['tlog-proofs'].cases.map((c) => c.proof),
    decode: (text) => log.verifyTlogProof(treeHasher, text, expected),
    encode: (text) => log.formatTlogProof(log.parseTlogProof(text)),
  },
  {
    name: 'parseTlogPolicy',
    seeds: files.policies.cases.map((c) => c.policy),
    decode: (text) => log.policySatisfied(log.parseTlogPolicy(text, sha256), new Set(['A'])),
  },
  {
    name: 'parseAddCheckpoint',
    seeds: files['add-checkpoints'].cases.map((c) => c.request),
    decode: (text) => log.judgeAddCheckpoint(treeHasher, log.parseAddCheckpoint(text), origin, [logKey], undefined),
    encode: (text) => log.formatAddCheckpoint(log.parseAddCheckpoint(text)),
  },
  {
    name: 'parseTilePath',
    seeds: files['tile-paths'].cases.map((c) => c.path),
    decode: log.parseTilePath,
    encode: (text) => log.pathOf(log.parseTilePath(text)),
  },
]

/** A valid or invalid input of the vectors, changed in up to three places. */
function nearly(seeds: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(fc.constantFrom('\n', '\n\n', ' ', '=', '0', '+', '— ', '\0', '\ud800', '.p/'), fc.string())
  const edit = fc.tuple(fc.nat(), fc.nat(8), piece)
  return fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 3 })).map(([seed, edits]) =>
    edits.reduce((text, [at, cut, inserted]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + inserted + text.slice(place + cut)
    }, seed),
  )
}

describe('decoders return or throw a LogError', () => {
  for (const { name, seeds, decode, encode } of decoders) {
    test(`${name}, and what it accepts has one form`, () => {
      const input = fc.oneof({ weight: 8, arbitrary: nearly(seeds) }, fc.string({ unit: 'binary' }))
      fc.assert(
        fc.property(input, (text) => {
          try {
            decode(text)
          } catch (error) {
            if (!(error instanceof log.LogError)) throw error
            return
          }
          if (encode !== undefined) assert.equal(encode(text), text)
        }),
        { numRuns: 600 },
      )
    })
  }

  test('bytes that are no text', () => {
    const readers = [
      log.parseNote,
      log.parseTlogProof,
      log.parseAddCheckpoint,
      (bytes: Uint8Array) => log.parseTlogPolicy(bytes, sha256),
    ]
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const read of readers) assert.throws(() => read(bytes), log.LogError)
      }),
      { numRuns: 300 },
    )
  })

  test('entry bundles', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: -1, max: 258 }), (bytes, count) => {
        try {
          assert.deepEqual(log.encodeEntryBundle(log.decodeEntryBundle(bytes, count)), bytes)
        } catch (error) {
          if (!(error instanceof log.LogError)) throw error
        }
      }),
    )
    const entries = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 256 })
    fc.assert(
      fc.property(entries, (list) => {
        assert.deepEqual(log.decodeEntryBundle(log.encodeEntryBundle(list), list.length), list)
      }),
    )
  })

  test('proofs with any numbers and any hashes', () => {
    const hash = fc.uint8Array({ minLength: 31, maxLength: 33 })
    const number = fc.oneof(fc.nat(20), fc.maxSafeNat(), fc.double(), fc.maxSafeInteger())
    fc.assert(
      fc.property(
        number,
        number,
        number,
        hash,
        hash,
        fc.array(hash, { maxLength: 70 }),
        (a, b, c, first, second, proof) => {
          const claims = [
            () => log.verifyInclusion(treeHasher, { index: a, size: b, leafHash: first, root: second, proof }),
            () => log.verifyConsistency(treeHasher, { from: a, to: b, fromRoot: first, toRoot: second, proof }),
            () =>
              log.verifySubtreeConsistency(treeHasher, {
                start: a,
                end: b,
                size: c,
                subtreeRoot: first,
                root: second,
                proof,
              }),
          ]
          for (const claim of claims) assert.throws(claim, log.LogError)
        },
      ),
      { numRuns: 500 },
    )
  })
})

test('inputs over the limits are refused before they are read', () => {
  const long = 'a\n'.repeat(600_000)
  const refused: [() => unknown, string][] = [
    [() => log.parseNote(long), 'too-large'],
    [() => log.parseSignatureLines(long), 'too-large'],
    [() => log.parseTlogProof(`${long}${long}`), 'too-large'],
    [() => log.parseTlogPolicy(long, sha256), 'too-large'],
    [() => log.parseAddCheckpoint(long), 'too-large'],
    [() => log.parseTilePath(long), 'malformed-path'],
    [() => log.encodeEntryBundle(Array.from({ length: 257 }, () => new Uint8Array())), 'too-large'],
    [() => log.encodeEntryBundle([new Uint8Array(65_536)]), 'too-large'],
  ]
  for (const [act, code] of refused) {
    assert.throws(act, (error) => error instanceof log.LogError && error.code === code && error.message.length < 500)
  }
})

test('a line of hostile length does not blow up an error message', () => {
  const note = `text\n\n— ${'x'.repeat(500_000)}\n`
  assert.throws(
    () => log.parseNote(note),
    (error) => error instanceof log.LogError && error.message.length < 500,
  )
})
