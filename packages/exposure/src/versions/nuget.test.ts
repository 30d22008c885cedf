import { describeScheme } from './scheme-laws.fixture.ts'
import { nugetScheme } from './nuget.ts'

describeScheme('NuGet', {
  scheme: nugetScheme,
  ascending: [
    // "Pre-release versions" of the documentation, and SemVer 2.0.0 §11.
    [
      '1.0.1-aaa',
      '1.0.1-alpha',
      '1.0.1-alpha.2',
      '1.0.1-alpha.10',
      '1.0.1-Alpha2',
      '1.0.1-beta',
      '1.0.1',
      '1.0.1.1-rc',
      '1.0.1.1',
    ],
    ['1.0.1-1', '1.0.1-1.1', '1.0.1-a', '1.0.1'],
  ],
  equal: [
    // "Normalized version numbers" of the documentation.
    ['1.00', '1.0', '1', '1.0.0', '1.0.0.0', '1.0.0+build7'],
    ['1.01.1', '1.1.1'],
    ['1.0.0-RC.1', '1.0.0-rc.1', '1.0-rC.01'],
  ],
  refused: [
    ['1.2.3.4.5', /is not a NuGet version: it is not one to four numbers/],
    ['v1.0', /is not a NuGet version/],
    ['1.*', /is not a NuGet version/],
    ['1.0-', /is not a NuGet version/],
    ['1.0-a..b', /is not a NuGet version/],
  ],
  pieces: ['0', '1', '.0', '.1', '.10', '-a', '-A', '-1', 'b', '+c'],
  from: '1',
})
