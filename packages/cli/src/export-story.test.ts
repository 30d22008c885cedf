/** What is on record leaves the house as OSCAL: texts without a node, adherence and findings from one. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { corner } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

type Document = Readonly<Record<string, unknown>>

test('catalogs and mappings are written without a node, the same each time, and a file is not replaced unasked', async (context) => {
  const own = corner(context)
  const first = await own.run('export', 'oscal', 'catalog', '--instrument', 'gids')
  assert.equal(first.code, 0, first.stderr)
  assert.equal((await own.run('export', 'oscal', 'catalog', '--instrument', 'gids')).stdout, first.stdout)
  assert.deepEqual(Object.keys(JSON.parse(first.stdout)), ['catalog'])
  const norms = await own.json<Document>('export', 'oscal', 'catalog', '--instrument', 'norms')
  assert.deepEqual(Object.keys(norms), ['catalog'])

  const written = await own.run('export', 'oscal', 'mapping', '--out', 'code-mapping.json')
  assert.match(written.stdout, /Written: mapping/)
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(own.path, 'code-mapping.json'), 'utf8'))), [
    'mapping-collection',
  ])
  const inTheWay = await own.run('export', 'oscal', 'catalog', '--out', 'code-mapping.json')
  assert.equal(inTheWay.code, 2)
  assert.match(inTheWay.stderr, /--force/)
  for (const wrong of [
    ['poem'],
    ['profile'],
    ['catalog', '--instrument', 'magna-carta'],
    ['mapping', '--instrument', 'norms'],
  ]) {
    const ran = await own.run('export', 'oscal', ...wrong)
    assert.equal(ran.code, 2, wrong.join(' '))
    assert.notEqual(ran.stderr, '')
  }
})

test('a State’s adherence is its profile, and findings of one and of all are results', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  await own.serve('serve')
  const agency = await own.json<{ urn: string }>(
    'party',
    'create',
    'agency',
    '--name',
    'Agency',
    '--type',
    'state',
    '--state',
    'XA',
    insecure,
  )
  const none = await own.run('export', 'oscal', 'profile', '--party', 'agency')
  assert.equal(none.code, 3)
  assert.match(none.stderr, /neither adheres/)

  await own.json('adhere', 'code', '--as', 'agency', '--reserve', 'code-c=Under our constitution.')
  const profile = JSON.stringify(await own.json<Document>('export', 'oscal', 'profile', '--party', 'agency'))
  assert.ok(profile.includes('Under our constitution.') && profile.includes(agency.urn))
  const one = await own.json<Document>('export', 'oscal', 'results', '--party', 'agency')
  const all = await own.json<Document>('export', 'oscal', 'results')
  for (const results of [one, all]) assert.ok(JSON.stringify(results).includes('"code-a'))
  assert.ok(JSON.stringify(all).includes('findings-digest'))
  assert.deepEqual(Object.keys(await own.json<Document>('export', 'oscal', 'plan')), ['assessment-plan'])
})
