/** A log that says of itself that it continues another is at fault where that other does not bear it out. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { formatCheckpoint } from '@comity/log'
import { digestText } from '@comity/statement'
import { keeper } from '@comity/testkit'
import { auditLogs } from './audit.ts'
import { type ServedNode, federation } from './federated.fixture.ts'
import { HttpSource } from './http-source.ts'
import type { LogsReport } from './report.ts'

/** Two nodes; the second says that its log continues the first's from five entries on. */
async function continued(
  context: TestContext,
  say: (first: ServedNode) => { readonly root: Uint8Array; readonly checkpoint?: string },
): Promise<{ readonly report: LogsReport; readonly first: string; readonly second: string }> {
  const { nodes, clock, mirror } = await federation(context, 2)
  const [a, b] = nodes
  assert.ok(a !== undefined && b !== undefined)
  const { root, checkpoint } = say(a)
  const predecessor = { origin: a.node.origin, size: 5, root: digestText(root) }
  const payload = { predecessor, reason: 'restored' as const, ...(checkpoint === undefined ? {} : { checkpoint }) }
  await b.node.submit(b.keeper.sign('continuation', b.node.origin, payload, clock.now()))
  await mirror()
  const report = await auditLogs({ sources: [a, b].map(({ url }) => HttpSource.open(url)) })
  return { report, first: a.node.origin, second: b.node.origin }
}

/** The differences of each log, as `code where`. */
const differencesOf = ({ logs }: LogsReport, origin: string): readonly string[] =>
  logs
    .filter((log) => log.origin === origin)
    .flatMap((log) => log.differences.map(({ code, where }) => `${code} ${where}`))

test('a keeper who continues a log from a root that it never had', async (context) => {
  const { report, first, second } = await continued(context, () => ({ root: new Uint8Array(32).fill(7) }))
  assert.equal(report.verdict, 'different')
  const [found = '', ...others] = differencesOf(report, second)
  assert.match(found, /^bond-differs entry \d+$/)
  assert.deepEqual(others, [])
  const [{ expected, found: claimed } = assert.fail()] = report.logs.flatMap(({ differences }) => differences)
  assert.match(expected ?? '', /^sha256:/)
  assert.equal(claimed, digestText(new Uint8Array(32).fill(7)))
  // The log that it names is not blamed, and is not forked: it signed nothing of the kind.
  assert.deepEqual(differencesOf(report, first), [])
  assert.deepEqual(report.forks, [])
})

test('a keeper who brings a checkpoint that the log before never signed', async (context) => {
  const stranger = keeper('signs checkpoints of others')
  const { report, first, second } = await continued(context, ({ node }) => {
    const { tree, origin } = node.ledger
    const claimed = formatCheckpoint({ origin, size: 5, root: tree.root(5) })
    return { root: tree.root(5), checkpoint: stranger.keys.log.signNote(claimed) }
  })
  assert.equal(report.verdict, 'different')
  assert.match(differencesOf(report, second).join(), /^bond-differs entry \d+$/)
  assert.match(report.logs.flatMap(({ differences }) => differences)[0]?.what ?? '', /did not sign/)
  assert.deepEqual(differencesOf(report, first), [])
})

test('a keeper who brings one that it did sign, of another tree, shows that it was forked', async (context) => {
  const { report, first } = await continued(context, ({ node, keeper: own }) => {
    const root = new Uint8Array(32).fill(9)
    return { root, checkpoint: own.keys.log.signNote(formatCheckpoint({ origin: node.origin, size: 5, root })) }
  })
  assert.equal(report.verdict, 'different')
  assert.match(differencesOf(report, first).join(), /log-forked/)
  assert.deepEqual(
    report.forks.map(({ origin }) => origin),
    [first],
  )
})

test('a keeper who says what is so', async (context) => {
  const { report } = await continued(context, ({ node, keeper: own }) => {
    const root = node.ledger.tree.root(5)
    return { root, checkpoint: own.keys.log.signNote(formatCheckpoint({ origin: node.origin, size: 5, root })) }
  })
  assert.deepEqual(
    report.logs.flatMap(({ differences }) => differences),
    [],
  )
})
