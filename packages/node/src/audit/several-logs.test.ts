import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { currentRuleset } from '@comity/assessment'
import { treeHasher } from '@comity/crypto'
import { decodeEntryBundle, encodeEntryBundle, formatCheckpoint, formatTlogProof } from '@comity/log'
import { decodeStatement, digestText } from '@comity/statement'
import { type Actor, actor, keeper, keyFor, signerOf } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import { WrittenLog, product, servePeer } from '../federation/mirror/peer.fixture.ts'
import { auditLogs } from './audit.ts'
import { federation, liar } from './federated.fixture.ts'
import { FolderSource } from './folder-source.ts'
import { HttpSource } from './http-source.ts'
import { auditSummary } from './summary.ts'
import { logsSummary } from './logs-summary.ts'
import { flip, folder, start } from './log.fixture.ts'
import type { LogsReport } from './report.ts'
import { verifyFile } from './verify-file.ts'

/** What differs, as `code where`, of whatever log. */
const differences = ({ logs }: LogsReport): readonly string[] =>
  logs.flatMap((log) => log.differences.map(({ code, where }) => `${code} ${where}`))

const auditOf = (...urls: readonly string[]): Promise<LogsReport> =>
  auditLogs({ sources: urls.map((url) => HttpSource.open(url)) })

/** What does not depend on the clock, nor on the addresses at which everything was found. */
function lasting(report: LogsReport): string {
  return JSON.stringify(report, (key, value: unknown) => (key === 'seconds' ? 0 : value))
}

async function three(context: TestContext) {
  const all = await federation(context)
  const [a, b, c] = all.nodes
  assert.ok(a !== undefined && b !== undefined && c !== undefined)
  return { ...all, a, b, c }
}

test('three nodes that mirror each other are equal, and the order in which they are given changes nothing', async (context) => {
  const { a, b, c, nodes } = await three(context)
  const report = await auditOf(a.url, b.url, c.url)
  assert.deepEqual(differences(report), [])
  assert.equal(report.verdict, 'equal', JSON.stringify(report.logs.map(({ unchecked }) => unchecked)))
  assert.deepEqual(
    report.logs.map(({ origin }) => origin),
    nodes.map(({ node }) => node.origin).toSorted(),
  )
  for (const log of report.logs) {
    assert.deepEqual(log.findings, { published: 1, recomputed: 1 })
    assert.equal(log.copies.length, 2)
    assert.ok(log.copies.every(({ entries, size, tiles }) => entries === size && tiles > 0))
    assert.deepEqual(log.along, [])
  }
  const ofB = report.logs.find(({ origin }) => origin === b.node.origin)
  assert.deepEqual(ofB?.bonds, { checked: 1, open: 0, unfounded: [] })
  assert.equal(lasting(await auditOf(c.url, a.url, b.url)), lasting(report))
  const text = logsSummary(report)
  assert.match(text, /^EQUAL: 3 logs/)
  for (const line of text.split('\n')) assert.ok([...line].length <= 80, line)
})

test('folders and addresses may be mixed, and one log given twice is read once', async (context) => {
  const { a, b, c } = await three(context)
  const sources = [FolderSource.open(a.directory), HttpSource.open(b.url), FolderSource.open(c.directory)]
  const report = await auditLogs({ sources: [...sources, HttpSource.open(a.url)], spillDirectory: folder(context) })
  assert.deepEqual(differences(report), [])
  assert.equal(report.verdict, 'equal')
  assert.equal(report.logs.length, 3)
  // Copies of the folders too.
  assert.ok(report.logs.every(({ copies }) => copies.length >= 2))
})

test('of one node alone, what its findings rest on beside its own log is read from its copies', async (context) => {
  const { a, b, c } = await three(context)
  const [log] = (await auditOf(a.url)).logs
  assert.deepEqual(log?.differences, [])
  assert.equal(log?.verdict, 'equal', JSON.stringify(log?.unchecked))
  assert.deepEqual(log?.findings, { published: 1, recomputed: 1 })
  assert.deepEqual(
    log?.along.map(({ origin }) => origin),
    [b.node.origin, c.node.origin].toSorted(),
  )
  assert.ok(log?.along.every(({ source, remarks }) => source.startsWith(a.url) && remarks === 0))
  assert.match(auditSummary(log), /Read along/)
})

