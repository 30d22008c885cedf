/** The keys that a node signs with are replaced: the log goes on under the new ones, and nothing signed before is lost. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ComityNode } from '@comity/node'
import { corner, type Corner } from './cli.fixture.ts'
import { signed } from './filing.ts'
import { enterParty, keepKeys, keepNodeKeys, newParty } from './founding.ts'
import { DataFolder } from './home/data-folder.ts'
import { Home } from './home/profile.ts'
import { defaultOrigin, newNodeKeys, nodeKeysOf } from './keys/node-keys.ts'
import { signerOf } from './keys/role-key.ts'

/** Founds a node as it was before there were keys to cosign with. */
async function foundWithoutWitnessKeys(own: Corner): Promise<void> {
  const all = newNodeKeys()
  const keys = { ...all, keys: all.keys.filter(({ name }) => !name.startsWith('witness')) }
  const origin = defaultOrigin(keys.keys)
  const at = Math.floor(Date.now() / 1000)
  const members = { names: [{ language: 'en', text: 'Keeper' }], type: 'organisation' as const }
  const keeper = newParty({ members, home: origin, approvers: 0, recovery: { threshold: 1, keys: 1 }, at, node: keys })
  const limits = { statementBytes: 65_535, documentBytes: 1_000_000, clockSkewSeconds: 300 }
  const payload = { filing: 'open', kinds: ['party', 'approval', 'support'], limits, admits: { parties: 'any' } }
  const by = { iss: keeper.urn, signer: signerOf(keeper.keys.current.sign), iat: at }
  const policy = signed({ kind: 'policy', sub: origin, payload }, by)
  const data = new DataFolder(join(own.path, 'data'))
  const place = { home: new Home(join(own.path, 'home')), alias: 'keeper', passphrase: undefined }
  await keepKeys(keeper, place)
  await keepNodeKeys({ origin, keeper, keys, policy }, data, undefined)
  const signing = nodeKeysOf({ party: keeper.urn, keys: keys.keys, symmetric: { master: keys.master } }, origin)
  const node = await ComityNode.found({
    directory: data.path,
    ...signing,
    party: keeper.founding,
    policy,
    now: () => at,
  })
  await node.close()
  enterParty(keeper, place, { data: data.path })
}

const insecure = '--insecure-no-passphrase'
const recoveryFile = 'home/recovery/keeper-recovery.json'

interface Replaced {
  readonly replaced: readonly { readonly name: string; readonly kid: string; readonly before: string }[]
  readonly verifierKey: string
}

interface ShownKey {
  readonly kid: string
  readonly roles: readonly string[]
  readonly to?: number
  readonly compromisedSince?: number
}

