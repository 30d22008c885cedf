import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import { productUrn, releaseUrn } from '@comity/statement'
import { actor, keeper, manualClock } from '@comity/testkit'
import { ComityNode } from './node.ts'

const startAt = 1_795_219_200
const daySeconds = 24 * 3600
const home = keeper('documents')
const provider = actor('documents provider', home.origin)

test('a document that no statement cites within a day is dropped, and one that is cited stays', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'comity-documents-'))
  const clock = manualClock(startAt)
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now: () => clock.now(),
    party: home.founding(startAt),
    policy: home.policy(startAt),
  })
  context.after(async () => {
    await node.close()
    rmSync(directory, { recursive: true, force: true })
  })

  const put = async (text: string) => {
    const content = Buffer.from(text)
    const hex = sha256Hex(content)
    await node.documents.put(`sha256:${hex}`, content)
    // The time of the file says when it was stored, and it is the machine's: here it is this test's.
    utimesSync(join(directory, 'blobs', hex.slice(0, 2), hex), clock.now(), clock.now())
    return { digest: `sha256:${hex}`, size: content.length }
  }
  const cited = await put('{"cited":true}')
  const uncited = await put('{"cited":false}')
  const product = productUrn(provider.urn, 'gateway')
  await node.submit(provider.founding(startAt))
  const release = {
    version: '1.0.0',
    released: '2026-11-20T12:00:00Z',
    sbom: cited.digest,
    documents: [{ ...cited, type: 'application/json' }],
  }
  const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const
  await node.submit(provider.sign('product', product, { name: 'Gateway', updatePolicy }, startAt))
  await node.submit(provider.sign('release', releaseUrn(product, '1.0.0'), release, startAt))

  clock.advance(daySeconds - 1)
  assert.equal(await node.documents.sweep(clock.now()), 0)
  assert.equal(node.documents.status(uncited.digest), 'present')
  const late = await put('{"cited":"not yet"}')
  clock.advance(1)
  assert.equal(await node.documents.sweep(clock.now()), 1)
  assert.equal(node.documents.status(uncited.digest), 'absent')
  assert.equal(node.documents.status(cited.digest), 'present')
  assert.equal(node.documents.status(late.digest), 'present')

  clock.advance(daySeconds)
  assert.equal(await node.documents.sweep(clock.now()), 1)
  assert.equal(node.documents.status(late.digest), 'absent')
  assert.equal(node.documents.status(cited.digest), 'present')
})
