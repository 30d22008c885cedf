/** A log that has its heads cosigned, and what it does when that fails. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '@comity/crypto'
import { formatAddCheckpoint, keyId, noteType, parseCheckpoint, parseNote, parseVerifierKey } from '@comity/log'
import { rawKey } from '@comity/statement'
import { Witnessing } from './witnessing.ts'
import { World, checkpointOf, cosignersOf, file, peerOf, setPeers, startAt, witnessed } from './witnessing.fixture.ts'

test('after a batch every witness cosigns the new head with both keys, and /checkpoint shows it', async (context) => {
  const { world, log, witnesses } = await witnessed(context, ['a', 'b'])
  await log.node.witnessing.step(world.clock.now())
  world.clock.advance(5)
  await file(log, world)
  assert.deepEqual(cosignersOf(await checkpointOf(log), log, witnesses), [])
  await log.node.witnessing.step(world.clock.now())
  const cosigned = cosignersOf(await checkpointOf(log), log, witnesses)
  const at = startAt + 5
  const expected = witnesses.flatMap(({ own: { origin: name } }) => [72, 2428].map((bytes) => ({ name, at, bytes })))
  const sorted = (lines: typeof cosigned) => lines.toSorted((x, y) => x.name.localeCompare(y.name) || x.bytes - y.bytes)
  assert.deepEqual(sorted(cosigned), sorted(expected))
  const states = log.node.peers.states()
  assert.deepEqual(
    states.map(({ state, cosignedAt }) => [state, cosignedAt]),
    [1, 2].map(() => ['following', at]),
  )
})

test('a witness is asked at most once a second, and about the newest head only', async (context) => {
  const { world, log } = await witnessed(context, ['a'])
  const sizes: number[] = []
  world.weather = async (_url, init, pass) => {
    sizes.push(parseCheckpoint(parseNote(String(init.body).split('\n\n').slice(1).join('\n\n')).text).size)
    return pass()
  }
  const { witnessing } = log.node
  let next = await witnessing.step(startAt)
  for (let i = 0; i < 10; i++) {
    await file(log, world)
    next = await witnessing.step(startAt + i / 20)
  }
  assert.equal(sizes.length, 1)
  assert.equal(next, startAt + 1)
  await witnessing.step(startAt + 1)
  assert.deepEqual(sizes.slice(1), [log.node.head.size])
  assert.equal(await witnessing.step(startAt + 2), startAt + 3)
  assert.equal(sizes.length, 2)
})

test('a witness that remembers another size is asked once more from there', async (context) => {
  const { world, log, witnesses } = await witnessed(context, ['a'])
  const [witness] = witnesses
  assert.ok(witness)
  await file(log, world)
  await log.node.witnessing.step(startAt)
  const asked: string[] = []
  world.weather = async (_url, init, pass) => {
    asked.push(String(init.body).split('\n', 1)[0] ?? '')
    return pass()
  }
  // The log forgets what it knew of its witness, as after a loss of its cells.
  const forgetful = { ...peerOf(witness, true), allowPrivate: false }
  await setPeers(log, [])
  log.node.witnessing.witnesses()
  log.node.witnessing.cosigned.add(log.node.head.note, [], () => false)
  await setPeers(log, [forgetful])
  await file(log, world)
  await log.node.witnessing.step(startAt + 10)
  assert.deepEqual(asked, ['old 0', `old ${log.node.head.size - 2}`])
  assert.equal(cosignersOf(await checkpointOf(log), log, witnesses).length, 2)
})

test('missing witnesses delay confirmation, never registration; they are tried again after growing pauses', async (context) => {
  const { world, log, witnesses } = await witnessed(context, ['a', 'b'])
  const [a] = witnesses
  assert.ok(a)
  let isDown = true
  const calls: number[] = []
  let now = startAt
  world.weather = async (url, _init, pass) => {
    if (!url.startsWith(a.url)) return pass()
    calls.push(now)
    if (isDown) throw new Error('connection refused')
    return pass()
  }
  for (; now < startAt + 120; now += 1) {
    world.clock.advance(1)
    if (now % 20 === 0) await file(log, world)
    await log.node.witnessing.step(now)
    await log.node.witnessing.settled()
  }
  const pauses = calls.slice(1).map((at, i) => at - (calls[i] ?? 0))
  assert.ok(calls.length >= 5 && calls.length <= 9, String(calls))
  assert.ok(
    pauses.every((pause, i) => i === 0 || pause >= (pauses[i - 1] ?? 0) * 0.9),
    String(pauses),
  )
  assert.equal(log.node.stopped, undefined)
  assert.ok(cosignersOf(await checkpointOf(log), log, witnesses).every(({ name }) => name !== a.own.origin))
  const state = log.node.witnessing.witnesses().find(({ origin }) => origin === a.own.origin)
  assert.equal(state?.lastError?.code, 'peer-unreachable')
  isDown = false
  now += 700
  world.clock.advance(700)
  await log.node.witnessing.step(now)
  await log.node.witnessing.settled()
  assert.equal(cosignersOf(await checkpointOf(log), log, witnesses).length, 4)
})

test('what is no cosignature of the witness is not taken, and said', async (context) => {
  const { world, log, witnesses } = await witnessed(context, ['a'])
  const [witness] = witnesses
  assert.ok(witness)
  let now = startAt
  const trial = async (answer: (pass: () => Promise<Response>) => Promise<Response>): Promise<string | undefined> => {
    world.weather = (_url, _init, pass) => answer(pass)
    now += 1000
    world.clock.advance(1000)
    await file(log, world)
    await log.node.witnessing.step(now)
    await log.node.witnessing.settled()
    assert.deepEqual(cosignersOf(await checkpointOf(log), log, witnesses), [])
    return log.node.witnessing.witnesses()[0]?.lastError?.code
  }
  const text =
    (body: string, status = 200, type = 'text/plain') =>
    async () =>
      new Response(body, { status, headers: { 'content-type': type } })
  assert.equal(await trial(text('')), 'witness-answer-malformed')
  assert.equal(await trial(text('— nobody AAAAAAAA\n')), 'witness-answer-malformed')
  assert.equal(await trial(text('<html>', 502)), 'witness-refuses')
  assert.equal(await trial(text('{"detail":"unknown"}', 404, 'application/problem+json')), 'witness-refuses')
  assert.match(log.node.witnessing.witnesses()[0]?.lastError?.message ?? '', /404 unknown$/)
  assert.equal(await trial(text('12\n', 409)), 'witness-refuses')
  assert.equal(await trial(text('012\n', 409, 'text/x.tlog.size')), 'witness-refuses')
  assert.equal(await trial(text('1\n', 409, 'text/x.tlog.size')), 'witness-refuses')
  assert.equal(await trial(text('999999\n', 409, 'text/x.tlog.size')), 'witness-ahead')
  // Cosignatures of another head, and of one at a time that cannot be.
  const [key] = witness.own.keys.witness ?? []
  assert.ok(key)
  const { formatSignatureLine, formatCheckpoint } = await import('@comity/log')
  const lineOf = (body: string, at: number) => formatSignatureLine(key.cosign(body, at))
  const other = formatCheckpoint({ origin: log.own.origin, size: 1, root: new Uint8Array(32) })
  assert.equal(await trial(text(lineOf(other, now))), 'witness-answer-malformed')
  const head = () => parseNote(log.node.head.note).text
  assert.equal(await trial(async () => text(lineOf(head(), now - 400))()), 'witness-clock')
  assert.equal(await trial(async () => text(lineOf(head(), now + 400))()), 'witness-clock')
  // After all that it is still welcome.
  world.weather = (_url, _init, pass) => pass()
  world.clock.advance(1000)
  await log.node.witnessing.step(now + 1000)
  await log.node.witnessing.settled()
  assert.equal(cosignersOf(await checkpointOf(log), log, witnesses).length, 2)
})

test('what was collected is there after a restart', async (context) => {
  const { world, log, witnesses } = await witnessed(context, ['a'])
  await log.node.witnessing.step(startAt)
  await log.node.witnessing.settled()
  const before = log.node.witnessing.checkpoint
  assert.equal(cosignersOf(before, log, witnesses).length, 2)
  const { CosignedHeads } = await import('./cosigned-heads.ts')
  const again = new CosignedHeads(log.node.truth.cells, log.own.origin)
  assert.equal(log.node.head.note + again.linesOf(parseNote(log.node.head.note).text), before)
  void world
})

test('keys of a node and of its witness are told apart by their IDs, though the name is the same', async (context) => {
  const world = new World(context)
  const { node, own } = await world.node('w')
  const keys = node.witnessing.verifierKeys.map((text) => parseVerifierKey(text, sha256))
  const log = keyId(own.origin, noteType.ed25519, own.keys.log.publicKey, sha256)
  assert.deepEqual(
    keys.map(({ name, type }) => [name, type]),
    [
      [own.origin, noteType.cosignature],
      [own.origin, noteType.mlDsa44],
    ],
  )
  assert.equal(new Set([...keys.map((key) => key.keyId), log]).size, 3)
  const listed = node.findParty(own.urn)?.keys.filter(({ roles }) => roles.includes('witness')) ?? []
  assert.deepEqual(
    listed.map((key) => Buffer.from(rawKey(key).bytes).toString('hex')),
    keys.map(({ publicKey }) => Buffer.from(publicKey).toString('hex')),
  )
})

test('a head that a log shows to its witness is compared with the copy kept of it', async (context) => {
  const { world, log, witnesses } = await witnessed(context, ['a'])
  const [witness] = witnesses
  assert.ok(witness)
  const compared: string[] = []
  const gate = Promise.withResolvers<void>()
  const witnessing = new Witnessing({
    ledger: witness.node.ledger,
    cells: witness.node.truth.cells,
    peers: witness.node.peers,
    reader: witness.node.reader,
    cosigners: witness.own.keys.witness,
    now: world.clock.now,
    stopped: () => undefined,
    compare: async (origin, note) => {
      compared.push(`${origin} ${parseCheckpoint(parseNote(note).text).size}`)
      await gate.promise
    },
  })
  const sizes: number[] = []
  for (let i = 0; i < 4; i++) {
    const old = sizes.at(-1) ?? 0
    const { size, note } = log.node.head
    const proof = old === 0 ? [] : log.node.ledger.tree.consistencyProof(old, size)
    const answer = await witnessing.witness?.addCheckpoint(
      Buffer.from(formatAddCheckpoint({ old, proof, checkpoint: note })),
    )
    assert.equal(answer?.status, 200)
    sizes.push(size)
    await file(log, world)
    world.clock.advance(1)
  }
  // While the first is compared, only the newest waits.
  assert.deepEqual(compared, [`${log.own.origin} ${sizes[0]}`])
  gate.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(
    compared,
    [sizes[0], sizes[3]].map((size) => `${log.own.origin} ${size}`),
  )
})

test('a frozen or closing node cosigns nothing', async (context) => {
  const { world, log, witnesses } = await witnessed(context, ['a'])
  const [witness] = witnesses
  assert.ok(witness)
  await file(log, world)
  await witness.stop()
  await log.node.witnessing.step(startAt)
  await log.node.witnessing.settled()
  assert.deepEqual(cosignersOf(await checkpointOf(log), log, witnesses), [])
  assert.equal(log.node.witnessing.witnesses()[0]?.lastError?.code, 'witness-refuses')
})
