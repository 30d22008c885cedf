import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { purlKey } from './package-key.ts'
import { parsePurl } from './purl.ts'

describe('purlKey', () => {
  const sameKey: readonly (readonly [key: string, ...given: string[]])[] = [
    [
      'pkg:golang/github.com/sirupsen/logrus',
      'pkg:golang/github.com/Sirupsen/logrus@v1.0.0',
      'pkg:golang/github.com/sirupsen/logrus?type=module#hooks',
    ],
    ['pkg:golang/stdlib', 'pkg:golang/std@1.21.0', 'pkg:golang/stdlib@go1.21'],
    ['pkg:golang/toolchain', 'pkg:golang/cmd@1.21.0'],
    ['pkg:pypi/zope-interface', 'pkg:pypi/zope.interface@5.0', 'pkg:pypi/Zope_Interface'],
    ['pkg:nuget/newtonsoft.json', 'pkg:nuget/Newtonsoft.Json@13.0.1'],
    ['pkg:npm/%40types/node', 'pkg:npm/%40types/node@24.0.0', 'pkg:npm/@types/node'],
    ['pkg:npm/JSONStream', 'pkg:npm/JSONStream@1.3.5'],
  ]
  for (const [key, ...given] of sameKey) {
    for (const purl of given) {
      it(`of ${purl} is ${key}`, () => assert.equal(purlKey(parsePurl(purl)), key))
    }
  }

  it('takes a bare name that no parser has seen, and never throws', () => {
    assert.equal(purlKey({ type: 'julia', name: 'Dates' }), 'pkg:julia/Dates')
    assert.equal(purlKey({ type: 'npm', name: '\ud800' }), 'pkg:npm/%EF%BF%BD')
  })
})
