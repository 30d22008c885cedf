import { lexicographicScheme } from './lexicographic.ts'
import { describeScheme } from './scheme-laws.fixture.ts'

describeScheme('the VERS type lexicographic', {
  scheme: lexicographicScheme,
  // By octets of UTF-8: a code point above U+FFFF comes last, and UTF-16 would put it before U+FF5E.
  ascending: [['10', '9', 'A', 'a', 'aa', 'e\u0301', 'z', '\u00e9', '\uff5e', '\u{1f600}']],
  equal: [['1.0', '1.0']],
  refused: [['1\ud800', /has a surrogate without its counterpart/]],
  pieces: ['0', 'a', '\u00e9', '\u{1f600}', '\uff5e'],
})