test('a copy that is read in place of a log which was not given has to be what its head covers', async (context) => {
  const { a, b } = await three(context)
  const url = await liar(context, a.url, (path, body) => {
    if (!path.startsWith(`/mirrors/${encodeURIComponent(b.node.origin)}/tile/entries`)) return body
    flip(-1)(body)
    return body
  })
  const report = await auditOf(url)
  const [log] = report.logs
  assert.equal(log?.verdict, 'different')
  const reasons = log?.differences.map(({ code, reason }) => `${code}/${reason}`) ?? []
  assert.ok(reasons.includes('copy-differs/root-differs'), reasons.join())
  assert.ok(log?.differences.every(({ code }) => code === 'copy-differs'))
  // The findings that rest on it are left, not called wrong.
  assert.deepEqual(
    log?.unchecked.map(({ code }) => code),
    ['log-not-at-hand'],
  )
})

test('a cut that names a log which nobody has is left, with where a copy could be found', async (context) => {
  const { a } = await three(context)
  const url = await liar(context, a.url, (path, body) => (path === '/mirrors' ? undefined : body))
  const report = await auditOf(url)
  assert.equal(report.verdict, 'partly')
  const [{ code, what } = assert.fail('nothing was left')] = report.logs[0]?.unchecked ?? []
  assert.equal(code, 'log-not-at-hand')
  assert.match(what, /give its address, or that of a node which serves a copy at \/mirrors\/[0-9a-f]{64}\.comity/)
})

test('one entry that a node serves with another bit', async (context) => {
  const { a, b, c } = await three(context)
  const url = await liar(context, a.url, (path, body) => {
    if (!path.startsWith('/tile/entries/000')) return body
    const entries = decodeEntryBundle(body, a.node.head.size).map((entry) => entry.slice())
    flip(-1)(entries[3] ?? new Uint8Array(1))
    return encodeEntryBundle(entries)
  })
  const report = await auditOf(b.url, url, c.url)
  assert.equal(report.verdict, 'different')
  const found = differences(report)
  assert.ok(found.includes('signature-wrong entry 3'), found.join('\n'))
  assert.ok(found.includes('root-differs checkpoint'))
  // The others are not blamed for it.
  for (const { origin, differenceCount } of report.logs)
    assert.equal(differenceCount > 0, origin === a.node.origin, origin)
})

test('one finding that is not what the rules give over the logs of its cut', async (context) => {
  const { a, b, c, clock } = await three(context)
  const { node, keeper } = b
  const { cut, at, ruleset, trust } = await node.findings.publishable()
  assert.equal(cut.length, 3)
  const payload = { cut: [...cut], at, ruleset, trust, digest: `sha256:${'00'.repeat(32)}` }
  const by = signerOf(keyFor(`${context.name} 1 findings`))
  clock.advance(1)
  const { index } = await node.submit(keeper.sign('findings', node.origin, payload, clock.now(), by))
  const report = await auditOf(a.url, b.url, c.url)
  assert.deepEqual(differences(report), [`findings-differ entry ${index}`])
  assert.equal(ruleset.digest, currentRuleset.digest)
})

test('findings that name a trust policy are computed again under that: today’s ruleset reads nothing of it', async (context) => {
  const { a, b, c, clock } = await three(context)
  const { node, keeper } = b
  const { cut, at, ruleset, digest: plain } = await node.findings.publishable()
  const trust = `sha256:${'ab'.repeat(32)}`
  const { digest } = await node.findings.assess({ cut, at, ruleset, trust })
  assert.equal(digest, plain)
  const by = signerOf(keyFor(`${context.name} 1 findings`))
  const publish = (said: string) => {
    clock.advance(1)
    const payload = { cut: [...cut], at, ruleset, trust, digest: said }
    return node.submit(keeper.sign('findings', node.origin, payload, clock.now(), by))
  }
  await publish(digest)
  const report = await auditOf(a.url, b.url, c.url)
  assert.deepEqual([differences(report), report.logs[1]?.findings.recomputed], [[], 1])
  const { index } = await publish(`sha256:${'00'.repeat(32)}`)
  assert.deepEqual(differences(await auditOf(a.url, b.url, c.url)), [`findings-differ entry ${index}`])
})

test('one entry, or one hash, of a copy that another node keeps', async (context) => {
  const { a, b, c } = await three(context)
  const prefix = `/mirrors/${encodeURIComponent(a.node.origin)}/tile/`
  const size = a.node.head.size - 2
  const entries = await liar(context, b.url, (path, body) => {
    if (!path.startsWith(`${prefix}entries/`)) return body
    const all = decodeEntryBundle(body, size).map((entry) => entry.slice())
    flip(-1)(all[4] ?? new Uint8Array(1))
    return encodeEntryBundle(all)
  })
  const report = await auditOf(a.url, entries, c.url)
  const at = `${entries}/mirrors/${a.node.origin}/`
  assert.deepEqual(differences(report), [`copy-differs entry 4 at ${at}`])
  const blamed = report.logs.find(({ differenceCount }) => differenceCount > 0)
  assert.equal(blamed?.origin, b.node.origin)

  const tiles = await liar(context, b.url, (path, body) => {
    if (path.startsWith(`${prefix}0/`)) flip(40)(body)
    return body
  })
  const [found] = differences(await auditOf(tiles, a.url, c.url))
  assert.match(found ?? '', /^copy-differs tile\/0\/000\.p\/\d+ at /)
})

