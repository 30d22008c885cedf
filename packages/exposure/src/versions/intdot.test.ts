import { intdotScheme } from './intdot.ts'
import { describeScheme } from './scheme-laws.fixture.ts'

describeScheme('the VERS type intdot', {
  scheme: intdotScheme,
  ascending: [['1', '1.0', '1.2', '1.10', '10.234.5.12']],
  // "ignoring leading zeros", and "stop at the first character that is not a digit or a dot".
  equal: [['10.234.5.12', '010.0234.5.12', '10.234.5.12-beta', '10.234.5.12.', '10.234.5.12..1']],
  refused: [
    ['v1', /does not begin with a number/],
    ['.1', /does not begin with a number/],
  ],
  pieces: ['0', '1', '.', '.1', 'a', '-'],
})
