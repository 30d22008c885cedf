// Does not end within minutes yet, and so is not part of `npm test`.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inboxKills } from './soak/inbox-kills.ts'

test('exactly-once: eight rounds of kill -9 of sender or receiver, in the middle of messages and files', async () => {
  const { messages, attachments } = await inboxKills({ rounds: 8, seed: 20_200_908 })
  assert.ok(messages > 20, String(messages))
  assert.ok(attachments > 3, String(attachments))
})
