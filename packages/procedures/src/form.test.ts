/** Forms and schemas of moves, for pages, the command line and the description of the interface. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonBodies } from './common-moves.ts'
import { formOf } from './form.ts'
import { dispute } from './procedures/dispute.ts'
import { restriction } from './procedures/restriction.ts'
import { procedures } from './registry.ts'
import { bodySchemaOf, schemasByName } from './schemas.ts'

const bodyOf = (of: typeof dispute, move: string) => of.moves[move]?.body ?? assert.fail(move)
const field = (of: typeof dispute, move: string, name: string) =>
  formOf(bodyOf(of, move)).find((each) => each.name === name)

test('a form has the fields of the schema, what each takes, whether it is required and what may stand there', () => {
  const notify = formOf(bodyOf(dispute, 'notify'))
  assert.deepEqual(
    notify.map(({ name, input, required }) => [name, input, required]),
    [
      ['respondents', 'party', true],
      ['subject', 'text', true],
      ['urgency', 'choice', true],
      ['basis', 'long-text', true],
      ['documents', 'documents', false],
    ],
  )
  assert.deepEqual(notify[0]?.many, { least: 1, most: 8 })
  assert.deepEqual(notify[2]?.options, ['normal', 'urgent'])
  assert.deepEqual([notify[1]?.label, notify[1]?.maxLength], ['what it is about', 400])
})

test('members of a member stand with a dot, and are required only where all above them are', () => {
  assert.deepEqual(field(restriction, 'notice', 'necessity.threat'), {
    name: 'necessity.threat',
    label: 'Threat',
    input: 'long-text',
    required: false,
    maxLength: 1000,
  })
  assert.equal(field(restriction, 'notice', 'publicInterest')?.label, 'Public interest')
  assert.equal(field(restriction, 'notice', 'end')?.input, 'date')
  assert.equal(field(restriction, 'notice', 'content')?.input, 'digest')
})

test('every field of every move of every procedure has its form, and every required one is among them', () => {
  for (const { name: procedure, moves } of procedures) {
    for (const [move, { body }] of Object.entries(moves)) {
      const form = formOf(body)
      for (const name of Object.keys(body.properties))
        assert.ok(
          form.some((each) => each.name === name || each.name.startsWith(`${name}.`)),
          `${procedure} ${move} ${name}`,
        )
      for (const { label, input, options } of form) {
        assert.ok(label !== '')
        assert.equal(input === 'choice', options !== undefined)
      }
    }
  }
  assert.equal(formOf(commonBodies.propose).find(({ name }) => name === 'what')?.input, 'json')
})

test('schemas are plain JSON, each under a name of its own, and those of other kinds are left to these', () => {
  const schemas = schemasByName(procedures)
  assert.deepEqual(JSON.parse(JSON.stringify(schemas)), schemas)
  assert.equal(schemas['move.dispute.notify']?.['additionalProperties'], false)
  assert.ok(Object.hasOwn(schemas, 'move.reply') && Object.hasOwn(schemas, 'move.adherence.object'))
  assert.ok(!Object.hasOwn(schemas, 'move.adherence.declare'))
  const old = schemasByName([dispute, { ...dispute, version: 2 }])
  assert.ok(Object.hasOwn(old, 'move.dispute.1.notify') && Object.hasOwn(old, 'move.dispute.notify'))
  assert.deepEqual(bodySchemaOf(dispute, 'reply'), schemas['move.reply'])
  assert.throws(() => bodySchemaOf(dispute, 'war'), { code: 'unknown-move' })
})
