import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding, FindingCase } from '@comity/contract'
import { widthOf } from '../terminal/text.ts'
import { caseLines, countOfCases } from './findings-cases.ts'

const cite = (index: number, as: FindingCase['cites'][number]['as']): FindingCase['cites'][number] => ({
  origin: `${'5'.repeat(64)}.comity.invalid`,
  index,
  id: '1'.repeat(64),
  kind: 'move',
  as,
})

const restriction: FindingCase = {
  urn: `urn:comity:case:${'b'.repeat(64)}:picture`,
  procedure: 'restriction/1',
  state: 'appealed',
  standing: 'open',
  opener: `urn:comity:party:${'b'.repeat(64)}`,
  roles: ['issuer', 'reviewer'],
  clocks: [{ name: 'validity', standing: 'running' }],
  missing: ['order', 'necessity', 'alternatives', 'end', 'notified', 'appeal'],
  cites: [cite(12, 'opening'), cite(15, 'reply'), cite(14, 'reply')],
}

const finding = (overrides: Partial<Finding>): Finding => ({
  provision: 'code-f',
  level: 'declared',
  flags: [],
  cites: [],
  ...overrides,
})

test('a case is shown by its name, by whose word it stands, with what others did and what its record lacks', () => {
  const lines = caseLines(finding({ cases: [restriction] })).join('\n')
  assert.match(lines, /bbbbbbbb….*:picture: restriction\/1, appealed; it is issuer and reviewer/s)
  assert.match(lines, /opened by bbbbbbbb…, entry 12/)
  assert.match(lines, /what others did: entries 14, 15/)
  assert.match(lines, /clocks: validity running/)
  assert.match(lines, /record: incomplete, without order, necessity/)
  assert.doesNotMatch(lines, /what it did/)
  for (const line of lines.split('\n')) assert.ok(widthOf(line) <= 80, line)
})

test('a complete record is said to be complete, and silence of others is said too', () => {
  const quiet = { ...restriction, missing: [], standing: 'withdrawn' as const, cites: [cite(12, 'opening')] }
  const lines = caseLines(finding({ cases: [quiet] })).join('\n')
  assert.match(lines, /appealed, withdrawn;/)
  assert.match(lines, /what others did: nothing/)
  assert.match(lines, /record: complete/)
})

test('cases are counted as far as they are listed', () => {
  assert.equal(countOfCases(finding({})), undefined)
  assert.equal(countOfCases(finding({ cases: [] })), 'no case on record')
  assert.equal(countOfCases(finding({ cases: [restriction] })), '1 case')
  assert.equal(countOfCases(finding({ cases: [restriction, restriction], more: true })), '2 cases and more')
})