async function keysOf(own: Corner): Promise<{ readonly current: string[]; readonly all: readonly ShownKey[] }> {
  const { keys } = await own.json<{ keys: ShownKey[] }>('party', 'show', 'keeper')
  return { current: keys.filter(({ to }) => to === undefined).map(({ kid }) => kid), all: keys }
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

test('a node goes on under new keys, what the old ones signed counts, and its people rotate as before', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  const server = await own.serve('serve')
  await own.json('support', 'gids', '--out', 'before.cbor')
  const running = await own.run('rekey', '--recovery-file', recoveryFile, insecure)
  assert.equal(running.code, 4)
  assert.match(plain(running.stderr), /a node serves this folder at \S+: stop it first/)
  const before = await keysOf(own)
  await server.stop()

  const { replaced, verifierKey } = await own.json<Replaced>('rekey', '--recovery-file', recoveryFile, insecure)
  assert.deepEqual(
    replaced.map(({ name }) => name),
    ['findings', 'receipt', 'log', 'witness', 'witness-ml-dsa-44'],
  )
  assert.equal(statSync(join(own.path, 'data/node/keys.json')).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(join(own.path, 'data/node')).toSorted(), ['keys.json', 'node.json'])
  const next = await own.serve('serve')
  const after = await keysOf(own)
  const ended = new Set(replaced.map((each) => each.before))
  assert.deepEqual(
    new Set(after.current),
    new Set([...before.current.filter((kid) => !ended.has(kid)), ...replaced.map(({ kid }) => kid)]),
  )
  const checkpoint = await (await fetch(`${next.url}/checkpoint`)).text()
  assert.ok(checkpoint.includes(`— ${verifierKey.split('+')[0]} `))
  await own.json('support', 'gids', '--withdraw-after', '2030-01-01', '--out', 'after.cbor')
  writeFileSync(
    join(own.path, 'keys.cbor'),
    Buffer.from(await (await fetch(`${next.url}/.well-known/scitt-keys`)).arrayBuffer()),
  )
  for (const file of ['before.cbor', 'after.cbor'])
    assert.equal((await own.run('verify', file, '--with', 'keys.cbor')).code, 0, file)
  const audited = await own.json<{ verdict: string }>('audit')
  assert.equal(audited.verdict, 'equal')

  await own.json('party', 'rotate', '--as', 'keeper', '--recovery-file', recoveryFile, insecure)
  const rotated = await keysOf(own)
  for (const { kid } of replaced) assert.ok(rotated.current.includes(kid), 'the keys of the node stay')
  assert.equal((await own.run('audit')).code, 0)
})

test('one key alone is replaced and said to have been in other hands', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', '--recovery', '2-of-3', insecure)
  const files = [1, 2, 3].map((i) => `home/recovery/keeper-recovery-${i}.json`)
  const [first = '', second = '', third = ''] = files
  const few = await own.run('rekey', '--recovery-file', first, insecure)
  assert.equal(few.code, 4)
  assert.match(plain(few.stderr), /takes 2 of its recovery keys; these files hold 1/)
  const withoutNext = await own.run('rekey', '--recovery-file', second, '--recovery-file', third, insecure)
  assert.equal(withoutNext.code, 4)
  assert.match(plain(withoutNext.stderr), /next keys/)
  const words = ['--only', 'receipt', '--since', '2026-01-01', '--recovery-file', second, '--recovery-file', first]
  const { replaced } = await own.json<Replaced>('rekey', ...words, insecure)
  assert.deepEqual(
    replaced.map(({ name }) => name),
    ['receipt'],
  )
  const { all } = await keysOf(own)
  const old = all.find(({ kid }) => kid === replaced[0]?.before)
  assert.equal(typeof old?.to, 'number')
  assert.equal(old?.compromisedSince, Date.parse('2026-01-01') / 1000)
  const wrong = await own.run('rekey', '--only', 'master', '--recovery-file', first, insecure)
  assert.equal(wrong.code, 2)
  assert.equal((await own.run('audit')).code, 0)
})

for (const [when, isReached] of [
  ['its new keys are written', (path: string) => existsSync(path)],
  ['its new keys have come into use', (path: string) => !existsSync(path)],
] as const) {
  test(`a replacement that is killed when ${when} is finished by the same words`, async (context) => {
    const own = corner(context)
    await own.json('init', '--name', 'Keeper', insecure)
    const keys = readFileSync(join(own.path, 'data/node/keys.json'), 'utf8')
    const next = join(own.path, 'data/node/keys.next.json')
    const child = own.start('rekey', '--recovery-file', recoveryFile, insecure)
    const ended = once(child, 'close')
    while (!existsSync(next) && child.exitCode === null) await sleep(1)
    while (!isReached(next) && child.exitCode === null) await sleep(1)
    child.kill('SIGKILL')
    assert.deepEqual(await ended, [null, 'SIGKILL'])
    const { replaced } = await own.json<Replaced>('rekey', '--recovery-file', recoveryFile, insecure)
    assert.notEqual(readFileSync(join(own.path, 'data/node/keys.json'), 'utf8'), keys)
    assert.deepEqual(readdirSync(join(own.path, 'data/node')).toSorted(), ['keys.json', 'node.json'])
    // The signing key of the keeper's people, its seal key, and what the node signs with now: nothing is left over.
    const { current } = await keysOf(own)
    assert.equal(current.length, 2 + replaced.length)
    for (const { kid } of replaced) assert.ok(current.includes(kid))
    assert.equal((await own.run('audit')).code, 0)
  })
}