test('a head that contradicts what others have of the log is a fork, with a proof that anybody can check', async (context) => {
  const { a, b, c, provider } = await three(context)
  const size = a.node.head.size - 2
  // Of the size that the others have, with the log's own signature and nothing behind it; then other histories.
  const forged = { origin: a.node.origin, size, root: new Uint8Array(32).fill(7) }
  const note = Buffer.from(a.keeper.keys.log.signNote(formatCheckpoint(forged)))
  const bare = await liar(context, a.url, (path, body) => (path === '/checkpoint' ? note : body))
  const shorter = a.node.ledger.leaves(0, 5).map((leaf) => leaf.slice())
  const fork = new WrittenLog(a.keeper, shorter).append(start + 9, product(provider, 'Another', start + 9))
  const longer = new WrittenLog(a.keeper, fork.leaves).grow(provider, size + 20)
  const urls = [bare, (await servePeer(context, () => fork)).url, (await servePeer(context, () => longer)).url]
  for (const url of urls) {
    const report = await auditOf(c.url, url, b.url)
    assert.equal(report.verdict, 'different')
    const log = report.logs.find(({ origin }) => origin === a.node.origin)
    const codes = log?.differences.map(({ code }) => code) ?? []
    assert.ok(codes.includes('log-forked'), codes.join())
    assert.equal(report.forks.length, 1)
    const [{ proof, seen } = assert.fail('no fork')] = report.forks
    assert.ok(seen[0].startsWith(url))
    const proven = verifyFile(Buffer.from(JSON.stringify(proof)), { parties: [a.keeper.founding(start)] })
    assert.deepEqual([proven.kind, proven.verdict], ['equivocation', 'right'])
    assert.match(logsSummary(report), /log-forked/)
  }
})

test('a log that shows less than others have of it has taken entries back', async (context) => {
  const { a, b } = await three(context)
  const { tree } = a.node.ledger
  const size = tree.size - 4
  const earlier = a.keeper.keys.log.signNote(formatCheckpoint({ origin: a.node.origin, size, root: tree.root(size) }))
  const url = await liar(context, a.url, (path, body) => (path === '/checkpoint' ? Buffer.from(earlier) : body))
  const report = await auditOf(url, b.url)
  const found = differences(report).find((each) => each.startsWith('log-'))
  assert.match(found ?? '', /^log-shrank checkpoint at /)
  assert.deepEqual(report.forks, [])
})

test('a bond that the other log does not bear out is named', async (context) => {
  const { a, b, clock, operator, provider, advisory } = await three(context)
  // The statement is in the other log, and it is no advisory.
  const items = await (await fetch(`${a.url}/api/v1/statements?party=${provider.urn}&limit=50`)).json()
  // The assertions below are the check of that form.
  const { id } = (items as { items: { kind: string; id: string }[] }).items.find(({ kind }) => kind === 'product') ?? {}
  assert.ok(id !== undefined)
  await b.node.submit(operator.sign('acknowledgement', advisory.sub, { advisory: id, state: 'affected' }, clock.now()))
  const nobody = 'ab'.repeat(32)
  await b.node.submit(
    operator.sign('acknowledgement', advisory.sub, { advisory: nobody, state: 'affected' }, clock.now()),
  )
  const report = await auditOf(a.url, b.url)
  const log = report.logs.find(({ origin }) => origin === b.node.origin)
  assert.deepEqual([log?.bonds.checked, log?.bonds.open, log?.bonds.unfounded.length], [1, 1, 1])
  assert.match(log?.bonds.unfounded[0]?.what ?? '', /which that statement is not/)
  // A party's word is no fault of the log in which it stands.
  assert.equal(log?.differenceCount, 0)
  assert.match(logsSummary(report), /do not bear out/)
})

