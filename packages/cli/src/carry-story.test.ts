/** Nodes that lose their disk or their link, by the real command in processes of their own. */
import assert from 'node:assert/strict'
import { readFileSync, truncateSync, statSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Corner, corner } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

interface Listed {
  readonly origin: string
  readonly size: number
}

async function founded(context: TestContext, name: string): Promise<{ who: Corner; urn: string; origin: string }> {
  const who = corner(context)
  const { urn, origin } = await who.json<{ urn: string; origin: string }>('init', '--name', name, insecure)
  return { who, urn, origin }
}

async function followedTo(who: Corner, origin: string, size: number): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const peers = await who.json<readonly Listed[]>('peer', 'list')
    if ((peers.find((peer) => peer.origin === origin)?.size ?? 0) >= size) return
    await sleep(300)
  }
  throw new Error(`${origin} was not followed to ${size} entries`)
}

test('a node restored from an old backup gets its tail from its mirror, and goes on', async (context) => {
  const [a, b] = await Promise.all([founded(context, 'Keeper A'), founded(context, 'Keeper B')])
  const [servesA, servesB] = await Promise.all([a.who.serve('serve'), b.who.serve('serve')])
  await a.who.json('peer', 'add', servesB.url, '--allow-private', '--yes')
  await b.who.json('peer', 'add', servesA.url, '--allow-private', '--yes')
  await a.who.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  const { size: backedUp } = await a.who.json<{ size: number }>('backup', 'backup')
  const { index } = await a.who.json<{ index: number }>('support', 'gids', '--as', 'acme')
  await followedTo(b.who, a.origin, index + 1)
  await servesA.stop('SIGKILL')
  const restored = await a.who.run('restore', 'backup', '--data', 'new')
  assert.match(restored.stdout.replaceAll(/\s+/g, ' '), /comity restore --recover/)
  const wrong = await a.who.run('restore', '--accept-missing', '--data', 'new')
  assert.equal(wrong.code, 2)
  const report = await a.who.json<{ outcome: string; before: number; recovered: number }>(
    'restore',
    '--recover',
    '--data',
    'new',
  )
  assert.deepEqual([report.outcome, report.before], ['resumed', backedUp])
  assert.ok(report.recovered >= 2)
  const again = await a.who.run('restore', '--recover', '--data', 'new')
  assert.match(again.stdout, /Nothing to do/)
  assert.ok(
    again.stdout.split('\n').every((line) => line.length <= 80),
    again.stdout,
  )
  const goesOn = await a.who.serve('serve', '--data', 'new')
  assert.equal(goesOn.ready['accepting'], true)
  const audited = await a.who.json<{ verdict: string }>('audit', goesOn.url)
  assert.equal(audited.verdict, 'equal')
})

test('without any peer that answers a restored node stays frozen, and says who did not', async (context) => {
  const [a, b] = await Promise.all([founded(context, 'Keeper A'), founded(context, 'Keeper B')])
  const [servesA, servesB] = await Promise.all([a.who.serve('serve'), b.who.serve('serve')])
  await a.who.json('peer', 'add', servesB.url, '--allow-private', '--yes')
  await a.who.json('backup', 'backup')
  await servesA.stop()
  await servesB.stop()
  await a.who.json('restore', 'backup', '--data', 'new')
  const { code, stdout } = await a.who.run('restore', '--recover', '--accept-missing', '--data', 'new')
  assert.equal(code, 1)
  assert.match(stdout.replaceAll(/\s+/g, ' '), /Stays frozen: none of its peers .*did not answer \(peer-unreachable\)/)
})

test('two nodes follow each other by files on a stick', async (context) => {
  const [a, b] = await Promise.all([founded(context, 'Keeper A'), founded(context, 'Keeper B')])
  const stick = join(a.who.path, 'stick')
  const made = await a.who.json<{ files: readonly string[]; logs: readonly Listed[] }>(
    'carry',
    'export',
    '--to',
    'stick',
  )
  assert.deepEqual(made.files, [stick])
  const unknown = await b.who.run('carry', 'import', stick)
  assert.equal(unknown.code, 1)
  assert.match(unknown.stdout, /not followed/)
  const cut = join(b.who.path, 'cut')
  copyFileSync(stick, cut)
  truncateSync(cut, statSync(stick).size - 40)
  const part = await b.who.run('carry', 'import', cut, '--follow', a.urn)
  assert.equal(part.code, 1)
  assert.match(part.stdout.replaceAll(/\s+/g, ' '), /code carry-truncated/)
  const whole = await b.who.json<{ logs: readonly { outcome: string; size: number }[] }>(
    'carry',
    'import',
    stick,
    '--receipt',
    'have',
  )
  assert.deepEqual(
    whole.logs.map(({ size }) => size),
    [made.logs[0]?.size],
  )
  await a.who.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  const next = await a.who.json<{ logs: readonly { since: number; size: number }[] }>(
    'carry',
    'export',
    '--to',
    'next',
    '--for',
    join(b.who.path, 'have'),
  )
  assert.equal(next.logs[0]?.since, made.logs[0]?.size)
  const more = await b.who.run('carry', 'import', join(a.who.path, 'next'), '--receipt', 'have')
  assert.equal(more.code, 0, more.stdout + more.stderr)
  const have: { logs: readonly Listed[] } = JSON.parse(readFileSync(join(b.who.path, 'have'), 'utf8'))
  assert.deepEqual(
    have.logs.map(({ size }) => size),
    [next.logs[0]?.size],
  )
  const wrong = await a.who.run('carry', 'export', '--to', 'x', '--for', 'stick')
  assert.equal(wrong.code, 2)
})
