/** What somebody kept or cosigned, against a log that says otherwise now. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '@comity/crypto'
import { cosigner, formatNote, formatVerifierKey, noteType, parseNote, verifierKey } from '@comity/log'
import { attachReceipts } from '@comity/statement'
import { keyFor } from '@comity/testkit'
import { audit } from './audit.ts'
import { ForgedLog, flip, folder, gateway, start, storyNode, timeLeaf } from './log.fixture.ts'
import { differences, forgery, later } from './forgery.fixture.ts'

test('what somebody kept is compared with what the log says now', async (context) => {
  const { log, provider, product } = await forgery(context)
  const checkpoint = Buffer.from(log.note())
  log.append(later, provider.sign('product', product, gateway, later))
  assert.deepEqual(await differences(log, { kept: [{ name: 'mine', bytes: checkpoint }] }), [])
  // The same keeper shows another log: the entry before last is replaced.
  const other = new ForgedLog(log.leaves.slice(0, 10))
  other.append(later)
  assert.deepEqual(await differences(other, { kept: [{ name: 'mine', bytes: checkpoint }] }), [
    'kept-differs/log-shrank mine',
  ])
  for (let i = 0; i < 20; i++) other.append(later + i)
  assert.deepEqual(await differences(other, { kept: [{ name: 'mine', bytes: checkpoint }] }), [
    'kept-differs/log-forked mine',
  ])
})

test('one bit in a receipt that somebody kept', async (context) => {
  const { node, advisory } = await storyNode(folder(context))
  const receipt = advisory.receipt()
  const log = () => ForgedLog.of(node)
  const compare = (bytes: Uint8Array) => differences(log(), { kept: [{ name: 'mine', bytes }] })
  assert.deepEqual(await compare(receipt), [])
  const transparent = attachReceipts(advisory.statement.leaf, [receipt])
  assert.deepEqual(await compare(transparent), [])
  const damaged = Uint8Array.from(receipt)
  flip(-1)(damaged)
  assert.deepEqual(await compare(damaged), ['kept-differs/wrong-signature mine'])
  assert.deepEqual(await compare(attachReceipts(advisory.statement.leaf, [damaged])), [
    'kept-differs/wrong-signature mine',
  ])
  const misplaced = attachReceipts(log().leaves[3] ?? receipt, [receipt])
  assert.deepEqual(await compare(misplaced), ['kept-differs/bad-receipt mine'])
  await node.close()
})

const witness = cosigner('witness.example.org', keyFor('witness'), sha256)
const trust = `witness w ${formatVerifierKey(verifierKey('witness.example.org', noteType.cosignature, keyFor('witness').publicKey, sha256))}\nquorum w\n`

function cosigned(log: ForgedLog, size: number, at: number): string {
  const note = parseNote(log.note(size))
  return formatNote({ text: note.text, signatures: [...note.signatures, witness.cosign(note.text, at)] })
}

test('cosignatures bound the times of the entries they cover, where they came within five minutes', async (context) => {
  const { log, size } = await forgery(context)
  const early = log.leaves.length
  const note = cosigned(log, size, start + 3700)
  log.leaves.push(timeLeaf(start + 4000, [note]))
  const report = await audit({ source: log, trust })
  assert.deepEqual(report.differences, [])
  assert.deepEqual(report.witnesses, ['w'])
  const { first, last, bounded, claimed, contested } = report.times
  assert.deepEqual([first, last, contested], [start, start + 4000, 0])
  // The story's last ten entries are of the minutes before; the others were cosigned an hour late.
  assert.deepEqual([bounded, claimed], [10, early - 10 + 1])
})

test('a time after its entries were cosigned, and one before a cosignature that it carries', async (context) => {
  const { log, size } = await forgery(context)
  log.leaves.push(timeLeaf(start + 4000, [cosigned(log, size, start + 1000)]))
  assert.deepEqual(
    (await differences(log, { trust })).map((each) => each.split(' ')[0]),
    Array(5).fill('time-outside-bound'),
  )
  const { log: early } = await forgery(context)
  early.leaves.push(timeLeaf(start + 4000, [cosigned(early, size, start + 9000)]))
  assert.deepEqual(await differences(early, { trust }), [`time-outside-bound entries ${size} to ${size}`])
  assert.deepEqual(await differences(early), [], 'without a trust policy no witness counts')
})

test('a cosigned checkpoint of another tree shows a fork, whoever is trusted', async (context) => {
  const { log, size } = await forgery(context)
  const fork = new ForgedLog([...log.leaves.slice(0, -1), timeLeaf(start + 3661)])
  const other = log.note(size).replace(/^.*/, 'log.example.org')
  log.leaves.push(timeLeaf(start + 4000, [cosigned(fork, size, start + 3700), other]))
  assert.deepEqual(await differences(log), [
    `cosigned-differs entry ${size}, cosigned 0`,
    `cosigned-malformed entry ${size}, cosigned 1`,
  ])
})

test('a time leaf whose cosigned text is no checkpoint is no time leaf', async (context) => {
  const { log, size } = await forgery(context)
  log.leaves.push(timeLeaf(start + 4000, ['nothing']))
  const found = await differences(log)
  assert.ok(found.includes(`entry-malformed/schema-violation entry ${size}`), found.join('\n'))
})
