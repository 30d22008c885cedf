import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import { createClient } from '@comity/contract'
import { createServer } from '../http/create-server.ts'
import { dump } from '../vault/dump.fixture.ts'
import { type House, closeHouse, houseIn, left, osv, publish, reopened, sbom, viewOf } from '../vault/vault.fixture.ts'
import { receiver, tellingOf } from './telling.fixture.ts'

async function folder(context: TestContext): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-told-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function settle(house: House, telling: ReturnType<typeof tellingOf>): Promise<void> {
  await house.vault.settled()
  for (let rounds = 0; rounds < 50 && (await telling.step(house.clock.now())) <= house.clock.now(); rounds++);
}

test('rebuild-equals-live: subscriptions and what they were told come out the same from the journal', async (context) => {
  const to = await receiver(context)
  let house = await houseIn(await folder(context))
  const { operator, directory } = house
  let telling = tellingOf(house)
  await house.vault.addInventory(operator.urn, 'Plant 1', sbom('left@1.0.0', 'right@2.0.0'))
  await telling.subscribe(operator.urn, { channel: { kind: 'webhook', url: to.url }, detail: 'full' })
  const { id } = await telling.subscribe(operator.urn, { channel: { kind: 'feed' } })
  await telling.subscribe(operator.urn, { channel: { kind: 'webhook', url: `${to.url}/2` }, perHour: 1 })
  await publish(house, left({}), { id: 'ADV-1' })
  await settle(house, telling)
  to.answer = { status: 500 }
  await publish(house, osv('OSV-2', 'right', {}), { id: 'ADV-2' })
  await settle(house, telling)
  await telling.unsubscribe(operator.urn, id)
  const live = dump(viewOf(directory), house.node.truth)
  const listed = telling.subscriptions(operator.urn).map((each) => ({ ...each, lastAttempt: undefined }))
  await telling.stop()
  await closeHouse(house)
  rmSync(join(directory, 'views'), { recursive: true })
  house = await reopened(house)
  await house.vault.settled()
  telling = tellingOf(house)
  assert.equal(dump(viewOf(directory), house.node.truth), live)
  assert.deepEqual(
    telling.subscriptions(operator.urn).map((each) => ({ ...each, lastAttempt: undefined })),
    listed,
  )
  assert.ok(listed.some(({ state }) => state === 'waiting'))
  await house.vault.erase(operator.urn)
  assert.deepEqual(telling.subscriptions(operator.urn), [])
  assert.doesNotMatch(dump(viewOf(directory), house.node.truth), /Plant|whsec|127\.0\.0\.1/)
  await telling.stop()
  await closeHouse(house)
})

test('sealed-stays-sealed: who is told where, and of what, shows in no file, answer, log line or error', async (context) => {
  const to = await receiver(context)
  const house = await houseIn(await folder(context))
  const { operator, node, vault, directory } = house
  const defects: unknown[] = []
  const telling = tellingOf(house, { onError: (error) => defects.push(error) })
  const log: string[] = []
  const app = await createServer({
    node,
    vault,
    telling,
    log: { error: (fields, message) => log.push(message + JSON.stringify(fields)) },
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const { secret: token } = await vault.issueToken({ party: operator.urn, admin: false, label: 'operator' })
  const client = createClient({ baseUrl: url, token })
  await client.vault.addInventory('quiet-river-plant', Buffer.from(sbom('left@1.0.0')))
  const hook = `${to.url}/midnight-path`
  const added = await client.vault.subscribe({
    channel: { kind: 'webhook', url: hook },
    label: 'night watch',
    detail: 'full',
  })
  const { feed = '' } = await client.vault.subscribe({ channel: { kind: 'feed' }, detail: 'full' })
  const feedSecret = feed.split('/').at(-1) ?? ''
  await publish(house, left({}), { id: 'ADV-1' })
  to.answer = { status: 500 }
  await settle(house, telling)
  to.answer = { status: 200 }
  house.clock.advance(60)
  await settle(house, telling)
  assert.ok(to.got.length >= 2)
  assert.match(await (await fetch(url + feed)).text(), /quiet-river-plant/)
  const failures = await Promise.all([
    fetch(`${url}/feeds/${feedSecret}x`).then((answer) => answer.text()),
    client.vault
      .subscribe({ channel: { kind: 'mail', to: 'night@plant.example' } })
      .catch((error: unknown) => inspect(error)),
    client.vault.testSubscription('00'.repeat(8)).catch((error: unknown) => inspect(error)),
    fetch(`${url}/api/v1/vault/subscriptions`).then((answer) => answer.text()),
    fetch(`${url}/metrics`).then((answer) => answer.text()),
  ])
  const said = [...log, ...defects.map((each) => inspect(each, { depth: 8 })), ...failures].join('\n')
  const secrets = ['quiet-river-plant', 'midnight-path', 'night watch', added.secret ?? 'none', feedSecret, added.id]
  const files = readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
  for (const secret of secrets) {
    const forms = [
      Buffer.from(secret),
      Buffer.from(secret, 'utf16le'),
      Buffer.from(Buffer.from(secret).toString('hex')),
    ]
    for (const form of forms) {
      assert.ok(!files.some((bytes) => bytes.includes(form)), `${secret} lies open in a file`)
      assert.ok(!Buffer.from(said).includes(form), `${secret} is said:\n${said}`)
    }
  }
  assert.deepEqual(defects, [])
  await app.close()
  await telling.stop()
  await closeHouse(house)
})

test('the API tells as the node does: alerts, subscriptions, tests and feeds, each to its own party alone', async (context) => {
  const to = await receiver(context)
  const house = await houseIn(await folder(context))
  const { operator, provider, node, vault } = house
  const telling = tellingOf(house)
  const app = await createServer({ node, vault, telling })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const clientOf = async (party: string) =>
    createClient({ baseUrl: url, token: (await vault.issueToken({ party, admin: false, label: '' })).secret })
  const [own, other] = [await clientOf(operator.urn), await clientOf(provider.urn)]
  await own.vault.addInventory('plant', Buffer.from(sbom('left@1.0.0')))
  const { id } = await own.vault.subscribe({ channel: { kind: 'webhook', url: to.url } })
  assert.deepEqual(await own.vault.testSubscription(id), { told: true })
  assert.equal(JSON.parse(to.got[0]?.body ?? '').type, 'comity.test')
  await assert.rejects(other.vault.testSubscription(id), { code: 'unknown-subscription' })
  await assert.rejects(other.vault.unsubscribe(id), { code: 'unknown-subscription' })
  const { next, items } = await own.vault.alerts()
  assert.deepEqual(items, [])
  const waiting = own.vault.alerts({ cursor: next, wait: 30 })
  const idle = other.vault.alerts({ wait: 30 })
  await publish(house, left({}), { id: 'ADV-1' })
  assert.equal((await waiting).items[0]?.match.component.name, 'left')
  for (const body of [
    { channel: { kind: 'webhook', url: 'ftp://x.example' } },
    { channel: { kind: 'webhook', url: 'https://u:p@x.example/' } },
    { channel: { kind: 'webhook', url: to.url }, label: 'a\nb' },
  ] as const) {
    await assert.rejects(own.vault.subscribe(body), { code: 'bad-subscription' })
  }
  await assert.rejects(own.vault.subscribe({ channel: { kind: 'mail', to: 'a@b.example' } }), { code: 'no-relay' })
  await own.vault.unsubscribe(id)
  assert.deepEqual((await own.vault.subscriptions()).subscriptions, [])
  // Closing waits for nobody.
  await app.close()
  assert.deepEqual((await idle).items, [])
  await telling.stop()
  await closeHouse(house)
})
