/** What cosignatures say of the time of an entry: in time leaves, in answers, in the audit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '@comity/contract'
import { sha256, treeHasher } from '@comity/crypto'
import {
  noteVerifier,
  parseNote,
  parseTlogPolicy,
  parseVerifierKey,
  requireQuorum,
  verifyTlogProof,
  witnessVerifiers,
} from '@comity/log'
import { instrumentUrn, readPayloadAs, signStatement } from '@comity/statement'
import { audit } from '../../audit/audit.ts'
import { HttpSource } from '../../audit/http-source.ts'
import { noteAlgorithms } from '../../crypto-port.ts'
import { batchOf } from '../../pipeline/sequencer.ts'
import { decodeEntry } from '../../register/fold.ts'
import { addressOf, cosignersOf, peerOf, startAt, witnessed, type Neighbour } from './witnessing.fixture.ts'

test('time leaves carry the newest cosignatures, at most once a minute, and the audit counts them', async (context) => {
  const { world, log, witnesses } = await witnessed(context, ['a', 'b'])
  const carried: { readonly position: number; readonly notes: readonly string[] }[] = []
  log.node.onBatch((_from, { size }) => {
    const { statement } = decodeEntry(size - 1, log.node.ledger.leaf(size - 1))
    const { cosigned } = readPayloadAs(statement, 'time')
    if (cosigned.length > 0) carried.push({ position: size - 1, notes: cosigned })
  })
  for (let second = 0; second < 180; second += 5) {
    world.clock.advance(5)
    await log.node.submit(
      log.peer.urn !== undefined && log.node.findParty(log.peer.urn) === undefined
        ? log.peer.founding(world.clock.now())
        : log.peer.sign('support', instrumentUrn(second % 10 === 0 ? 'gids' : 'code'), {}, world.clock.now()),
    )
    await log.node.witnessing.step(world.clock.now())
  }
  assert.equal(carried.length, 3)
  for (const { notes } of carried) {
    assert.ok(notes.every((note) => note.length <= 8192))
    assert.equal(notes.flatMap((note) => cosignersOf(note, log, witnesses)).length, 4)
  }
  const policy = `${witnesses
    .flatMap(({ node }, i) => node.witnessing.verifierKeys.map((key, j) => `witness w${i}${j} ${key}`))
    .join('\n')}
group pq all w01 w11
quorum pq
`
  const source = await HttpSource.open(await addressOf(log))
  const report = await audit({ source, trust: policy })
  assert.deepEqual(report.differences, [])
  const last = carried.at(-1)?.position ?? 0
  // Everything before the last note that was carried is confirmed; the founding came before anybody was asked.
  assert.ok(report.times.bounded >= last - 6 && report.times.contested === 0, JSON.stringify(report.times))
})

/** The trust policy of a keeper: both keys of each witness, and a quorum. */
function policyOf(witnesses: readonly Neighbour[], quorum: string): string {
  const lines = witnesses.flatMap(({ node }, i) => [
    `witness ed${i} ${node.witnessing.verifierKeys[0]}`,
    `witness pq${i} ${node.witnessing.verifierKeys[1]}`,
  ])
  return `${lines.join('\n')}\n${quorum}\n`
}

