import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inboxKills } from './soak/inbox-kills.ts'

test('exactly-once: six rounds of kill -9 of sender or receiver, in the middle of messages and files', async () => {
  const { messages, attachments } = await inboxKills({ rounds: 6, seed: 20_200_908 })
  assert.ok(messages > 20, String(messages))
  assert.ok(attachments > 3, String(attachments))
})
