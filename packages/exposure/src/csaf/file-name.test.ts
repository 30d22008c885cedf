import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { csafFileName } from './file-name.ts'

test('file names are those of the standard (CSAF 2.0, 5.1)', () => {
  for (const [id, name] of [
    ['cisco-sa-20190513-secureboot', 'cisco-sa-20190513-secureboot.json'],
    ['Example Company - 2019-YH3234', 'example_company_-_2019-yh3234.json'],
    ['RHBA-2019:0024', 'rhba-2019_0024.json'],
    ['2022_#01-A', '2022_01-a.json'],
    ['GO+1', 'go+1.json'],
    ['../../etc/passwd', '_etc_passwd.json'],
  ] as const) {
    assert.equal(csafFileName(id), name)
  }
})

test('a-file-name-leads-nowhere-else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (id) => {
      const name = csafFileName(id)
      assert.match(name, /^[+\-a-z0-9_]+\.json$/)
      assert.doesNotMatch(name, /__/)
    }),
    { numRuns: 300 },
  )
})
