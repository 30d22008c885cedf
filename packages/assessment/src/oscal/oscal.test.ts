import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ExportedParty,
  instruments,
  objectiveId,
  objectiveRungs,
  oscalCatalog,
  provisionIds,
  provisionById,
  uuidOf,
} from '@comity/instruments'
import fc from 'fast-check'
import { type Finding, type FindingCase, flags, ladder, type PartyFindings } from '../finding.ts'
import { currentRuleset } from '../ruleset.ts'
import { oscalAssessmentPlan, planUuid } from './assessment-plan.ts'
import { type FindingsToExport, oscalAssessmentResults } from './assessment-results.ts'

const { version, digest } = currentRuleset
const north = `urn:comity:party:${'a'.repeat(64)}`
const south = `urn:comity:party:${'b'.repeat(64)}`
const cite = { origin: 'log.north.example', index: 7, id: 'c'.repeat(64), kind: 'adherence', as: 'adherence' } as const

const dispute: FindingCase = {
  urn: `urn:comity:case:${'b'.repeat(64)}:river`,
  procedure: 'dispute/1',
  state: 'acknowledged',
  standing: 'open',
  opener: south,
  roles: ['respondent'],
  clocks: [{ name: 'acknowledgement', standing: 'kept' }],
  cites: [
    { ...cite, kind: 'move', as: 'opening' },
    { ...cite, kind: 'move', as: 'reply', index: 9 },
  ],
}

function exported(parties: readonly PartyFindings[], more: Partial<FindingsToExport> = {}): FindingsToExport {
  return {
    cut: [{ origin: 'log.north.example', size: 12, root: `sha256:${'d'.repeat(64)}` }],
    at: 1_790_000_000,
    ruleset: { version, digest },
    trust: null,
    parties,
    ...more,
  }
}

const named = (urn: string): ExportedParty | undefined =>
  urn === north ? { urn, name: 'North', type: 'state' } : undefined

function resultsOf(findings: FindingsToExport) {
  const { results, ...rest } = oscalAssessmentResults(findings, named)['assessment-results']
  const [result] = results
  assert.ok(result)
  return { ...rest, result }
}

test('results say what they follow from: cut, time, ruleset, trust, and the digest where it is of all', () => {
  const { result, metadata } = resultsOf(exported([], { digest: `sha256:${'e'.repeat(64)}` }))
  const said = Object.fromEntries(result.props.map(({ name, value }) => [name, value]))
  assert.deepEqual(said, {
    origin: 'log.north.example',
    size: '12',
    root: `sha256:${'d'.repeat(64)}`,
    at: '1790000000',
    ruleset: version,
    'ruleset-digest': digest,
    trust: 'none',
    'findings-digest': `sha256:${'e'.repeat(64)}`,
  })
  assert.equal(metadata['last-modified'], '2026-09-21T14:13:20Z')
})

test('findings of nobody are results without an observation', () => {
  const { result } = resultsOf(exported([{ party: south, findings: [] }]))
  assert.equal(result.observations, undefined)
  assert.deepEqual(result['reviewed-controls'], { 'control-selections': [{ 'include-all': {} }] })
})

test('a rung that is reached is satisfied, and of one that is not nothing is said', () => {
  const findings: readonly Finding[] = [
    { provision: 'code-a', level: 'evidenced', flags: ['contested'], cites: [cite] },
    { provision: 'code-b', flags: [], cases: [dispute], cites: [cite] },
    { provision: 'code-c', level: 'silent', flags: [], cites: [cite] },
    { provision: 'code-d', level: 'unseen', flags: [], cites: [] },
  ]
  const { result, metadata } = resultsOf(exported([{ party: north, findings }]))
  assert.deepEqual(
    result.findings?.map(({ target }) => `${target['target-id']} ${target.status.state}`),
    ['code-a_obj.declared satisfied', 'code-a_obj.evidenced satisfied'],
  )
  assert.ok(!JSON.stringify(result.findings).includes('not-satisfied'))
  assert.equal(result.observations?.length, findings.length)
  const [a, b, , d] = result.observations ?? []
  assert.equal(a?.['relevant-evidence']?.[0]?.href, `urn:comity:statement:${'c'.repeat(64)}`)
  assert.equal(b?.['relevant-evidence']?.length, 4)
  assert.equal(b?.['relevant-evidence']?.[1]?.href, dispute.urn)
  assert.ok(b?.['relevant-evidence']?.[1]?.props.some(({ value }) => value === 'acknowledgement: kept'))
  assert.equal(d?.['relevant-evidence'], undefined)
  assert.ok(d?.description.includes('nothing can be said'))
  assert.deepEqual(
    metadata.parties?.map(({ name }) => name),
    ['Comity project', 'North'],
  )
})

