import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBuilders } from './builders.ts'
import { evidenceOf, type EvidenceQuestion } from './evidence.ts'
import type { ProvenanceItem } from './read-provenance.ts'
import { readProvenance } from './read-provenance.ts'
import { readSbomRoot } from './sbom-root.ts'
import type { Authentication } from './signer.ts'

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const digest = 'ab'.repeat(32)
const commit = 'c0'.repeat(20)
const file = { name: 'gateway.tgz', digests: { sha256: digest, sha512: 'ef'.repeat(64) } }
const signer = {
  kind: 'certificate',
  issuer: 'https://id.invalid',
  subject: 'https://git.invalid/acme/gateway/build',
} as const
const right: Authentication = { outcome: 'right', signer, says: 'signed' }
const unchecked: Authentication = { outcome: 'unchecked', says: 'no trust root is at hand' }
const wrong: Authentication = { outcome: 'wrong', code: 'untrusted', says: 'the signature is another’s' }

function provenance(digests: Record<string, string> = { sha256: digest }, more: object = {}): ProvenanceItem {
  return item('https://slsa.dev/provenance/v1', [{ name: 'dist/gateway.tgz', digest: digests }], {
    buildDefinition: {
      buildType: 'https://b.invalid/t',
      resolvedDependencies: [{ uri: 'git+https://git.invalid/acme/gateway', digest: { gitCommit: commit } }],
    },
    runDetails: { builder: { id: 'https://b.invalid/hosted' }, ...more },
  })
}

function item(predicateType: string, subject: unknown, predicate: unknown): ProvenanceItem {
  const { items } = readProvenance(
    bytes({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate }),
  )
  return items[0] ?? assert.fail()
}

const builders = (level: number, more: object = {}) =>
  parseBuilders(
    bytes({
      builders: [
        {
          builder: 'https://b.invalid/hosted',
          level,
          signer: { issuer: signer.issuer, subject: 'https://git.invalid/acme/*' },
        },
      ],
      verifiers: [{ verifier: 'https://v.invalid', signer: { issuer: signer.issuer, subject: signer.subject } }],
      ...more,
    }),
  )

function build(question: Partial<EvidenceQuestion>) {
  const all = { judged: [{ item: provenance(), authentication: right }], artifacts: [file], ...question }
  return evidenceOf(all).build
}

test('each build level has its reasons, and says what the next one would need', () => {
  const none = build({ judged: [] })
  assert.deepEqual(none, {
    level: 0,
    because: ['there is no provenance of gateway.tgz'],
    next: ['provenance that names gateway.tgz by digest'],
  })
  assert.deepEqual([build({ artifacts: [] }).level, build({ artifacts: [] }).next], [0, ['an artifact']])
  const unsigned = build({ judged: [{ item: provenance(), authentication: unchecked }], builders: builders(3) })
  assert.equal(unsigned.level, 1)
  assert.match(unsigned.next.join(), /a signature that holds: no trust root is at hand/)
  const nobody = build({})
  assert.equal(nobody.level, 1)
  assert.match(nobody.next.join(), /a list of the builders that you trust/)
  assert.equal(build({ builders: builders(2) }).level, 2)
  assert.deepEqual([build({ builders: builders(3) }).level, build({ builders: builders(3) }).next], [3, []])
  assert.match(build({ builders: builders(1) }).next.join(), /it is there at level 1/)
})

test('undetermined-is-never-yes: a signature that fails, another signer or another builder gives no level beyond', () => {
  assert.equal(build({ judged: [{ item: provenance(), authentication: wrong }], builders: builders(3) }).level, 0)
  const stranger = { ...right, signer: { ...signer, subject: 'https://git.invalid/mallory/x' } }
  assert.equal(build({ judged: [{ item: provenance(), authentication: stranger }], builders: builders(3) }).level, 1)
  const vouched = { ...right, signer: { ...signer, issuer: 'https://id.mallory.invalid' } }
  assert.equal(build({ judged: [{ item: provenance(), authentication: vouched }], builders: builders(3) }).level, 1)
  const other = provenance({ sha256: digest }, { builder: { id: 'https://b.invalid/self' } })
  assert.equal(build({ judged: [{ item: other, authentication: right }], builders: builders(3) }).level, 1)
  const anonymous = item('https://slsa.dev/provenance/v1', [{ digest: { sha256: digest } }], {})
  assert.equal(build({ judged: [{ item: anonymous, authentication: right }], builders: builders(3) }).level, 0)
  const attested = item('https://cyclonedx.org/bom/v1.6', [{ digest: { sha256: digest } }], {})
  assert.match(
    build({ judged: [{ item: attested, authentication: right }] }).because.join(),
    /no provenance of a build/,
  )
  assert.equal(
    build({ artifacts: [file, { name: 'b', digests: { sha256: '00'.repeat(32) } }], builders: builders(3) }).level,
    0,
    'the least counts',
  )
})

test('only digests that tie files tie them: neither names, nor MD5 and SHA-1, nor one digest that agrees beside one that does not', () => {
  const tie = (digests: Record<string, string>) =>
    evidenceOf({ judged: [{ item: provenance(digests), authentication: right }], artifacts: [file] }).artifacts[0]
      ?.outcome
  assert.equal(tie({ sha256: digest }), 'tied')
  assert.equal(tie({ sha512: 'ef'.repeat(64) }), 'tied')
  assert.equal(tie({ sha1: '11'.repeat(20), md5: '22'.repeat(16) }), 'untied')
  assert.equal(tie({ sha256: digest, sha512: '00'.repeat(64) }), 'contradicted')
  assert.equal(tie({ sha256: '00'.repeat(32) }), 'contradicted', 'it names a file so, with another digest')
  assert.equal(tie({ gitCommit: digest }), 'untied', 'a commit is no file, whatever its digits')
  assert.equal(tie({ __proto__: digest, sha384: 'aa'.repeat(48) }), 'untied')
})

