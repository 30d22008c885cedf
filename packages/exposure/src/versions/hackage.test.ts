import { hackageScheme } from './hackage.ts'
import { describeScheme } from './scheme-laws.fixture.ts'

describeScheme('Hackage', {
  scheme: hackageScheme,
  // Data.Version: "versions are lexicographically ordered by their branch".
  ascending: [['0.9', '1', '1.0', '1.0.0', '1.0.1', '1.2', '1.10', '10']],
  equal: [['1.2', '1.02', '01.2']],
  refused: [
    ['1.0-beta', /is not a Hackage version: it is not numbers joined by points/],
    ['1.', /is not a Hackage version/],
    ['v1.0', /is not a Hackage version/],
  ],
  pieces: ['0', '1', '2', '.0', '.1', '.10'],
  from: '1',
})
