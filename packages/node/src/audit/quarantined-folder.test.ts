/** The data folder of a node that caught a forger, audited without the node: the proof in it counts as it does online. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { formatCheckpoint } from '@comity/log'
import { auditLogs } from './audit.ts'
import { federation } from './federated.fixture.ts'
import { FolderSource } from './folder-source.ts'
import { HttpSource } from './http-source.ts'
import { logsSummary } from './logs-summary.ts'
import { verifyFile } from './verify-file.ts'

/** Two nodes, of which the second has quarantined the first's log. */
async function quarantined(context: TestContext) {
  const { nodes } = await federation(context, 2)
  const [a, b] = nodes
  assert.ok(a !== undefined && b !== undefined)
  const { origin, head } = a.node
  const forged = formatCheckpoint({ origin, size: head.size - 2, root: new Uint8Array(32).fill(9) })
  await b.node.mirrors.compare(origin, a.keeper.keys.log.signNote(forged)).catch(() => undefined)
  assert.equal(b.node.mirrors.find(origin)?.isQuarantined, true)
  return { a, b, origin }
}

test('of its folder alone, the fork is told with a proof that anybody can check, and its own log is no worse for it', async (context) => {
  const { a, b, origin } = await quarantined(context)
  const report = await auditLogs({ sources: [FolderSource.open(b.directory)] })
  assert.deepEqual(
    report.logs.map((log) => log.origin),
    [b.node.origin],
  )
  const [log] = report.logs
  assert.deepEqual(log?.differences, [])
  // What was audited is the log of who caught it.
  assert.equal(report.verdict, 'equal')
  assert.match(logsSummary(report), /FORKED/)
  const [fork] = report.forks
  assert.equal(fork?.origin, origin)
  const proven = verifyFile(Buffer.from(JSON.stringify(fork?.proof)), { parties: [a.keeper.founding(a.node.head.at)] })
  assert.equal(proven.kind, 'equivocation')
})

test('together with the log that it is of, the same is said as by address', async (context) => {
  const { a, b, origin } = await quarantined(context)
  const offline = await auditLogs({ sources: [FolderSource.open(a.directory), FolderSource.open(b.directory)] })
  const online = await auditLogs({ sources: [a.url, b.url].map((url) => HttpSource.open(url)) })
  for (const report of [offline, online]) {
    assert.equal(report.verdict, 'different')
    assert.deepEqual(
      report.forks.map((fork) => fork.origin),
      [origin],
    )
    assert.ok(report.logs.flatMap(({ differences }) => differences).every(({ code }) => code === 'log-forked'))
  }
})
