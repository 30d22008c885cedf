/** What a node says about procedures, and how their moves stand in the document of its API. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '@comity/contract'
import { procedures, versionName } from '@comity/procedures'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'
import type { TSchema } from 'typebox'
import { served } from './server.fixture.ts'

test('every procedure is served whole, under its version and the newest under its name', async (context) => {
  const { client } = await served(context)
  const answer = await client.procedures()
  assert.deepEqual([...Value.Errors(api.proceduresResponse, answer)], [])
  assert.equal(answer.calendars.zones, process.versions.tz)
  assert.match(answer.calendars.holidays, /^date-holidays \d+\.\d+\.\d+$/)
  const { procedures: listed } = answer
  assert.deepEqual(listed.map(({ version }) => version).toSorted(), procedures.map(versionName).toSorted())
  for (const { version, name, newest, opening } of listed) {
    const one = await client.procedure(version)
    assert.deepEqual([...Value.Errors(api.procedureResponse, one)], [], version)
    if (newest) assert.deepEqual(await client.procedure(name), one)
    assert.deepEqual(
      one.moves.filter(({ opens }) => opens).map((move) => move.name),
      opening,
    )
    assert.match(one.diagram, /^stateDiagram-v2/)
  }
  const dispute = await client.procedure('dispute')
  const notify = dispute.moves.find(({ name }) => name === 'notify')
  // A schema as it came over the wire: it has the form of one.
  const body = Compile(notify?.body as unknown as TSchema)
  const said = { respondents: [`urn:comity:party:${'a'.repeat(64)}`], subject: 'A', urgency: 'normal', basis: 'B' }
  assert.ok(body.Check(said))
  assert.ok(!body.Check({ ...said, urgency: 'soon' }))
  assert.deepEqual(notify?.binds, { respondents: 'respondent' })
  assert.deepEqual(notify?.form.map(({ name, input, required }) => [name, input, required]).slice(0, 2), [
    ['respondents', 'party', true],
    ['subject', 'text', true],
  ])
  assert.ok(dispute.clocks.every(({ source }) => source.text.length > 0))
  await assert.rejects(client.procedure('duel'), { code: 'not-found' })
  await assert.rejects(client.procedure('dispute/9'), { code: 'not-found' })
  await assert.rejects(client.procedure('dispute/x'), { code: 'bad-request' })
})

test('the document of the API has the schema of what each move says', async (context) => {
  const { url } = await served(context)
  // The assertions are the check of that form.
  const document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as {
    readonly components: { readonly schemas: Readonly<Record<string, { readonly properties?: object }>> }
  }
  const { schemas } = document.components
  for (const { name, moves } of procedures)
    for (const move of Object.keys(moves)) assert.ok(schemas[`move.${name}.${move}`], `${name} ${move}`)
  assert.deepEqual(Object.keys(schemas['move.dispute.notify']?.properties ?? {}), [
    'respondents',
    'subject',
    'urgency',
    'basis',
    'documents',
  ])
  assert.ok(schemas['move.reply'])
})
