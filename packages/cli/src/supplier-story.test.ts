/** Whom an operator believes: a vendor's "not affected" decides once the operator says so, and not before. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { corner } from './cli.fixture.ts'
import { widthOf } from './terminal/text.ts'

const insecure = '--insecure-no-passphrase'
const flaw = 'CVE-2026-1001'

interface Matches {
  readonly matches: readonly {
    readonly id: string
    readonly state: string
    readonly by: string
    readonly cause: string
  }[]
}

test('an operator believes a vendor about its packages, sees why a match changed, and takes it back', async (context) => {
  const own = corner(context)
  const file = (name: string, content: object): string => {
    writeFileSync(join(own.path, name), JSON.stringify(content))
    return name
  }
  await own.json('init', '--name', 'Keeper', insecure)
  await own.serve('serve')
  for (const [alias, name] of [
    ['acme', 'Acme'],
    ['north', 'North'],
  ] as const) {
    await own.json('party', 'create', alias, '--name', name, insecure)
    await own.json('product', 'gateway', '--as', alias, '--name', 'Gateway', '--updates', 'download')
  }
  await own.json('party', 'create', 'plant', '--name', 'Plant', '--type', 'operator', insecure)
  const component = { type: 'library', name: 'left', version: '1.0.0', purl: 'pkg:npm/left@1.0.0' }
  const sbom = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [component] }
  await own.json('inventory', 'add', file('plant.json', sbom), '--as', 'plant')
  const modified = '2026-11-20T12:00:00Z'
  const affected = [{ package: { ecosystem: 'npm', name: 'left' }, versions: ['1.0.0'] }]
  const osv = { schema_version: '1.7.0', id: 'N-1', modified, aliases: [flaw], summary: 'A flaw', affected }
  await own.json('advisory', 'publish', file('osv.json', osv), '--as', 'north', '--product', 'gateway')
  const other = { ...osv, id: 'ACME-1', affected: [{ ...affected[0], versions: ['0.9.0'] }] }
  await own.json('advisory', 'publish', file('other.json', other), '--as', 'acme', '--product', 'gateway')

  const matches = async () => (await own.json<Matches>('matches', '--as', 'plant', '--all')).matches
  const { urn } = await own.json<{ urn: string }>('party', 'show', 'acme')
  const supplier = urn.slice(-64)
  assert.deepEqual(
    (await matches()).map(({ state, by }) => [state, by]),
    [['affected', 'others']],
  )
  const shown = await own.run('supplier', 'believe', supplier, '--for', 'pkg:npm/left', '--as', 'plant')
  assert.equal(shown.code, 0, shown.stderr)
  const [settled] = await matches()
  assert.deepEqual([settled?.state, settled?.by, settled?.cause], ['not_affected', 'supplier', 'trust'])
  const full = await own.run('matches', settled?.id ?? '', '--as', 'plant')
  assert.match(full.stdout.replaceAll(/\s+/g, ' '), /brought by whom you believe as supplier/)
  const listed = await own.run('supplier', 'list', '--as', 'plant')
  assert.match(listed.stdout, new RegExp(`${supplier}\n {2}of pkg:npm/left, since`))
  for (const { stdout } of [shown, full, listed])
    for (const line of stdout.split('\n')) assert.ok(widthOf(line) <= 80, line)
  const bad = await own.run('supplier', 'believe', supplier, '--for', 'left', '--as', 'plant')
  assert.notEqual(bad.code, 0)
  assert.match(bad.stderr.replaceAll(/\s+/g, ' '), /is no package/)
  await own.json('supplier', 'drop', supplier, '--as', 'plant')
  assert.equal((await matches())[0]?.state, 'affected')
  assert.notEqual((await own.run('supplier', 'drop', supplier, '--as', 'plant')).code, 0)
})
