import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { closeHouse, houseIn, reopened, sbom, startAt } from '../vault/vault.fixture.ts'
import { type Receiver, receiver, tellingOf } from './telling.fixture.ts'

const script = join(dirname(fileURLToPath(import.meta.url)), 'killed-teller.fixture.ts')
const rounds = 4

/** Lets a process tell, and kills it once the receiver has got so many messages more: the last of them unanswered. */
async function killAfter(directory: string, round: number, messages: number, to: Receiver): Promise<void> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    script,
    directory,
    String(startAt + round * 1_000_000),
    `${round}`,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  const wanted = to.got.length + messages
  to.onMessage = () => (to.got.length >= wanted ? (child.kill('SIGKILL'), false) : true)
  await once(child, 'exit')
  to.onMessage = () => true
  assert.equal(child.signalCode, 'SIGKILL', errors)
}

async function emptyHouse(context: TestContext, url: string) {
  const directory = mkdtempSync(join(tmpdir(), 'comity-teller-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const house = await houseIn(directory)
  const { vault, operator } = house
  await vault.addInventory(operator.urn, 'Plant 1', sbom('left@1.0.0', 'right@2.0.0'))
  await vault.settled()
  const telling = tellingOf(house)
  await telling.subscribe(operator.urn, { channel: { kind: 'webhook', url }, detail: 'full', perHour: 60 })
  await telling.stop()
  await closeHouse(house)
  return house
}

test('kill -9 at any moment: every alert is told, in one message that is the same however often it comes', async (context) => {
  const to = await receiver(context)
  const house = await emptyHouse(context, to.url)
  for (let round = 1; round <= rounds; round++) await killAfter(house.directory, round, round, to)
  house.clock.advance((rounds + 1) * 1_000_000)
  const again = await reopened(house)
  const telling = tellingOf(again)
  await again.vault.settled()
  for (let idle = 0; idle < 3;) {
    const next = await telling.step(again.clock.now())
    idle = next > again.clock.now() ? idle + 1 : 0
  }
  const alerts: string[] = []
  for (let cursor: string | undefined, more = true; more;) {
    const page = await telling.alerts(again.operator.urn, { cursor, limit: 100 })
    alerts.push(...page.alerts.map(({ match }) => match.id))
    ;({ more } = page)
    cursor = page.next
  }
  const messages = new Map<string, string>()
  for (const { id, body } of to.got) {
    assert.equal(messages.get(id) ?? body, body, 'a message that comes twice says the same twice')
    messages.set(id, body)
  }
  const told = [...messages.values()].flatMap((body) =>
    (JSON.parse(body) as { data: { alerts: { match: string }[] } }).data.alerts.map(({ match }) => match),
  )
  assert.ok(
    told.length >= rounds && messages.size < to.got.length,
    `${messages.size} messages in ${to.got.length} calls`,
  )
  assert.deepEqual(told.toSorted(), alerts.toSorted(), 'each once, none twice')
  await telling.stop()
  await closeHouse(again)
})
