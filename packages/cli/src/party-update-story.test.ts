import assert from 'node:assert/strict'
import { test } from 'node:test'
import { corner } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

interface Shown {
  readonly names: readonly { readonly language: string; readonly text: string }[]
  readonly contacts: readonly object[]
  readonly domains: readonly string[]
  readonly thresholds: Readonly<Record<string, number>>
  readonly versions: readonly object[]
}

test('names, contacts, domains and thresholds change, each by itself, and the keys stay', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  await own.serve('serve')
  await own.json('party', 'create', 'acme', '--name', 'Acme', '--domain', 'acme.example', '--approvers', '1', insecure)
  const update = (...words: readonly string[]) => own.json('party', 'update', '--as', 'acme', ...words)
  const shown = () => own.json<Shown>('party', 'show', 'acme')
  await update('--name', 'Acme Gateways', '--name', 'fr=Passerelles Acmé')
  await update('--contact', 'security=psirt@acme.example', '--contact', 'general=+49 30 123456')
  let now = await shown()
  assert.deepEqual(now.names, [
    { language: 'en', text: 'Acme Gateways' },
    { language: 'fr', text: 'Passerelles Acmé' },
  ])
  assert.equal(now.contacts.length, 2)
  assert.deepEqual(now.domains, ['acme.example'])
  await update('--no-contacts', '--domain', 'a.example', '--domain', 'b.example', '--threshold', 'advisory=2')
  now = await shown()
  assert.deepEqual([now.contacts, now.domains, now.thresholds], [[], ['a.example', 'b.example'], { advisory: 2 }])
  assert.equal(now.versions.length, 4)

  const nothing = await own.run('party', 'update', '--as', 'acme', '--no-contacts')
  assert.equal(nothing.code, 2)
  assert.match(nothing.stderr.replaceAll(/\s+/g, ' '), /nothing would change/)
  // Four eyes are not closed by two, unless the other pair looks on.
  const approver = 'home/parties/acme/keys/approve-1.json'
  await update('--threshold', 'advisory=1', '--approve-with', approver)
  now = await shown()
  assert.deepEqual(now.thresholds, {})
  assert.equal((await own.run('audit')).code, 0)
})
