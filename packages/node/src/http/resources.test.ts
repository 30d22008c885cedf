import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '@comity/contract'
import { Value } from 'typebox/value'
import { served } from './server.fixture.ts'

test('the figures of the sample are served with their sources and their method, by code and by no figure', async (context) => {
  const { client } = await served(context)
  const report = await client.resources()
  assert.deepEqual([...Value.Errors(api.resourcesResponse, report)], [])
  assert.ok(report.countries.length > 200)
  const codes = report.countries.map(({ country }) => country)
  assert.deepEqual(codes, codes.toSorted())
  assert.deepEqual(
    report.inequality.map(({ measure }) => measure),
    ['ipv4', 'ipv6', 'users'],
  )
})
