import { debianScheme } from './debian.ts'
import { describeScheme } from './scheme-laws.fixture.ts'

describeScheme('Debian', {
  scheme: debianScheme,
  ascending: [
    // The example of Debian Policy §5.6.12.
    ['1.0~~', '1.0~~a', '1.0~', '1.0', '1.0a'],
    ['1.2-1~bpo12+1', '1.2-1', '1.2-1+deb12u1', '1.2-1+deb12u2', '1.2-1.1', '1.2-2', '1.10-1', '1:0.1-1'],
    // Letters come before other characters.
    ['2.7-13', '2.7-13ubuntu1', '2.7-13+deb9u1'],
    ['1.0-1-1', '1.0-1-2', '1.0-2-1'],
    ['99999999999999999998', '99999999999999999999'],
  ],
  equal: [
    ['1.0', '0:1.0', '1.0-0', '00:1.0-00', '1.00', '01.0'],
    ['1:1:2-1', '01:1:2-1'],
  ],
  refused: [
    ['1.0_1', /is not a Debian version: it is not \[epoch:\]upstream/],
    ['1.0-', /nothing follows its last hyphen/],
    ['1:1-1:', /nothing follows its last hyphen/],
    ['unfixed', /starts with a digit/],
    ['a:1.0', /is not a Debian version/],
    ['1.0 ', /is not a Debian version/],
  ],
  pieces: ['0', '1', '9', '10', '~', '.', '+', '-', 'a', 'Z'],
  from: '1',
  to: '0',
})
