/** Three real nodes by the real command: two of them witness the log of the third. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { corner, type Corner, type Server } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

interface Founded {
  readonly who: Corner
  readonly urn: string
  readonly origin: string
  readonly server: Server
  readonly witnessKeys: readonly string[]
}

async function founded(context: TestContext, name: string): Promise<Founded> {
  const who = corner(context)
  const { urn, origin } = await who.json<{ urn: string; origin: string }>('init', '--name', name, insecure)
  const server = await who.serve('serve')
  // The schema of the status says so.
  const status = (await (await fetch(`${server.url}/api/v1/status`)).json()) as { witnessKeys: readonly string[] }
  return { who, urn, origin, server, witnessKeys: status.witnessKeys }
}

interface Fetched {
  readonly file: string
  readonly confirmation: {
    readonly met: boolean
    readonly cosigned: readonly { readonly name: string; readonly at: number }[]
    readonly missing: readonly string[]
    readonly proof: string | null
  }
}

const plain = (text: string) => text.replaceAll(/\s+/g, ' ')

test('a statement is confirmed by witnesses, and the proof convinces somebody who asks nobody', async (context) => {
  const [log, a, b] = await Promise.all(['Log', 'Witness A', 'Witness B'].map((name) => founded(context, name)))
  assert.ok(log && a && b)
  assert.deepEqual(a.witnessKeys.length, 2)
  await log.who.json('support', 'gids')
  const { items } = (await (await fetch(`${log.server.url}/api/v1/statements?kind=support`)).json()) as {
    items: readonly { id: string }[]
  } // the schema of the list says so
  const id = items[0]?.id ?? assert.fail('nothing was registered')

  // Nobody is asked yet.
  const alone = await log.who.run('receipt', id, '--confirm', '--out', 'alone.cbor')
  assert.equal(alone.code, 0, alone.stderr)
  assert.match(plain(alone.stdout), /cosigned by nobody: this node asks no witness.*its time claimed/)
  const misused = await log.who.run('receipt', id, '--wait', '3')
  assert.equal(misused.code, 2)

  for (const [asking, asked, ...witness] of [
    [a, log],
    [b, log],
    [log, a, ...a.witnessKeys.flatMap((key) => ['--witness', key])],
    [log, b, ...b.witnessKeys.flatMap((key) => ['--witness', key])],
  ] as const) {
    await asking.who.json('peer', 'add', asked.server.url, '--allow-private', '--keeper', asked.urn, ...witness)
  }
  const policy = `witness A ${a.witnessKeys[1]}\nwitness B ${b.witnessKeys[0]}\ngroup both all A B\nquorum both\n`
  writeFileSync(join(log.who.path, 'trust'), policy)

  const confirmed = await log.who.json<Fetched>('receipt', id, '--confirm', '--policy', 'trust', '--wait', '60')
  assert.deepEqual([confirmed.confirmation.met, confirmed.confirmation.missing], [true, []])
  assert.deepEqual(
    confirmed.confirmation.cosigned.map(({ name }) => name),
    ['A', 'B'],
  )
  const proof = confirmed.confirmation.proof ?? assert.fail('no proof')
  assert.match(readFileSync(proof, 'utf8'), /^c2sp\.org\/tlog-proof@v1\nindex [0-9]+\n/)

  // Offline, with the policy: everything about it is right.
  const keeper = join(log.who.path, 'home', 'parties', 'keeper', 'founding.cbor')
  const verified = await a.who.run(
    'verify',
    proof,
    '--statement',
    confirmed.file,
    '--with',
    keeper,
    '--trust',
    join(log.who.path, 'trust'),
  )
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  assert.match(plain(verified.stdout), /policy is met/)

  // By default those that the node asks; people read who has cosigned.
  const text = await log.who.run('receipt', id, '--confirm', '--wait', '60', '--force')
  assert.equal(text.code, 0, text.stderr)
  assert.match(plain(text.stdout), /cosigned .*UTC.*UTC.*proof .*\.tlog-proof/)
  assert.doesNotMatch(text.stdout, /missing/)
  for (const line of text.stdout.split('\n')) assert.ok([...line].length <= 80 || line.includes('/'), line)

  // A policy that names somebody who was never asked: said, and the answer is no.
  const stranger = await founded(context, 'Stranger')
  writeFileSync(
    join(log.who.path, 'strict'),
    policy.replace('group both', `witness C ${stranger.witnessKeys[1]}\ngroup both`).replace('A B', 'A B C'),
  )
  const unmet = await log.who.run('receipt', id, '--confirm', '--policy', 'strict', '--force', '--json')
  assert.equal(unmet.code, 1)
  const { confirmation } = JSON.parse(unmet.stdout) as Fetched // as above
  assert.deepEqual([confirmation.met, confirmation.missing], [false, ['C']])
  const broken = await log.who.run('receipt', id, '--confirm', '--policy', keeper, '--force')
  assert.equal(broken.code, 2)
  assert.match(plain(broken.stderr), /is no trust policy/)

  // The public status says since when each witness has kept up.
  const { peers } = (await (await fetch(`${log.server.url}/api/v1/peers`)).json()) as {
    peers: readonly { origin: string; cosignedAt?: number }[]
  } // the schema of the list says so
  assert.deepEqual(
    peers.map(({ origin, cosignedAt = 0 }) => [origin, cosignedAt > 0]),
    [
      [a.origin, true],
      [b.origin, true],
    ],
  )
})
