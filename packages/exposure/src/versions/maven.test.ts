import { describeScheme } from './scheme-laws.fixture.ts'
import { mavenScheme } from './maven.ts'

describeScheme('Maven', {
  scheme: mavenScheme,
  ascending: [
    // Examples of the Version Order Specification.
    ['1-alpha', '1-beta', '1-milestone', '1-rc', '1-snapshot', '1', '1-sp', '1-foo', '1-foo2', '1-foo10', '1-1', '1.1'],
    ['1-a1', '1-b1', '1-m1', '1'],
    ['1.0-alpha-1-SNAPSHOT', '1.0-alpha-1', '1.0-alpha-2'],
    ['2.0.0.Beta9', '2.0.0.Beta10', '2.0.0.CR1', '2.0.0.Final', '2.0.0.SP1', '2.0.1.Beta1'],
    ['1.2.0', '1.2.0-jre', '1.2.0.1', '1.10'],
    ['99999999999999999998', '99999999999999999999'],
  ],
  equal: [
    ['1', '1.0', '1.0.0', '1-0', '1.ga', '1-final', '1.RELEASE', '1.', '1-', '01'],
    ['1-rc1', '1RC1', '1-cr-1', '1.0.0-rc1'],
    ['1-alpha-1', '1a1', '1.0alpha1'],
    ['0', '0.0', 'final', '0-0'],
  ],
  unordered: [
    // https://github.com/apache/maven/issues/8808, and the circle 2.0 < 2.0-1 < 2.0.RC1 < 2.0.
    ['1.0.0.RC1', '1.0.0-RC2'],
    ['2.0-1', '2.0.RC1'],
  ],
  refused: [['1.0 beta', /is not a Maven version: it contains white space/]],
  pieces: ['0', '1', '2', '10', '.', '-', 'a', 'alpha', 'rc', 'sp', 'final', 'x', '_'],
})
