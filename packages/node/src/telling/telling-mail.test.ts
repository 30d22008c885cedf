import assert from 'node:assert/strict'
import { test } from 'node:test'
import { left, osv, publish } from '../vault/vault.fixture.ts'
import { MailRelay } from './channels/mail-relay.ts'
import { headerOf, smtpServer, textOf } from './channels/smtp-server.fixture.ts'
import { tellingHouse } from './telling.fixture.ts'

test('what is harmless again before anybody was told is told to nobody', async (context) => {
  const server = await smtpServer(context)
  const relay = new MailRelay({ url: `smtp://127.0.0.1:${server.port}`, from: 'alerts@node.example' })
  const mailing = await tellingHouse(context, { relay })
  await mailing.telling.subscribe(mailing.operatorUrn, { channel: { kind: 'mail', to: 'desk@plant.example' } })
  const first = await publish(mailing, left({}), { id: 'ADV-1' })
  await mailing.settle()
  assert.equal(server.received.length, 0, 'mail waits a moment for what belongs together')
  const withdrawn = new Date((mailing.clock.now() + 1) * 1000).toISOString().replace('.000Z', 'Z')
  await publish(mailing, left({}, { withdrawn }), { id: 'ADV-1', revises: first.statement, withdrawn })
  await mailing.settle()
  mailing.clock.advance(60)
  await mailing.settle()
  assert.equal(server.received.length, 0)
  await publish(mailing, osv('OSV-2', 'right', {}), { id: 'ADV-2' })
  await mailing.settle()
  mailing.clock.advance(60)
  await mailing.settle()
  assert.equal(server.received.length, 1)
})

test('mail says only that there is something, unless more was chosen', async (context) => {
  const server = await smtpServer(context)
  const relay = new MailRelay({ url: `smtp://127.0.0.1:${server.port}`, from: 'alerts@node.example' })
  const house = await tellingHouse(context, { relay, publicUrl: 'https://log.example.org' })
  const { telling, operatorUrn, settle, clock } = house
  await telling.subscribe(operatorUrn, { channel: { kind: 'mail', to: 'none@plant.example' } })
  await telling.subscribe(operatorUrn, { channel: { kind: 'mail', to: 'full@plant.example' }, detail: 'full' })
  await publish(house, left({ fixed: '1.2.0' }), {
    id: 'ADV-1',
    title: 'Left\r\nBcc: x@y.example falls over',
    remedy: { kind: 'update', version: '1.2.0', url: 'https://left.example/1.2.0' },
  })
  await settle()
  clock.advance(10)
  await settle()
  const [none, full] = ['none', 'full'].map((each) =>
    server.received.find(({ to }) => to[0] === `${each}@plant.example`),
  )
  assert.ok(none !== undefined && full !== undefined && server.received.length === 2)
  assert.doesNotMatch(none.data, /left|ADV-1|falls|Plant 1|1\.2\.0/i)
  assert.match(textOf(none), /comity matches/)
  assert.match(textOf(none), /https:\/\/log\.example\.org/)
  assert.equal(headerOf(full, 'subject'), 'Comity: OSV-1 concerns 1 component')
  const text = textOf(full)
  for (const part of ['AFFECTED: left 1.0.0, in Plant 1', 'Do: update to 1.2.0', 'Why: ', '--advisory ADV-1']) {
    assert.ok(text.includes(part), `${part} is missing in\n${text}`)
  }
  assert.equal(headerOf(full, 'bcc'), undefined)
})

test('mail that the relay will never take is given up at once; what it takes later is brought later', async (context) => {
  let reply: string | undefined = '450 4.2.1 later'
  const server = await smtpServer(context, { instead: (command) => (command.startsWith('RCPT') ? reply : undefined) })
  const relay = new MailRelay({ url: `smtp://127.0.0.1:${server.port}`, from: 'alerts@node.example' })
  const house = await tellingHouse(context, { relay })
  const { telling, operatorUrn, settle, clock } = house
  await telling.subscribe(operatorUrn, { channel: { kind: 'mail', to: 'desk@plant.example' } })
  await publish(house, left({}), { id: 'ADV-1' })
  await settle()
  clock.advance(10)
  await settle()
  assert.equal(telling.subscriptions(operatorUrn)[0]?.lastAttempt?.status, 450)
  reply = undefined
  clock.advance(60)
  await settle()
  assert.equal(server.received.length, 1)
  reply = '550 5.1.1 nobody'
  await publish(house, osv('OSV-2', 'right', {}), { id: 'ADV-2' })
  await settle()
  clock.advance(10)
  await settle()
  const [info] = telling.subscriptions(operatorUrn)
  assert.deepEqual([info?.state, info?.failed?.code, info?.failed?.status], ['idle', 'refused', 550])
})