test('a move from one log to another is compared with the log that was left; one that it does not have is named', async (context) => {
  const { a, b, c, clock, provider, mirror } = await three(context)
  const moveOf = (who: Actor): Uint8Array => {
    const { payload, urn } = who
    const previous = decodeStatement(who.founding(start), crypto).id
    return who.sign('party', urn, { ...payload, previous, home: b.node.origin }, clock.now())
  }
  const arrive = async (who: Actor, move: Uint8Array, shown: Predecessor): Promise<void> => {
    for (const each of [who.founding(start), move]) await b.node.submit(each)
    const { index, checkpoint, size, root, proof } = shown
    const continuation = {
      predecessor: { origin: a.node.origin, size, root },
      reason: 'moved' as const,
      proof: formatTlogProof({ index, proof, checkpoint }),
    }
    await b.node.submit(who.sign('continuation', b.node.origin, continuation, clock.now()))
  }
  const move = moveOf(provider)
  const { index } = await a.node.submit(move)
  const { size, note } = a.node.head
  const { tree } = a.node.ledger
  const root = digestText(tree.root(size))
  await arrive(provider, move, { index, checkpoint: note, size, root, proof: tree.inclusionProof(index, size) })
  // A tree of its own in which nothing but its move stands, under a signature that nobody's log key made.
  const pretender = actor('says that it moved', a.node.origin)
  const stranger = keeper('signs for others')
  const false_ = moveOf(pretender)
  const leaf = treeHasher.leaf(decodeStatement(false_, crypto).leaf)
  const claimed = formatCheckpoint({ origin: a.node.origin, size: 1, root: leaf })
  const checkpoint = stranger.keys.log.signNote(claimed)
  await arrive(pretender, false_, { index: 0, checkpoint, size: 1, root: digestText(leaf), proof: [] })
  await mirror()
  await b.node.publishFindings()

  const report = await auditOf(a.url, b.url, c.url)
  assert.deepEqual(differences(report), [])
  const log = report.logs.find(({ origin }) => origin === b.node.origin)
  // The move and the answer to the advisory.
  assert.equal(log?.bonds.checked, 2)
  assert.deepEqual(
    log?.bonds.unfounded.map(({ party }) => party),
    [pretender.urn],
  )
  assert.deepEqual(log?.findings, { published: 2, recomputed: 2 })
})

interface Predecessor {
  readonly index: number
  readonly checkpoint: string
  readonly size: number
  readonly root: string
  readonly proof: readonly Uint8Array[]
}

test('what a node has as proof against a log that it follows is checked, and counts', async (context) => {
  const { a, b, c } = await three(context)
  const { origin, head } = a.node
  const forged = formatCheckpoint({ origin, size: head.size - 2, root: new Uint8Array(32).fill(9) })
  await b.node.mirrors.compare(origin, a.keeper.keys.log.signNote(forged)).catch(() => undefined)
  assert.equal(b.node.mirrors.find(origin)?.isQuarantined, true)
  const report = await auditOf(a.url, b.url, c.url)
  const [fork] = report.forks
  assert.equal(fork?.origin, origin)
  assert.ok(differences(report).every((each) => each.startsWith('log-forked ')))
  // A node that shows something else as proof is at fault itself.
  const url = await liar(context, b.url, (path, body) => (path.endsWith('/equivocation') ? Buffer.from('{}') : body))
  const [found] = differences(await auditOf(a.url, url, c.url))
  assert.match(found ?? '', /^copy-differs equivocation at /)
})

test('findings that come out while the audit runs, over more than it has read by then, are left to the next', async (context) => {
  const { a, b, c, clock, provider } = await three(context)
  const pinned = new Map<string, Uint8Array>()
  const copyAtB = `/mirrors/${encodeURIComponent(a.node.origin)}/checkpoint`
  for (const [url, path] of [
    [a.url, '/checkpoint'],
    [b.url, '/checkpoint'],
    [b.url, copyAtB],
  ] as const)
    pinned.set(url + path, new Uint8Array(await (await fetch(url + path)).arrayBuffer()))
  await a.node.submit(product(provider, 'Another', start))
  // Only the second node has seen that.
  clock.advance(60)
  for (let i = 0; i < 20; i++) if ((await b.node.mirrors.step(clock.now())) > clock.now()) break
  await b.node.publishFindings()
  // The first is asked before the other two have moved on, the second after one of them has.
  const urlA = await liar(context, a.url, (path, body) => pinned.get(a.url + path) ?? body)
  let asked = 0
  const urlB = await liar(context, b.url, (path, body) =>
    path === '/checkpoint' && asked++ > 0 ? body : (pinned.get(b.url + path) ?? body),
  )
  const report = await auditOf(urlA, urlB, c.url)
  assert.deepEqual(differences(report), [])
  assert.equal(report.verdict, 'equal')
  const log = report.logs.find(({ origin }) => origin === b.node.origin)
  assert.deepEqual(log?.findings, { published: 2, recomputed: 1, later: 1 })
  assert.match(logsSummary(report), /came out while this audit/)
})
