import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aggregatorJson, type ListedProvider } from './aggregator.ts'

const base = 'https://log.example.org/.well-known/csaf-aggregator'
const keeper = { name: 'Keeper', namespace: 'https://log.example.org', url: `${base}/aggregator.json` }

function listed(name: string, role: ListedProvider['role'], namespace = name): ListedProvider {
  return {
    publisher: { category: 'vendor', name, namespace: `https://${namespace}.example` },
    role,
    url: `https://${name}.example/provider-metadata.json`,
    mirror: `${base}/${name}/provider-metadata.json`,
    every: 3600,
    updatedAt: 1_795_219_200,
  }
}

interface Json {
  readonly aggregator: { readonly category: string }
  readonly csaf_providers: readonly { readonly mirrors?: readonly string[] }[]
  readonly csaf_publishers?: readonly object[]
}

function shape(...providers: readonly ListedProvider[]): readonly unknown[] {
  // Safe: the fields that are looked at are what the test is about.
  const { aggregator, csaf_providers: listing, csaf_publishers: publishers } = aggregatorJson(keeper, providers) as Json
  return [
    aggregator.category,
    listing.length,
    publishers?.length,
    listing.every(({ mirrors }) => mirrors !== undefined),
  ]
}

test('who mirrors two parties is an aggregator; one party under two names is one', () => {
  const north = listed('north', 'csaf_trusted_provider')
  assert.deepEqual(shape(north, listed('south', 'csaf_provider')), ['aggregator', 2, undefined, true])
  assert.deepEqual(shape(north, listed('north-2', 'csaf_provider', 'north')), ['lister', 2, undefined, false])
})

test('publishers stand apart, unless there is nobody else: the schema asks for one provider', () => {
  const [north, south] = [listed('north', 'csaf_publisher'), listed('south', 'csaf_publisher')]
  assert.deepEqual(shape(north, listed('east', 'csaf_trusted_provider')), ['aggregator', 1, 1, true])
  assert.deepEqual(shape(north, south), ['aggregator', 2, undefined, true])
})
