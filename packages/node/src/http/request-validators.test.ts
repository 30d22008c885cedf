import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestValidators } from './request-validators.ts'
import { served } from './server.fixture.ts'

/** What the description of the interface says of the parts of requests. */
interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly schema: object }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: object }>> }
}

const part = { method: 'GET', url: '/', httpPart: 'querystring' } as const

test('every schema that the interface shows can be compiled, though nothing is before it is asked for', async (context) => {
  const { url } = await served(context)
  // The tests of the description say that it has this form.
  const { paths } = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as Described
  const operations = Object.values(paths).flatMap((item) => Object.values(item))
  const schemas = operations.flatMap(({ parameters = [], requestBody }) => [
    { type: 'object', properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])) },
    ...Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => schema ?? []),
  ])
  assert.ok(schemas.length > 60, String(schemas.length))
  const validatorOf = await requestValidators()
  for (const schema of schemas) assert.doesNotThrow(() => validatorOf({ ...part, schema })({}), JSON.stringify(schema))
})

test('a schema that is none is told when it is needed, and a misspelt member is refused', async () => {
  const validatorOf = await requestValidators()
  assert.throws(() => validatorOf({ ...part, schema: { type: 'nothing' } })({}), /type/)
  const schema = { type: 'object', properties: { limit: { type: 'integer' } }, additionalProperties: false }
  const query = { limit: '7' }
  assert.equal(validatorOf({ ...part, schema })(query), true)
  // Numbers in addresses are text.
  assert.deepEqual(query, { limit: 7 })
  const verdict = validatorOf({ ...part, schema: { ...schema } })({ limt: '7' })
  assert.ok(typeof verdict === 'object' && 'error' in verdict && Array.isArray(verdict.error))
})

test('servers of one process answer a bad request in the same words', async (context) => {
  const answers = await Promise.all(
    [await served(context), await served(context)].map(async ({ url }) => {
      const answer = await fetch(`${url}/api/v1/statements?limit=none`)
      return [answer.status, await answer.json()]
    }),
  )
  assert.equal(answers[0]?.[0], 400)
  assert.deepEqual(answers[0], answers[1])
})
