/** A provider, an operator and a partner, by the real command: who is told, who answered, and a private SBOM that is given. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { corner } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

interface Added {
  readonly id: string
  readonly secret?: string
  readonly feed?: string
}

/** A receiver on a port of this machine: resolves with each message, in turn. */
async function receiver(context: TestContext) {
  const messages: string[] = []
  const heard: (() => void)[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = ''
    for await (const piece of request) body += String(piece)
    messages.push(body)
    response.writeHead(200).end()
    for (const each of heard.splice(0)) each()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => server.close())
  // Safe: it listens on a TCP port.
  const { port } = server.address() as AddressInfo
  const next = async (n: number): Promise<unknown> => {
    while (messages.length < n) await new Promise<void>((resolve) => heard.push(resolve))
    return JSON.parse(messages[n - 1] ?? '')
  }
  return { url: `http://127.0.0.1:${port}/hook`, next }
}

function osvFile(folder: string, id: string, name: string): string {
  const range = { type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }
  const record = {
    schema_version: '1.7.0',
    id,
    modified: '2026-11-20T12:00:00Z',
    published: '2026-11-20T12:00:00Z',
    summary: `${name} falls over`,
    affected: [{ package: { ecosystem: 'npm', name }, ranges: [range] }],
  }
  const path = join(folder, `${id}.json`)
  writeFileSync(path, JSON.stringify(record))
  return path
}

test('an operator is told as it chose; the provider sees who was told and who answered; a partner is given an SBOM', async (context) => {
  const who = corner(context)
  const { path, run, json } = who
  await json('init', '--name', 'Registry', insecure)
  await who.serve('serve', '--notify-private')
  const partyOf = async (alias: string, type: string): Promise<string> =>
    (await json<{ urn: string }>('party', 'create', alias, '--name', alias, '--type', type, insecure)).urn
  await partyOf('acme', 'provider')
  const [plant, partner] = [await partyOf('plant', 'operator'), await partyOf('partner', 'operator')]
  await json('product', 'gateway', '--as', 'acme', '--name', 'Gateway', '--updates', 'download')
  const sbom = join(path, 'plant.cdx.json')
  const components = ['left', 'right'].map((name) => ({
    type: 'library',
    name,
    version: '1.0.0',
    purl: `pkg:npm/${name}@1.0.0`,
  }))
  writeFileSync(sbom, JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components }))
  await json('inventory', 'add', sbom, '--as', 'plant', '--name', 'Plant 1')

  const hook = await receiver(context)
  const added = await json<Added>('notify', 'add', '--as', 'plant', '--webhook', hook.url, '--detail', 'full')
  assert.match(added.secret ?? '', /^whsec_/)
  const feed = await json<Added>('notify', 'add', '--as', 'plant', '--feed', '--detail', 'full')
  assert.deepEqual(await json('notify', 'test', added.id.slice(0, 6), '--as', 'plant'), { id: added.id, told: true })
  await hook.next(1)
  const watching = who.start('notify', 'watch', '--as', 'plant', '--json', '--all', '--once')
  const line = once(createInterface({ input: watching.stdout }), 'line')
  await json('advisory', 'publish', osvFile(path, 'OSV-1', 'left'), '--as', 'acme', '--product', 'gateway')
  const [alert] = (await line) as [string]
  assert.equal(JSON.parse(alert).match.component.name, 'left')
  const message = (await hook.next(2)) as { data: { alerts: { component: { name: string } }[] } }
  assert.equal(message.data.alerts[0]?.component.name, 'left')
  const atom = await (await fetch(feed.feed ?? '')).text()
  assert.match(atom, /<title>OSV-1: left 1\.0\.0 affected<\/title>/)
  const listed = await run('notify', 'list', '--as', 'plant')
  assert.match(listed.stdout, /signed messages to http:\/\/127\.0\.0\.1/)
  for (const each of listed.stdout.split('\n')) assert.ok(each.length <= 80, each)

  await json('advisory', 'tell', 'OSV-1', '--as', 'acme', '--to', plant, '--to', partner)
  await json('acknowledge', 'OSV-1', '--as', 'plant', '--state', 'remedied')
  const { stdout } = await run('advisory', 'status', 'OSV-1', '--as', 'acme')
  assert.match(stdout, /2 partners: 2 told, 1 acknowledged, 1 remedied, 1 silent\./)
  assert.match(stdout, /partner \S+ +receipt +silent/)
  assert.doesNotMatch(stdout, /left|Plant 1/)
  for (const each of stdout.split('\n')) assert.ok(each.length <= 80, each)
  assert.equal((await run('advisory', 'status', 'OSV-1', '--as', 'partner')).code === 0, false)

  const given = await json<{ id: string }>('inventory', 'give', 'Plant 1', '--as', 'plant', '--to', partner)
  await json('inventory', 'take', given.id, '--as', 'partner', '--name', 'Plant 1 of plant')
  const [taken] = await json<{ name: string; components: number; digest: string }[]>(
    'inventory',
    'list',
    '--as',
    'partner',
  )
  const [own] = await json<{ digest: string }[]>('inventory', 'list', '--as', 'plant')
  assert.deepEqual([taken?.name, taken?.components, taken?.digest], ['Plant 1 of plant', 2, own?.digest])

  await json('notify', 'remove', added.id, '--as', 'plant')
  assert.equal((await json<unknown[]>('notify', 'list', '--as', 'plant')).length, 1)
})

test('what cannot be is refused with what is right', async (context) => {
  const who = corner(context)
  await who.json('init', '--name', 'Registry', insecure)
  await who.serve('serve')
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['notify', 'add'], /Give one of --mail, --webhook and --feed/],
    [['notify', 'add', '--mail', 'a@b.example'], /sends no mail/],
    [['notify', 'add', '--webhook', 'http://siem.example/'], /https alone/],
    [['notify', 'add', '--feed', '--per-hour', '99'], /1 to 60/],
    [['notify', 'remove', 'abcdef'], /no subscription/],
    [['serve', '--mail-relay', 'smtps://mail.example'], /go together/],
  ]
  for (const [args, expected] of wrong) {
    const { code, stderr } = await who.run(...args)
    assert.notEqual(code, 0)
    assert.match(stderr.replaceAll(/\s+/g, ' '), expected)
  }
})
