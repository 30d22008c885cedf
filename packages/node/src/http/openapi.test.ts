/** The document against what OpenAPI 3.1 demands and schemas cannot say, and its viewer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mediaType } from '@comity/contract'
import { type Served, served } from './server.fixture.ts'

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema?: object
}

interface Operation {
  readonly operationId?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly security?: readonly Record<string, readonly string[]>[]
  readonly requestBody?: { readonly content?: object }
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: object }>>
}

interface Document {
  readonly openapi: string
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly securitySchemes: object }
}

interface Listed {
  readonly where: string
  readonly path: string
  readonly operation: Operation
}

async function documentOf({ url }: Served): Promise<Document> {
  const response = await fetch(`${url}/api/v1/openapi.json`)
  // The assertions of the tests are the check of that form.
  return (await response.json()) as Document
}

function operationsOf({ paths }: Document): readonly Listed[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ where: `${method} ${path}`, path, operation })),
  )
}

/** Every reference in the document, however deep. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) =>
    name === '$ref' && typeof each === 'string' ? [each] : referencesIn(each),
  )
}

test('the API documents every one of its addresses as valid OpenAPI 3.1', async (context) => {
  const document = await documentOf(await served(context))
  assert.equal(document.openapi, '3.1.0')
  const operations = operationsOf(document)
  assert.ok(operations.length >= 40, String(operations.length))

  const ids = operations.map(({ operation }) => operation.operationId)
  assert.ok(ids.every((id) => /^[a-zA-Z]+$/.test(id ?? '')))
  assert.equal(new Set(ids).size, ids.length)
  const withoutNames = Object.keys(document.paths).map((path) => path.replaceAll(/\{[^}]*\}/g, '{}'))
  assert.equal(
    new Set(withoutNames).size,
    withoutNames.length,
    'two paths differ by the names of their parameters only',
  )

  const tags = new Set(document.tags.map(({ name }) => name))
  const schemes = Object.keys(document.components.securitySchemes)
  for (const { where, path, operation } of operations) {
    assert.match(path, /^(\/([\w.-]+|\{\w+\}))*\/?$/, where)
    const parameters = operation.parameters ?? []
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = parameters.filter((each) => each.in === 'path')
    assert.deepEqual(declared.map(({ name }) => name).toSorted(), inPath.toSorted(), where)
    assert.ok(
      declared.every(({ required }) => required === true),
      where,
    )
    assert.ok(
      parameters.every(({ schema }) => schema !== undefined),
      where,
    )
    const places = parameters.map((each) => `${each.in} ${each.name}`)
    assert.equal(new Set(places).size, places.length, where)
    assert.equal(operation.tags?.length, 1, where)
    assert.ok(tags.has(operation.tags[0] ?? ''), where)
    assert.ok(
      (operation.security ?? []).flatMap(Object.keys).every((name) => schemes.includes(name)),
      where,
    )
    if (operation.requestBody !== undefined) assert.ok(operation.requestBody.content, where)
    const responses = Object.entries(operation.responses ?? {})
    assert.ok(
      responses.some(([status]) => status.startsWith('2')),
      where,
    )
    for (const [status, { description }] of responses) {
      assert.match(status, /^([1-5]\d\d|[1-5]XX|default)$/, where)
      assert.equal(typeof description, 'string', where)
    }
  }
  for (const reference of referencesIn(document)) {
    const found = reference
      .slice('#/'.length)
      .split('/')
      // Safe: what is no object has no such member.
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document)
    assert.ok(found, reference)
  }
})

test('errors of the SCITT addresses are documented in both forms, all others in JSON', async (context) => {
  const operations = operationsOf(await documentOf(await served(context)))
  for (const { where, operation } of operations) {
    const types = Object.keys(operation.responses?.['4XX']?.content ?? {})
    const isScitt = operation.tags?.[0] === 'SCITT'
    assert.deepEqual(types, isScitt ? [mediaType.conciseProblem, mediaType.problem] : [mediaType.problem], where)
  }
  assert.equal(operations.filter(({ operation }) => operation.tags?.[0] === 'SCITT').length, 4)
})

test('the viewer is our own script and reads the document at its public address', async (context) => {
  const { app, url } = await served(context)
  const viewer = await fetch(`${url}/docs/`)
  assert.equal(viewer.status, 200)
  assert.match(viewer.headers.get('content-security-policy') ?? '', /script-src 'self';/)
  const script = await (await fetch(`${url}/docs/static/swagger-initializer.js`)).text()
  assert.match(script, /"urls":\[\{"url":"\/api\/v1\/openapi\.json"/)
  assert.ok(app.hasRoute({ method: 'GET', url: '/checkpoint' }))
})