test('confirmed, claimed, contested: the time of each statement, and what anybody can check it by', async (context) => {
  const { world, log, witnesses } = await witnessed(context, ['a', 'b'])
  const { node } = log
  const address = await addressOf(log)
  const client = createClient({ baseUrl: address })
  const policy = policyOf(witnesses, 'group both all ed0 pq1\nquorum both')
  let count = 0
  const fileOne = async (): Promise<string> => {
    const { urn, signer } = log.own
    const kinds = ['gids', 'code'] as const
    const sub = instrumentUrn(kinds[count++ % 2] ?? 'gids')
    const at = world.clock.now()
    return (await node.submit(signStatement({ kind: 'support', iss: urn, sub, iat: at, payload: {}, signer }))).id
  }
  const early = await fileOne()
  assert.deepEqual((await client.confirmation(early)).time, { basis: 'claimed' })
  const trust = { witnesses: policy, endorsers: [], inspectors: [], states: {} }
  await node.submit(log.own.sign('trust', log.own.urn, trust, world.clock.now()))

  world.clock.advance(1000)
  const confirmed = await fileOne()
  const before = await client.confirmation(confirmed)
  assert.deepEqual([before.cosignatures, before.proofs], [[], []])
  assert.deepEqual(
    before.witnesses.map(({ cosigned }) => cosigned),
    [false, false],
  )
  world.clock.advance(3)
  await node.witnessing.step(world.clock.now())
  const cosigned = await client.confirmation(confirmed)
  assert.equal(cosigned.cosignatures.length, 4)
  assert.ok(cosigned.cosignatures.every(({ at }) => at === startAt + 1003))
  assert.deepEqual(
    cosigned.witnesses.map(({ cosigned: has }) => has),
    [true, true],
  )
  assert.equal(cosigned.time.basis, 'claimed', 'it is not in the log yet')

  // The proof convinces whoever has a policy of his own.
  const parsed = parseTlogPolicy(policy, sha256)
  const [proof = ''] = cosigned.proofs
  const verified = verifyTlogProof(treeHasher, proof, {
    leafHash: treeHasher.leaf(await client.rawStatement(confirmed)),
    origin: log.own.origin,
    logKeys: peerOf(log, false).logKeys.flatMap(
      (key) => noteVerifier(parseVerifierKey(key, sha256), noteAlgorithms) ?? [],
    ),
    witnesses: witnessVerifiers(parsed, noteAlgorithms),
  })
  assert.deepEqual([...requireQuorum(verified.opened.cosigned, parsed)], ['ed0', 'pq0', 'ed1', 'pq1'])

  world.clock.advance(57)
  const late = await fileOne()
  const digest = cosigned.time.trust
  assert.deepEqual((await client.confirmation(confirmed)).time, {
    basis: 'confirmed',
    notAfter: startAt + 1003,
    trust: (await client.statement(confirmed)).time.trust,
  })
  assert.equal(digest, (await client.confirmation(late)).time.trust)
  assert.equal((await client.statement(late)).time.basis, 'claimed')
  assert.equal((await client.statement(early)).time.basis, 'claimed', 'cosigned, but a quarter of an hour later')

  // One of the two witnesses is away for ten minutes: registration goes on, the time stays the keeper's word.
  world.weather = async (url, _init, pass) => (url.startsWith('http://b.') ? new Response('', { status: 503 }) : pass())
  world.clock.advance(60)
  const alone = await fileOne()
  await node.witnessing.step(world.clock.now())
  await node.witnessing.settled()
  world.weather = (_url, _init, pass) => pass()
  world.clock.advance(600)
  await node.witnessing.step(world.clock.now())
  await node.witnessing.settled()
  world.clock.advance(1)
  await fileOne()
  assert.equal((await client.statement(alone)).time.basis, 'claimed')

  // Witnesses had seen it six minutes before it says that it was made.
  world.clock.advance(600)
  const contested = await fileOne()
  const text = parseNote(node.head.note).text
  const at = world.clock.now() - 360
  const lines = witnesses.flatMap(({ own }) => (own.keys.witness ?? []).map((key) => key.cosign(text, at)))
  node.witnessing.cosigned.add(node.head.note, lines, () => true)
  world.clock.advance(61)
  await fileOne()
  const { time } = await client.statement(contested)
  assert.deepEqual([time.basis, time.notAfter], ['contested', at])

  // The audit comes to the same about every entry of the log, from the log alone.
  const bases = { confirmed: 0, claimed: 0, contested: 0 }
  for (let index = 0; index < node.head.size; index++) {
    const { size, at: closedAt } = batchOf(node.reader, index)
    bases[node.witnessing.times.of({ position: size - 1, at: closedAt }).basis] += 1
  }
  const report = await audit({ source: await HttpSource.open(address), trust: policy })
  const { bounded, claimed, contested: outside } = report.times
  assert.deepEqual({ confirmed: bounded, claimed, contested: outside }, bases)
  assert.ok(bounded > 0 && claimed > 0 && outside > 0)
  assert.ok(report.differences.every(({ code }) => code === 'time-outside-bound'))
})

test('the leaf of an idle hour carries the newest cosignatures, known or not', async (context) => {
  const { world, log } = await witnessed(context, ['a'])
  await log.node.witnessing.step(startAt)
  const lines = log.node.witnessing.forTimeLeaf(startAt + 3600, true)
  assert.equal(lines.length, 1)
  assert.deepEqual(log.node.witnessing.forTimeLeaf(startAt + 7200, true), lines)
  assert.deepEqual(log.node.witnessing.forTimeLeaf(startAt + 9000, false), [])
  void world
})
