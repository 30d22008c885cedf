import { cranScheme } from './cran.ts'
import { describeScheme } from './scheme-laws.fixture.ts'

describeScheme('CRAN', {
  scheme: cranScheme,
  // help(package_version): compared number by number, whatever joins them.
  ascending: [['0.9', '0.75', '1.0', '1.0-0', '1.0-1', '1.0.2', '1.0-10', '1.1']],
  equal: [['1.2-3', '1.2.3', '1-2-3', '1.02.3']],
  refused: [
    ['1', /is not an R package version: it is not two or more numbers/],
    ['1.0a', /is not an R package version/],
    ['1.0--1', /is not an R package version/],
  ],
  pieces: ['0', '1', '.0', '.1', '-1', '-10'],
  from: '1.1',
})
