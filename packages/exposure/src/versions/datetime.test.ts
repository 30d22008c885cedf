import { datetimeScheme } from './datetime.ts'
import { describeScheme } from './scheme-laws.fixture.ts'

describeScheme('the VERS type datetime', {
  scheme: datetimeScheme,
  ascending: [
    ['0001-01-01T00:00:00Z', '0099-12-31T00:00:00Z', '1999-12-31T23:59:59Z', '2024-02-29T00:00:00Z'],
    ['2024-01-01T12:00:00+02:00', '2024-01-01T10:00:00.05Z', '2024-01-01T10:00:00.5Z', '2024-01-01T12:00:00-05:00'],
    ['2016-12-31T23:59:59.9Z', '2016-12-31T23:59:60Z'],
  ],
  equal: [
    // RFC 3339 §5.8: one instant in several writings.
    ['1985-04-12T23:20:50.52Z', '1985-04-13T00:20:50.520+01:00', '1985-04-12t23:20:50.52z'],
    ['1996-12-19T16:39:57-08:00', '1996-12-20T00:39:57Z', '1996-12-20T00:39:57.000-00:00'],
  ],
  refused: [
    ['2024-01-01', /is not a timestamp: it is not YYYY-MM-DD/],
    ['2024-01-01T00:00:00', /with "Z" or an offset/],
    ['2023-02-29T00:00:00Z', /there is no such day/],
    ['2024-01-01T24:00:00Z', /there is no such time of day/],
    ['2024-01-01T00:00:00+24:00', /there is no such offset/],
    ['2024-01-01T00:00:00.Z', /is not a timestamp/],
  ],
  pieces: ['0', '1', '9', '10'],
  from: '2024-01-01T00:00:00.',
  to: '+01:00',
})
