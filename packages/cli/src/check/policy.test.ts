import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CliError } from '../cli-error.ts'
import { fails, type Judged, policyFrom } from './policy.ts'

const affected: Judged = { state: 'affected', fixes: [], isExploited: false }
const high: Judged = { ...affected, rating: 'high' }
const fixable: Judged = { ...affected, fixes: ['1.2.3'] }
const exploited: Judged = { ...affected, isExploited: true }
const undetermined: Judged = {
  ...affected,
  state: 'undetermined',
  fixes: ['1.2.3'],
  isExploited: true,
  rating: 'critical',
}
const harmless: Judged = { ...undetermined, state: 'not_affected' }
const all = {
  affected,
  high,
  fixable,
  exploited,
  undetermined,
  harmless,
  waiting: { ...affected, state: 'under_investigation' },
}

/** The names of those that fail. */
function failing(policy: string): string {
  return Object.entries(all)
    .filter(([, match]) => fails(policyFrom(policy), match))
    .map(([name]) => name)
    .join(' ')
}

test('a policy names what fails', () => {
  assert.equal(failing('any'), 'affected high fixable exploited')
  assert.equal(failing('fixable'), 'fixable')
  assert.equal(failing('exploited'), 'exploited')
  assert.equal(failing('severity:low'), 'high')
  assert.equal(failing('severity:high'), 'high')
  assert.equal(failing('severity:critical'), '')
  assert.equal(failing('undetermined'), 'undetermined')
  assert.equal(failing('investigated'), 'waiting')
  assert.equal(failing('none'), '')
})

test('commas are alternatives, and what stands between + holds together', () => {
  assert.equal(failing('fixable, exploited'), 'fixable exploited')
  assert.equal(failing('any,undetermined'), 'affected high fixable exploited undetermined')
  assert.equal(failing('any+severity:high'), 'high')
  assert.equal(failing('fixable+exploited'), '')
  assert.equal(failing('exploited+any,severity:high'), 'high exploited')
})

test('what is no policy is refused with what would be one', () => {
  for (const [text, says] of [
    ['', /"" is none of any, fixable/],
    ['all', /"all" is none of any, fixable/],
    ['any,', /"" is none of/],
    ['any+constructor', /"constructor" is none of/],
    ['severity:urgent', /one of low, medium, high, critical, and not "urgent"/],
    ['severity', /"severity" is none of/],
    ['none,any', /none stands alone/],
  ] as const) {
    assert.throws(
      () => policyFrom(text),
      (error) => error instanceof CliError && error.code === 'usage' && says.test(error.message),
      text,
    )
  }
})
