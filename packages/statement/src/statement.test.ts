import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from 'cborg'
import * as fc from 'fast-check'
import { encodeCbor } from './cbor-value.ts'
import { writeSign1 } from './cose-sign1.ts'
import { readGeneralHeader } from './general-header.ts'
import { toHex } from './hex.ts'
import { MAX_LEAF_BYTES } from './limits.ts'
import { encodeProtectedHeader, readOwnHeader } from './protected-header.ts'
import { attachReceipts } from './receipts/attach.ts'
import { signStatement } from './sign-statement.ts'
import { verifySignature } from './signature.ts'
import { decodeStatement } from './statement.ts'
import { codeOf, es256Signer, port, signer } from './signers.fixture.ts'

const ISS = `urn:comity:party:${'a1'.repeat(32)}`
const SUB = `urn:comity:statement:${'5e'.repeat(32)}`
const by = signer(1)

const draft = { kind: 'approval', iss: ISS, sub: SUB, iat: 1_795_219_200, payload: {}, signer: by } as const
const bytes = signStatement(draft)
const statement = decodeStatement(bytes, port)

type Header = Map<number, unknown>

/** A header as `draft` has it, changed by `change`, with any signature. */
function withHeader(
  change: (header: Header, claims: Header) => void,
  payload: Uint8Array = new Uint8Array(32),
): Uint8Array {
  const claims: Header = new Map<number, unknown>([
    [1, ISS],
    [2, SUB],
    [6, 1],
  ])
  const header: Header = new Map<number, unknown>([
    [1, -8],
    [3, 'application/vnd.comity.approval.v1+json'],
    [4, by.kid],
    [15, claims],
  ])
  change(header, claims)
  return writeSign1(encodeCbor(header), payload, new Uint8Array(64))
}

const refusal = (input: Uint8Array) => codeOf(() => decodeStatement(input, port))
const refusalOf = (change: (header: Header, claims: Header) => void, payload?: Uint8Array) =>
  refusal(withHeader(change, payload))

test('what is signed comes back when it is decoded', () => {
  assert.equal(statement.kind, 'approval')
  assert.equal(statement.iss, ISS)
  assert.equal(statement.sub, SUB)
  assert.equal(statement.iat, 1_795_219_200)
  assert.equal(statement.alg, 'EdDSA')
  assert.equal(statement.kidHex, by.kidHex)
  assert.equal(statement.contentType, 'application/vnd.comity.approval.v1+json')
  assert.equal(new TextDecoder().decode(statement.payload), '{}')
  assert.deepEqual(statement.receipts, [])
  assert.deepEqual(statement.leaf, bytes)
})

test('the identifier is SHA-256 of the Sig_structure that RFC 9052 §4.4 describes', () => {
  const expected = encodeCbor(['Signature1', statement.protectedBytes, new Uint8Array(), statement.payload])
  assert.deepEqual(statement.toBeSigned, expected)
  assert.equal(statement.id, toHex(port.sha256(expected)))
})

test('a second signature over the same content is the same statement with another leaf', () => {
  const es256 = es256Signer()
  const again = () => decodeStatement(signStatement({ ...draft, signer: es256 }), port)
  const [first, second] = [again(), again()]
  assert.equal(first.id, second.id)
  assert.notDeepEqual(first.leaf, second.leaf)
  verifySignature(second, es256.publicKey, port)
})

test('the outer array is re-made: long lengths and indefinite arrays give the same leaf and id', () => {
  const { protectedBytes, payload, signature } = statement
  const long = (major: number, data: Uint8Array) => [
    (major << 5) | 26,
    0,
    0,
    data.length >> 8,
    data.length & 255,
    ...data,
  ]
  const parts = [...long(2, protectedBytes), 0xbf, 0xff, ...long(2, payload), ...long(2, signature)]
  for (const clumsy of [
    [0xd2, 0x84, ...parts],
    [0xd8, 0x12, 0x98, 0x04, ...parts],
    [0xd2, 0x9f, ...parts, 0xff],
  ]) {
    const decoded = decodeStatement(Uint8Array.from(clumsy), port)
    assert.equal(decoded.id, statement.id)
    assert.deepEqual(decoded.leaf, bytes)
  }
})

test('the unprotected header is emptied, whatever stands in it', () => {
  const { protectedBytes, payload, signature } = statement
  const unprotected = encodeCbor(
    new Map<unknown, unknown>([
      [4, 'x'],
      ['note', [1.5, new Map([['a', null]])]],
    ]),
  )
  assert.deepEqual(decodeStatement(writeSign1(protectedBytes, payload, signature, unprotected), port).leaf, bytes)
})

test('receipts travel in the unprotected header and are given out', () => {
  const receipts = [Uint8Array.of(1, 2, 3), new Uint8Array(300)]
  const transparent = attachReceipts(bytes, receipts)
  const decoded = decodeStatement(transparent, port)
  assert.deepEqual(decoded.receipts, receipts)
  assert.deepEqual(decoded.leaf, bytes)
  assert.deepEqual(attachReceipts(transparent, []), bytes)
})

