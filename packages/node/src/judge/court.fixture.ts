import assert from 'node:assert/strict'
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
import { type Actor, actor, keeper } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import { foundedNode } from '../founded.fixture.ts'
import { type ComityNode, NodeError, Refused } from '../index.ts'

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
  return foundedNode(context, home, start, policy)
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
