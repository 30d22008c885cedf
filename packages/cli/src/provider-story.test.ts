/** What a provider says twice: nothing is filed silently, nothing is dropped silently, no file is written over. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { corner, type Corner, type Ran } from './cli.fixture.ts'

const samples = fileURLToPath(new URL('../../../samples/', import.meta.url))
const insecure = '--insecure-no-passphrase'
const sbom = join(samples, 'operator-inventory.cdx.json')
const osv = join(samples, 'GO-2023-2153.json')

interface Filed {
  readonly id: string
  readonly at: number
  readonly duplicate: boolean
}

interface Published extends Filed {
  readonly advisory: string
}

interface Bond {
  readonly declarations: readonly { readonly provision: string; readonly text: string }[]
  readonly withdrawnAfter?: number
}

/** A node with one provider; the address of the node. */
async function provider(own: Corner): Promise<string> {
  await own.json('init', '--name', 'Keeper', insecure)
  const { url } = await own.serve('serve')
  await own.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  return url
}

function flat({ stdout, stderr }: Ran): string {
  return (stdout + stderr).replaceAll(/\s+/g, ' ')
}

async function bondOf(own: Corner): Promise<Bond> {
  const { instruments } = await own.json<{ instruments: Bond[] }>('party', 'show', 'acme')
  return instruments[0] ?? assert.fail('it supports nothing')
}

test('a release that is registered already is not filed again, and another under its version is refused with the way on', async (context) => {
  const own = corner(context)
  await provider(own)
  await own.json('product', 'app', '--as', 'acme', '--updates', 'download')
  const add = ['release', 'add', sbom, '--as', 'acme', '--product', 'app', '--version', '1.0.0']
  const first = await own.json<Filed>(...add)
  const same = await own.json<Filed>(...add)
  assert.deepEqual([same.id, same.duplicate], [first.id, true])
  assert.match(flat(await own.run(...add)), /Was registered before: release 1\.0\.0 of app.*filed nothing.*--again/)

  writeFileSync(join(own.path, 'other.json'), '{"bomFormat":"CycloneDX","specVersion":"1.6"}')
  const other = ['release', 'add', 'other.json', '--as', 'acme', '--product', 'app', '--version', '1.0.0']
  const refused = await own.run(...other)
  assert.equal(refused.code, 2)
  assert.match(
    flat(refused),
    new RegExp(
      `release 1\\.0\\.0 of app is registered already, as ${first.id.slice(0, 8)}… of [0-9-]+, with another SBOM.*--again.*code registered-before`,
    ),
  )
  const replacing = await own.run(...other, '--again')
  assert.equal(replacing.code, 0, replacing.stderr)
  assert.match(flat(replacing), new RegExp(`replaces ${first.id.slice(0, 8)}…`))

  const product = await own.run('product', 'app', '--as', 'acme', '--updates', 'download')
  assert.match(flat(product), /Was registered before: product app/)
  const changed = await own.run('product', 'app', '--as', 'acme', '--updates', 'self-update')
  assert.match(flat(changed), /Registered: product app.*replaces [0-9a-f]{8}…/)
})

test('an advisory published twice is one, and a changed one is a revision that says of what', async (context) => {
  const own = corner(context)
  const url = await provider(own)
  await own.json('product', 'app', '--as', 'acme', '--updates', 'download')
  const publish = (file: string, ...more: readonly string[]) =>
    own.run('advisory', 'publish', file, '--as', 'acme', '--product', 'app', ...more)
  const first: Published = JSON.parse((await publish(osv, '--json')).stdout)
  const same: Published = JSON.parse((await publish(osv, '--json')).stdout)
  assert.deepEqual([same.id, same.duplicate], [first.id, true])
  const record = { ...JSON.parse(readFileSync(osv, 'utf8')), modified: '2026-01-01T00:00:00Z' }
  writeFileSync(join(own.path, 'newer.json'), JSON.stringify(record))
  const revised = await publish('newer.json')
  assert.match(flat(revised), new RegExp(`Registered: advisory GO-2023-2153.*revises ${first.id.slice(0, 8)}…`))
  assert.match(flat(await publish('newer.json')), /Was registered before/, 'a revision, too, is published once')
  const { advisory } = same
  const found = (await (await fetch(`${url}/api/v1/advisories/${encodeURIComponent(advisory)}`)).json()) as {
    payload: { revises?: string }
    revisions: unknown[]
  }
  assert.deepEqual([found.payload.revises, found.revisions.length], [first.id, 2])

  writeFileSync(join(own.path, 'none.json'), '{"id":7}')
  const bad = await publish('none.json')
  assert.equal(bad.code, 2)
  assert.match(flat(bad), /none\.json is no OSV record: /)
})