test('a time or a kid that cannot be written is refused before anything is signed', () => {
  for (const iat of [1.5, -1, Number.NaN, 2 ** 53])
    assert.equal(
      codeOf(() => signStatement({ ...draft, iat })),
      'bad-claim',
    )
  const short = { ...by, kid: by.kid.subarray(1) }
  assert.equal(
    codeOf(() => signStatement({ ...draft, signer: short })),
    'bad-key',
  )
})

test('every wrong outer form has its code', () => {
  const { protectedBytes, payload, signature } = statement
  assert.equal(refusal(new Uint8Array()), 'not-cbor')
  assert.equal(refusal(new TextEncoder().encode('{"not":"cbor"}')), 'not-cbor')
  assert.equal(refusal(bytes.subarray(1)), 'wrong-tag')
  assert.equal(refusal(Uint8Array.of(0xd1, ...bytes.subarray(1))), 'wrong-tag')
  assert.equal(refusal(bytes.subarray(0, -1)), 'not-cbor')
  assert.equal(refusal(Uint8Array.of(...bytes, 0)), 'not-cbor')
  assert.equal(refusal(Uint8Array.of(0xd2, 0x83, ...bytes.subarray(2))), 'not-cbor')
  assert.equal(refusal(writeSign1(protectedBytes, undefined, signature)), 'payload-missing')
  assert.equal(refusal(writeSign1(protectedBytes, payload, signature.subarray(1))), 'wrong-signature')
  assert.equal(refusal(writeSign1(protectedBytes, payload, signature, Uint8Array.of(0x80))), 'not-cbor')
  const chunked = [0xd2, 0x84, 0x5f, 0x41, 0xa0, 0xff, 0xa0, 0x40, 0x40]
  assert.equal(refusal(Uint8Array.from(chunked)), 'non-canonical')
})

test('sizes: the largest leaf is accepted, one byte more is not, and input is never read beyond its limit', () => {
  const overhead = writeSign1(statement.protectedBytes, new Uint8Array(60_000), statement.signature).length - 60_000
  const sized = (size: number) =>
    writeSign1(statement.protectedBytes, new Uint8Array(size - overhead), statement.signature)
  assert.equal(decodeStatement(sized(MAX_LEAF_BYTES), port).leaf.length, 65_535)
  assert.equal(refusal(sized(MAX_LEAF_BYTES + 1)), 'statement-too-large')
  assert.equal(refusal(new Uint8Array(200_000)), 'statement-too-large')
})

test('every wrong header has its code', () => {
  assert.equal(
    refusalOf(() => {}),
    'none',
  )
  assert.equal(
    refusalOf((header) => header.delete(1)),
    'missing-algorithm',
  )
  assert.equal(
    refusalOf((header) => header.set(1, -37)),
    'unknown-algorithm',
  )
  assert.equal(
    refusalOf((header) => header.set(1, 'EdDSA')),
    'unknown-algorithm',
  )
  assert.equal(
    refusalOf((header) => header.delete(4)),
    'bad-key',
  )
  assert.equal(
    refusalOf((header) => header.set(4, new Uint8Array(31))),
    'bad-key',
  )
  assert.equal(
    refusalOf((header) => header.delete(3)),
    'bad-content-type',
  )
  assert.equal(
    refusalOf((header) => header.set(3, 50)),
    'bad-content-type',
  )
  assert.equal(
    refusalOf((header) => header.set(3, 'application/vnd.comity.approval.v2+json')),
    'bad-content-type',
  )
  assert.equal(
    refusalOf((header) => header.set(3, 'application/vnd.comity.Approval.v1+json')),
    'bad-content-type',
  )
  assert.equal(
    refusalOf((header) => header.set(99, 1)),
    'unknown-header',
  )
  assert.equal(
    refusalOf((header) => header.set(2, [99]).set(99, 1)),
    'unknown-header',
  )
  assert.equal(
    refusalOf((header) => header.delete(15)),
    'missing-claim',
  )
  assert.equal(
    refusalOf((header) => header.set(15, 'claims')),
    'missing-claim',
  )
})

test('every wrong claim has its code', () => {
  assert.equal(
    refusalOf((_, claims) => claims.delete(1)),
    'missing-claim',
  )
  assert.equal(
    refusalOf((_, claims) => claims.delete(2)),
    'missing-claim',
  )
  assert.equal(
    refusalOf((_, claims) => claims.delete(6)),
    'missing-claim',
  )
  assert.equal(
    refusalOf((_, claims) => claims.set(1, 'https://example.org')),
    'bad-claim',
  )
  assert.equal(
    refusalOf((_, claims) => claims.set(1, ISS.toUpperCase())),
    'bad-claim',
  )
  assert.equal(
    refusalOf((_, claims) => claims.set(2, '')),
    'bad-subject',
  )
  assert.equal(
    refusalOf((_, claims) => claims.set(2, 7)),
    'bad-subject',
  )
  assert.equal(
    refusalOf((_, claims) => claims.set(2, 'x'.repeat(1025))),
    'bad-subject',
  )
  assert.equal(
    refusalOf((_, claims) => claims.set(6, 1.5)),
    'bad-claim',
  )
  assert.equal(
    refusalOf((_, claims) => claims.set(6, -1)),
    'bad-claim',
  )
  assert.equal(
    refusalOf((_, claims) => claims.set(5, 1)),
    'bad-claim',
  )
})

