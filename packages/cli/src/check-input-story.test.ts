/** A pipeline is given what cannot be read, wholly or in part: it says what, and never passes what it did not see. */
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { zipOf } from '../../exposure/src/files/zip.fixture.ts'
import { checked, left, osv, pipeline, right } from './check.fixture.ts'
import { widthOf } from './terminal/text.ts'

test('what cannot be read is named, and the rest counts; what broke off is never a pass', async (context) => {
  const own = pipeline(context)
  const file = (name: string, text: string) => ({ name, bytes: Buffer.from(text) })
  const bomb = Buffer.alloc(70_000_000, 0x20)
  const bad = zipOf([
    file('../../etc/cron.d/x', left),
    { ...file('sealed.json', left), flags: 1 },
    file('cut.json', left.slice(0, 40)),
    file('latin.json', ''),
    { name: 'latin.json', bytes: Buffer.from('{"id":"\u{e9}"}', 'latin1') },
    { name: 'bomb.json', bytes: bomb },
    { name: 'inner.zip', bytes: zipOf([]) },
    file('fine.json', right),
  ])
  own.write('bad.zip', bad)
  const refused = await checked(own, '--against', 'bad.zip', '--fail-on', 'undetermined')
  assert.deepEqual([refused.code, refused.verdict, refused.matches.length], [0, 'passed', 1])
  assert.deepEqual(
    refused.sources[0]?.refusals.map(({ name, code }) => `${name.replace('bad.zip/', '')} ${code}`),
    [
      '../../etc/cron.d/x path-outside',
      'sealed.json encrypted',
      'cut.json not-json',
      'latin.json unknown-format',
      'latin.json not-utf-8',
      'bomb.json too-large',
      'inner.zip nested-archive',
    ],
  )
  const shown = await own.run('check', 'app.json', '--against', 'bad.zip')
  assert.match(shown.stdout, /bad\.zip: 6 items were not read:/)
  for (const line of shown.stdout.split('\n')) assert.ok(widthOf(line) <= 80, line)

  // A feed that died half-way: what came is looked at, and nobody is told that all is well.
  const whole = gzipSync(Array.from({ length: 5000 }, (_, at) => osv(`X-${at}`, `p${at}`)).join('\n'))
  own.write('died.jsonl.gz', whole.subarray(0, whole.length >> 1))
  const died = await own.run('check', 'app.json', '--against', 'died.jsonl.gz')
  assert.equal(died.code, 2)
  assert.match(died.stdout, /unexpected end of file/)
  assert.match(died.stdout, /Incomplete: died\.jsonl\.gz could not be read to the end/)
  own.write(
    'shared.zip',
    zipOf([
      file('a', right),
      { name: 'k', bytes: bomb.subarray(0, 9e6) },
      ...Array.from({ length: 40 }, (_, at) => ({ name: `${at}`, bytes: bomb.subarray(0, 9e6), sharedWith: 1 })),
    ]),
  )
  const stopped = await checked(own, '--against', 'shared.zip')
  assert.deepEqual([stopped.code, stopped.verdict, stopped.sources[0]?.isCutOff], [1, 'failed', true])
})

test('a document that says more than anybody could weigh is refused alone', async (context) => {
  const own = pipeline(context)
  const cpes = Array.from({ length: 600 }, (_, n) => `cpe:2.3:a:acme:relay${n}:*:*:*:*:*:*:*:*`)
  const versions = Array.from({ length: 1000 }, (_, n) => ({ version: `${n}`, status: 'affected' }))
  const multiplied = JSON.stringify({
    dataType: 'CVE_RECORD',
    dataVersion: '5.1',
    cveMetadata: { cveId: 'CVE-2026-0001', state: 'PUBLISHED' },
    containers: { cna: { affected: [{ product: 'relay', cpes, versions }] } },
  })
  const items = { 'CVE-2026-0001.json': multiplied, 'right.json': right }
  own.write('mixed.zip', zipOf(Object.entries(items).map(([name, text]) => ({ name, bytes: Buffer.from(text) }))))
  const { matches, sources } = await checked(own, '--against', 'mixed.zip')
  assert.equal(matches.length, 1)
  assert.deepEqual(
    sources[0]?.refusals.map(({ name, code }) => [name, code]),
    [['mixed.zip/CVE-2026-0001.json', 'too-many']],
  )
})

test('a file of two gigabytes is refused by its size, as an SBOM and as an advisory', async (context) => {
  const own = pipeline(context)
  for (const name of ['huge.json', 'db/huge.json']) truncateSync(join(own.path, own.write(name, '')), 2 * 1024 ** 3)
  const asSbom = await own.run('check', 'huge.json', '--against', 'db', '--json')
  assert.equal(asSbom.code, 2)
  assert.equal(JSON.parse(asSbom.stderr).error.code, 'too-large')
  const asAdvisory = await checked(own, '--against', 'db')
  assert.deepEqual(asAdvisory.sources[0]?.refusals[0], {
    name: 'huge.json',
    code: 'too-large',
    message: 'one item may have 67108864 octets, and this has more',
  })
})

test('what was given wrong ends with 2 and says what would be right', async (context) => {
  const own = pipeline(context)
  own.write('empty.json', '{}')
  own.write('broken.json', `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"a"},{"name"`)
  mkdirSync(join(own.path, 'nothing'))
  symlinkSync('/nowhere', join(own.path, 'nothing', 'link'))
  const wrong = [
    [['app.json'], /against what\? Name advisories with --against, or a node/],
    [['none.json', '--against', 'db'], /the SBOM none\.json does not exist/, 'not-found'],
    [['db', '--against', 'db'], /the SBOM db is a folder/, 'not-found'],
    [['empty.json', '--against', 'db'], /empty\.json is no SBOM/, 'not-an-sbom'],
    [['broken.json', '--against', 'db'], /cut off/, 'not-json'],
    [['app.json', '--against', 'nowhere'], /nowhere: it does not exist/, 'not-found'],
    [['app.json', '--against', 'nothing'], /nothing holds no advisory .*of link: it does not exist/, 'unreadable'],
    [['app.json', '--against', 'app.json'], /app\.json holds no advisory .*an SBOM \(CycloneDX\)/, 'unknown-format'],
    [['app.json', '--against', 'kev.json'], /kev\.json holds no advisory .*it holds KEV 1/],
    [['app.json', '--against', 'db', '--vex', 'db/npm/1.json'], /holds no VEX .*it holds OSV 1/],
    [['app.json', '--against', 'db', '--kev', 'vex.json'], /holds no catalogue .*it holds OpenVEX 1/],
    [['app.json', '--against', '-'], /not read from standard input/],
    [['app.json', '--against', 'db', '--fail-on', 'all'], /"all" is none of any, fixable/],
  ] as const
  const all = await Promise.all(wrong.map(async ([args]) => own.run('check', ...args, '--json')))
  for (const [index, ran] of all.entries()) {
    const [args = [], says = /none/, code] = wrong[index] ?? []
    assert.equal(ran.code, 2, args.join(' '))
    const { error } = JSON.parse(ran.stderr)
    assert.match(error.message, says)
    if (code !== undefined) assert.equal(error.code, code)
    assert.equal(ran.stdout, '')
  }
})
