import { describeScheme } from './scheme-laws.fixture.ts'
import { gentooScheme } from './gentoo.ts'

describeScheme('Gentoo', {
  scheme: gentooScheme,
  ascending: [
    // PMS 8, Algorithms 3.1 to 3.7.
    [
      '1_alpha',
      '1_alpha1',
      '1_beta',
      '1_pre',
      '1_rc',
      '1_rc1_p',
      '1',
      '1-r1',
      '1_p',
      '1_p1',
      '1a',
      '1b_alpha',
      '1b',
      '1.0',
    ],
    ['1.0', '1.01', '1.1', '1.1.0', '1.9', '1.10', '2'],
    ['1_p_rc1', '1_p', '1_p_p'],
  ],
  equal: [
    ['1.0', '1.00', '1.0-r0', '01.0', '1.0-r00'],
    ['1.01', '1.010'],
    ['1_rc', '1_rc0'],
  ],
  refused: [
    ['1.0_git1', /is not a Gentoo version: it is not numbers/],
    ['1.0ab', /is not a Gentoo version/],
    ['1.0A', /is not a Gentoo version/],
    ['1.0-1', /is not a Gentoo version/],
  ],
  pieces: ['0', '1', '.0', '.1', '.01', '.10', 'a', '_rc', '_p1', '_alpha', '-r1', '-r0'],
  from: '1',
})
