/** Four eyes: two persons, two homes, two passphrases, one party. Neither ever holds the key of the other. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { corner } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

interface Filed {
  readonly id: string
  readonly effective: number | null
  readonly pending?: { readonly have: number; readonly need: number }
}

interface Approved extends Filed {
  readonly approves: {
    readonly id: string
    readonly state: 'in-effect' | 'waiting' | 'not-registered'
    readonly kind?: string
    readonly effective: number | null
    readonly pending?: { readonly have: number; readonly need: number }
  }
}

interface Waiting {
  readonly id: string
  readonly kind: string
  readonly sub: string
  readonly pending: { readonly have: number; readonly need: number }
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

function create(...words: readonly string[]): readonly string[] {
  return ['party', 'create', 'acme', '--name', 'Acme', ...words]
}

/** A node and its keeper; Alice, who may file there, and Bob with a token of his own. Each in a corner. */
async function people(context: TestContext) {
  const keeper = corner(context)
  await keeper.json('init', '--name', 'Keeper', insecure)
  const { url } = await keeper.serve('serve')
  for (const name of ['alice', 'bob']) await keeper.json('token', 'issue', '--label', name, '--out', `${name}.token`)
  const node = (name: string) => ['--node', url, '--token-file', join(keeper.path, `${name}.token`)]
  const alice = corner(context, { env: { COMITY_PASSPHRASE: 'alice has a horse' } })
  const bob = corner(context, { env: { COMITY_PASSPHRASE: 'bob owns a battery' } })
  return { keeper, url, alice, bob, aliceAt: node('alice'), bobAt: node('bob') }
}

test('two persons, each with a key of their own, act together from two homes', async (context) => {
  const { alice, bob, aliceAt, bobAt } = await people(context)
  const made = await bob.json<{ key: string; public: string }>('party', 'approver', 'acme', insecure)
  assert.equal(made.public, join(bob.path, 'acme.approver.json'))
  const handed = readFileSync(made.public, 'utf8')
  assert.ok(!handed.includes('secret') && JSON.parse(handed).jwk.x !== undefined)
  const { urn } = await alice.json<{ urn: string }>(
    ...create('--approver-key', made.public, '--threshold', 'support=2', '--threshold', 'party=2', insecure),
    ...aliceAt,
  )
  const joined = await bob.json<{ urn: string; keys: string[] }>('party', 'join', 'acme', '--party', urn, ...bobAt)
  assert.deepEqual(joined, {
    urn,
    alias: 'acme',
    keys: [join(bob.path, 'home/parties/acme/keys/approve.json')],
    tokenFile: join(bob.path, 'home/parties/acme/token'),
  })
  assert.ok(!existsSync(made.key), 'it has moved to the party')

  const filed = await alice.json<Filed>('support', 'gids')
  assert.deepEqual(filed.pending, { have: 1, need: 2 })
  const [waiting, ...others] = await bob.json<Waiting[]>('approve', '--list')
  assert.deepEqual(others, [])
  assert.equal(waiting?.id, filed.id)
  assert.deepEqual(waiting.pending, { have: 1, need: 2 })
  const list = await bob.run('approve', '--list')
  assert.match(plain(list.stdout), new RegExp(`${filed.id.slice(0, 16)} support .*gids 1 of 2`))
  const approved = await bob.run('approve', filed.id.slice(0, 16))
  assert.equal(approved.code, 0, approved.stderr)
  assert.match(plain(approved.stdout), /approves support of \S*gids now in effect since entry \d+/)
  assert.deepEqual(await bob.json('approve', '--list'), [])
  assert.match((await bob.run('approve', '--list')).stdout, /nothing waits/)

  // A change of the party takes two keys before it is registered: signed by one, approved by the other, then filed.
  const update = await alice.json<{ id: string }>(
    'party',
    'update',
    '--contact',
    'security=psirt@acme.example',
    '--out',
    'update.cbor',
  )
  const file = join(alice.path, 'update.cbor')
  assert.deepEqual(update, { id: update.id, file, registered: false, effective: null })
  assert.equal((await alice.run('submit', file)).code, 3)
  const ahead = await bob.json<Approved>('approve', file)
  assert.deepEqual(ahead.approves, { id: update.id, state: 'not-registered', effective: null })
  assert.equal(typeof (await alice.json<Filed>('submit', file)).effective, 'number')
  const shown = await alice.json<{ contacts: unknown[] }>('party', 'show', 'acme')
  assert.deepEqual(shown.contacts, [{ function: 'security', email: 'psirt@acme.example' }])
})

