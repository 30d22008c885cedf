/** What the node serves as OSCAL is what its other answers say, and nothing that it refers to is missing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, ClientError } from '@comity/contract'
import { mappingIds } from '@comity/instruments'
import { instrumentUrn } from '@comity/statement'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { operator, provider, served, startAt, tellStory } from './server.fixture.ts'

function fits<T>(schema: TSchema, value: T): T {
  assert.ok(Value.Check(schema, value), JSON.stringify(Value.Errors(schema, value)[0]))
  return value
}

/** Every address in a document, however deep. */
function addressesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) =>
    name === 'href' && typeof each === 'string' ? [each] : addressesIn(each),
  )
}

test('catalogs, mappings, a profile and results are served, and every address of this node in them answers', async (context) => {
  const story = await served(context)
  const { client, url, clock } = story
  await tellStory(story)
  clock.advance(60)
  const declarations = [{ provision: 'gids-7', text: 'Nothing *hidden*.' }]
  await client.submit(
    provider.sign('support', instrumentUrn('gids'), { declarations, version: 'A/75/1' }, startAt + 120),
  )

  const documents: unknown[] = [
    fits(api.oscalCatalogResponse, await client.oscal.catalog('norms')),
    fits(api.oscalPlanResponse, await client.oscal.plan()),
  ]
  for (const id of mappingIds) {
    documents.push(fits(api.oscalCatalogResponse, await client.oscal.catalog(id)))
    documents.push(fits(api.oscalMappingResponse, await client.oscal.mapping(id)))
  }
  const profile = fits(api.oscalProfileResponse, await client.oscal.profile(provider.urn))
  assert.ok(JSON.stringify(profile).includes('Nothing \\\\*hidden\\\\*.'))
  assert.ok(JSON.stringify(profile).includes('"A/75/1"'))
  const one = fits(api.oscalResultsResponse, await client.oscal.partyResults(provider.urn))
  const all = fits(api.oscalResultsResponse, await client.oscal.results())
  const { digest } = await client.findingsDocument()
  assert.ok(JSON.stringify(all).includes(digest))
  assert.ok(JSON.stringify(one).includes('"gids-8_obj.evidenced"'))

  const addresses = [...documents, profile, one, all].flatMap(addressesIn).filter((each) => each.startsWith('/'))
  assert.ok(addresses.length > 5)
  for (const each of new Set(addresses)) assert.equal((await fetch(url + each)).status, 200, each)
})

test('who is bound by nothing has no profile and empty results, and what is unknown is not found', async (context) => {
  const story = await served(context)
  const { client } = story
  await tellStory(story)
  const notFound = (error: unknown) => error instanceof ClientError && error.code === 'not-found'
  await assert.rejects(client.oscal.profile(operator.urn), notFound)
  const { 'assessment-results': results } = await client.oscal.partyResults(operator.urn)
  assert.ok(!JSON.stringify(results).includes('observations'))
  await assert.rejects(client.oscal.catalog('constructor'), notFound)
  await assert.rejects(client.oscal.mapping('norms'), notFound)
  await assert.rejects(client.oscal.partyResults(`urn:comity:party:${'0'.repeat(64)}`), notFound)
})
