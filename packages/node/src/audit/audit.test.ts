import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { backupTruth, FilesTruth } from '@comity/store'
import { instrumentUrn } from '@comity/statement'
import { provider, served, startAt } from '../http/server.fixture.ts'
import { audit } from './audit.ts'
import { AuditError } from './audit-error.ts'
import { FolderSource } from './folder-source.ts'
import { HttpSource } from './http-source.ts'
import { ForgedLog, flip, folder, grow, home, serve, start, storyNode } from './log.fixture.ts'
import { auditSummary } from './summary.ts'

test('an honest log is equal, read from the folder of a node that goes on working', async (context) => {
  const directory = folder(context)
  const { node, provider, product } = await storyNode(directory)
  await grow(node, provider, product, 600)
  const { size, note } = node.head
  const report = await audit({ source: FolderSource.open(directory), spillDirectory: folder(context) })
  assert.deepEqual(report.differences, [])
  assert.equal(report.verdict, 'equal')
  assert.equal(report.size, size)
  assert.equal(report.signatures, size)
  assert.equal(report.checkpoint, note)
  assert.equal(report.keeper, home.urn)
  assert.equal(report.parties, 3)
  assert.deepEqual(report.findings, { published: 2, recomputed: 2 })
  assert.deepEqual(report.documents, { checked: 1, missing: 0, withheld: 0 })
  assert.equal(report.times.first, start)
  assert.equal(report.times.claimed, size)
  assert.ok(report.tiles >= 4)
  await node.close()
})

test('an honest log is equal over HTTP, with its receipts and documents', async (context) => {
  const { node, provider, product } = await storyNode(folder(context))
  await grow(node, provider, product, 600)
  const progress: number[] = []
  const source = HttpSource.open(await serve(context, node))
  const report = await audit({ source, onProgress: ({ done, total }) => progress.push(done / total) })
  assert.deepEqual(report.differences, [])
  assert.equal(report.verdict, 'equal')
  assert.ok(report.receipts >= 12)
  assert.equal(report.findings.recomputed, 2)
  assert.equal(progress.at(-1), 1)
  await node.close()
})

test('a backup is audited as it lies there, without hash tiles', async (context) => {
  const { node } = await storyNode(folder(context))
  const target = join(folder(context), 'backup')
  assert.ok(node.truth instanceof FilesTruth)
  await backupTruth(node.truth, target, { at: start })
  const report = await audit({ source: FolderSource.open(target) })
  assert.deepEqual(report.differences, [])
  assert.equal(report.tiles, 0)
  assert.equal(report.findings.recomputed, 2)
  await node.close()
})

test('nothing is left of the spilled state', async (context) => {
  const { node } = await storyNode(folder(context))
  const spillDirectory = folder(context)
  await audit({ source: ForgedLog.of(node), spillDirectory })
  await assert.rejects(audit({ source: ForgedLog.of(node), spillDirectory, trust: 'nonsense' }), { code: 'bad-option' })
  assert.deepEqual(readdirSync(spillDirectory), [])
  await node.close()
})

test('a folder or address without a log is said to be none', async (context) => {
  const isNoLog = (error: unknown) => error instanceof AuditError && error.code === 'no-log'
  assert.throws(() => FolderSource.open(folder(context)), isNoLog)
  assert.throws(() => HttpSource.open('ftp://example.org'), { code: 'bad-option' })
  const { node } = await storyNode(folder(context))
  const address = await serve(context, node, () => undefined)
  await assert.rejects(audit({ source: HttpSource.open(address) }), isNoLog)
  await node.close()
})

test('an audit can be stopped', async (context) => {
  const { node } = await storyNode(folder(context))
  const source = ForgedLog.of(node)
  await assert.rejects(audit({ source, signal: AbortSignal.abort() }), { code: 'aborted' })
  assert.ok(source.closed)
  await node.close()
})

test('another log or keeper than was asked for is a difference', async (context) => {
  const { node } = await storyNode(folder(context))
  const expect = { origin: 'log.example.org', keeper: 'urn:comity:party:00' }
  const report = await audit({ source: ForgedLog.of(node), expect })
  assert.deepEqual(
    report.differences.map(({ code }) => code),
    ['wrong-origin', 'wrong-keeper'],
  )
  await node.close()
})

test('the summary is plain text of at most 80 columns that says what it rests on', async (context) => {
  const { node } = await storyNode(folder(context))
  const honest = auditSummary(await audit({ source: ForgedLog.of(node) }))
  assert.match(honest, /^EQUAL: everything/)
  assert.match(honest, /2 of 2 published ones computed again/)
  assert.match(honest, /What this rests on:/)
  const forged = ForgedLog.of(node)
  forged.tamper.set('tile 0/0', flip(0))
  const different = auditSummary(await audit({ source: forged }))
  assert.match(different, /^DIFFERENT: 1 thing is not/)
  assert.match(different, /tile\/0\/000\.p/)
  assert.match(different, /\[tile-differs\]/)
  for (const line of `${honest}${different}`.split('\n')) assert.ok([...line].length <= 80, line)
  await node.close()
})

test('a node is audited through its own HTTP interface while it works', async (context) => {
  const { node, url, clock } = await served(context)
  await node.submit(provider.founding(startAt))
  await node.submit(provider.sign('support', instrumentUrn('gids'), {}, startAt))
  clock.advance(60)
  await node.publishFindings()
  const report = await audit({
    source: HttpSource.open(url),
    kept: [{ name: 'before', bytes: Buffer.from(node.head.note) }],
  })
  assert.deepEqual(report.differences, [])
  assert.equal(report.verdict, 'equal')
  assert.equal(report.size, node.head.size)
  assert.equal(report.findings.recomputed, 1)
  assert.ok(report.receipts > 0)
  assert.equal(report.kept, 1)
})
