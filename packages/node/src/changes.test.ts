import { documentsOf } from './register/cut-documents.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { folder, start, storyNode } from './audit/log.fixture.ts'
import { type ChangesSource, changes } from './changes.ts'
import { changesSummary } from './changes-summary.ts'
import type { ComityNode } from './node.ts'

function sourceOf(node: ComityNode): ChangesSource {
  return {
    reader: node.reader,
    origin: node.origin,
    size: node.head.size,
    root: (size) => node.ledger.tree.root(size),
    documents: documentsOf(node.documents),
  }
}

test('what changed between two dates: statements that took effect, and findings that differ', async (context) => {
  const { node, provider, operator } = await storyNode(folder(context))
  const whole = await changes(sourceOf(node), start - 1, start + 100_000)
  assert.deepEqual(whole.from, { asked: start - 1, at: 0, size: 0, cut: [] })
  assert.equal(whole.to.size, node.head.size)
  assert.equal(whole.kinds['party'], 3)
  assert.equal(whole.kinds['time'], undefined)
  assert.equal(whole.omitted, 0)
  assert.ok(whole.findings.every(({ party, before }) => party === provider.urn && before === undefined))
  const last = await changes(sourceOf(node), start + 3600, start + 3660)
  assert.deepEqual(last.kinds, { acknowledgement: 1, findings: 1 })
  assert.deepEqual(
    last.statements.map(({ kind, party }) => [kind, party]),
    [
      ['findings', node.keeper],
      ['acknowledgement', operator.urn],
    ],
  )
  assert.deepEqual(
    last.findings.map(({ provision, before, after }) => [provision, before?.level, after?.level]),
    [['gids-8', 'declared', 'evidenced']],
  )
  await node.close()
})

test('nothing changed between a date and itself, nor before the log began', async (context) => {
  const { node } = await storyNode(folder(context))
  for (const date of [start - 100, start + 3600]) {
    const found = await changes(sourceOf(node), date, date)
    assert.deepEqual([found.kinds, found.statements, found.findings], [{}, [], []])
  }
  await assert.rejects(changes(sourceOf(node), start, start - 1), RangeError)
  await node.close()
})

test('a long list is cut, and says how much is left out', async (context) => {
  const { node } = await storyNode(folder(context))
  const found = await changes(sourceOf(node), 0, start + 100_000, 2)
  assert.equal(found.statements.length, 2)
  assert.equal(found.omitted, Object.values(found.kinds).reduce((sum, n) => sum + n, 0) - 2)
  const none = await changes(sourceOf(node), 0, start + 100_000, 0)
  assert.equal(none.partiesOmitted, 1)
  await node.close()
})

test('the summary of changes is plain text of at most 80 columns', async (context) => {
  const { node } = await storyNode(folder(context))
  const text = changesSummary(await changes(sourceOf(node), start - 1, start + 100_000))
  for (const line of text.split('\n')) assert.ok([...line].length <= 80, line)
  assert.match(text, /Took effect +acknowledgement 1, advisory 1/)
  assert.match(text, /provider \(fictitious\), gids-8: not bound → evidenced/)
  await node.close()
})
