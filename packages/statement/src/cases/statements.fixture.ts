import { encodeCbor } from '../cbor-value.ts'
import { readSign1, writeSign1 } from '../cose-sign1.ts'
import { bigEndian, N256 } from '../curves.ts'
import { toHex } from '../hex.ts'
import type { Jwk } from '../public-key.ts'
import { coreKinds } from '../kinds/registry.ts'
import { signStatement, type StatementDraft } from '../sign-statement.ts'
import { port, type TestSigner } from '../signers.fixture.ts'
import { decodeStatement } from '../statement.ts'
import type { StatementErrorCode } from '../statement-error.ts'
import { AT, crafted, ed25519, es256, from, hasher, ISS, sealed } from './material.fixture.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const target = `urn:comity:statement:${'5e'.repeat(32)}`

function draft(more: Partial<StatementDraft> = {}): Uint8Array {
  return signStatement({ kind: 'approval', iss: ISS, sub: target, iat: AT, payload: {}, signer: ed25519, ...more })
}

function valid(name: string, bytes: Uint8Array, by: TestSigner = ed25519) {
  const { id, leaf, kind, iss, sub, iat, alg, kidHex, contentType, payload, toBeSigned } = decodeStatement(bytes, port)
  const isText = kind !== 'hash-envelope'
  return {
    name,
    statement: toHex(bytes),
    jwk: by.jwk,
    kind,
    iss,
    sub,
    iat,
    alg,
    kid: kidHex,
    contentType,
    ...(isText ? { payload: new TextDecoder().decode(payload) } : { payloadHex: toHex(payload) }),
    toBeSigned: toHex(toBeSigned),
    id,
    leaf: toHex(leaf),
    leafHash: toHex(hasher.leaf(leaf)),
  }
}

const approval = readSign1(draft())
const payload = approval.payload ?? new Uint8Array()
const wide = (data: Uint8Array): number[] => [0x59, data.length >> 8, data.length & 255, ...data]

/** The same parts with an outer array of indefinite length and a full unprotected header. */
const clumsy = Uint8Array.from([
  0xd8,
  0x12,
  0x9f,
  ...wide(approval.protectedBytes),
  ...encodeCbor(new Map([['note', 'nothing vouches for this']])),
  ...wide(payload),
  ...wide(approval.signature),
  0xff,
])

export const validStatements = {
  about: 'RFC 9052, RFC 9597: statements that are accepted, one of each kind and some of other forms',
  from,
  cases: [
    ...coreKinds.map((kind) => {
      const { sub, payload: example } = kind.example
      return valid(kind.name, draft({ kind: kind.name, sub, payload: Object(example) }))
    }),
    valid('signed with ES256', draft({ signer: es256 }), es256),
    valid('payload with white space, signed as the bytes it is', draft({ payload: utf8(' {\n }\n') })),
    valid('outer array not deterministic: re-made', clumsy),
    valid('foreign hash envelope', crafted(envelope, new Uint8Array(32).fill(7))),
    valid(
      'foreign content type',
      crafted((header) => header.set(3, 'application/spdx+json'), utf8('{}')),
    ),
  ],
}

function envelope(header: Map<number, unknown>): void {
  header.delete(3)
  header.set(258, -16).set(259, 'application/spdx+json')
}

/** The other ES256 signature of the same content. */
function highS(bytes: Uint8Array): Uint8Array {
  const { protectedBytes, payload: content, signature } = readSign1(bytes)
  const s = (N256 - bigEndian(signature.subarray(32))).toString(16).padStart(64, '0')
  return writeSign1(protectedBytes, content, Uint8Array.from([...signature.subarray(0, 32), ...Buffer.from(s, 'hex')]))
}

interface InvalidCase {
  readonly name: string
  readonly code: StatementErrorCode
  readonly statement: string
  /** The statement is `statement`, this many bytes 0x20, and `tail`. */
  readonly padding?: number
  readonly tail?: string
  readonly jwk: Jwk
  readonly pointer?: string
}

function invalid(
  name: string,
  code: StatementErrorCode,
  bytes: Uint8Array,
  more: Partial<InvalidCase> = {},
): InvalidCase {
  return { name, code, statement: toHex(bytes), jwk: ed25519.jwk, ...more }
}

/** The example of a kind, changed. */
function example(kind: string, change: object): Uint8Array {
  const found = coreKinds.find(({ name }) => name === kind)?.example
  return draft({ kind, sub: found?.sub ?? '', payload: { ...Object(found?.payload), ...change } })
}

/** A signed note whose text is no checkpoint. */
const noRoot = `log.north.invalid\n1\n\n— log.north.invalid ${Buffer.alloc(68).toString('base64')}\n`

const product = coreKinds.find(({ name }) => name === 'product')?.example
const unsorted = Uint8Array.from([0xa2, 0x04, 0x58, 0x20, ...ed25519.kid, 0x01, 0x27])