test('support keeps what was declared, prints it, and drops only what it is told to', async (context) => {
  const own = corner(context)
  await provider(own)
  const support = (...more: readonly string[]) => own.run('support', 'gids', '--as', 'acme', ...more)
  await support('--declare', 'gids-7=No hidden functions', '--text-version', 'A/75/1')
  const same = await support()
  assert.match(flat(same), /Was registered before: support of gids.*filed nothing/)

  const second = await support('--declare', 'gids-8=Updates are asked for')
  assert.match(
    flat(second),
    /replaces [0-9a-f]{8}….* declares gids-7: No hidden functions \(kept\) gids-8: Updates are asked for/,
  )
  const words = async () => (await bondOf(own)).declarations.map(({ provision, text }) => `${provision} ${text}`)
  assert.deepEqual(await words(), ['gids-7 No hidden functions', 'gids-8 Updates are asked for'])

  await support('--declare', 'gids-7=None at all')
  assert.deepEqual(await words(), ['gids-7 None at all', 'gids-8 Updates are asked for'])
  const wrong = await support('--drop', 'gids-9')
  assert.equal(wrong.code, 2)
  assert.match(flat(wrong), /nothing that would be kept is about gids-9/)
  assert.match(flat(await support('--drop', 'gids-7')), /no more gids-7/)
  assert.deepEqual(await words(), ['gids-8 Updates are asked for'])
  await support('--only', '--declare', 'gids-7=Back')
  assert.deepEqual(await words(), ['gids-7 Back'])

  const end = Date.parse('2099-12-31T23:59:59Z') / 1000
  await support('--withdraw-after', '2099-12-31')
  assert.equal((await bondOf(own)).withdrawnAfter, end, 'a day ends with its last second')
  assert.deepEqual(await words(), ['gids-7 Back'], 'what was declared stands to the end')
  assert.match(flat(await support()), /goes on its end on 2099-12-31T23:59:59Z stands no more/)
  assert.equal((await bondOf(own)).withdrawnAfter, undefined)
})

test('no file is written over but with --force, and that is said before anything is filed', async (context) => {
  const own = corner(context)
  await provider(own)
  const { id } = await own.json<Filed>('support', 'gids', '--as', 'acme', '--out', 'kept.cbor')
  const kept = readFileSync(join(own.path, 'kept.cbor'))
  const refused = await own.run('product', 'app', '--as', 'acme', '--updates', 'download', '--out', 'kept.cbor')
  assert.equal(refused.code, 2)
  assert.match(flat(refused), /kept\.cbor exists already: name another file, or replace this one with --force/)
  assert.deepEqual(readFileSync(join(own.path, 'kept.cbor')), kept)
  const known = await own.run('findings', '--party', 'acme', '--provision', 'gids-8')
  assert.match(flat(known), /it has registered a product, .* \(nothing of the kind is on record\)/, 'nothing was filed')
  const forced = await own.run(
    'product',
    'app',
    '--as',
    'acme',
    '--updates',
    'download',
    '--out',
    'kept.cbor',
    '--force',
  )
  assert.equal(forced.code, 0, forced.stderr)
  assert.notDeepEqual(readFileSync(join(own.path, 'kept.cbor')), kept)

  writeFileSync(join(own.path, 'word.json'), '{}')
  const sign = ['sign', 'support', 'word.json', '--sub', 'urn:comity:instrument:gids', '--as', 'acme']
  await own.json(...sign)
  await sleep(1100) // the same word a second later is another statement
  const again = await own.run(...sign)
  assert.equal(again.code, 2)
  assert.match(flat(again), /statement\.cbor exists already/)

  // A receipt is the same each time; another one in the same place is not.
  await own.json('receipt', id.slice(0, 8))
  const { file } = await own.json<{ file: string; id: string }>('receipt', `${id.slice(0, 12)}…`)
  assert.ok(existsSync(file) && file.endsWith(`${id.slice(0, 16)}.cbor`))
  const other = await own.run('receipt', id, '--out', 'kept.cbor')
  assert.equal(other.code, 2)
  for (const [text, says] of [
    ['abcdef1', /"abcdef1" is no statement id: 64 hexadecimal digits, or at least the first 8 of them/],
    ['ffffffffffff', /this log has no statement whose id begins with ffffffffffff/],
  ] as const) {
    const ran = await own.run('receipt', text)
    assert.equal(ran.code, 2)
    assert.match(flat(ran), says)
  }

  await own.json('audit', '--checkpoint-out', 'checkpoint')
  const second = await own.run('audit', '--checkpoint-out', 'checkpoint')
  assert.equal(second.code, 2)
  await own.json('audit', '--kept', 'checkpoint', '--checkpoint-out', 'checkpoint')
})

test('a date without a time is the whole day: --from begins with it, --to and --at end with it', async (context) => {
  const own = corner(context)
  await provider(own)
  const { at } = await own.json<Filed>('support', 'gids', '--as', 'acme')
  const day = new Date(at * 1000).toISOString().slice(0, 10)
  const before = new Date((at - 86_400) * 1000).toISOString().slice(0, 10)
  interface Diff {
    readonly from: { readonly asked: number }
    readonly to: { readonly asked: number }
    readonly kinds: Readonly<Record<string, number>>
  }
  const changes = await own.json<Diff>('diff', '--from', day, '--to', day)
  assert.equal(changes.to.asked - changes.from.asked, 86_399)
  assert.equal(changes.kinds['support'], 1)
  const shown = await own.json<{ parties: unknown[] }>('findings', '--at', day)
  assert.equal(shown.parties.length, 1)
  const earlier = await own.run('findings', '--at', before)
  assert.notEqual(earlier.code, 0, 'the log had not begun')
  const exact = await own.json<Diff>('diff', '--from', `${day}T00:00:00Z`, '--to', `${day}T00:00:00Z`)
  assert.equal(exact.to.asked, exact.from.asked)
  for (const verb of ['diff', 'findings']) {
    assert.match(flat(await own.run(verb, '--help')), /end of a day \(UTC\)|to the end of 2026-11-21 \(UTC\)/)
  }
})
