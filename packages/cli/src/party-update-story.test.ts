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

interface Office {
  readonly function: string
  readonly key?: string
}

test('an office names a key of its party, shows it, and keeps up with the keys when these change', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  await own.serve('serve')
  const office = ['--contact', 'judicial=desk@acme.example,hours=Mon–Fri 08:00–17:00 UTC,languages=en,fr,key=sign']
  await own.json('party', 'create', 'acme', '--name', 'Acme', ...office, insecure)
  type Party = {
    readonly contacts: readonly Office[]
    readonly keys: readonly { kid: string; roles: string[]; to?: number }[]
  }
  const shown = () => own.json<Party>('party', 'show', 'acme')
  const keyWith = ({ keys }: Party, role: string) =>
    keys.find(({ roles, to }) => roles.includes(role) && to === undefined)?.kid
  const first = await shown()
  assert.equal(first.contacts[0]?.key, keyWith(first, 'sign'))

  const { stdout } = await own.run('party', 'show', 'acme')
  for (const line of [
    /^contacts:$/m,
    /^ {2}judicial {2}desk@acme\.example$/m,
    /^ {4}hours {6}Mon–Fri 08:00–17:00 UTC$/m,
    /^ {4}languages {2}en, fr$/m,
    new RegExp(`^ {4}key {8}${keyWith(first, 'sign')?.slice(0, 16)}$`, 'm'),
  ])
    assert.match(stdout, line)

  const foreign = await own.run('party', 'update', '--as', 'acme', '--contact', `judicial=a@b,key=${'0'.repeat(64)}`)
  assert.equal(foreign.code, 2)
  assert.match(foreign.stderr.replaceAll(/\s+/g, ' '), /is none of the party's keys to seal to or to sign with: /)
  await own.json('party', 'rotate', '--as', 'acme', '--recovery-file', 'home/recovery/acme-recovery.json', insecure)
  const rotated = await shown()
  assert.equal(rotated.contacts[0]?.key, keyWith(rotated, 'sign'))
  assert.notEqual(rotated.contacts[0]?.key, first.contacts[0]?.key)
  await own.json('party', 'compromise', '--as', 'acme', '--since', '2026-11-20', keyWith(rotated, 'seal') ?? '')
  assert.equal((await shown()).contacts[0]?.key, rotated.contacts[0]?.key)

  const listed = await own.json<readonly { readonly contact: Office }[]>('party', 'contacts', '--function', 'judicial')
  assert.deepEqual(
    listed.map(({ contact }) => contact),
    [rotated.contacts[0]],
  )
  const none = await own.run('party', 'contacts', '--language', 'de')
  assert.equal(none.stdout.trim(), 'no such contact')
  assert.equal((await own.run('audit')).code, 0)
})
