import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsePurl } from '../purl/purl.ts'
import { readVex } from '../vex/read-vex.ts'
import { knownOfVex } from './known-advisories.ts'
import type { KnownAdvisory } from './known-advisory.ts'
import { match } from './match.ts'
import type { Matchable } from './matchable.ts'
import { surroundingsOf } from './surroundings.ts'

type Json = Readonly<Record<string, unknown>>

async function read(json: Json): Promise<KnownAdvisory> {
  const [first] = knownOfVex(await readVex(new TextEncoder().encode(JSON.stringify(json))))
  return first ?? assert.fail('it has a statement')
}

async function openVex(...statements: readonly Json[]): Promise<KnownAdvisory> {
  return read({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://acme.example/vex/1',
    author: 'Acme',
    timestamp: '2026-11-01T00:00:00Z',
    version: 1,
    statements: statements.map((each) => ({ vulnerability: { name: 'CVE-2026-0001' }, ...each })),
  })
}

async function cycloneDx(analysis: Json, versions: readonly Json[]): Promise<KnownAdvisory> {
  return read({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ type: 'library', name: 'relay', 'bom-ref': 'r', purl: 'pkg:npm/relay' }],
    vulnerabilities: [{ id: 'CVE-2026-0001', analysis, affects: [{ ref: 'r', versions }] }],
  })
}

function npm(purl: string): Matchable {
  return { purl: parsePurl(`pkg:npm/${purl}`) }
}

function found(component: Matchable, advisory: KnownAdvisory, ...around: readonly Matchable[]): string {
  const { state, why } = match(component, advisory, surroundingsOf(around))
  return `${state} ${why.reason}`
}

describe('the rules of OpenVEX', () => {
  const present = { status: 'not_affected', justification: 'vulnerable_code_not_present' }

  it('say what a statement says of its products, with the justification', async () => {
    const advisory = await openVex({ ...present, products: [{ '@id': 'pkg:npm/relay@1.0.0' }] })
    const outcome = match(npm('relay@1.0.0'), advisory)
    assert.deepEqual([outcome.state, outcome.why.justifications], ['not_affected', ['vulnerable_code_not_present']])
    assert.equal(found(npm('relay@1.0.1'), advisory), 'undetermined not-covered')
    const every = await openVex({ ...present, products: [{ '@id': 'pkg:npm/relay' }] })
    assert.equal(found(npm('relay@7.0.0'), every), 'not_affected all-versions')
  })

  it('about a part hold inside the product, and harm of the part is harm of the product', async () => {
    const products = [{ '@id': 'pkg:npm/gateway@4.0.0', subcomponents: [{ '@id': 'pkg:npm/relay@1.0.0' }] }]
    const cleared = await openVex({ ...present, products })
    assert.equal(found(npm('relay@1.0.0'), cleared), 'undetermined not-covered')
    assert.equal(found(npm('relay@1.0.0'), cleared, npm('gateway@4.0.0')), 'not_affected listed')
    assert.equal(found(npm('relay@1.0.0'), cleared, npm('gateway@3.0.0')), 'undetermined not-covered')
    // Whether the product has the flaw elsewhere, the statement does not say.
    assert.equal(found(npm('gateway@4.0.0'), cleared), 'not_affected not-named')
    const affected = await openVex({ status: 'affected', action_statement: 'Wait for 4.0.1.', products })
    assert.equal(found(npm('gateway@4.0.0'), affected), 'affected listed')
    assert.equal(match(npm('gateway@4.0.0'), affected).why.action, 'Wait for 4.0.1.')
  })

  it('count the latest of several statements about the same', async () => {
    const products = [{ '@id': 'pkg:npm/relay@1.0.0' }]
    const first = { status: 'under_investigation', products, timestamp: '2026-11-01T00:00:00Z' }
    const then = { ...present, products, timestamp: '2026-11-02T00:00:00+02:00' }
    for (const statements of [
      [first, then],
      [then, first],
    ]) {
      assert.equal(found(npm('relay@1.0.0'), await openVex(...statements)), 'not_affected listed')
    }
    const both = await openVex({ ...first, status: 'fixed' }, { ...then, timestamp: first.timestamp })
    assert.equal(found(npm('relay@1.0.0'), both), 'undetermined contradicting')
  })

  it('count products that are named by a digest only', async () => {
    const products = [{ '@id': 'https://acme.example/x', hashes: { 'sha-256': 'ab' } }]
    const advisory = await openVex({ ...present, products })
    assert.deepEqual([advisory.rules.length, advisory.problems.counts], [0, { 'not-identifiable': 1 }])
  })
})

describe('the rules of the VEX of CycloneDX', () => {
  it('say the state of each version, and read ranges', async () => {
    const advisory = await cycloneDx({ state: 'exploitable' }, [
      { range: 'vers:npm/>=1.0.0|<2.0.0', status: 'affected' },
      { version: '2.0.0', status: 'unaffected' },
      { version: '3.0.0', status: 'unknown' },
    ])
    assert.deepEqual(
      ['1.5.0', '2.0.0', '3.0.0', '4.0.0'].map((version) => found(npm(`relay@${version}`), advisory)),
      ['affected in-range', 'not_affected listed', 'undetermined unknown', 'not_affected outside-ranges'],
    )
  })

  it('that call versions affected and the whole not are contradicting', async () => {
    const analysis = { state: 'not_affected', justification: 'code_not_reachable' }
    const advisory = await cycloneDx(analysis, [{ version: '1.0.0', status: 'affected' }])
    assert.equal(found(npm('relay@1.0.0'), advisory), 'undetermined contradicting')
    assert.equal(found(npm('relay@1.0.0'), await cycloneDx(analysis, [])), 'not_affected all-versions')
  })

  it('with a range that cannot be read are undetermined', async () => {
    const advisory = await cycloneDx({ state: 'exploitable' }, [{ range: 'vers:npm/>=x|<2.0.0', status: 'affected' }])
    assert.equal(found(npm('relay@1.0.0'), advisory), 'undetermined words')
  })
})