test('three of three: an approval says how many more it waits for, and rotation keeps the keys of the others', async (context) => {
  const { alice, bob, aliceAt, bobAt, keeper } = await people(context)
  const { public: bobs } = await bob.json<{ public: string }>('party', 'approver', 'acme', insecure)
  const made = await alice.json<{ urn: string; recovery: string[] }>(
    ...create('--approvers', '1', '--approver-key', bobs, '--threshold', 'support=3', insecure),
    ...aliceAt,
  )
  await bob.json('party', 'join', 'acme', '--party', made.urn, ...bobAt)
  const filed = await alice.json<Filed>('support', 'gids')
  const first = await bob.json<Approved>('approve', filed.id)
  assert.deepEqual(first.approves, {
    id: filed.id,
    state: 'waiting',
    kind: 'support',
    sub: 'urn:comity:instrument:gids',
    effective: null,
    pending: { have: 2, need: 3 },
  })
  const again = await bob.run('approve', filed.id)
  assert.match(plain(again.stdout), /now waits for 1 more of 3 keys/)
  const second = await alice.json<Approved>('approve', filed.id)
  assert.equal(second.approves.state, 'in-effect')
  assert.equal(second.approves.effective, second.effective)

  const { recovery } = await alice.json<{ recovery: string[] }>(
    'party',
    'rotate',
    '--recovery-file',
    made.recovery[0] ?? '',
    insecure,
  )
  const after = await alice.json<Filed>('support', 'gids')
  await alice.json('approve', after.id)
  assert.equal((await bob.json<Approved>('approve', after.id)).approves.state, 'in-effect', 'his key is as it was')
  await alice.json('party', 'recover', '--recovery-file', recovery[0] ?? '', insecure)
  const recovered = await alice.json<Filed>('support', 'gids')
  await alice.json('approve', recovered.id)
  assert.equal((await bob.json<Approved>('approve', recovered.id)).approves.state, 'in-effect')
  assert.equal((await keeper.run('audit')).code, 0)
})

test('a key file that is handed over opens with its own passphrase and is kept under the new holder’s', async (context) => {
  const { alice, bob, aliceAt, bobAt } = await people(context)
  const made = await alice.json<{ urn: string; keys: string[] }>(
    ...create('--approvers', '1', '--threshold', 'support=2'),
    ...aliceAt,
  )
  const handed = made.keys.find((path) => path.endsWith('approve-1.json')) ?? ''
  const wrong = await bob.run('party', 'join', 'acme', '--key', handed, ...bobAt)
  assert.equal(wrong.code, 4)
  assert.match(plain(wrong.stderr), /does not open .*approve-1\.json/)
  assert.deepEqual(readdirSync(bob.path), [], 'nothing was made')
  const hers = corner(context, {
    home: join(bob.path, 'home'),
    env: { COMITY_PASSPHRASE: 'alice has a horse', COMITY_NEW_PASSPHRASE: 'bob owns a battery' },
  })
  const joined = await hers.run('party', 'join', 'acme', '--key', handed, ...bobAt)
  assert.equal(joined.code, 0, joined.stderr)
  assert.match(plain(joined.stdout), /Delete .*approve-1\.json/)
  rmSync(handed)
  const filed = await alice.json<Filed>('support', 'gids')
  assert.equal((await bob.json<Approved>('approve', filed.id)).approves.state, 'in-effect')
  const alone = await alice.run('approve', filed.id)
  assert.equal(alone.code, 4)
  assert.match(plain(alone.stderr), /holds no approval key/)
})

test('who joins with no key of the party, or to a party that is none, is told so and nothing is written', async (context) => {
  const { alice, bob, aliceAt, bobAt } = await people(context)
  const { urn } = await alice.json<{ urn: string }>('party', 'create', 'acme', '--name', 'Acme', ...aliceAt)
  const without = await bob.run('party', 'join', 'acme', '--party', urn, ...bobAt)
  assert.equal(without.code, 4)
  assert.match(plain(without.stderr), /comity party approver acme/)
  await bob.json('party', 'approver', 'acme')
  const stranger = await bob.run('party', 'join', 'acme', '--party', urn, ...bobAt)
  assert.equal(stranger.code, 4)
  assert.match(plain(stranger.stderr), /none of the keys in .* is a key of Acme/)
  const nobody = await bob.run('party', 'join', 'acme', '--party', `${'0'.repeat(64)}`, ...bobAt)
  assert.equal(nobody.code, 3)
  assert.match(nobody.stderr, /code not-found/)
  assert.deepEqual(readdirSync(join(bob.path, 'home')), ['approvers'])
})

test('approve without a statement, or with one that is none of the party’s, says what would be right', async (context) => {
  const { alice, aliceAt } = await people(context)
  await alice.json('party', 'create', 'acme', '--name', 'Acme', '--approvers', '1', ...aliceAt)
  const nothing = await alice.run('approve')
  assert.equal(nothing.code, 2)
  assert.match(plain(nothing.stderr), /which statement\? Name one, or see with --list/)
  const unknown = await alice.run('approve', 'abcdef12')
  assert.equal(unknown.code, 2)
  assert.match(plain(unknown.stderr), /no statement whose id begins with abcdef12/)
})