test('an SBOM is tied by its own digest, or by that of its root, and contradicted by another', () => {
  const own = { name: 'the SBOM', digests: { sha256: 'dd'.repeat(32) } }
  const ask = (sbom: EvidenceQuestion['sbom'], items = [provenance()]) =>
    evidenceOf({
      judged: items.map((each) => ({ item: each, authentication: right })),
      artifacts: [file],
      ...(sbom && { sbom }),
    }).sbom.map(({ outcome }) => outcome)
  assert.deepEqual(ask(own), ['untied'])
  assert.deepEqual(ask({ ...own, root: { name: 'g', digests: { sha256: digest } } }), ['tied'])
  assert.deepEqual(ask({ ...own, root: { name: 'g', digests: { sha256: '00'.repeat(32) } } }), ['contradicted'])
  assert.deepEqual(ask({ ...own, root: { name: 'g', digests: {} } }), ['untied'])
  const byproduct = provenance({ sha256: digest }, { byproducts: [{ name: 'sbom', digest: own.digests }] })
  assert.deepEqual(ask(own, [byproduct]), ['tied'])
  assert.deepEqual(ask(undefined), [])
})

test('a source level comes from a verifier on the list, about the commit that was built', () => {
  const summary = (levels: readonly string[], about = commit, result = 'PASSED') =>
    item('https://slsa.dev/verification_summary/v1', [{ digest: { gitCommit: about } }], {
      verifier: { id: 'https://v.invalid' },
      verificationResult: result,
      verifiedLevels: levels,
    })
  const source = (each: ProvenanceItem, authentication: Authentication = right, list = builders(3)) =>
    evidenceOf({
      judged: [
        { item: provenance(), authentication: right },
        { item: each, authentication },
      ],
      artifacts: [file],
      builders: list,
    }).source
  assert.equal(source(summary(['SLSA_SOURCE_LEVEL_3', 'SLSA_BUILD_LEVEL_2'])).level, 3)
  assert.match(source(summary(['SLSA_SOURCE_LEVEL_3'])).next.join(), /SLSA_SOURCE_LEVEL_4/)
  assert.equal(source(summary(['SLSA_SOURCE_LEVEL_9'])).level, 4, 'there is no ninth')
  assert.equal(source(summary(['SLSA_SOURCE_LEVEL_3'], 'd0'.repeat(20))).level, 0)
  assert.equal(source(summary(['SLSA_SOURCE_LEVEL_3'], commit, 'FAILED')).level, 0)
  assert.equal(source(summary(['SLSA_SOURCE_LEVEL_3']), unchecked).level, 0)
  assert.equal(source(summary(['SLSA_SOURCE_LEVEL_3']), right, parseBuilders(bytes({}))).level, 0)
  assert.match(evidenceOf({ judged: [], artifacts: [file] }).source.because.join(), /no authentic provenance/)
})

test('a list of builders is strict, and a name that would be anybody’s is refused', () => {
  const entry = { builder: 'https://b.invalid/x', level: 3, signer: { key: 'aa'.repeat(32) } }
  assert.equal(parseBuilders(bytes({ builders: [entry] })).builders[0]?.level, 3)
  for (const [change, pointer] of [
    [{ builder: 'https://*' }, '/builders/0/builder'],
    [{ builder: '*' }, '/builders/0/builder'],
    [{ builder: 'https://b.invalid/*/x' }, '/builders/0/builder'],
    [{ level: 4 }, '/builders/0/level'],
    [{ signer: {} }, '/builders/0/signer/issuer'],
    [{ signer: { key: 'AA' } }, '/builders/0/signer/key'],
    [{ signer: { issuer: 'i', subject: 'https://*' } }, '/builders/0/signer/subject'],
    [{ other: 1 }, '/builders/0/other'],
  ] as const) {
    assert.throws(() => parseBuilders(bytes({ builders: [{ ...entry, ...change }] })), {
      code: 'bad-builders',
      pointer,
    })
  }
  assert.throws(() => parseBuilders(bytes([])), { code: 'bad-builders' })
})

test('the root of an SBOM has its digests in each of the three formats', () => {
  const upper = digest.toUpperCase()
  const found = { name: 'gateway', digests: { sha256: digest } }
  const cyclonedx = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: {
      component: {
        name: 'gateway',
        hashes: [
          { alg: 'SHA-256', content: upper },
          { alg: 'MD5', content: 'aa' },
        ],
      },
    },
  }
  const described = {
    SPDXID: 'SPDXRef-g',
    name: 'gateway',
    checksums: [{ algorithm: 'SHA256', checksumValue: digest }],
  }
  const spdx2 = {
    spdxVersion: 'SPDX-2.3',
    packages: [{ SPDXID: 'SPDXRef-x', name: 'x' }, described],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-g' },
    ],
  }
  const spdx3 = {
    '@graph': [
      { type: 'SpdxDocument', spdxId: 'd', rootElement: ['s'] },
      { type: 'software_Sbom', spdxId: 's', rootElement: ['p'] },
      {
        type: 'software_Package',
        spdxId: 'p',
        name: 'gateway',
        verifiedUsing: [{ type: 'Hash', algorithm: 'sha256', hashValue: digest }],
      },
    ],
  }
  for (const sbom of [cyclonedx, spdx2, spdx3]) assert.deepEqual(readSbomRoot(bytes(sbom)), found)
  assert.equal(readSbomRoot(bytes({ spdxVersion: 'SPDX-2.3', documentDescribes: ['a', 'b'], packages: [] })), undefined)
  assert.equal(readSbomRoot(bytes({ bomFormat: 'CycloneDX' })), undefined)
})
