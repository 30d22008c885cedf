import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { disagrees, parseCpe } from './cpe.ts'

describe('parseCpe', () => {
  it('reads the formatted string, with quoted characters', () => {
    assert.deepEqual(parseCpe(String.raw`cpe:2.3:a:ex\:ample:net\+:1\:2.3\+b:rc1:*:*:*:*:*:*`), {
      part: 'a',
      vendor: 'ex:ample',
      product: 'net+',
      version: '1:2.3+b',
      update: 'rc1',
    })
  })

  it('reads the URI, with what is left out at its end', () => {
    assert.deepEqual(parseCpe('cpe:/o:example:os%2b'), {
      part: 'o',
      vendor: 'example',
      product: 'os+',
      version: '*',
      update: '*',
    })
  })

  for (const text of ['', 'cpe:2.3:a:b:c', 'cpe:/x:b:c', 'cpe:/a', 'pkg:npm/a', `cpe:/a:b:${'c'.repeat(3000)}`]) {
    it(`takes ${JSON.stringify(text.slice(0, 30))} for no name`, () => assert.equal(parseCpe(text), undefined))
  }

  it('any-text-is-a-name-or-none', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, version) => {
        for (const each of [text, `cpe:2.3:${text}`, `cpe:/${text}`]) {
          const cpe = parseCpe(each)
          if (cpe !== undefined) disagrees(cpe, version)
        }
      }),
    )
  })
})

describe('disagrees', () => {
  const named = (version: string, update = '*') => ({ part: 'a', vendor: '*', product: 'p', version, update }) as const

  it('is told by versions that cannot both be meant', () => {
    assert.equal(disagrees(named('1.2.3'), '2.0.0'), true)
    assert.equal(disagrees(named('1.2'), '1.20'), true)
    assert.equal(disagrees(named('2.0'), '1:1.2.3-4'), true)
  })

  it('lets a package add its own revision, epoch or prefix to the version', () => {
    assert.equal(disagrees(named('1.2.3'), '1:1.2.3-4ubuntu1'), false)
    assert.equal(disagrees(named('1.2.3'), 'v1.2.3'), false)
    assert.equal(disagrees(named('1:1.2.3-4'), '1:1.2.3-4'), false)
    assert.equal(disagrees(named('8.0_build_1'), '8.0 Build 1'), false)
    assert.equal(disagrees(named('*'), '9'), false)
    assert.equal(disagrees(named('-'), '9'), false)
    assert.equal(disagrees(named('1.2', 'rc1'), '1.2rc1'), false)
  })
})
