/** Several notices in one agreement: each is due, shown with who gave it, and takes effect by itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '@comity/contract'
import { caseUrn } from '@comity/statement'
import { actor } from '@comity/testkit'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { moveIn } from '../judge/dispute.fixture.ts'
import { digestOf, home, json, served, startAt } from './server.fixture.ts'

const day = 86_400
const [north, south, east] = ['north', 'south', 'east'].map((label) => actor(`notices ${label}`, home.origin))
const text = json('What the parties agree on.')
const terms = digestOf(text)
const documents = [{ digest: terms, size: text.length, type: 'application/json' }]

function fits<T>(schema: TSchema, value: T): T {
  const [first] = Value.Errors(schema, value)
  assert.equal(first, undefined, `${JSON.stringify(first)} in ${JSON.stringify(value)?.slice(0, 500)}`)
  return value
}

test('each notice is due at its own time, whoever gave a later one, and nobody is shown as leaving who has left', async (context) => {
  assert.ok(north && south && east)
  const { client, clock } = await served(context)
  const urn = caseUrn(north.urn, 'data')
  const make = (author: typeof north, name: string, body = {}) =>
    client.submit(moveIn(author, urn, home.origin, name, { iat: clock.now(), procedure: 'agreement/1', body }))
  for (const each of [north, south, east]) await client.submit(each.founding(startAt))
  await client.putDocument(terms, text)
  await make(north, 'propose-terms', { parties: [south.urn, east.urn], subject: 'Requests', terms, documents })
  for (const each of [north, south, east]) await make(each, 'sign', { terms })
  await make(east, 'give-notice')
  clock.advance(60 * day)
  await make(south, 'give-notice')

  const due = async (query = {}) => {
    const { items } = fits(api.dueCasesResponse, await client.dueCases(clock.now() + 500 * day, query))
    return items.map(({ clock: { name }, standing, binds, at }) => {
      const parties = binds.parties.map(({ party }) => party)
      return [name, standing, binds.role, parties, at]
    })
  }
  const ends = [366, 426].map((days) => startAt - (startAt % day) + days * day - 1)
  const first = ['notice', 'running', 'party', [east.urn], ends[0]]
  const second = ['notice', 'running', 'party', [south.urn], ends[1]]
  assert.deepEqual(await due(), [first, second])
  assert.deepEqual(await due({ party: south.urn }), [second])
  assert.deepEqual(await due({ party: north.urn }), [], 'who gave no notice is bound by none')
  const shown = fits(api.caseResponse, await client.case(urn))
  assert.deepEqual(
    shown.leaving.map(({ party, role, at }) => [party.party, role, at]),
    [
      [east.urn, 'party', ends[0]],
      [south.urn, 'party', ends[1]],
    ],
  )
  assert.match(shown.leaving[0]?.deadline ?? '', /T23:59:59\+00:00\[UTC\]$/)
  assert.deepEqual([shown.next?.name, shown.next?.at], ['notice', ends[0]])

  clock.advance(307 * day)
  assert.deepEqual(await due(), [second])
  const left = fits(api.caseResponse, await client.case(urn))
  assert.deepEqual(
    left.leaving.map(({ party }) => party.party),
    [south.urn],
  )
  assert.deepEqual(
    left.roles.find(({ role }) => role === 'party')?.parties.map(({ party }) => party),
    [north.urn, south.urn],
  )
  await make(south, 'take-back-notice')
  assert.deepEqual([await due(), (await client.case(urn)).leaving], [[], []])
})

test('a notice that is not the latest is moved by agreement, and is due at the agreed time', async (context) => {
  assert.ok(north && south && east)
  const { client, clock } = await served(context)
  const urn = caseUrn(north.urn, 'moved')
  const make = (author: typeof north, name: string, body = {}) =>
    client.submit(moveIn(author, urn, home.origin, name, { iat: clock.now(), procedure: 'agreement/1', body }))
  for (const each of [north, south, east]) await client.submit(each.founding(startAt))
  await client.putDocument(terms, text)
  await make(north, 'propose-terms', { parties: [south.urn, east.urn], subject: 'Requests', terms, documents })
  for (const each of [north, south, east]) await make(each, 'sign', { terms })
  await make(east, 'give-notice')
  clock.advance(60 * day)
  await make(south, 'give-notice')
  const leaving = async () =>
    fits(api.caseResponse, await client.case(urn)).leaving.map(({ party, at }) => [party.party, at])
  const [, latest] = await leaving()
  const at = clock.now() + 30 * day
  const what = { kind: 'end-clock-at', clock: 'notice', at, party: east.urn }
  await make(north, 'propose', { what })
  const [proposal] = fits(api.caseResponse, await client.case(urn)).proposals
  assert.deepEqual(proposal?.what, what)
  for (const each of [south, east]) await make(each, 'accept', { proposal: proposal.statement })
  assert.deepEqual(await leaving(), [[east.urn, at], latest])
  const due = fits(api.dueCasesResponse, await client.dueCases(at, { party: east.urn }))
  assert.deepEqual(
    due.items.map((each) => each.at),
    [at],
  )
  clock.advance(31 * day)
  assert.deepEqual(await leaving(), [latest])
  await assert.rejects(make(north, 'propose', { what }), {
    message: new RegExp(`no notice of ${east.urn} runs in this case: one of ${south.urn} does`),
  })
})