export const invalidStatements = {
  about: 'statements that are refused, with the code; checked in the order form, key, signature, payload',
  from,
  cases: [
    invalid('JSON instead of CBOR', 'not-cbor', utf8('{"kind":"approval"}')),
    invalid('one byte missing', 'not-cbor', draft().subarray(0, -1)),
    invalid('one byte too many', 'not-cbor', Uint8Array.of(...draft(), 0)),
    invalid('protected header with unsorted labels', 'non-canonical', sealed(unsorted, payload)),
    invalid('payload in chunks', 'non-canonical', chunked()),
    invalid('no tag', 'wrong-tag', draft().subarray(1)),
    invalid('tag of COSE_Mac0', 'wrong-tag', Uint8Array.of(0xd1, ...draft().subarray(1))),
    invalid(
      'algorithm -37 (PS256)',
      'unknown-algorithm',
      crafted((header) => header.set(1, -37)),
    ),
    invalid(
      'no algorithm',
      'missing-algorithm',
      crafted((header) => header.delete(1)),
    ),
    invalid('detached payload', 'payload-missing', writeSign1(approval.protectedBytes, undefined, approval.signature)),
    invalid('payload of 65,535 bytes', 'statement-too-large', large(), {
      padding: 65_535,
      tail: `5840${'00'.repeat(64)}`,
    }),
    invalid(
      'no sub',
      'missing-claim',
      crafted((_, claims) => claims.delete(2)),
    ),
    invalid(
      'no claims',
      'missing-claim',
      crafted((header) => header.delete(15)),
    ),
    invalid(
      'iss is a web address',
      'bad-claim',
      crafted((_, claims) => claims.set(1, 'https://north.invalid')),
    ),
    invalid(
      'iat with a fraction',
      'bad-claim',
      crafted((_, claims) => claims.set(6, AT + 0.5)),
    ),
    invalid('sub of another form than its kind has', 'bad-subject', draft({ sub: ISS })),
    invalid(
      'sub is empty',
      'bad-subject',
      crafted((_, claims) => claims.set(2, '')),
    ),
    invalid(
      'content type of version 2',
      'bad-content-type',
      crafted((header) => header.set(3, 'application/vnd.comity.approval.v2+json')),
    ),
    invalid(
      'a header that has no place',
      'unknown-header',
      crafted((header) => header.set(16, 'x')),
    ),
    invalid(
      'critical header that is not understood',
      'unknown-header',
      crafted((header) => header.set(2, [99]).set(99, 1)),
    ),
    invalid('one bit of the payload changed', 'wrong-signature', flipped()),
    invalid('signed by another key', 'wrong-signature', draft({ signer: { ...es256, alg: 'EdDSA' } })),
    invalid('ES256 with the high s', 'high-s', highS(draft({ signer: es256 })), { jwk: es256.jwk }),
    invalid('key of small order', 'small-order-key', draft(), {
      jwk: { kty: 'OKP', crv: 'Ed25519', x: `AQ${'A'.repeat(41)}` },
    }),
    invalid('key that is no point', 'bad-key', draft(), {
      jwk: { kty: 'OKP', crv: 'Ed25519', x: `Ag${'A'.repeat(41)}` },
    }),
    invalid(
      'kid of 16 bytes',
      'bad-key',
      crafted((header) => header.set(4, new Uint8Array(16))),
    ),
    invalid(
      'unknown kind',
      'unknown-kind',
      crafted((header) => header.set(3, 'application/vnd.comity.banana.v1+json')),
    ),
    invalid('foreign hash envelope read as a payload', 'unknown-kind', crafted(envelope, new Uint8Array(32))),
    invalid('member name twice', 'not-i-json', draft({ payload: utf8('{"a":1,"\\u0061":2}') }), { pointer: '/a' }),
    invalid('integer above 2^53', 'not-i-json', draft({ payload: utf8('{"a":[9007199254740993]}') }), {
      pointer: '/a/0',
    }),
    invalid('lone surrogate', 'not-i-json', draft({ payload: utf8('{"a":"\\ud800"}') }), { pointer: '/a' }),
    invalid('payload not UTF-8', 'not-i-json', draft({ payload: Uint8Array.of(0x22, 0xff, 0x22) })),
    invalid('unknown member', 'schema-violation', draft({ payload: { x: 1 } }), { pointer: '' }),
    invalid(
      'wrong member',
      'schema-violation',
      draft({ kind: 'product', sub: product?.sub ?? '', payload: { ...Object(product?.payload), name: '' } }),
      {
        pointer: '/name',
      },
    ),
    invalid('witnesses that are no tlog-policy', 'schema-violation', example('trust', { witnesses: 'quorum A\n' }), {
      pointer: '/witnesses',
    }),
    invalid('cosigned checkpoint that is no note', 'schema-violation', example('time', { cosigned: ['x'] }), {
      pointer: '/cosigned/0',
    }),
    invalid('checkpoint without its root', 'schema-violation', example('continuation', { checkpoint: noRoot }), {
      pointer: '/checkpoint',
    }),
    invalid('proof of a move without a proof', 'schema-violation', example('continuation', { proof: 'x' }), {
      pointer: '/proof',
    }),
    invalid('proof of a move for another reason', 'schema-violation', example('continuation', { reason: 'ended' }), {
      pointer: '/proof',
    }),
    invalid(
      'receipts that are no list',
      'bad-receipt',
      writeSign1(approval.protectedBytes, payload, approval.signature, encodeCbor(new Map([[394, 1]]))),
    ),
  ],
}

function flipped(): Uint8Array {
  return writeSign1(approval.protectedBytes, utf8('{ }'), approval.signature)
}

/** Everything up to the payload's bytes; the padding is the payload, the tail the signature. */
function large(): Uint8Array {
  const { protectedBytes } = approval
  const head = writeSign1(protectedBytes, new Uint8Array(), new Uint8Array()).subarray(0, -2)
  return Uint8Array.from([...head, 0x59, 0xff, 0xff])
}

function chunked(): Uint8Array {
  const { protectedBytes, signature } = approval
  const start = writeSign1(protectedBytes, new Uint8Array(), new Uint8Array()).subarray(0, -2)
  return Uint8Array.from([...start, 0x5f, 0x42, 0x7b, 0x7d, 0xff, 0x58, 0x40, ...signature])
}