test('inner CBOR that is not deterministic is refused, because it is signed as bytes', () => {
  const unsorted = new Uint8Array([0xa2, 0x04, 0x58, 0x20, ...by.kid, 0x01, 0x27])
  assert.equal(refusal(writeSign1(unsorted, new Uint8Array(), new Uint8Array(64))), 'non-canonical')
  const wide = Uint8Array.from(statement.protectedBytes)
  const iatWide = [...wide.subarray(0, -5), 0x1b, 0, 0, 0, 0, ...wide.subarray(-4)]
  assert.equal(refusal(writeSign1(Uint8Array.from(iatWide), statement.payload, statement.signature)), 'non-canonical')
})

test('a foreign Hash Envelope is decoded, with its own kind, and its digest must have its length', () => {
  const envelope = (header: Header) => {
    header.delete(3)
    header.set(258, -16).set(259, 'application/spdx+json').set(260, 'https://example.org/sbom')
  }
  const decoded = decodeStatement(withHeader(envelope), port)
  assert.equal(decoded.kind, 'hash-envelope')
  assert.equal(decoded.contentType, 'application/spdx+json')
  assert.equal(refusalOf(envelope, new Uint8Array(31)), 'bad-claim')
  assert.equal(
    refusalOf((header) => header.set(258, -16)),
    'bad-content-type',
  )
  const unknownHash = (header: Header) => {
    header.delete(3)
    header.set(258, -999)
  }
  assert.equal(refusalOf(unknownHash), 'unknown-algorithm')
})

test('another foreign statement has no kind and may have headers and claims of its own', () => {
  const decoded = decodeStatement(
    withHeader((header, claims) => {
      header.set(3, 'application/json').set(99, 'x')
      claims.set(-70_000, 'y')
    }),
    port,
  )
  assert.equal(decoded.kind, '')
})

test('fast-header-equals-general-header: both readers agree on every header', () => {
  const claim = fc.oneof(fc.constant(SUB), fc.string({ unit: 'binary', maxLength: 40 }), fc.constant(''))
  fc.assert(
    fc.property(
      claim,
      fc.nat(),
      fc.constantFrom('EdDSA', 'ES256'),
      fc.nat(400),
      fc.nat(255),
      (sub, iat, alg, at, byte) => {
        const encoded = encodeProtectedHeader({
          alg,
          kid: by.kid,
          kind: 'approval',
          iss: ISS,
          sub: sub.toWellFormed(),
          iat,
        })
        for (const header of [encoded, Uint8Array.from(encoded, (old, i) => (i === at ? byte : old))]) {
          const fast = readOwnHeader(header)
          let general: unknown
          const code = codeOf(() => {
            general = readGeneralHeader(header, new Uint8Array(32))
          })
          if (fast !== undefined) assert.deepEqual(fast, general)
          // what the fast reader leaves to the general one is either wrong or foreign
          if (fast === undefined && code === 'none')
            assert.notEqual((decode(header, { useMaps: true }) as Header).get(3), undefined)
        }
      },
    ),
    { numRuns: 1000 },
  )
})

test('header-is-deterministic: the hand-written encoder equals cborg', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), fc.maxSafeInteger(), (text, time) => {
      const [sub, iat] = [text.toWellFormed(), Math.abs(time)]
      const expected = encodeCbor(
        new Map<number, unknown>([
          [
            15,
            new Map<number, unknown>([
              [6, iat],
              [2, sub],
              [1, ISS],
            ]),
          ],
          [4, by.kid],
          [3, 'application/vnd.comity.product.v1+json'],
          [1, -8],
        ]),
      )
      assert.deepEqual(
        encodeProtectedHeader({ alg: 'EdDSA', kid: by.kid, kind: 'product', iss: ISS, sub, iat }),
        expected,
      )
    }),
    { numRuns: 300 },
  )
})

test('any-bytes: decodeStatement returns or throws StatementError, for any bytes and any damage', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (input) => void refusal(input)),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, byte, length) => {
      void refusal(Uint8Array.from(bytes, (old, i) => (i === at ? byte : old)).subarray(0, length))
      void refusal(Uint8Array.from(bytes, (old, i) => (i === at ? byte : old)))
    }),
    { numRuns: 1500 },
  )
})

test('one-leaf: whatever decodes, its leaf decodes to the same id and is its own leaf', () => {
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
      const damaged = Uint8Array.from(bytes, (old, i) => (i === at ? byte : old))
      if (refusal(damaged) !== 'none') return
      const first = decodeStatement(damaged, port)
      const second = decodeStatement(first.leaf, port)
      assert.equal(second.id, first.id)
      assert.deepEqual(second.leaf, first.leaf)
    }),
    { numRuns: 1500 },
  )
})
