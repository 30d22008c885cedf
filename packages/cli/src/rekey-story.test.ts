/** The keys that a node signs with are replaced: the log goes on under the new ones, and nothing signed before is lost. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { corner, type Corner } from './cli.fixture.ts'

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
    // The signing key of the keeper's people, and what the node signs with now: nothing is left over.
    const { current } = await keysOf(own)
    assert.equal(current.length, 1 + replaced.length)
    for (const { kid } of replaced) assert.ok(current.includes(kid))
    assert.equal((await own.run('audit')).code, 0)
  })
}