test('whatever the findings are: subjects, objectives and observations that are referred to exist, each with a UUID of its own', () => {
  const objectives = new Set(
    instruments.flatMap((each) =>
      oscalCatalog(each).catalog.groups.flatMap(({ controls }) =>
        controls.flatMap(({ parts }) => parts.flatMap(({ parts: inner = [] }) => inner.map(({ id }) => id))),
      ),
    ),
  )
  const finding = fc.record({
    provision: fc.constantFrom(...provisionIds),
    level: fc.constantFrom(...ladder, 'unseen' as const),
    flags: fc.uniqueArray(fc.constantFrom(...flags)),
  })
  const findings = fc.uniqueArray(finding, { selector: ({ provision }) => provision, maxLength: 8 })
  fc.assert(
    fc.property(findings, findings, (first, second) => {
      const parties = [north, south].map((party, i) => ({
        party,
        findings:
          [first, second][i]?.map(({ provision, level, flags: raised }): Finding => {
            const isLadder = provisionById(provision).duty !== 'not-to-do'
            return { provision, ...(isLadder ? { level } : {}), flags: raised, cites: [cite] }
          }) ?? [],
      }))
      const { result, metadata } = resultsOf(exported(parties))
      const uuids = [result, ...(result.observations ?? []), ...(result.findings ?? [])].map(({ uuid }) => uuid)
      assert.equal(new Set(uuids).size, uuids.length)
      const people = metadata.parties?.map(({ uuid }) => uuid) ?? []
      for (const { subjects } of result.observations ?? []) {
        assert.ok(subjects.every((each) => people.includes(each['subject-uuid'])))
      }
      for (const { target, 'related-observations': related } of result.findings ?? []) {
        assert.ok(objectives.has(target['target-id']), target['target-id'])
        assert.ok(related.every((each) => uuids.includes(each['observation-uuid'])))
      }
      const rungs = parties.flatMap((each) =>
        each.findings.map(({ level }) => objectiveRungs.findIndex((rung) => rung === level) + 1),
      )
      assert.equal(
        result.findings?.length ?? 0,
        rungs.reduce((sum, each) => sum + each, 0),
      )
    }),
  )
  assert.equal(objectiveId('gids-8', 'declared'), 'gids-8_obj.declared')
})

test('the same findings are the same document; another time, cut or trust policy makes another', () => {
  const base = exported([{ party: north, findings: [{ provision: 'code-a', level: 'silent', flags: [], cites: [] }] }])
  const uuid = (findings: FindingsToExport) => oscalAssessmentResults(findings, named)['assessment-results'].uuid
  assert.equal(uuid(base), uuid(structuredClone(base)))
  const others = [{ at: 1 }, { trust: `sha256:${'0'.repeat(64)}` }, { cut: [] }, { parties: [] }]
  assert.equal(new Set([base, ...others.map((each) => ({ ...base, ...each }))].map(uuid)).size, others.length + 1)
})

test('the plan is that of the ruleset, and says that there is no system', () => {
  const { 'assessment-plan': plan } = oscalAssessmentPlan({ version, digest })
  assert.equal(plan.uuid, planUuid({ version, digest }))
  assert.equal(plan['import-ssp'].href, `#${uuidOf('urn:comity:oscal:no-system')}`)
  assert.ok(plan['back-matter'].resources.some(({ uuid }) => `#${uuid}` === plan['import-ssp'].href))
})
