import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endOfDay, momentAt } from './zone.ts'

test('a moment is written with the offset of its zone, and a day ends where the zone says', () => {
  const at = Date.UTC(2026, 11, 22, 20, 59, 59) / 1000
  assert.equal(momentAt(at, 'Africa/Nairobi'), '2026-12-22 23:59:59 +03:00, Africa/Nairobi')
  assert.equal(momentAt(at, 'UTC'), '2026-12-22 20:59:59 UTC')
  assert.equal(momentAt(at, 'Africa/Accra'), '2026-12-22 20:59:59 +00:00, Africa/Accra')
  assert.equal(momentAt(at, 'America/St_Johns'), '2026-12-22 17:29:59 -03:30, America/St_Johns')
  assert.equal(endOfDay('2026-12-22', 'Africa/Nairobi'), at)
  // Clocks change that night: the day has 25 hours, and ends with its last second all the same.
  assert.equal(
    momentAt(endOfDay('2026-10-25', 'Europe/Paris'), 'Europe/Paris'),
    '2026-10-25 23:59:59 +01:00, Europe/Paris',
  )
  assert.equal(
    momentAt(endOfDay('2026-03-29', 'Europe/Paris'), 'Europe/Paris'),
    '2026-03-29 23:59:59 +02:00, Europe/Paris',
  )
  assert.equal(
    momentAt(endOfDay('2027-03-01', 'Pacific/Kiritimati'), 'Pacific/Kiritimati'),
    '2027-03-01 23:59:59 +14:00, Pacific/Kiritimati',
  )
})
