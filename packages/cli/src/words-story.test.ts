/** What parties say about themselves and each other, what changed between two dates, and what an operator takes back. */
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { corner } from './cli.fixture.ts'

const samples = fileURLToPath(new URL('../../../samples/', import.meta.url))
const insecure = '--insecure-no-passphrase'

interface Filed {
  readonly id: string
  readonly kind: string
  readonly at: number
  readonly effective: number | null
}

interface Changes {
  readonly kinds: Readonly<Record<string, number>>
  readonly statements: readonly { readonly id: string }[]
  readonly findings: readonly {
    readonly party: string
    readonly provision: string
    readonly before?: object
    readonly after?: { readonly level?: string }
  }[]
}

test('a State adheres, others endorse and trust, and the differences between two dates are what was said between them', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  await own.serve('serve')
  const found = async (alias: string, ...more: readonly string[]): Promise<string> =>
    (await own.json<{ urn: string }>('party', 'create', alias, '--name', alias, ...more, insecure)).urn
  const agency = await found('agency', '--type', 'state', '--state', 'XA')
  const watch = await found('watch', '--type', 'civil-society')
  await found('plant', '--type', 'operator')

  const endorsed = await own.json<Filed>('endorse', 'agency', '--as', 'watch', '--claim', 'name', '--claim', 'keys')
  assert.equal(endorsed.kind, 'endorsement')
  const wrong = await own.run('endorse', 'agency', '--as', 'watch', '--claim', 'everything')
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /\/claims\/0/)
  const shown = await own.run('party', 'show', 'agency')
  assert.match(shown.stdout, /watch/)

  await sleep(1100) // the log's times are whole seconds
  const trusted = await own.json<Filed & { digest: string }>(
    'trust',
    '--as',
    'plant',
    '--endorser',
    'watch',
    '--inspector',
    watch,
    '--state',
    'XA=agency',
  )
  assert.match(trusted.digest, /^sha256:[0-9a-f]{64}$/)
  const adhered = await own.json<Filed>('adhere', 'code', '--as', 'agency', '--declare', 'code-d=We publish SBOMs')
  assert.equal((await own.run('adhere', 'code', '--as', 'plant')).code, 3, 'an operator supports, it does not adhere')

  await sleep(1100)
  await own.json('support', 'gids', '--as', 'plant')
  const between = ['--from', String(endorsed.at), '--to', String(adhered.at)]
  const changes = await own.json<Changes>('diff', ...between)
  assert.deepEqual(changes.kinds, { adherence: 1, trust: 1 })
  assert.deepEqual(new Set(changes.statements.map(({ id }) => id)), new Set([trusted.id, adhered.id]))
  assert.ok(changes.findings.length > 0 && changes.findings.every(({ party, before }) => party === agency && !before))
  assert.equal(changes.findings.find(({ provision }) => provision === 'code-d')?.after?.level, 'declared')
  const text = await own.run('diff', ...between)
  assert.match(text.stdout, /adherence 1, trust 1/)
  const backwards = await own.run('diff', '--from', String(adhered.at), '--to', String(endorsed.at))
  assert.equal(backwards.code, 2)

  const withdrawn = await own.json<Filed>('adhere', 'code', '--as', 'agency', '--withdraw-after', '2030-01-01')
  assert.notEqual(withdrawn.id, adhered.id)
  assert.equal((await own.run('audit')).code, 0)
})

test('an inventory that is removed is gone with its matches', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  await own.serve('serve')
  await own.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  await own.json('party', 'create', 'plant', '--name', 'Plant', '--type', 'operator', insecure)
  copyFileSync(join(samples, 'operator-inventory.cdx.json'), join(own.path, 'plant.cdx.json'))
  await own.json('product', 'app', '--as', 'acme', '--updates', 'download')
  await own.json('advisory', 'publish', join(samples, 'GO-2023-2153.json'), '--as', 'acme', '--product', 'app')
  const added = await own.json<{ id: string; affected: number }>('inventory', 'add', 'plant.cdx.json', '--as', 'plant')
  assert.equal(added.affected, 1)
  const missing = await own.run('inventory', 'remove', 'Plant 2', '--as', 'plant')
  assert.equal(missing.code, 2)
  assert.match(missing.stderr.replaceAll(/\s+/g, ' '), /holds no inventory "Plant 2"/)
  assert.deepEqual(await own.json('inventory', 'remove', 'plant.cdx.json', '--as', 'plant'), { removed: added.id })
  assert.deepEqual(await own.json('inventory', 'list', '--as', 'plant'), [])
  const after = await own.json<{ affected: number; matches: unknown[] }>('matches', '--as', 'plant')
  assert.deepEqual([after.affected, after.matches], [0, []])
})
