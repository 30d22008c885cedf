import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { audit, type AuditOptions } from './audit.ts'
import { ForgedLog, folder, start, storyNode } from './log.fixture.ts'

/** Hours after the story of the fixture has ended, in seconds since the epoch. */
export const later = start + 7200

/** The log of a story, taken from its node to be tampered with. */
export async function forgery(context: TestContext) {
  const { node, provider, operator, product, digest } = await storyNode(folder(context))
  const log = ForgedLog.of(node)
  const { size } = node.head
  await node.close()
  return { log, provider, operator, product, digest, size }
}

/** The differences of an audit as `code/reason where`. */
export async function differences(
  source: AuditOptions['source'],
  options: Omit<AuditOptions, 'source'> = {},
): Promise<string[]> {
  const report = await audit({ source, ...options })
  assert.equal(report.verdict, report.differenceCount > 0 ? 'different' : 'equal')
  return report.differences.map(
    ({ code, reason, where }) => `${reason === undefined ? code : `${code}/${reason}`} ${where}`,
  )
}
