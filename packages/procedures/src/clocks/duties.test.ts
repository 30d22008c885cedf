import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { acrossEmbargo, dutiesUnder, type DutyView, type Happenings, nextDue } from './duties.ts'
import { clockProfiles, dutyOf, profileOf } from './profiles/profiles.ts'

const day = 86_400
const hour = 3600
/** 2026-11-20 10:00 in Brussels. */
const exploitedAt = Date.UTC(2026, 10, 20, 9) / 1000

function one(law: string, duty: string, happened: Happenings, at = exploitedAt): DutyView {
  return dutiesUnder([law], happened, at).find((each) => each.duty === duty) ?? assert.fail(duty)
}

test('Cyber Resilience Act: 24 and 72 hours from awareness of exploitation, exact to the second', () => {
  assert.equal(one('eu-cra', 'early-warning', { exploitedAt }).endsAt, exploitedAt + 24 * hour)
  assert.equal(one('eu-cra', 'notification', { exploitedAt }).endsAt, exploitedAt + 72 * hour)
  assert.match(one('eu-cra', 'early-warning', { exploitedAt }).deadline ?? '', /^2026-11-21T10:00:00\+01:00\[/)
})

test('Cyber Resilience Act: the final report counts from the remedy being available, and not from awareness', () => {
  assert.equal(one('eu-cra', 'final-report', { exploitedAt }).standing, 'not-begun')
  const remedyAt = exploitedAt + 30 * day
  const { deadline, standing } = one('eu-cra', 'final-report', { exploitedAt, remedyAt }, remedyAt)
  assert.equal(deadline, '2027-01-03T23:59:59+01:00[Europe/Brussels]')
  assert.equal(standing, 'running')
  assert.equal(one('eu-cra', 'final-report', { remedyAt }).standing, 'not-begun', 'nobody exploits it: nothing is due')
  const before = one('eu-cra', 'final-report', { exploitedAt, remedyAt: exploitedAt - 100 * day })
  assert.equal(before.standing, 'running', 'a remedy that was there before counts from the later of both')
})

test('Cyber Resilience Act: the final report on an incident is due a month after its notification was sent', () => {
  const happened = { incidentAt: exploitedAt }
  assert.equal(one('eu-cra', 'incident-final-report', happened).standing, 'not-begun')
  const sent = { 'eu-cra/incident-notification': Date.UTC(2026, 10, 22, 12) / 1000 }
  const { deadline } = one('eu-cra', 'incident-final-report', { ...happened, sent })
  assert.equal(deadline, '2026-12-22T23:59:59+01:00[Europe/Brussels]')
})

test('awareness alone starts no clock of a law that asks for exploitation, and starts that of one that does not', () => {
  const views = dutiesUnder(['eu-cra', 'cn-products'], { awareAt: exploitedAt }, exploitedAt)
  assert.deepEqual(
    views.filter(({ standing }) => standing === 'running').map(({ law, duty }) => `${law}/${duty}`),
    ['cn-products/report'],
  )
})

test('of several laws all are shown, and the report that is due next is named, whichever law it is of', () => {
  const happened = { awareAt: exploitedAt, exploitedAt, incidentAt: exploitedAt }
  const views = dutiesUnder(['eu-cra', 'cn-products', 'cl-21663', 'in-cert-in'], happened, exploitedAt)
  assert.equal(views.length, 6 + 1 + 3 + 1)
  assert.equal(nextDue(views)?.law, 'cl-21663')
  const sent = { 'cl-21663/early-warning': exploitedAt + hour }
  assert.equal(
    nextDue(dutiesUnder(['eu-cra', 'cl-21663', 'in-cert-in'], { ...happened, sent }, exploitedAt))?.law,
    'in-cert-in',
  )
  assert.equal(nextDue(dutiesUnder(['eu-cra'], {}, exploitedAt)), undefined)
})

test('what was sent stands as sent, in time or late, also long after', () => {
  const at = exploitedAt + 400 * day
  const sent = (after: number): Happenings => ({ exploitedAt, sent: { 'eu-cra/early-warning': exploitedAt + after } })
  assert.equal(one('eu-cra', 'early-warning', sent(24 * hour), at).standing, 'sent')
  assert.equal(one('eu-cra', 'early-warning', sent(24 * hour + 1), at).standing, 'sent-late')
  assert.equal(one('eu-cra', 'early-warning', { exploitedAt }, exploitedAt + 24 * hour).standing, 'running')
  assert.equal(one('eu-cra', 'early-warning', { exploitedAt }, exploitedAt + 24 * hour + 1).standing, 'lapsed')
})

test('reports that are due before an embargo ends cut across it', () => {
  const views = dutiesUnder(['eu-cra', 'cn-products'], { awareAt: exploitedAt }, exploitedAt)
  const across = acrossEmbargo(views, exploitedAt + 30 * day)
  assert.deepEqual(
    across.map(({ law }) => law),
    ['cn-products'],
  )
  assert.equal(acrossEmbargo(views, exploitedAt + day).length, 0)
})

test('working days are those of the State whose law it is', () => {
  // Thanksgiving, 26 November 2026, and weekends do not count.
  const { deadline } = one('us-fda-806', 'correction', { remedyAt: exploitedAt })
  assert.equal(deadline, '2026-12-07T23:59:59-05:00[America/New_York]')
})

test('each profile cites its law, says whom it binds and to whom, and every region has one', () => {
  const regions = new Set(clockProfiles.flatMap((profile) => (profile.id === 'generic' ? [] : profile.regions)))
  assert.equal(regions.size, 5)
  assert.equal(new Set(clockProfiles.map(({ id }) => id)).size, clockProfiles.length)
  for (const profile of clockProfiles) {
    assert.ok(profile.law !== '' && profile.binds !== '')
    assert.equal(new Set(profile.duties.map(({ name }) => name)).size, profile.duties.length)
    for (const duty of profile.duties) {
      assert.ok(duty.source.text !== '' && duty.to !== '' && duty.contents.length > 0, `${profile.id}/${duty.name}`)
      if ('afterReport' in duty.counts) assert.ok(dutyOf(profile, duty.counts.afterReport))
    }
  }
  assert.throws(() => profileOf('moon'), { code: 'unknown-profile', message: /"moon".*eu-cra/ })
})

test('a-lapse-is-not-a-verdict: time alone changes how a clock stands, and neither its end nor what was sent', () => {
  const moments = fc.option(fc.integer({ min: exploitedAt - 400 * day, max: exploitedAt + 400 * day }), {
    nil: undefined,
  })
  const happenings = fc.record({ awareAt: moments, exploitedAt: moments, incidentAt: moments, remedyAt: moments })
  fc.assert(
    fc.property(happenings, fc.nat(800 * day), (maybe, later) => {
      const happened = Object.fromEntries(Object.entries(maybe).filter(([, at]) => at !== undefined)) as Happenings
      const laws = clockProfiles.map(({ id }) => id)
      const keep = ({ law, duty, endsAt, sentAt }: DutyView) => [law, duty, endsAt, sentAt]
      const now = dutiesUnder(laws, happened, exploitedAt)
      assert.deepEqual(dutiesUnder(laws, happened, exploitedAt + later).map(keep), now.map(keep))
      for (const { endsAt, standing } of now) assert.equal(endsAt === undefined, standing === 'not-begun')
    }),
    { numRuns: 50 },
  )
})