test('a node without keys to cosign with gets them, and keeps all the others', async (context) => {
  const own = corner(context)
  await foundWithoutWitnessKeys(own)
  const before = await own.serve('serve')
  const witnessKeysAt = async (url: string) =>
    ((await (await fetch(`${url}/api/v1/status`)).json()) as { witnessKeys: string[] }).witnessKeys // its schema
  assert.deepEqual(await witnessKeysAt(before.url), [])
  const { current } = await keysOf(own)
  await before.stop()
  const ran = await own.run('rekey', '--only', 'witness', '--recovery-file', recoveryFile, insecure)
  assert.equal(ran.code, 0, ran.stderr)
  assert.match(ran.stdout, /^Added: witness, witness-ml-dsa-44\n/)
  for (const line of ran.stdout.split('\n')) assert.ok([...line].length <= 80, line)
  const after = await own.serve('serve')
  const added = (await keysOf(own)).all.filter(({ kid }) => !current.includes(kid))
  assert.deepEqual(
    added.map(({ roles, to }) => [roles, to]),
    [
      [['witness'], undefined],
      [['witness'], undefined],
    ],
  )
  assert.equal((await witnessKeysAt(after.url)).length, 2)
  await own.json('party', 'rotate', '--as', 'keeper', '--recovery-file', recoveryFile, insecure)
  assert.equal((await witnessKeysAt(after.url)).length, 2)
  assert.equal((await own.run('audit')).code, 0)
})

test('whoever follows and cosigns a log goes on when all its keys change', async (context) => {
  const [own, other] = [corner(context), corner(context)]
  const { urn } = await own.json<{ urn: string }>('init', '--name', 'Keeper', insecure)
  const { urn: witness } = await other.json<{ urn: string }>('init', '--name', 'Witness', insecure)
  const beside = await other.serve('serve')
  const before = await own.serve('serve')
  const held = async (): Promise<{ size: number; state: string } | undefined> =>
    ((await (await fetch(`${beside.url}/api/v1/peers`)).json()) as { peers: { size: number; state: string }[] })
      .peers[0] // its schema
  const caughtUp = async (size: number) => {
    for (let i = 0; i < 200 && (await held())?.size !== size; i++) await sleep(50)
    assert.deepEqual([(await held())?.size, (await held())?.state], [size, 'following'])
  }
  await other.json('peer', 'add', before.url, '--allow-private', '--keeper', urn)
  await own.json('peer', 'add', beside.url, '--allow-private', '--keeper', witness, '--with-witness')
  await caughtUp(3)
  await before.stop()
  await own.json('rekey', '--recovery-file', recoveryFile, insecure)
  const after = await own.serve('serve')
  // Its address is another here, as it would be after a move; nobody is told the new key.
  await other.json('peer', 'add', after.url, '--allow-private', '--keeper', urn)
  await own.json('support', 'gids', '--out', 'support.cbor')
  const { size } = (await (await fetch(`${after.url}/api/v1/status`)).json()) as { size: number } // its schema
  const { id } = await own.json<{ id: string }>('support', 'gids')
  const { confirmation } = await own.json<{ confirmation: { met: boolean; missing: string[]; proof: string | null } }>(
    'receipt',
    id,
    '--confirm',
    '--wait',
    '60',
  )
  assert.deepEqual([confirmation.met, confirmation.missing], [true, []])
  assert.notEqual(confirmation.proof, null)
  await caughtUp(size)
})
