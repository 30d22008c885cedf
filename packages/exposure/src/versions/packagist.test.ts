import { describeScheme } from './scheme-laws.fixture.ts'
import { packagistScheme } from './packagist.ts'

describeScheme('Packagist', {
  scheme: packagistScheme,
  ascending: [
    // The order of words that the documentation of version_compare() gives.
    ['1.0-dev', '1.0alpha1', '1.0b1', '1.0RC1', '1.0', '1.0pl1'],
    ['dev-main', '1.0-dev', '1.2.0', '1.10.0'],
    ['v4.4.0-BETA1', 'v4.4.0-RC1', 'v4.4.0', 'v4.4.1'],
    ['1.0.0', '1.0.0-patch1', '1.0.0-patch2', '1.0.1'],
  ],
  equal: [
    ['1.0.0', 'v1.0.0', 'V1.0.0', '1-0_0', '01.0.0'],
    ['1.0.0-beta2', '1.0.0b2', '1.0.0-b.2', '1.0.0_beta-2'],
  ],
  unordered: [
    // Composer fills up to four numbers, PHP does not.
    ['1.0', '1.0.0'],
    ['v3.0', 'v3.0.0-beta'],
    // PHP takes the upper-case words for unknown, and unknown words for equal.
    ['1.0-ALPHA', '1.0-BETA'],
    ['dev-one', 'dev-two'],
    // Composer leaves "stable" and build metadata away.
    ['5.1.0-stable', '5.1.0-beta2'],
    ['1.0.0+1', '1.0.0+2'],
  ],
  refused: [
    ['1.2.3.#', /is not a Composer version: it is neither numbers and words/],
    ['main', /is not a Composer version/],
    ['>=1.0', /is not a Composer version/],
    ['1.0 as 2.0', /is not a Composer version/],
  ],
  pieces: ['0', '1', '.0', '.1', '10', '-beta', 'RC1', 'a', '-p1', '-dev', '_x', '-stable'],
  from: '1',
})
