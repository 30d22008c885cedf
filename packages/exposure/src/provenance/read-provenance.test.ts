import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { fromBase64 } from './base64.ts'
import { isDerSignature, rawSignature } from './der-signature.ts'
import { preAuthEncoding } from './dsse.ts'
import { looksLikeProvenance, readProvenance } from './read-provenance.ts'

const encoder = new TextEncoder()
const bytes = (value: unknown): Uint8Array => encoder.encode(typeof value === 'string' ? value : JSON.stringify(value))
const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64')

const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'a.tgz', digest: { sha256: 'ab'.repeat(32) } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      buildType: 'https://b.invalid/t',
      resolvedDependencies: [{ uri: 'git+https://x.invalid/r', digest: { gitCommit: 'c0'.repeat(20) } }],
    },
    runDetails: {
      builder: { id: 'https://b.invalid' },
      byproducts: [{ name: 'sbom', digest: { sha256: 'cd'.repeat(32) } }],
    },
  },
}
const wrapped = (payload: unknown, payloadType = 'application/vnd.in-toto+json') => ({
  payloadType,
  payload: base64(bytes(payload)),
  signatures: [{ sig: 'AAAA' }],
})

function refusal(value: unknown, limits = {}): { readonly code: string; readonly pointer: string } {
  try {
    readProvenance(value instanceof Uint8Array ? value : bytes(value), limits)
  } catch (error) {
    assert.ok(error instanceof ExposureError, String(error))
    return { code: error.code, pointer: error.pointer }
  }
  return assert.fail('it was read')
}

