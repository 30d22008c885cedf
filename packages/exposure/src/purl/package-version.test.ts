import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { packageVersion } from './package-version.ts'
import { parsePurl } from './purl.ts'

const cases: readonly (readonly [purl: string, version: string | undefined])[] = [
  ['pkg:rpm/redhat/curl@7.76.1-29.el9?arch=x86_64', '7.76.1-29.el9'],
  ['pkg:rpm/redhat/bind@9.16.23-18.el9?arch=x86_64&epoch=32', '32:9.16.23-18.el9'],
  ['pkg:rpm/redhat/bind@32:9.16.23-18.el9?epoch=32', '32:9.16.23-18.el9'],
  ['pkg:rpm/redhat/bind?epoch=32', undefined],
  ['pkg:deb/debian/curl@1:7.88.1-10', '1:7.88.1-10'],
  ['pkg:npm/a@1.0.0?epoch=1', '1.0.0'],
]

describe('packageVersion', () => {
  for (const [purl, version] of cases) {
    it(`finds ${version ?? 'no version'} in ${purl}`, () => assert.equal(packageVersion(parsePurl(purl)), version))
  }
})
