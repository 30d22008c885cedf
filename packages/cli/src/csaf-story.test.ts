/** A provider writes CSAF, is told what is not valid before anything is signed, and finds what was valid in its tree. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type CsafAdvisory, parseCsaf } from '@comity/exposure'
import { corner, type Ran } from './cli.fixture.ts'

const osv = fileURLToPath(new URL('../../../samples/GO-2023-2153.json', import.meta.url))
const insecure = '--insecure-no-passphrase'

interface Written {
  readonly file: string
  readonly version: string
}

interface Published {
  readonly advisory: string
  readonly duplicate: boolean
}

function flat({ stdout, stderr }: Ran): string {
  return (stdout + stderr).replaceAll(/\s+/g, ' ')
}

function readBack({ file }: Written): CsafAdvisory {
  return parseCsaf(readFileSync(file)).advisory
}

test('a document is written from OSV, published and listed; a revision takes its place; what is not valid is not signed', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  const { url } = await own.serve('serve')
  const { urn } = await own.json<{ urn: string }>('party', 'create', 'acme', '--name', 'Acme', insecure)
  await own.json('product', 'app', '--as', 'acme', '--updates', 'download')
  const write = ['advisory', 'csaf', '--as', 'acme', '--product', 'app', '--from', osv] as const
  const homeless = await own.run(...write)
  assert.equal(homeless.code, 2)
  assert.match(flat(homeless), /say with --namespace https:\/\/… which address is yours/)
  const place = ['--namespace', 'https://acme.example', '--remedy-version', '2.1.1'] as const
  const first = await own.json<Written>(...write, ...place)
  assert.equal(first.file, join(own.path, 'go-2023-2153.json'))
  const written = readBack(first)
  assert.deepEqual([written.tracking.id, written.publisher.name], ['GO-2023-2153', 'Acme'])
  assert.deepEqual(
    written.products.slice(0, 2).map(({ vendor, version }) => `${vendor} ${version?.text}`),
    ['Acme vers:semver/<2.1.1', 'Acme 2.1.1'],
  )
  assert.equal(written.vulnerabilities[0]?.ids[0]?.text, 'GO-2023-2153')

  const publish = ['advisory', 'publish', first.file, '--as', 'acme', '--product', 'app'] as const
  const published = await own.json<Published>(...publish)
  assert.match(published.advisory, /:GO-2023-2153$/)
  assert.equal((await own.json<Published>(...publish)).duplicate, true)
  const tree = `${url}/csaf/${urn.slice(-64)}/white/`
  const year = String(new Date().getUTCFullYear())
  const listed = async (path: string): Promise<string> => {
    const answer = await fetch(tree + path)
    return answer.status === 200 ? answer.text() : ''
  }
  // It is checked beside everything else, in a moment or two.
  while (!(await listed('index.txt')).includes(`${year}/go-2023-2153.json`)) await sleep(50)
  assert.equal(await listed(`${year}/go-2023-2153.json`), readFileSync(first.file, 'utf8'))
  assert.match(await listed(`${year}/go-2023-2153.json.asc`), /^-----BEGIN PGP SIGNATURE-----/)

  const { listed: keys } = await own.json<{ listed: string[] }>('advisory', 'new-key', '--as', 'keeper')
  assert.equal(keys.length, 2)
  const again = await own.run(...write, ...place)
  assert.match(flat(again), /go-2023-2153\.json exists already/)
  const second = await own.json<Written>(...write, ...place, '--change', 'A remedy', '--out', 'second.json')
  assert.equal(second.version, '2')
  assert.deepEqual(
    readBack(second).tracking.revisions.map(({ number, summary }) => `${number} ${summary}`),
    ['1 First version', '2 A remedy'],
  )

  const spoiled = JSON.parse(readFileSync(second.file, 'utf8'))
  spoiled.vulnerabilities[0].cwe = { id: 'CWE-79', name: 'Something else' }
  writeFileSync(join(own.path, 'spoiled.json'), JSON.stringify(spoiled))
  const refuse = async (document: object): Promise<string> => {
    writeFileSync(join(own.path, 'spoiled.json'), JSON.stringify(document))
    const ran = await own.run('advisory', 'publish', 'spoiled.json', '--as', 'acme', '--product', 'app')
    assert.equal(ran.code, 2, ran.stdout)
    assert.ok(
      ran.stderr.split('\n').every((line) => line.length <= 80),
      ran.stderr,
    )
    return flat(ran)
  }
  const why = await refuse(spoiled)
  assert.match(why, /fails test 6\.1\.11 of CSAF 2\.0/)
  assert.match(why, /what would be right: the id of a CWE weakness/)
  assert.match(why, /\/vulnerabilities\/0\/cwe\/name/)
  spoiled.vulnerabilities[0].cwe = undefined
  spoiled.document.distribution.tlp.label = 'AMBER'
  assert.match(await refuse(spoiled), /TLP:AMBER is not for everybody/)
  assert.match(await refuse({ document: {} }), /no CSAF document/)
})

test('a document is written without a record, and what cannot be right is said', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  await own.serve('serve')
  await own.json('product', 'app', '--updates', 'download')
  const write = (...more: readonly string[]) =>
    own.run('advisory', 'csaf', '--product', 'app', '--namespace', 'https://keeper.example', ...more)
  const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N'
  const form = ['--id', 'APP-1', '--title', 'It leaks', '--cve', 'CVE-2026-0001', '--cvss', vector] as const
  const ran = await write(
    ...form,
    '--affected',
    '>=1.0.0|<2.0.0',
    '--reference',
    'https://keeper.example/app-1',
    '--json',
  )
  assert.equal(ran.code, 0, ran.stderr)
  const written: Written = JSON.parse(ran.stdout)
  const { products, vulnerabilities } = readBack(written)
  assert.equal(products[0]?.version?.text, 'vers:semver/>=1.0.0|<2.0.0')
  assert.equal(vulnerabilities[0]?.scores[0]?.vector, vector)

  for (const [more, says] of [
    [['--id', 'APP-2'], /say --id and --title/],
    [['--id', 'APP-2', '--title', 'x', '--cvss', 'CVSS:4.0/AV:N'], /cannot be used/],
    [['--id', 'APP-2', '--title', 'x', '--affected', 'some of them'], /is no version range/],
    [['--id', 'APP-2', '--title', 'x', '--product', 'other'], /other is not registered/],
    [['--id', 'APP-2', '--title', 'x', '--cve', 'CVE-1'], /fails its schema/],
  ] as const) {
    const refused = await write(...more)
    assert.equal(refused.code, 2, `${more.join(' ')}: ${refused.stdout}`)
    assert.match(flat(refused), says)
    assert.equal(existsSync(join(own.path, 'app-2.json')), false)
  }
})
