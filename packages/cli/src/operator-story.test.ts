/** What an operator sees of many advisories: by whom, about what, why; and how it answers the right one. */
import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { corner, type Corner, type Ran } from './cli.fixture.ts'
import { widthOf } from './terminal/text.ts'

const samples = fileURLToPath(new URL('../../../samples/', import.meta.url))
const insecure = '--insecure-no-passphrase'

interface Matches {
  readonly affected: number
  readonly undetermined: number
  readonly not_affected: number
  readonly matches: readonly {
    readonly state: string
    readonly id: string
    readonly inventory: { readonly name: string }
    readonly vulnerability: { readonly id: string }
    readonly advisory: { readonly sub: string; readonly statement: string }
    readonly others: readonly { readonly sub: string }[]
    readonly acknowledged?: { readonly state: string }
  }[]
}

interface Failed {
  readonly error: { readonly code: string; readonly message: string; readonly choices?: readonly string[] }
}

/** A node with two providers and an operator. */
async function market(own: Corner): Promise<void> {
  await own.json('init', '--name', 'Keeper', insecure)
  await own.serve('serve')
  await own.json('party', 'create', 'acme', '--name', 'Acme Gateways', insecure)
  await own.json('party', 'create', 'north', '--name', 'North Systems', insecure)
  await own.json('party', 'create', 'plant', '--name', 'Plant', '--type', 'operator', insecure)
  await own.json('product', 'gateway', '--as', 'acme', '--name', 'Gateway', '--updates', 'download')
  await own.json('product', 'sensor', '--as', 'north', '--name', 'Sensor', '--updates', 'download')
}

/** One line of text, however the terminal broke it. */
function flat({ stdout, stderr }: Ran): string {
  return (stdout + stderr).replaceAll(/\s+/g, ' ')
}

function errorOf({ stderr }: Ran): Failed['error'] {
  const { error }: Failed = JSON.parse(stderr)
  return error
}

function fits(text: string, lines: number): void {
  assert.ok(text.split('\n').length <= lines, `${text.split('\n').length} lines:\n${text}`)
  for (const line of text.split('\n')) assert.ok(widthOf(line) <= 80, line)
}

test('two providers publish one identifier: one match names both with their products, and the hint answers it', async (context) => {
  const own = corner(context)
  await market(own)
  copyFileSync(join(samples, 'operator-inventory.cdx.json'), join(own.path, 'plant.cdx.json'))
  const osv = join(samples, 'GO-2023-2153.json')
  const published = await own.json<{ id: string }>('advisory', 'publish', osv, '--as', 'acme', '--product', 'gateway')
  await own.json('advisory', 'publish', osv, '--as', 'north', '--product', 'sensor')
  await own.json('inventory', 'add', 'plant.cdx.json', '--as', 'plant')

  const shown = await own.run('matches', '--as', 'plant')
  assert.equal(shown.code, 0, shown.stderr)
  fits(shown.stdout, 40)
  assert.match(flat(shown), /GO-2023-2153 by Acme Gateways \([0-9a-f]{8}…\), about Gateway: affected/)
  assert.match(flat(shown), /GO-2023-2153 by North Systems \([0-9a-f]{8}…\), about Sensor: affected/)
  const [one, ...more] = (await own.json<Matches>('matches', '--as', 'plant')).matches
  assert.deepEqual([more.length, one?.others.length], [0, 1])
  for (const product of ['gateway', 'sensor']) {
    const found = await own.json<Matches>('matches', '--as', 'plant', '--product', product)
    assert.deepEqual(
      found.matches.map(({ id }) => id),
      [one?.id],
    )
  }
  const whole = await own.run('matches', (one?.id ?? '').slice(0, 8), '--as', 'plant')
  assert.equal(whole.code, 0, whole.stderr)
  fits(whole.stdout, 60)
  assert.match(
    flat(whole),
    /since .* brought by the inventory .*What each says .*(Acme Gateways|North Systems).*says .*(Acme Gateways|North Systems)/,
  )
  const unknown = await own.run('matches', '000000', '--as', 'plant')
  assert.match(flat(unknown), /your vault has no match 000000/)
  assert.equal((await own.run('matches', 'nonsense', '--as', 'plant')).code, 2)
  assert.match(shown.stdout, /AFFECTED {2}google\.golang\.org\/grpc/)
  assert.match(
    flat(shown),
    /path .+ › .+ why .*before fixed 1\.57\.1.* range introduced 0, .*introduced 1\.57\.0, fixed 1\.57\.1/,
  )

  const ambiguous = await own.run('acknowledge', 'GO-2023-2153', '--as', 'plant', '--state', 'affected', '--json')
  assert.equal(ambiguous.code, 2)
  const { code, choices = [] } = errorOf(ambiguous)
  assert.deepEqual([code, choices.length, choices.includes(published.id)], ['ambiguous', 2, true])
  const told = await own.run('acknowledge', 'GO-2023-2153', '--as', 'plant', '--state', 'affected')
  assert.match(flat(told), /2 parties have an advisory "GO-2023-2153".*Acme Gateways.*gateway/)

  // The hint, word for word, settles the match.
  const hint = /comity (acknowledge [0-9a-f]{16}) --state …/.exec(shown.stdout)?.[1] ?? ''
  await own.json(
    ...hint.split(' '),
    '--as',
    'plant',
    '--state',
    'not-affected',
    '--justification',
    'component_not_present',
  )
  const after = await own.json<Matches>('matches', '--as', 'plant')
  assert.deepEqual(
    after.matches.map(({ acknowledged }) => acknowledged?.state),
    ['not_affected'],
  )

  // The same answer again is not filed, another is.
  const answer = [...hint.split(' '), '--as', 'plant', '--justification', 'component_not_present']
  const again = await own.run(...answer, '--state', 'not_affected')
  assert.match(flat(again), /Was registered before: .*nothing: this was said before; to say it again: --again/)
  assert.equal(
    (await own.json<{ duplicate: boolean }>(...hint.split(' '), '--as', 'plant', '--state', 'mitigated')).duplicate,
    false,
  )
  const wrong = await own.run('acknowledge', 'GO-2023-2153', '--as', 'plant', '--state', 'fine')
  assert.equal(wrong.code, 2)
  assert.match(flat(wrong), /Allowed choices are affected, not_affected, mitigated, remedied/)
})

