import { conanScheme } from './conan.ts'
import { describeScheme } from './scheme-laws.fixture.ts'

describeScheme('Conan', {
  scheme: conanScheme,
  ascending: [
    // The Conan 2 tutorial, "Versions": any number of items, letters, pre-release and build.
    ['1.0-', '1.0-alpha.3', '1.0-alpha.22', '1.0-beta', '1.0', '1.0+b.3', '1.0+b.22', '1.0+b1', '1.0.0.1', '1.1'],
    ['1.1.1', '1.1.1a', '1.1.1w', '1.1.1za', '1.1.2', '3.0.0', 'cci.20200203', 'cci.20210118'],
    ['9c', '9d', '10'],
    ['1.9', '1.9.a', '1.10', '1.a'],
  ],
  equal: [
    ['1', '1.0', '1.0.0', '01'],
    ['1-pre1', '1.0-pre1.0'],
    ['1+b1', '1.0+b1.0'],
  ],
  refused: [
    ['1.0 ', /is not a Conan version: it has other characters/],
    ['1..0', /one of its items is empty/],
    ['-1', /one of its items is empty/],
    ['[>1.0]', /is not a Conan version/],
  ],
  pieces: ['0', '1', '9', '10', '.0', '.1', 'a', '.b', '-p', '-', '+c', '-1'],
  from: '1',
})
