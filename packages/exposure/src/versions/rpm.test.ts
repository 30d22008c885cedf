import { describeScheme } from './scheme-laws.fixture.ts'
import { rpmScheme } from './rpm.ts'

describeScheme('RPM', {
  scheme: rpmScheme,
  ascending: [
    // The rules of rpm-version(7), one each.
    ['1.0~rc1', '1.0~rc1^git1', '1.0~rc2', '1.0', '1.0^20260101', '1.0^20260102', '1.0a', '1.0.1', '1.1'],
    ['1.a', '1.b', '1.9', '1.10'],
    ['1', '1-0', '1-0.el9', '1-1', '2-0', '1:0-0', '2:0'],
    ['7.76.1-26.el9', '7.76.1-26.el9_3.2', '7.76.1-29.el9', '7.76.1-29.el9_4.1'],
    // A colon after something else than a number only separates.
    ['a:1', 'a1:1', 'a:2', 'b:1'],
  ],
  equal: [
    ['1.0', '1_0', '1..0', '0:1.0', '00:1.0', '1.0.', '1.000'],
    ['1.0-1', '1.0-01', '1.0-1.'],
  ],
  refused: [
    ['1.0 1', /is not an RPM version: it contains white space/],
    ['1:', /nothing follows its epoch/],
  ],
  pieces: ['0', '1', '10', '.', '-', '~', '^', 'a', 'b', '+', ':'],
})
