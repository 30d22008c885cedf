import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatementSummary } from '@comity/contract'
import { CliError } from './cli-error.ts'
import { namesStatement, statementIdOf } from './statement-id.ts'
import { widthOf } from './terminal/text.ts'

/** A log that holds statements of these identifiers. */
function logOf(...ids: readonly string[]) {
  const asked: string[] = []
  const items = ids.map((id, index): StatementSummary => {
    const iss = `urn:comity:party:${'a'.repeat(64)}`
    return {
      id,
      origin: 'log.example',
      index,
      kind: 'support',
      iss,
      sub: 'urn:comity:instrument:gids',
      iat: 0,
      at: 0,
      effective: index,
    }
  })
  const statements = async ({ id = '', limit = 50 }: { id?: string; limit?: number } = {}) => {
    asked.push(id)
    return { items: items.filter((each) => each.id.startsWith(id)).slice(0, limit) }
  }
  return { client: { statements }, asked }
}

const one = `${'ab'.repeat(5)}${'1'.repeat(54)}`
const other = `${'ab'.repeat(5)}${'2'.repeat(54)}`

test('a whole identifier or a URN is taken without asking; the beginning of one is looked up', async () => {
  const { client, asked } = logOf(one, other)
  assert.equal(await statementIdOf(client, one), one)
  assert.equal(await statementIdOf(client, `urn:comity:statement:${other}`), other)
  assert.deepEqual(asked, [])
  assert.equal(await statementIdOf(client, one.slice(0, 11)), one)
  assert.equal(await statementIdOf(client, `${other.slice(0, 12)}…`), other)
  assert.deepEqual(asked, [one.slice(0, 11), other.slice(0, 12)])
})

test('a beginning that several statements share is answered with what there is to choose from', async () => {
  const { client } = logOf(one, other)
  await assert.rejects(statementIdOf(client, 'abababab'), (error) => {
    assert.ok(error instanceof CliError)
    assert.deepEqual([error.code, error.exitCode, error.choices?.names], ['ambiguous', 2, [one, other]])
    assert.match(error.message, /2 statements begin with abababab: give more digits/)
    const lines = error.choices?.text.split('\n') ?? []
    assert.equal(lines.length, 3)
    for (const line of lines) assert.ok(widthOf(line) <= 80, line)
    assert.ok(
      lines[1]?.includes(one.slice(0, 16)) && lines[2]?.includes(other.slice(0, 16)),
      'enough digits to tell them apart',
    )
    return true
  })
})

test('what begins no statement is not found, and what can be no identifier is wrong', async () => {
  const { client, asked } = logOf(one)
  await assert.rejects(statementIdOf(client, 'cdcdcdcd'), { code: 'not-found' })
  for (const text of ['abababa', 'ABABABAB', 'xyz', '', `${one}0`]) {
    assert.equal(namesStatement(text), false)
    await assert.rejects(statementIdOf(client, text), { code: 'usage' })
  }
  assert.deepEqual(asked, ['cdcdcdcd'])
})