test('PAE is that of the specification', () => {
  const encoded = preAuthEncoding('http://example.com/HelloWorld', encoder.encode('hello world'))
  // From the protocol's own example (DSSE, protocol.md, "Test vectors").
  assert.equal(new TextDecoder().decode(encoded), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world')
  assert.equal(new TextDecoder().decode(preAuthEncoding('é', new Uint8Array())), 'DSSEv1 2 é 0 ', 'octets are counted')
})

test('a statement is read bare, in an envelope, one a line, and as a registry answers', () => {
  const line = JSON.stringify(wrapped(statement))
  const answer = { attestations: [{ predicateType: 'x', bundle: wrapped(statement) }, { bundle: 7 }] }
  for (const [text, form, count, refused] of [
    [JSON.stringify(statement), 'statement', 1, 0],
    [JSON.stringify(statement, undefined, 2), 'statement', 1, 0],
    [line, 'envelope', 1, 0],
    [`${line}\n`, 'envelope', 1, 0],
    [`${line}\n\n{"a":1}\n${line}`, 'envelope', 2, 1],
    [JSON.stringify(answer), 'envelope', 1, 1],
  ] as const) {
    assert.ok(looksLikeProvenance(bytes(text)))
    const read = readProvenance(bytes(text))
    assert.deepEqual([read.items.length, read.refused.length], [count, refused], text.slice(0, 60))
    assert.equal(read.items[0]?.form, form)
    const { predicate, subjects } = read.items[0]?.statement ?? assert.fail()
    assert.deepEqual(subjects, [{ name: 'a.tgz', digests: { sha256: 'ab'.repeat(32) } }])
    assert.ok(predicate.kind === 'provenance')
    assert.equal(predicate.provenance.builder, 'https://b.invalid')
    assert.deepEqual(predicate.provenance.source?.digests, { gitCommit: 'c0'.repeat(20) })
  }
  const { refused } = readProvenance(bytes(`${line}\n{"a":1}`))
  assert.deepEqual(
    refused.map(({ where, refused: { code } }) => [where, code]),
    [['line 2', 'not-provenance']],
  )
})

test('provenance v0.2 comes to the same form: materials are dependencies, configSource is the source', () => {
  const source = { uri: 'git+https://x.invalid/r', digest: { sha1: 'c0'.repeat(20) } }
  const older = {
    ...statement,
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v0.2',
    predicate: {
      builder: { id: 'https://b.invalid' },
      buildType: 'https://b.invalid/t',
      invocation: { configSource: source },
      metadata: { buildInvocationId: '7' },
      materials: [{ uri: 'pkg:npm/a@1' }],
    },
  }
  const predicate = readProvenance(bytes(older)).items[0]?.statement?.predicate
  assert.ok(predicate?.kind === 'provenance')
  const { source: found, dependencies, invocation } = predicate.provenance
  assert.deepEqual(
    [found?.digests, dependencies, invocation],
    [{ sha1: 'c0'.repeat(20) }, [{ uri: 'pkg:npm/a@1' }], '7'],
  )
})

test('what is no provenance, or says two things at once, is refused with its place', () => {
  assert.deepEqual(refusal({ bomFormat: 'CycloneDX' }), { code: 'not-provenance', pointer: '' })
  assert.equal(refusal('[]').code, 'not-provenance')
  assert.equal(refusal('{').code, 'not-json')
  assert.equal(refusal(new Uint8Array([0x7b, 0xff, 0x7d])).code, 'not-utf-8')
  assert.deepEqual(refusal(JSON.stringify(statement).replace('"subject"', '"subject":[],"subject"')), {
    code: 'repeated-member',
    pointer: '/subject',
  })
  const inside = JSON.stringify(statement).replace('"sha256":', '"sha256":"00","\\u0073ha256":')
  assert.deepEqual(refusal(inside), { code: 'repeated-member', pointer: '/subject/0/digest/sha256' })
  assert.equal(refusal({ ...wrapped(statement), payload: base64(encoder.encode(inside)) }).code, 'repeated-member')
  assert.equal(refusal(wrapped(statement, 'application/json')).code, 'bad-statement')
  assert.deepEqual(refusal({ ...statement, _type: 'https://in-toto.io/Statement/v2' }), {
    code: 'bad-statement',
    pointer: '/_type',
  })
  assert.deepEqual(refusal({ ...statement, subject: [] }), { code: 'bad-statement', pointer: '/subject' })
  const upper = [{ name: 'a', digest: { sha256: 'AB'.repeat(32) } }]
  assert.deepEqual(refusal({ ...statement, subject: upper }), { code: 'bad-statement', pointer: '/subject' })
  assert.deepEqual(refusal({ ...wrapped(statement), payload: 'e30\n=' }), {
    code: 'bad-envelope',
    pointer: '/payload',
  })
  assert.deepEqual(refusal({ ...wrapped(statement), signatures: [] }), { code: 'bad-envelope', pointer: '/signatures' })
  assert.deepEqual(refusal({ ...wrapped(statement), signatures: [{ sig: '%' }] }), {
    code: 'bad-envelope',
    pointer: '/signatures/0/sig',
  })
  assert.equal(refusal({ mediaType: 'application/vnd.dev.sigstore.bundle.v9+json' }).code, 'bad-bundle')
})

test('limits hold before anything becomes large', () => {
  assert.equal(refusal(statement, { bytes: 100 }).code, 'too-large')
  assert.equal(refusal(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`).code, 'too-deep')
  assert.equal(refusal(statement, { values: 5 }).code, 'too-many')
  const line = JSON.stringify(statement)
  assert.equal(refusal(`${line}\n${line}\n${line}`, { items: 2 }).code, 'too-many')
  const many = { ...wrapped(statement), signatures: Array.from({ length: 17 }, () => ({ sig: 'AAAA' })) }
  assert.equal(refusal(many).code, 'too-many')
  assert.equal(refusal({ ...statement, subject: Array.from({ length: 50_001 }, () => ({})) }).code, 'too-many')
})

test('base64 is that of Buffer where it is canonical, in either alphabet, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
      const buffer = Buffer.from(octets)
      for (const text of [buffer.toString('base64'), buffer.toString('base64url')]) {
        assert.deepEqual(fromBase64(text), octets)
      }
    }),
  )
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), (text) => {
      const found = fromBase64(text)
      if (found === undefined) return
      const unpadded = text.replace(/=+$/, '')
      assert.ok(
        [Buffer.from(found).toString('base64').replace(/=+$/, ''), Buffer.from(found).toString('base64url')].includes(
          unpadded,
        ),
      )
    }),
  )
  for (const text of ['A', 'AB', 'AAA', 'AAAA=', 'AA=A', '+_AA', 'AA A', 'AAA==', '====', 'é']) {
    const expected = text === 'AAA' ? new Uint8Array(2) : undefined
    assert.deepEqual(fromBase64(text), expected, text)
  }
})

test('an ECDSA signature is DER or 64 octets, and its two numbers are the same in either', () => {
  const der = Buffer.from('3006020101020102', 'hex')
  assert.ok(isDerSignature(der))
  assert.deepEqual(Buffer.from(rawSignature(der) ?? []).toString('hex'), `${'00'.repeat(31)}01${'00'.repeat(31)}02`)
  for (const bad of [
    '3006020101020180',
    '300702010102020001',
    '30060201010201',
    '300602010102010200',
    '3006020001020102',
  ]) {
    assert.equal(isDerSignature(Buffer.from(bad, 'hex')), false, bad)
  }
  assert.equal(rawSignature(new Uint8Array(63)), undefined)
})

test('whatever the octets, reading gives items or an ExposureError', () => {
  const member = fc.constantFrom(
    '_type',
    'subject',
    'predicate',
    'predicateType',
    'payload',
    'payloadType',
    'signatures',
    'sig',
    'digest',
    'sha256',
    'mediaType',
    'verificationMaterial',
    'dsseEnvelope',
    'attestations',
    'bundle',
    'tlogEntries',
    'builder',
    'materials',
  )
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        'https://in-toto.io/Statement/v1',
        'https://slsa.dev/provenance/v1',
        'application/vnd.in-toto+json',
        'application/vnd.dev.sigstore.bundle.v0.3+json',
        'e30=',
        'ab'.repeat(32),
        1,
        null,
        true,
      ),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(member, tie('any'), { maxKeys: 6 }),
    ),
  })).any
  const text = fc.oneof(
    value.map((each) => JSON.stringify(each)),
    fc.string(),
    fc.array(value).map((all) => all.map((each) => JSON.stringify(each)).join('\n')),
  )
  fc.assert(
    fc.property(text, (each) => {
      try {
        readProvenance(bytes(each))
        looksLikeProvenance(bytes(each))
      } catch (error) {
        assert.ok(error instanceof ExposureError, String(error))
      }
    }),
  )
})
