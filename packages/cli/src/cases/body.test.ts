/** What people type for the body of a move: typed by its schema, and refused with the name of the field. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { CliError } from '../cli-error.ts'
import { Session } from '../session.ts'
import { type BodyDesk, type BodyOptions, bodyOf } from './body.ts'
import { requireBody } from './file-move.ts'
import { moveFrom, procedureFrom } from './procedure-desk.ts'

const party = (digit: string): string => `urn:comity:party:${digit.repeat(64)}`

function desk(context: TestContext, stdin = ''): BodyDesk {
  const folder = mkdtempSync(join(tmpdir(), 'comity-body-'))
  context.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'facts.txt'), 'Two builds of one release differ.\n')
  writeFileSync(join(folder, 'terms.pdf'), '%PDF')
  writeFileSync(join(folder, 'body.json'), JSON.stringify({ subject: 'From a file', urgency: 'urgent' }))
  const output = new PassThrough()
  const input = new PassThrough()
  input.end(stdin)
  const session = new Session(
    { cwd: folder, env: { COMITY_HOME: folder }, stdin: input, stdout: output, stderr: output, now: () => 0 },
    {},
  )
  return { session, client: () => Promise.reject(new Error('no node was to be asked')) }
}

async function built(of: BodyDesk, procedure: string, name: string, options: BodyOptions) {
  const definition = await procedureFrom(procedure)
  const made = await bodyOf(of, await moveFrom(definition, name), options)
  await requireBody(definition, name, made)
  return made
}

async function refusal(work: Promise<unknown>): Promise<CliError> {
  try {
    await work
  } catch (error) {
    assert.ok(error instanceof CliError, String(error))
    return error
  }
  return assert.fail('it was taken')
}

const notified = [`respondents=${'b'.repeat(64)}`, 'subject=Updates', 'urgency=normal', 'basis=@facts.txt']

test('values are typed by the schema of the move: parties, words, files, lists, times', async (context) => {
  const of = desk(context)
  const { body, attachments } = await built(of, 'dispute', 'notify', {
    set: [...notified, `respondents=${party('c')}`],
    document: ['terms.pdf'],
  })
  const digest = `sha256:${createHash('sha256').update('%PDF').digest('hex')}`
  assert.deepEqual(body, {
    respondents: [party('b'), party('c')],
    subject: 'Updates',
    urgency: 'normal',
    basis: 'Two builds of one release differ.',
    documents: [{ digest, size: 4, type: 'application/pdf' }],
  })
  assert.deepEqual(
    attachments.map((each) => each.digest),
    [digest],
  )
  const terms = await built(of, 'agreement', 'sign', { set: ['terms=@terms.pdf'] })
  assert.deepEqual([terms.body, terms.attachments.length], [{ terms: digest }, 1])
  const agreed = { kind: 'end-clock-at', clock: 'acknowledgement', at: Date.UTC(2026, 11, 24, 12) / 1000 }
  const proposed = await built(of, 'dispute', 'propose', {
    set: ['what.kind=end-clock-at', 'what.clock=acknowledgement', 'what.at=2026-12-24T12:00:00Z'],
  })
  assert.deepEqual(proposed.body, { what: agreed })
  const notices = await built(of, 'agreement', 'propose', {
    set: ['what.kind=end-clock-at', 'what.clock=notice', `what.party=${party('b')}`, 'what.at=2026-12-24T12:00:00Z'],
  })
  assert.deepEqual(notices.body, { what: { ...agreed, clock: 'notice', party: party('b') } })
  const reached = await built(of, 'capacity', 'milestone', { set: ['name=First week', 'reached=yes'] })
  assert.deepEqual(reached.body, { name: 'First week', reached: true })
  const notice = await built(of, 'restriction', 'notice', {
    set: [
      'request=own-rules',
      `content=${'c'.repeat(64)}`,
      'end=2027-11-20',
      'basis.instrument=Act',
      'basis.article=12',
    ],
  })
  assert.deepEqual(notice.body, {
    request: 'own-rules',
    content: `sha256:${'c'.repeat(64)}`,
    end: '2027-11-20T00:00:00Z',
    basis: { instrument: 'Act', article: '12' },
  })
  const at = await built(of, 'dispute', 'reply', { set: ['text=@@home, as we said'] })
  assert.deepEqual(at.body, { text: '@home, as we said' })
})

test('a body comes from a file or standard input, and single fields go before it', async (context) => {
  const set = [`respondents=${party('b')}`, 'basis=Facts.', 'urgency=normal']
  const file = await built(desk(context), 'dispute', 'notify', { body: 'body.json', set })
  assert.deepEqual([file.body['subject'], file.body['urgency']], ['From a file', 'normal'])
  const piped = await built(desk(context, '{"text":"We note it."}'), 'dispute', 'reply', { body: '-' })
  assert.deepEqual(piped.body, { text: 'We note it.' })
  const broken = await refusal(built(desk(context, '{'), 'dispute', 'reply', { body: '-' }))
  assert.deepEqual([broken.inner, /standard input is no JSON/.test(broken.message)], ['bad-body', true])
  const list = await refusal(built(desk(context, '[]'), 'dispute', 'reply', { body: '-' }))
  assert.match(list.message, /no JSON object/)
})

test('what does not fit is refused with the name of its field, and with what would', async (context) => {
  const of = desk(context)
  const cases: [BodyOptions, string | undefined, RegExp][] = [
    [{ set: ['subjct=Updates'] }, '/subjct', /notify has no field "subjct".*: respondents, subject, urgency, basis/],
    [{ set: ['urgency=soon'] }, '/urgency', /urgency "soon" does not fit: normal \| urgent/],
    [{ set: ['respondents=nobody at all'] }, undefined, /no node was to be asked/],
    [{ set: [`subject=${'x'.repeat(401)}`] }, '/subject', /subject has 401 characters: 400 at the most/],
    [{ set: ['subject'] }, undefined, /not of the form field=value/],
    [{ set: ['subject='] }, undefined, /says nothing/],
    [{ set: ['documents=x'] }, undefined, /--document FILE/],
    [{ set: ['subject=Updates'] }, '/respondents', /notify also has to say respondents, urgency, basis/],
    [{ set: notified, body: 'none.json' }, undefined, /none\.json.*does not exist/],
  ]
  for (const [options, pointer, says] of cases) {
    const error = await refusal(
      built(of, 'dispute', 'notify', options).catch((cause: unknown) => {
        throw cause instanceof CliError ? cause : new CliError('usage', String(cause))
      }),
    )
    assert.match(error.message, says)
    assert.equal(error.pointer, pointer)
    assert.equal(error.exitCode, 2)
  }
  const nested = await refusal(built(of, 'dispute', 'propose', { set: ['what=suspend'] }))
  assert.match(nested.message, /no field "what" that takes a value: what\.kind, what\.clock, what\.at/)
  const whole = await refusal(built(of, 'dispute', 'propose', { set: ['what.kind=end-clock-at'] }))
  assert.deepEqual([whole.inner, whole.exitCode], ['bad-body', 2])
  const unknown = await refusal(procedureFrom('war'))
  assert.match(unknown.message, /"war" is no procedure: .*dispute/)
  const move = await refusal(procedureFrom('dispute').then((each) => moveFrom(each, 'invade')))
  assert.match(move.message, /dispute has no move "invade": notify, .*accept/)
})
