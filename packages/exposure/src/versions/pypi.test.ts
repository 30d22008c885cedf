import { describeScheme } from './scheme-laws.fixture.ts'
import { pypiScheme } from './pypi.ts'

describeScheme('PyPI', {
  scheme: pypiScheme,
  ascending: [
    // "Summary of permitted suffixes and relative ordering" of the specification.
    [
      '1.dev0',
      '1.0.dev456',
      '1.0a1',
      '1.0a2.dev456',
      '1.0a12.dev456',
      '1.0a12',
      '1.0b1.dev456',
      '1.0b2',
      '1.0b2.post345.dev456',
      '1.0b2.post345',
      '1.0rc1.dev456',
      '1.0rc1',
      '1.0',
      '1.0+abc.5',
      '1.0+abc.7',
      '1.0+5',
      '1.0.post456.dev34',
      '1.0.post456',
      '1.0.15',
      '1.1.dev1',
    ],
    ['2026.10', '1!0.1', '2!0.0.1'],
  ],
  equal: [
    // "Normalization" of the specification, spelling by spelling.
    ['1.0rc1', '1.0RC1', '1.0c1', '1.0pre1', '1.0.preview.1', '1.0-rc-1', '1.0_rc_1', 'v1.0rc1', ' 1.0rc1\n'],
    ['1.0.post4', '1.0-4', '1.0.rev4', '1.0-r4', '1.0post4', '1.0.post-4'],
    ['1.0.dev0', '1.0dev', '1.0-DEV', '0!1.0.dev00'],
    ['1', '1.0', '1.0.0', '01.0'],
    ['1.0+ubuntu.1', '1.0+Ubuntu-1', '1.0+ubuntu_01'],
  ],
  refused: [
    ['trunk', /is not a PyPI version: it is not N\.N\.N/],
    ['2013-01-21T20:33:09+0100', /is not a PyPI version/],
    ['1.0-final', /is not a PyPI version/],
    ['1.0+', /is not a PyPI version/],
    ['1.0 rc1', /is not a PyPI version/],
  ],
  pieces: ['0', '1', '10', '.0', '.1', 'a1', 'b', 'rc1', '.post1', '.dev1', '-2', '+x', '.dev'],
  from: '1',
})
