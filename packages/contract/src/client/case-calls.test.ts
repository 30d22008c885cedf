import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '../index.ts'

test('calls for procedures and cases ask at their addresses, with only what was given', async () => {
  const asked: string[] = []
  const client = createClient({
    baseUrl: 'https://node.invalid',
    fetch: async (input) => {
      asked.push(String(input).slice('https://node.invalid/api/v1/'.length))
      return Response.json({})
    },
  })
  const urn = `urn:comity:case:${'a'.repeat(64)}:builds`
  await client.procedures()
  await client.procedure('dispute')
  await client.procedure('dispute/1')
  await client.cases({ procedure: 'dispute', open: true, limit: 5 })
  await client.case(urn)
  await client.caseMoves(urn, { cursor: '3' })
  await client.dueCases()
  await client.dueCases(1_795_219_200, { limit: 2 })
  assert.deepEqual(asked, [
    'procedures',
    'procedures/dispute',
    'procedures/dispute/1',
    'cases?procedure=dispute&open=true&limit=5',
    `cases/${encodeURIComponent(urn)}`,
    `cases/${encodeURIComponent(urn)}/moves?cursor=3`,
    'cases/due',
    'cases/due?until=1795219200&limit=2',
  ])
})
