import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { MailRelay, isMailAddress } from './mail-relay.ts'
import { certificate, headerOf, smtpServer, textOf } from './smtp-server.fixture.ts'

const from = 'alerts@node.example'
const mail = {
  to: 'desk@plant.example',
  id: 'a1'.repeat(16),
  subject: 'Comity: Grüße',
  text: 'One line.\n.\nÜber alles.\n',
}

test('mail goes to a relay on this machine, as plain text, under an identifier that stays', async (context) => {
  const server = await smtpServer(context)
  const relay = new MailRelay({ url: `smtp://127.0.0.1:${server.port}`, from })
  assert.deepEqual(await relay.send(mail), { told: true })
  assert.deepEqual(await relay.send(mail), { told: true })
  assert.equal(server.received.length, 2)
  for (const each of server.received) {
    assert.deepEqual([each.from, each.to], [from, [mail.to]])
    assert.equal(textOf(each).trimEnd(), mail.text.trimEnd())
    assert.equal(headerOf(each, 'message-id'), `<${mail.id}@node.example>`)
    assert.equal(headerOf(each, 'auto-submitted'), 'auto-generated')
    assert.match(headerOf(each, 'content-type') ?? '', /^text\/plain/)
  }
})

test('a relay is spoken to over TLS before it is told anything: by STARTTLS, or from the first byte', async (context) => {
  const { key, cert } = certificate(context)
  const user = { name: 'node', password: 'correct horse' }
  for (const isImplicit of [false, true]) {
    const server = await smtpServer(context, { tls: { key, cert }, isImplicit, user })
    const url = `${isImplicit ? 'smtps' : 'smtp'}://node@127.0.0.1:${server.port}`
    const relay = new MailRelay({ url, from, password: user.password, ca: cert })
    assert.deepEqual(await relay.send(mail), { told: true })
    assert.deepEqual(
      server.received.map(({ isTls, user: who }) => [isTls, who]),
      [[true, 'node']],
    )
  }
})

test('a relay that offers no TLS, or cannot show who it is, is told nothing', async (context) => {
  const { key, cert } = certificate(context)
  const plain = await smtpServer(context)
  const other = await smtpServer(context, { tls: { key, cert } })
  const stranger = certificate(context).cert
  const without = await new MailRelay({ url: `smtp://127.0.0.1:${plain.port}`, from, ca: cert }).send(mail)
  const unknown = await new MailRelay({ url: `smtp://127.0.0.1:${other.port}`, from, ca: stranger }).send(mail)
  for (const outcome of [without, unknown]) {
    assert.ok(!outcome.told)
    assert.deepEqual([outcome.code, outcome.isFinal], ['not-trusted', false])
  }
  for (const { received, commands } of [plain, other]) {
    assert.equal(received.length, 0)
    assert.ok(!commands.some((each) => /desk@|MAIL|RCPT/.test(each)), commands.join())
  }
})

test('a wrong password is the keeper’s to mend, and is tried again', async (context) => {
  const { key, cert } = certificate(context)
  const server = await smtpServer(context, { tls: { key, cert }, user: { name: 'node', password: 'right' } })
  const relay = new MailRelay({ url: `smtp://node@127.0.0.1:${server.port}`, from, password: 'wrong', ca: cert })
  assert.deepEqual(await relay.send(mail), { told: false, code: 'not-authorised', status: 535, isFinal: false })
  assert.equal(server.received.length, 0)
})

test('4yz is for now, 5yz is for good, wherever in the dialogue it is said', async (context) => {
  for (const [at, reply, isFinal] of [
    ['RCPT', '450 4.2.1 later', false],
    ['RCPT', '550 5.1.1 nobody of that name', true],
    ['.', '451 4.3.0 later', false],
    ['.', '554 5.7.1 no', true],
  ] as const) {
    const server = await smtpServer(context, {
      instead: (command) => (command.startsWith(at) ? `${reply} <${mail.to}>` : undefined),
    })
    const outcome = await new MailRelay({ url: `smtp://127.0.0.1:${server.port}`, from }).send(mail)
    const status = Number(reply.slice(0, 3))
    assert.deepEqual(outcome, { told: false, code: 'refused', status, isFinal })
  }
})

test('who hangs up, does not listen, or speaks no SMTP was not reached', async (context) => {
  const silent = createServer((socket) => void socket.on('error', () => {}).end('SSH-2.0-other\r\n'))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const cut = await smtpServer(context, { instead: (command) => (command === '.' ? 'hang up' : undefined) })
  for (const each of [port, cut.port]) {
    const outcome = await new MailRelay({ url: `smtp://127.0.0.1:${each}`, from }).send(mail)
    assert.deepEqual(outcome, { told: false, code: 'not-reached', isFinal: false })
  }
  silent.close()
  const gone = await new MailRelay({ url: `smtp://127.0.0.1:${port}`, from }).send(mail)
  assert.deepEqual(gone, { told: false, code: 'not-reached', isFinal: false })
})

test('what is no relay or no sender is refused with what is right', () => {
  const bad = [
    { url: 'https://mail.example', from },
    { url: 'mail.example:25', from },
    { url: 'smtp://node:secret@mail.example', from },
    { url: 'smtps://mail.example', from: 'nobody' },
  ]
  for (const options of bad) {
    assert.throws(() => new MailRelay(options), { code: 'bad-relay' })
  }
})

test('an address is one address: nothing in it names a second one or ends a line', () => {
  for (const good of ['desk@plant.example', "o'neill+alerts@sub.plant-1.example", 'root@localhost']) {
    assert.ok(isMailAddress(good), good)
  }
  const parts = fc.constantFrom(
    'a',
    '@',
    ',',
    ';',
    '<',
    '>',
    ' ',
    '\r\n',
    '"',
    '(',
    ')',
    ':',
    '.',
    'x.example',
    '\u0000',
  )
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('')
      if (!isMailAddress(text)) return
      assert.match(text, /^[^\s@,;<>"():]+@[^\s@,;<>"():]+$/)
    }),
    { numRuns: 300 },
  )
})
