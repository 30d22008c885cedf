import { alpineScheme } from './alpine.ts'
import { describeScheme } from './scheme-laws.fixture.ts'

describeScheme('Alpine', {
  scheme: alpineScheme,
  ascending: [
    // apk-package(5), "Package version".
    ['1.0_alpha', '1.0_beta', '1.0_pre', '1.0_rc', '1.0', '1.0_cvs', '1.0_svn', '1.0_git', '1.0_hg', '1.0_p'],
    ['1.0_alpha_pre2', '1.0_alpha', '1.0_alpha1', '1.0_alpha2', '1.0_alpha10'],
    ['1.0', '1.0-r0', '1.0-r1', '1.0-r10', '1.0_p1', '1.0_p1-r1', '1.0a', '1.0b', '1.0.1'],
    // After the first number, a leading zero makes texts of both.
    ['1.0', '1.00', '1.01', '1.010', '1.1', '1.9', '1.10'],
    // Published by Alpine (opensmtpd), and invalid for apk-tools 3.
    ['6.6.4_p1', '6.6.4p1-r0', '6.6.4p1-r1', '6.6.4p2-r0', '6.6.4p10-r0'],
    ['2.0~12ab', '2.0~12ac', '2.0~12ac-r1'],
  ],
  equal: [
    ['1.2-r1', '01.2-r01'],
    ['1_p1', '1_p01'],
  ],
  refused: [
    ['1-r', /is not an Alpine version: it is not numbers joined by points/],
    ['1..2', /is not an Alpine version/],
    ['1.2A', /is not an Alpine version/],
    ['1.2_blah', /there is no suffix "_blah"/],
    ['.1', /is not an Alpine version/],
    ['1.0bc', /is not an Alpine version/],
  ],
  pieces: ['0', '1', '9', '.0', '.1', '.10', 'a', '_rc', '_p', '_alpha', '-r1', '-r2'],
  from: '1',
})
