import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import { productUrn } from '@comity/statement'
import fc from 'fast-check'
import { ComityNode } from '../../node.ts'
import { WrittenLog } from '../mirror/peer.fixture.ts'
import { type Place, folder, place } from '../recovery/recovery.fixture.ts'
import { CarryFile } from './carry-file.ts'
import { carriedFetch } from './carried-fetch.ts'
import { type CarryExport, exportCarry } from './export-carry.ts'
import { importCarry } from './import-carry.ts'

const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const

/** A node with entries and a document, and another that has no link to it. */
async function apart(context: TestContext, products = 300) {
  const [a, b] = await Promise.all([place(context, 'carrier a'), place(context, 'carrier b')])
  await a.grow(products)
  await b.stop()
  return { a, b, stick: join(folder(context), 'stick') }
}

async function cite({ node, author, clock }: Place, text: string): Promise<string> {
  const document = Buffer.from(text)
  const digest = `sha256:${sha256Hex(document)}`
  await node.documents.put(digest, document)
  const documents = [{ digest, size: document.length, type: 'text/plain' }]
  const slug = sha256Hex(document).slice(0, 8)
  await node.submit(
    author.sign('product', productUrn(author.urn, slug), { name: slug, documents, updatePolicy }, clock.now()),
  )
  return digest
}

function written({ directory, own, clock }: Place, to: string, changes: Partial<CarryExport> = {}) {
  return exportCarry({ directory, to, signer: own.keys.receipt, at: clock.now(), ...changes })
}

/** Imports files into the folder of a node that was stopped. */
async function taken({ directory, own, clock }: Place, paths: readonly string[], follow?: ReadonlyMap<string, string>) {
  const files = await Promise.all(paths.map((path) => CarryFile.open(path)))
  const opened: ComityNode[] = []
  const fetch = carriedFetch(files, () => opened[0]?.peers.list() ?? [])
  const node = await ComityNode.open({ directory, keys: own.keys, now: clock.now, fetch })
  opened.push(node)
  try {
    const report = await importCarry({ node, files, ...(follow === undefined ? {} : { follow }) })
    const [log] = report.logs
    assert.ok(log)
    const has = (digest: string): boolean => node.documents.has(digest)
    return { ...report, log, has, held: report.documents }
  } finally {
    await node.close()
    await Promise.all(files.map((file) => file.close()))
  }
}

function keeps({ own }: Place): ReadonlyMap<string, string> {
  return new Map([[own.origin, own.urn]])
}

test('two nodes without a link follow each other by a file, and next time only what is missing is in it', async (context) => {
  const { a, b, stick } = await apart(context)
  const digest = await cite(a, 'a document of a')
  const made = await written(a, stick)
  assert.deepEqual([made.logs[0]?.since, made.logs[0]?.size, made.documents], [0, a.node.head.size, 1])
  const first = await taken(b, [stick], keeps(a))
  assert.deepEqual([first.log.outcome, first.log.size, first.log.error], ['taken', a.node.head.size, undefined])
  assert.deepEqual(first.files[0]?.signature, 'right')
  assert.deepEqual(first.files[0]?.faults, [])
  const before = a.node.head.size
  await a.grow(3)
  const later = await cite(a, 'another document')
  const more = await written(a, `${stick}-2`, { since: () => before })
  const added = a.node.ledger.leaves(before, a.node.head.size).reduce((sum, leaf) => sum + 2 + leaf.length, 0)
  assert.equal(more.documents, 1)
  assert.ok(more.bytes < added + 16_000, `${more.bytes} bytes for ${added}`)
  const second = await taken(b, [`${stick}-2`])
  assert.deepEqual([second.log.outcome, second.log.before, second.log.size], ['taken', before, a.node.head.size])
  const again = await taken(b, [`${stick}-2`])
  assert.deepEqual([again.log.outcome, again.documents], ['nothing-new', 0])
  const node = await ComityNode.open({ directory: b.directory, keys: b.own.keys, now: b.clock.now })
  for (const each of [digest, later]) assert.equal(node.documents.has(each), true)
  const held = node.mirrors.find(a.own.origin)?.copy
  assert.deepEqual(Buffer.from(held?.tree.root() ?? []), Buffer.from(a.node.head.root))
  await node.close()
})

test('a cut-off file gives what is whole, the whole one goes on from there; parts do so as well', async (context) => {
  const { a, b, stick } = await apart(context, 5000)
  await written(a, stick)
  const cut = `${stick}-cut`
  copyFileSync(stick, cut)
  truncateSync(cut, Math.floor(statSync(stick).size * 0.95))
  const part = await taken(b, [cut], keeps(a))
  assert.equal(part.log.outcome, 'partly', JSON.stringify(part.log))
  assert.ok(part.log.size > 1000 && part.log.size < a.node.head.size, String(part.log.size))
  assert.deepEqual(part.files[0]?.signature, 'missing')
  assert.deepEqual(
    part.files[0]?.faults.map(({ code }) => code),
    ['carry-truncated'],
  )
  const { files } = await written(a, `${stick}-parts`, { partBytes: 1 << 20, since: () => part.log.size })
  assert.ok(files.length >= 1)
  const whole = await taken(b, files)
  assert.deepEqual([whole.log.outcome, whole.log.size], ['taken', a.node.head.size])
})