test('hundreds of matches are one screen with an overview, and filters lead to each of them', async (context) => {
  const own = corner(context)
  await market(own)
  const components = Array.from({ length: 150 }, (_, i) => ({
    type: 'library',
    name: `part-${i}`,
    version: i % 3 === 0 ? 'soon' : '1.0.0',
    purl: `pkg:npm/part-${i}@${i % 3 === 0 ? 'soon' : '1.0.0'}`,
  }))
  for (const name of ['one', 'two']) {
    const document = { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${name}`, components }
    writeFileSync(join(own.path, `${name}.json`), JSON.stringify(document))
    await own.json('inventory', 'add', `${name}.json`, '--as', 'plant', '--name', `Plant ${name}`)
  }
  const advisory = async (id: string, as: string, product: string, packages: readonly number[]) => {
    const affected = packages.map((i) => ({
      package: { ecosystem: 'npm', name: `part-${i}` },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }],
    }))
    const record = { schema_version: '1.7.0', id, modified: '2026-11-20T12:00:00Z', summary: `About ${id}`, affected }
    writeFileSync(join(own.path, `${id}.json`), JSON.stringify(record))
    await own.json('advisory', 'publish', `${id}.json`, '--as', as, '--product', product)
  }
  await advisory(
    'WIDE-1',
    'acme',
    'gateway',
    components.map((_, i) => i),
  )
  await advisory('NARROW-1', 'north', 'sensor', [1, 2])

  const shown = await own.run('matches', '--as', 'plant')
  assert.equal(shown.code, 0, shown.stderr)
  fits(shown.stdout, 40)
  assert.match(flat(shown), /304 matches, 204 affected, 100 undetermined; of 2 vulnerabilities in 2 inventories\./)
  assert.match(shown.stdout, /WIDE-1 +200 +100 +nothing +Acme Gateways +Gateway/)
  assert.match(flat(shown), /… and 300 more matches: --advisory, --inventory and --state choose among them, --limit/)
  assert.equal(shown.stdout.match(/ {2}range /g)?.length, 4)

  const all = await own.json<Matches>('matches', '--as', 'plant')
  assert.deepEqual([all.affected, all.undetermined, all.matches.length], [204, 100, 304])
  const filtered = async (...filter: readonly string[]) => {
    const found = await own.json<Matches>('matches', '--as', 'plant', ...filter)
    return [found.matches.length, found.affected, found.undetermined]
  }
  assert.deepEqual(await filtered('--inventory', 'Plant two'), [152, 102, 50])
  assert.deepEqual(await filtered('--advisory', 'NARROW-1'), [4, 4, 0])
  assert.deepEqual(await filtered('--product', 'gateway', '--state', 'undetermined'), [100, 0, 100])
  assert.deepEqual(await filtered('--advisory', 'NARROW-1', '--inventory', 'Plant one', '--limit', '1'), [1, 2, 0])
  const some = await own.run('matches', '--as', 'plant', '--limit', '12')
  assert.match(flat(some), /… and 292 more matches/)
  const whole = await own.run('matches', '--as', 'plant', '--all')
  assert.equal(whole.stdout.match(/ {2}why /g)?.length, 304)
  assert.match(flat(await own.run('matches', '--as', 'plant', '--advisory', 'NONE')), /No match passes these filters\./)
  const none = await own.run('matches', '--as', 'plant', '--inventory', 'Plant three')
  assert.equal(none.code, 2)
  assert.match(flat(none), /no inventory "Plant three"/)
})

test('a bad SBOM ends both verbs with the same code, and the message names the file, the place and the whole reason', async (context) => {
  const own = corner(context)
  await market(own)
  const verbs = [
    ['inventory', 'add', '--as', 'plant'],
    ['release', 'add', '--as', 'acme', '--product', 'gateway', '--version', '1.0.0'],
  ] as const
  const tried = async (file: string, content: string) => {
    writeFileSync(join(own.path, file), content)
    return Promise.all(verbs.map(([one, two, ...more]) => own.run(one, two, file, ...more)))
  }
  for (const [file, content, code, says] of [
    ['empty.json', '', 'not-json', /empty\.json is no SBOM \(CycloneDX .*, as JSON\): .*it is empty/],
    ['bom.xml', '<bom/>', 'not-json', /bom\.xml is no SBOM .*it begins like XML/],
    [
      'spdx.json',
      '{"spdxVersion":"SPDX-1.2"}',
      'unsupported-sbom-version',
      /spdx\.json .*SPDX 2\.2, 2\.3 and 3\.0 is read, and "SPDX-1\.2" is another version at \/spdxVersion/,
    ],
    [
      'old.json',
      '{"bomFormat":"CycloneDX","specVersion":"1.2"}',
      'unsupported-sbom-version',
      /old\.json .*1\.4 to 1\.7/,
    ],
  ] as const) {
    for (const ran of await tried(file, content)) {
      assert.equal(ran.code, 2, `${file}: ${ran.stderr}`)
      assert.match(flat(ran), says)
      assert.match(ran.stderr, new RegExp(`code ${code}`))
    }
  }

  const nothing = '{"bomFormat":"CycloneDX","specVersion":"1.6"}'
  for (const ran of await tried('nothing.json', nothing)) {
    assert.equal(ran.code, 0, ran.stderr)
    assert.match(flat(ran), /warning nothing\.json lists no components, so no advisory can match it/)
  }
  const reason = 'a reason that is longer than one line of a terminal has, and of which nobody wants to miss the end'
  const bad = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ name: 'x', purl: `npm:${reason}` }] }
  writeFileSync(join(own.path, 'bad.json'), JSON.stringify(bad))
  const ran = await own.run('inventory', 'add', 'bad.json', '--as', 'plant')
  assert.match(flat(ran), /unreadable 1 part of the document: \/components\/0\/purl .*/)
  const { problems } = JSON.parse(
    (await own.run('inventory', 'add', 'bad.json', '--as', 'plant', '--json')).stdout,
  ) as { problems: { message: string }[] }
  assert.ok(flat(ran).includes(problems[0]?.message.replaceAll(/\s+/g, ' ') ?? 'none'), ran.stdout)
  assert.match(flat(ran), /its one component has no package URL/)
})

test('with several parties in a home, what the vault is asked needs a party, and says so', async (context) => {
  const own = corner(context)
  await market(own)
  writeFileSync(join(own.path, 'x.json'), readFileSync(join(samples, 'operator-inventory.cdx.json')))
  for (const args of [['matches'], ['inventory', 'list'], ['inventory', 'add', 'x.json']]) {
    const ran = await own.run(...args)
    assert.equal(ran.code, 2, ran.stderr)
    assert.match(flat(ran), /whose vault\? Give --as with one of acme, keeper, north, plant/, args.join(' '))
  }
})
