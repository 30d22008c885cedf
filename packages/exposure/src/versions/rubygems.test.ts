import { describeScheme } from './scheme-laws.fixture.ts'
import { rubygemsScheme } from './rubygems.ts'

describeScheme('RubyGems', {
  scheme: rubygemsScheme,
  ascending: [
    // The documentation of Gem::Version.
    ['0.9', '1.0.a.2', '1.0.b1', '1.0', '1.0.1'],
    ['1.0.a9', '1.0.a10', '1.0.b', '1.0.rc1', '1.0', '1.1.rc'],
    ['1.0-java', '1.0', '1.0.0.1', '1.2', '1.10'],
  ],
  equal: [
    ['1', '1.0', '1.0.0', '01'],
    ['1.0.a2', '1.a.2', '1.0.a.2.0', '1.0.a02'],
    ['1.0-x', '1.0.pre.x', ' 1.0-x '],
  ],
  refused: [
    ['1beta', /is not a RubyGems version: it is not a number/],
    ['1..2', /is not a RubyGems version/],
    ['junk', /is not a RubyGems version/],
    ['1.2+3', /is not a RubyGems version/],
  ],
  pieces: ['0', '1', '10', '.0', '.1', '.a', '.b1', '.rc', '-x'],
  from: '1',
})
