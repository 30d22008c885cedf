import { from } from './material.fixture.ts'

const valid = (name: string, text: string, canonical: string) => ({ name, text, canonical })
const invalid = (name: string, text: string, pointer?: string) => ({
  name,
  text,
  code: 'not-i-json',
  ...(pointer === undefined ? {} : { pointer }),
})

/** Backslash, so that escapes below read as they stand in the JSON text. */
const b = '\\'

export const json = {
  about: 'RFC 7493 and RFC 8785: texts that are I-JSON, with their canonical form, and texts that are not',
  from,
  cases: [
    valid('empty object', '{}', '{}'),
    valid('white space and order', ' { "b" : 1 ,\n "a" : [ true , null ] } ', '{"a":[true,null],"b":1}'),
    valid(
      'numbers',
      '[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001,-0]'.replace('1E30,', ''),
      '[333333333.3333333,4.5,0.002,1e-27,0]',
    ),
    valid(
      'escapes',
      `["${b}u20ac$${b}u000F${b}u000aA'${b}u0042${b}u0022${b}u005c${b}${b}${b}"${b}/"]`,
      `["€$${b}u000f${b}nA'B${b}"${b}${b}${b}${b}${b}"/"]`,
    ),
    valid(
      'names by UTF-16 code units',
      '{"€":1,"\\r":2,"\ufb33":3,"1":4,"😀":5,"\u0080":6,"ö":7}',
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ),
    valid('largest integer', '{"a":9007199254740991}', '{"a":9007199254740991}'),
    valid('a name called __proto__', '{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}'),
    valid('equal names in different objects', '{"a":{"a":1},"b":{"a":1}}', '{"a":{"a":1},"b":{"a":1}}'),
    valid('64 levels', '['.repeat(64) + ']'.repeat(64), '['.repeat(64) + ']'.repeat(64)),
    invalid('65 levels', '['.repeat(65) + ']'.repeat(65)),
    invalid('name twice', '{"a":1,"a":1}', '/a'),
    invalid('name twice, deep', '{"x":[0,{"b":[],"b":2}]}', '/x/1/b'),
    invalid('name twice, once escaped', `{"a":1,"${b}u0061":2}`, '/a'),
    invalid('integer above 2^53', '{"a":9007199254740993}', '/a'),
    invalid('number that overflows', '[1e400]', '/0'),
    invalid('lone surrogate', `{"a":"${b}ud800"}`, '/a'),
    invalid('noncharacter', '{"a":"\ufdd0"}', '/a'),
    invalid('byte order mark', '\ufeff{}'),
    invalid('trailing comma', '[1,]'),
    invalid('not a number', '{"a":NaN}'),
    invalid('two values', '{} {}'),
    invalid('nothing', ''),
  ],
}
