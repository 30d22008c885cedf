import { alpmScheme } from './alpm.ts'
import { describeScheme } from './scheme-laws.fixture.ts'

const shared = {
  scheme: alpmScheme,
  refused: [
    ['1.0-a', /is not an Arch Linux version: it is not \[epoch:\]pkgver/],
    ['1-2-3', /is not an Arch Linux version/],
    ['a:1', /is not an Arch Linux version/],
    ['1/2', /is not an Arch Linux version/],
    ['1.0.', /ends in neither a letter nor a digit/],
  ],
  pieces: ['0', '1', '10', '.', '..', '_', 'a', 'b', 'rc', '+'],
} as const

describeScheme('Arch Linux, without pkgrel', {
  ...shared,
  ascending: [
    // The example of vercmp(8).
    ['1.0a', '1.0b', '1.0beta', '1.0p', '1.0pre', '1.0rc', '1.0', '1.0.a', '1.0.1'],
    ['1', '1.0', '1.1', '1.1.1', '1.2', '2.0', '3.0.0'],
    ['1.0', '1.1', '0:1.2', '1:0.5', '2:0.1'],
    ['1.5', '1..5', '1...a'],
  ],
  equal: [
    ['1.5', '1_5', '1+5', '0:1.5', '1.05'],
    // vercmp(8): a pkgrel counts only where both have one.
    ['1.5-1', '1.5'],
    ['1.5-2', '1.5'],
  ],
  to: '1',
})

describeScheme('Arch Linux, with pkgrel', {
  ...shared,
  ascending: [['1.5b-9', '1.5-1', '1.5-1.1', '1.5-2', '1.5-10', '1.5.a-1', '1.5.1-1', '1:0-1']],
  from: '1',
  to: '0-1',
})
