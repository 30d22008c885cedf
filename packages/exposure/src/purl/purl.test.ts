import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { formatPurl, maxPurlLength, parsePurl, type PurlParts } from './purl.ts'
import { purlTypes } from './purl-types.ts'

describe('parsePurl', () => {
  it('takes a package URL apart', () => {
    assert.deepEqual(parsePurl('pkg:npm/%40fastify/cookie@11.0.2?vcs_url=git%2Bhttps://example.org/c#lib/index.js'), {
      type: 'npm',
      namespace: '@fastify',
      name: 'cookie',
      version: '11.0.2',
      qualifiers: { vcs_url: 'git+https://example.org/c' },
      subpath: 'lib/index.js',
    })
  })

  const canonical: readonly (readonly [given: string, written: string])[] = [
    ['PKG://NPM/@babel/core', 'pkg:npm/%40babel/core'],
    ['pkg:golang/golang.org/x/net@v0.17.0#/http2/./', 'pkg:golang/golang.org/x/net@v0.17.0#http2'],
    ['pkg:golang/stdlib@1.21.5', 'pkg:golang/stdlib@1.21.5'],
    ['pkg:brew/node@20@20.10.0', 'pkg:brew/node%4020@20.10.0'],
    ['pkg:oci/debian@sha256%3AABCD?tag=12', 'pkg:oci/debian@sha256:abcd?tag=12'],
    ['pkg:pypi/Django_Package@1.0.RC1', 'pkg:pypi/django-package@1.0.rc1'],
    ['pkg:pub/My-Thing@1.0.0', 'pkg:pub/my_thing@1.0.0'],
    ['pkg:generic/a?b=1&a=&c=2', 'pkg:generic/a?b=1&c=2'],
    ['pkg:maven/g/a?Repository_URL=x', 'pkg:maven/g/a?repository_url=x'],
    ['pkg:git/example.org/team/repo.git@main', 'pkg:git/example.org/team/repo.git@main'],
    ['pkg:generic/%E6%BC%A2@1', 'pkg:generic/%E6%BC%A2@1'],
    ['pkg:generic/a@', 'pkg:generic/a'],
  ]
  for (const [given, written] of canonical) {
    it(`reads ${given} as ${written}`, () => {
      assert.equal(formatPurl(parsePurl(given)), written)
      assert.equal(formatPurl(parsePurl(written)), written)
    })
  }

  const refused: readonly (readonly [given: string, because: RegExp])[] = [
    ['', /does not start with "pkg:"/],
    ['npm/foo@1.0.0', /does not start with "pkg:"/],
    ['pkg:npm', /has no name/],
    ['pkg:npm/', /has no name/],
    ['pkg:npm/@1.0.0', /has no name/],
    ['pkg:3d/foo', /type "3d"/],
    ['pkg:n%70m/foo', /type "n%70m"/],
    ['pkg:npm/foo bar@1', /percent-encoded/],
    ['pkg:npm/foo\u00e9', /percent-encoded/],
    ['pkg:npm/foo%zz', /not percent-encoded UTF-8/],
    ['pkg:npm/foo%ff', /not percent-encoded UTF-8/],
    ['pkg:npm/a%2Fb/foo', /hides a "\/"/],
    ['pkg:npm/foo@1/2', /its version contains "\/"/],
    ['pkg:npm/foo?a', /has no "="/],
    ['pkg:npm/foo?A=1', /qualifier "A"/],
    ['pkg:npm/foo?a=1&a=2', /stands there twice/],
    ['pkg:swift/Alamofire@5.4.3', /type swift needs a namespace/],
    ['pkg:swift/github.com/Alamofire/@5.4.3', /no name before "@"/],
    ['pkg:cargo/some/rand@1.0.0', /type cargo has no namespace/],
    ['pkg:julia/Dates', /needs the qualifier "uuid"/],
    ['pkg:cpan/URI::PackageURL', /module name/],
    [`pkg:npm/${'a'.repeat(maxPurlLength)}`, /at most 8192 are read/],
  ]
  for (const [given, because] of refused) {
    it(`refuses ${JSON.stringify(given.slice(0, 60))} and says why`, () => {
      assert.throws(
        () => parsePurl(given),
        (error) => error instanceof ExposureError && error.code === 'bad-purl' && because.test(error.message),
      )
    })
  }

  it('never gives an inherited qualifier', () => {
    const { qualifiers } = parsePurl('pkg:npm/foo?constructor=1')
    assert.deepEqual(Object.entries(qualifiers), [['constructor', '1']])
    assert.equal(parsePurl('pkg:constructor/foo').type, 'constructor')
  })
})

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const parts: fc.Arbitrary<PurlParts> = fc
  .record({
    type: fc.oneof(fc.constantFrom(...Object.keys(purlTypes)), fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9.-]{0,8}$/)),
    namespace: fc.option(text, { nil: undefined }),
    name: text,
    version: fc.option(text, { nil: undefined }),
    qualifiers: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9._-]{0,6}$/), text, { maxKeys: 3 }),
    subpath: fc.option(text, { nil: undefined }),
  })
  .map(withoutUndefined)

describe('package URLs, by property', () => {
  it('what-is-written-reads-back-the-same', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const written = orRefused(() => formatPurl(given))
        if (written === undefined) return
        assert.equal(formatPurl(parsePurl(written)), written)
      }),
      { numRuns: 2000 },
    )
  })

  it('any-text-is-read-or-refused', () => {
    const noise = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...'pkg:/@?=&#%2Fa.-'), maxLength: 40 }).map((rest) => `pkg:${rest}`),
    )
    fc.assert(
      fc.property(noise, (given) => {
        const purl = orRefused(() => parsePurl(given))
        if (purl !== undefined) assert.deepEqual(parsePurl(formatPurl(purl)), purl)
      }),
      { numRuns: 5000 },
    )
  })
})

/** The result, or undefined when it was refused in the one way that is allowed. */
function orRefused<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    assert.ok(error instanceof ExposureError, String(error))
    assert.equal(error.code, 'bad-purl')
    return undefined
  }
}

function withoutUndefined(given: {
  readonly type: string
  readonly namespace: string | undefined
  readonly name: string
  readonly version: string | undefined
  readonly qualifiers: Readonly<Record<string, string>>
  readonly subpath: string | undefined
}): PurlParts {
  const { type, namespace, name, version, qualifiers, subpath } = given
  return {
    type,
    ...(namespace !== undefined && { namespace }),
    name,
    ...(version !== undefined && { version }),
    qualifiers,
    ...(subpath !== undefined && { subpath }),
  }
}
