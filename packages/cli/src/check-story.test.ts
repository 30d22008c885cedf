/** A pipeline checks an SBOM against advisories that lie beside it: what it prints, and what it ends with. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { checked, elsewhere, left, leftAgain, pipeline, right, sbom, vex } from './check.fixture.ts'
import { widthOf } from './terminal/text.ts'

test('a line for each match, a summary, and 1 where something is affected', async (context) => {
  const own = pipeline(context)
  const { code, stdout, stderr } = await own.run('check', 'app.json', '--against', 'db')
  assert.equal(code, 1, stderr)
  assert.equal(stderr, '')
  for (const line of stdout.split('\n')) assert.ok(widthOf(line) <= 80, line)
  assert.match(stdout, /^ {2}AFFECTED +left@1\.0\.0 +CVE-2026-0001 +critical +3\.0\.0$/m)
  assert.match(stdout, /^ {2}AFFECTED +@scope\/right@2\.5\.0 +GHSA-dddd-eeee-ffff +- +-$/m)
  assert.match(stdout, /^ {2}undetermined +odd@latest +GHSA-gggg-hhhh-jjjj/m)
  assert.match(stdout, /3 matches: 2 affected, 1 undetermined; 5 components against 4 OSV\./)
  assert.match(stdout, /db: 1 file that is no advisory\./)
  assert.match(stdout, /Failed by 2 matches: --fail-on any\.\s*$/)
  assert.doesNotMatch(stdout, /elsewhere|fine/)

  const why = await own.run('check', 'app.json', '--against', 'db', '--why')
  assert.match(why.stdout, /GHSA-aaaa-bbbb-cccc: 1\.0\.0 is before fixed 3\.0\.0/)
  assert.match(why.stdout, /path: app@1\.0\.0 › left@1\.0\.0/)
  assert.match(why.stdout, /critical, base score 9\.8 of CVSS 3\.1/)
  for (const line of why.stdout.split('\n')) assert.ok(widthOf(line) <= 80, line)
})

test('the JSON holds everything, the same each time; one vulnerability under several names is one', async (context) => {
  const own = pipeline(context)
  own.write('db/more.jsonl', `${leftAgain}\n${elsewhere}\n`)
  const { code, verdict, counts, matches, sources } = await checked(own, '--against', 'db', '--kev', 'kev.json')
  assert.deepEqual([code, verdict], [1, 'failed'])
  assert.deepEqual(counts, { affected: 2, under_investigation: 0, undetermined: 1, fixed: 0, not_affected: 0 })
  const [first] = matches
  assert.equal(first?.vulnerability, 'CVE-2026-0001')
  assert.deepEqual(first?.names.toSorted(), ['CVE-2026-0001', 'GHSA-aaaa-bbbb-cccc', 'MAL-2026-7'])
  assert.deepEqual(first?.sources.map(({ document }) => document).toSorted(), ['GHSA-aaaa-bbbb-cccc', 'MAL-2026-7'])
  assert.deepEqual([first?.exploited, first?.rating, first?.fixes, first?.fails], [true, 'critical', ['3.0.0'], true])
  assert.deepEqual(first?.component.path, ['app@1.0.0', 'left@1.0.0'])
  assert.deepEqual(
    sources.map(({ refusals }) => refusals.map(({ name, code: why }) => `${name} ${why}`)),
    [[], ['npm/1.json.asc unknown-format']],
  )
  const runs = await Promise.all([1, 2].map(() => own.run('check', 'app.json', '--against', 'db', '--json')))
  assert.equal(runs[0]?.stdout, runs[1]?.stdout)
})

test('the policy decides: words, severities, what is mended, what is exploited, and what a supplier says', async (context) => {
  const own = pipeline(context)
  const codeOf = async (...args: readonly string[]): Promise<number | null> =>
    (await own.run('check', 'app.json', '--against', 'db', ...args)).code
  assert.equal(await codeOf('--fail-on', 'none'), 0)
  assert.equal(await codeOf('--fail-on', 'severity:high'), 1)
  assert.equal(await codeOf('--fail-on', 'exploited'), 0)
  assert.equal(await codeOf('--fail-on', 'exploited', '--kev', 'kev.json'), 1)
  assert.equal(await codeOf('--fail-on', 'fixable+undetermined'), 0)
  assert.equal(await codeOf('--fail-on', 'fixable,undetermined'), 1)
  assert.equal(await codeOf('--fail-on', 'fixable', '--vex', 'vex.json'), 0)

  const quiet = await checked(own, '--against', 'db', '--vex', 'vex.json')
  const spoken = quiet.matches.find(({ vulnerability }) => vulnerability === 'CVE-2026-0001')
  assert.deepEqual([spoken?.state, spoken?.fails, spoken?.sources.length], ['not_affected', false, 2])
  // What somebody put among the advisories is one voice among others.
  own.write('db/vex.json', vex)
  const beside = await checked(own, '--against', 'db')
  assert.equal(beside.matches.find(({ vulnerability }) => vulnerability === 'CVE-2026-0001')?.state, 'affected')
  const passed = await own.run('check', 'app.json', '--against', 'db', '--fail-on', 'investigated')
  assert.equal(passed.code, 0)
  assert.match(passed.stdout, /Passed: nothing meets --fail-on investigated\./)
})

test('advisories in every kind of packing, and an SBOM from standard input', async (context) => {
  const own = pipeline(context)
  own.write('one.json.gz', gzipSync(left))
  own.write('one.json.zst', zstdCompressSync(left))
  own.write('lines.gz', gzipSync(`${left}\n${right}\n`))
  for (const file of ['one.json.gz', 'one.json.zst', 'lines.gz']) {
    assert.equal((await checked(own, '--against', file)).matches[0]?.vulnerability, 'CVE-2026-0001', file)
  }
  const child = own.start('check', '-', '--against', 'db', '--json')
  child.stdin.end(sbom)
  const [code] = (await once(child, 'close')) as [number]
  assert.equal(code, 1)
})

test('a node that is named gives the advisories of its register', async (context) => {
  const own = pipeline(context)
  const insecure = '--insecure-no-passphrase'
  await own.json('init', '--name', 'Keeper', insecure)
  const { url } = await own.serve('serve')
  const empty = await own.run('check', 'app.json', '--node', url)
  assert.equal(empty.code, 2)
  assert.match(empty.stderr.replaceAll(/\s+/g, ' '), /holds no advisory .*it holds nothing/)
  await own.json('party', 'create', 'acme', '--name', 'Acme', '--type', 'provider', insecure)
  await own.json('product', 'app', '--name', 'App', '--updates', 'download', '--as', 'acme')
  for (const name of ['db/npm/1.json', own.write('right.json', right)]) {
    await own.json('advisory', 'publish', name, '--as', 'acme', '--product', 'app', '--title', 'A flaw')
  }
  const { code, matches } = await checked(own, '--node', url)
  assert.equal(code, 1)
  assert.deepEqual(matches.map(({ vulnerability }) => vulnerability).toSorted(), [
    'CVE-2026-0001',
    'GHSA-dddd-eeee-ffff',
  ])
  // Beside --against the node is not asked.
  assert.equal((await checked(own, '--node', 'http://127.0.0.1:9', '--against', 'db')).matches.length, 3)
  assert.equal((await own.run('check', 'app.json', '--node', 'http://127.0.0.1:9')).code, 4)
})
