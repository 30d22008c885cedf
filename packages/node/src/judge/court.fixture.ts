import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import {
  type CorePayloads,
  StatementError,
  decodeStatement,
  productUrn,
  readPayloadAs,
  statementUrn,
} from '@comity/statement'
import { type Actor, actor, keeper, manualClock } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import { ComityNode, NodeError, Refused } from '../index.ts'

export const start = 1_795_219_200
export const home = keeper('judge')
export const updatePolicy = {
  mechanism: 'download',
  consent: 'required',
  security: 'separate',
  rollback: true,
} as const
export const date = '2026-11-20T12:00:00Z'
export const document = new TextEncoder().encode('a document')
export const digest = `sha256:${sha256Hex(document)}`
export const documents = [{ digest, size: document.length, type: 'text/plain' }]

export async function court(context: TestContext, policy?: Partial<CorePayloads['policy']>) {
  const directory = mkdtempSync(join(tmpdir(), 'comity-judge-'))
  const clock = manualClock(start)
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now: () => clock.now(),
    party: home.founding(start),
    policy: home.policy(start, policy),
  })
  context.after(async () => {
    await node.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return { node, clock }
}

/** Submits and expects a refusal with this code, under the keeper's signature where the statement is authentic. */
export async function refused(node: ComityNode, bytes: Uint8Array, code: string, isSigned = true): Promise<string> {
  const size = node.head.size
  const error: unknown = await node.submit(bytes).then(
    () => assert.fail(`${code} was expected, and the statement was registered`),
    (reason: unknown) => reason,
  )
  assert.equal(node.head.size, size, 'nothing is half-written')
  if (!isSigned) {
    assert.ok(error instanceof NodeError || error instanceof StatementError, String(error))
    assert.equal(error.code, code)
    return error.message
  }
  assert.ok(error instanceof Refused, String(error))
  assert.equal(error.reason.code, code)
  const refusal = decodeStatement(error.refusal, crypto)
  assert.equal(refusal.sub, statementUrn(decodeStatement(bytes, crypto).id))
  assert.equal(readPayloadAs(refusal, 'refusal').code, code)
  return error.message
}

export async function withProduct(node: ComityNode, label = 'provider'): Promise<{ provider: Actor; product: string }> {
  const provider = actor(label, node.origin)
  await node.submit(provider.founding(start))
  const product = productUrn(provider.urn, 'gateway')
  await node.submit(provider.sign('product', product, { name: 'Gateway', updatePolicy }, start))
  await node.documents.put(digest, document)
  return { provider, product }
}

export const advisoryOf = (id: string, product: string): CorePayloads['advisory'] => ({
  id,
  products: [product],
  title: 'A fault',
  published: date,
  modified: date,
  document: digest,
  documents,
})