test('a file that begins behind what is held, a log that is not followed and one with a keeper of another name say so', async (context) => {
  const { a, b, stick } = await apart(context, 20)
  await written(a, stick)
  assert.equal((await taken(b, [stick])).log.outcome, 'not-followed')
  await assert.rejects(taken(b, [stick], new Map([[a.own.origin, b.own.urn]])), { code: 'wrong-keeper' })
  await taken(b, [stick], keeps(a))
  const { size } = a.node.head
  await a.grow(5)
  const middle = a.node.head.size
  await a.grow(5)
  await written(a, `${stick}-3`, { since: () => middle })
  const gap = await taken(b, [`${stick}-3`])
  assert.deepEqual([gap.log.outcome, gap.log.error?.code, gap.log.size], ['gap', 'carry-gap', size])
  await assert.rejects(written(a, `${stick}-4`, { since: () => 1_000_000 }), { code: 'carry-gap' })
  await assert.rejects(written(a, `${stick}-4`, { origins: ['nobody.invalid'] }), { code: 'no-log' })
  assert.throws(() => statSync(`${stick}-4.part`))
})

test('flipped bits, reordered and foreign records: what is whole counts, nothing that is forged does', async (context) => {
  const { a, b, stick } = await apart(context, 600)
  await written(a, stick)
  const bytes = readFileSync(stick)
  await assert.rejects(CarryFile.open(new URL(import.meta.url).pathname), { code: 'carry-malformed' })
  const spoilt = Buffer.from(bytes)
  const at = Math.floor(bytes.length / 2)
  spoilt[at] = (spoilt[at] ?? 0) ^ 1
  writeFileSync(`${stick}-spoilt`, spoilt)
  const flipped = await taken(b, [`${stick}-spoilt`], keeps(a))
  assert.equal(flipped.files[0]?.signature, 'wrong')
  assert.deepEqual(
    flipped.files[0]?.faults.map(({ code }) => code),
    ['carry-damaged', 'carry-wrong-signature'],
  )
  const whole = await taken(b, [stick])
  assert.deepEqual([whole.log.size, whole.files[0]?.signature], [a.node.head.size, 'right'])
  const records = recordsOf(bytes)
  const [first, ...rest] = records
  const end = rest.pop()
  assert.ok(first && end)
  writeFileSync(`${stick}-reordered`, Buffer.concat([bytes.subarray(0, 15), first, ...rest.toReversed(), end]))
  const other = await place(context, 'carrier c')
  await other.stop()
  const reordered = await taken(other, [`${stick}-reordered`], keeps(a))
  assert.deepEqual([reordered.log.outcome, reordered.log.size], ['taken', a.node.head.size])
  assert.equal(reordered.files[0]?.signature, 'wrong')
})

test('a head that contradicts what was carried before quarantines the log, with proof', async (context) => {
  const { a, b, stick } = await apart(context, 20)
  await written(a, stick)
  await taken(b, [stick], keeps(a))
  const forked = new WrittenLog(
    a.own,
    a.node.ledger.leaves(0, 3).map((leaf) => Uint8Array.from(leaf)),
  )
  while (forked.size < 200) forked.append(a.clock.now())
  const files = [await CarryFile.open(stick)]
  const opened: ComityNode[] = []
  const carried = carriedFetch(files, () => opened[0]?.peers.list() ?? [])
  const node = await ComityNode.open({
    directory: b.directory,
    keys: b.own.keys,
    now: b.clock.now,
    fetch: async (url, init) => {
      const path = /(?:checkpoint|tile\/.*)$/.exec(url)?.[0] ?? ''
      const found = forked.serve(path)
      return found === undefined ? carried(url, init) : new Response(Uint8Array.from(found))
    },
  })
  opened.push(node)
  const { logs } = await importCarry({ node, files })
  assert.deepEqual([logs[0]?.outcome, logs[0]?.error?.code], ['refused', 'equivocated'])
  assert.notEqual(node.mirrors.find(a.own.origin)?.evidence, undefined)
  await node.close()
  await files[0]?.close()
})

test('the reader ends orderly whatever bytes it is given', async (context) => {
  const { a, stick } = await apart(context, 5)
  await written(a, stick)
  const bytes = readFileSync(stick)
  const fuzzed = `${stick}-fuzzed`
  const change = fc.record({
    at: fc.nat(bytes.length - 1),
    value: fc.nat(255),
    cut: fc.nat(bytes.length),
    grow: fc.uint8Array({ maxLength: 64 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      let next = Buffer.from(bytes)
      for (const { at, value, cut, grow } of changes) {
        next[at % Math.max(1, next.length)] = value
        next = Buffer.concat([next.subarray(0, Math.max(20, cut)), grow])
      }
      writeFileSync(fuzzed, next)
      const file = await CarryFile.open(fuzzed).catch((error: { code: string }) => error.code)
      if (typeof file === 'string') return assert.equal(file, 'carry-malformed')
      assert.ok(file.faults.length > 0 || next.equals(bytes))
      await file.close()
    }),
    { numRuns: 150 },
  )
})

function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = []
  for (let at = 15; at < bytes.length;) {
    const next = at + 12 + bytes.readUInt32BE(at) + bytes.readUInt32BE(at + 4) + 4
    records.push(bytes.subarray(at, next))
    at = next
  }
  return records
}
