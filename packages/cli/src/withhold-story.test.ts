import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { corner } from './cli.fixture.ts'

const samples = fileURLToPath(new URL('../../../samples/', import.meta.url))
const insecure = '--insecure-no-passphrase'

test('who published a document withholds it, nobody else but the keeper, and the log stays whole', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  const { url } = await own.serve('serve')
  for (const alias of ['acme', 'other']) await own.json('party', 'create', alias, '--name', alias, insecure)
  const sbom = join(own.path, 'sbom.json')
  copyFileSync(join(samples, 'operator-inventory.cdx.json'), sbom)
  await own.json('product', 'app', '--as', 'acme', '--updates', 'download')
  await own.json('release', 'add', sbom, '--as', 'acme', '--product', 'app', '--version', '1.0.0')
  const digest = createHash('sha256').update(readFileSync(sbom)).digest('hex')
  const document = `${url}/documents/sha256:${digest}`
  assert.equal((await fetch(document)).status, 200)

  const words = ['--ground', 'court-order', '--instrument', 'Order 7/26', '--article', '2']
  const stranger = await own.run('withhold', `sha256:${digest}`, '--as', 'other', ...words)
  assert.equal(stranger.code, 3)
  assert.match(stranger.stderr, /code not-yours/)
  const half = await own.run('withhold', sbom, '--as', 'acme', '--ground', 'statute', '--article', '2')
  assert.equal(half.code, 2)
  const filed = await own.json<{ kind: string; sub: string; effective: number }>(
    'withhold',
    sbom,
    '--as',
    'acme',
    ...words,
  )
  assert.equal(filed.kind, 'withholding')
  assert.equal(filed.sub, `urn:comity:document:sha256:${digest}`)
  assert.equal(typeof filed.effective, 'number')
  assert.equal((await fetch(document)).status, 410)
  assert.equal((await own.run('audit')).code, 0)
})
