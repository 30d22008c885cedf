import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sha256Hex, treeHasher } from '@comity/crypto'
import {
  type OpenedCheckpoint,
  cosignatureTime,
  noteVerifier,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  verifyEquivocation,
} from '@comity/log'
import { type Cells, type FileSystem, openFiles } from '@comity/store'
import { AskingLog, faultAt, faultyFileSystem, forkOf, simulatedDisk, witnessCosigners } from '@comity/testkit'
import * as fc from 'fast-check'
import { noteAlgorithms } from '../../crypto-port.ts'
import { NodeError } from '../../node-error.ts'
import { readWitnessRecord, witnessCellName } from './witness-cell.ts'
import { type KnownLogs, Witness, type WitnessAnswer, type WitnessParts } from './witness.ts'

const startAt = 1_795_262_400
const name = 'witness.example.org'
const keys = witnessCosigners('witness', name)
const log = new AskingLog('log.example.org/a')
const other = new AskingLog('log.example.net/b')
const known = new Map([log, other].map((each) => [each.origin, [each.key]]))

interface Bench {
  readonly witness: Witness
  readonly cells: Cells
  readonly clock: { now: number }
  readonly directory: string
}

async function witnessIn(context: TestContext, more: Partial<WitnessParts> = {}): Promise<Bench> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-witness-'))
  const { cells, close } = await openFiles({ directory }).then((truth) => ({
    cells: truth.cells,
    close: () => truth.close(),
  }))
  context.after(async () => {
    await close()
    rmSync(directory, { recursive: true, force: true })
  })
  const clock = { now: startAt }
  const witness = new Witness({
    cells,
    cosigners: keys,
    knownLogs: (origin) => known.get(origin),
    ownOrigin: name,
    now: () => clock.now,
    ...more,
  })
  return { witness, cells, clock, directory }
}

function witnessOver(cells: Cells, knownLogs: KnownLogs = (origin) => known.get(origin)): Witness {
  return new Witness({ cells, cosigners: keys.slice(0, 1), knownLogs, ownOrigin: name, now: () => startAt })
}

/** The checkpoint with what the witness answered, opened with both of its keys. */
function opened(note: string, answer: WitnessAnswer): OpenedCheckpoint {
  assert.equal(answer.status, 200)
  const body = answer.status === 200 ? answer.body : ''
  const verifiers = keys.flatMap((key) => noteVerifier(key, noteAlgorithms) ?? [])
  const { origin } = parseCheckpoint(parseNote(note).text)
  const logKeys = (known.get(origin) ?? []).flatMap((key) => noteVerifier(key, noteAlgorithms) ?? [])
  return openCheckpoint(note + body, origin, logKeys, verifiers)
}

const statusOf = async (answer: Promise<WitnessAnswer>): Promise<number> => (await answer).status

test('a log that grows is cosigned with both keys, at the time of the witness', async (context) => {
  const { witness, cells, clock } = await witnessIn(context)
  const first = opened(log.note(7), await witness.addCheckpoint(log.request(0, 7)))
  assert.deepEqual(first.cosigned.map(cosignatureTime), [startAt, startAt])
  clock.now += 5
  const second = opened(log.note(100), await witness.addCheckpoint(log.request(7, 100)))
  assert.deepEqual(second.cosigned.map(cosignatureTime), [startAt + 5, startAt + 5])
  assert.deepEqual(readWitnessRecord(cells, log.origin)?.witnessed, { size: 100, root: log.root(100) })
  assert.equal(readWitnessRecord(cells, log.origin)?.note, log.note(100))
})

test('every status of the specification', async (context) => {
  const { witness } = await witnessIn(context)
  const stranger = new AskingLog('log.example.com/stranger')
  assert.deepEqual(await witness.addCheckpoint(stranger.request(0, 1)), {
    status: 404,
    detail: 'this witness does not know the log "log.example.com/stranger"',
  })
  assert.equal(await statusOf(witness.addCheckpoint(log.request(0, 7))), 200)
  assert.deepEqual(await witness.addCheckpoint(log.request(3, 20)), { status: 409, size: 7 })
  assert.equal(await statusOf(witness.addCheckpoint(log.request(0, 20))), 409)
  const edited = (request: Buffer, from: string, to: string): Buffer =>
    Buffer.from(request.toString().replace(from, to))
  assert.equal(await statusOf(witness.addCheckpoint(edited(log.request(7, 20), '\n20\n', '\n21\n'))), 403)
  assert.equal(await statusOf(witness.addCheckpoint(edited(log.request(7, 20), 'old 7', 'old 21'))), 400)
  assert.equal(await statusOf(witness.addCheckpoint(Buffer.from(`old 7\n\n${log.note(20)}`))), 422)
  assert.equal(await statusOf(witness.addCheckpoint(Buffer.from('old seven'))), 400)
  assert.equal(await statusOf(witness.addCheckpoint(Buffer.alloc(0))), 400)
  // None of it moved the record.
  assert.equal(await statusOf(witness.addCheckpoint(log.request(7, 20))), 200)
})

test('a checkpoint that only strangers signed is 403, and what strangers add to the log’s own is ignored', async (context) => {
  const { witness, cells } = await witnessIn(context)
  const line = other.note(7).split('\n\n')[1] ?? ''
  const [text = ''] = log.note(7).split('\n\n')
  assert.equal(await statusOf(witness.addCheckpoint(Buffer.from(`old 0\n\n${text}\n\n${line}`))), 403)
  const both = `old 0\n\n${log.note(7)}${line}`
  assert.equal(await statusOf(witness.addCheckpoint(Buffer.from(both))), 200)
  assert.equal(readWitnessRecord(cells, log.origin)?.note, log.note(7))
})

test('a line of the log that does not verify is 403, whatever stands beside it', async (context) => {
  const { witness } = await witnessIn(context)
  const wrong = log.note(8).split('\n\n')[1] ?? ''
  for (const lines of [wrong, (log.note(7).split('\n\n')[1] ?? '') + wrong]) {
    const [text = ''] = log.note(7).split('\n\n')
    assert.equal(await statusOf(witness.addCheckpoint(Buffer.from(`old 0\n\n${text}\n\n${lines}`))), 403)
  }
})

test('a log key that counts no more does not sign, one that counts from now on does', async (context) => {
  let counting = [log.key]
  const { witness } = await witnessIn(context, { knownLogs: () => counting })
  assert.equal(await statusOf(witness.addCheckpoint(log.request(0, 7))), 200)
  counting = [other.key]
  assert.equal(await statusOf(witness.addCheckpoint(log.request(7, 8))), 403)
  counting = []
  assert.equal(await statusOf(witness.addCheckpoint(log.request(7, 8))), 403)
  counting = [other.key, log.key]
  assert.equal(await statusOf(witness.addCheckpoint(log.request(7, 8))), 200)
})

test('its own log is none that it witnesses, even as a peer', async (context) => {
  const own = new AskingLog(name)
  const { witness, cells } = await witnessIn(context, { knownLogs: () => [own.key] })
  assert.equal(await statusOf(witness.addCheckpoint(own.request(0, 7))), 404)
  assert.deepEqual(cells.names(), [])
})

test('the same tree again costs neither a write nor, for a minute, a signature', async (context) => {
  const { witness, cells, clock } = await witnessIn(context)
  const first = await witness.addCheckpoint(log.request(0, 7))
  const version = cells.get(witnessCellName(log.origin))?.version
  clock.now += 59
  assert.deepEqual(await witness.addCheckpoint(log.request(7, 7)), first)
  clock.now += 1
  const later = opened(log.note(7), await witness.addCheckpoint(log.request(7, 7)))
  assert.deepEqual(later.cosigned.map(cosignatureTime), [startAt + 60, startAt + 60])
  assert.equal(cells.get(witnessCellName(log.origin))?.version, version)
})

test('a request that is replayed after the log has grown is 409', async (context) => {
  const { witness } = await witnessIn(context)
  const requests = [log.request(0, 7), log.request(7, 20)]
  for (const request of requests) assert.equal(await statusOf(witness.addCheckpoint(request)), 200)
  for (const request of requests) {
    assert.deepEqual(await witness.addCheckpoint(request), { status: 409, size: 20 })
  }
})

test('the time of a cosignature never goes back, whatever the clock does', async (context) => {
  const { witness, clock } = await witnessIn(context)
  await witness.addCheckpoint(log.request(0, 7))
  clock.now += 100
  await witness.addCheckpoint(log.request(7, 7))
  clock.now -= 1000
  const after = opened(log.note(9), await witness.addCheckpoint(log.request(7, 9)))
  assert.deepEqual(after.cosigned.map(cosignatureTime), [startAt + 100, startAt + 100])
})

test('two trees of one size are kept as a proof that anybody can check, and end the cosigning of that log', async (context) => {
  const told: string[] = []
  const { witness, cells } = await witnessIn(context, { onFork: (origin, note) => told.push(`${origin} ${note}`) })
  await witness.addCheckpoint(log.request(0, 20))
  // A consistent larger tree of the fork proves nothing to anybody: the witness just does not cosign it.
  assert.equal(await statusOf(witness.addCheckpoint(forkOf(log, 3).request(0, 40))), 409)
  assert.equal(await statusOf(witness.addCheckpoint(Buffer.from(`old 20\n\n${forkOf(log, 3).note(40)}`))), 422)
  assert.deepEqual(told, [])
  assert.equal(await statusOf(witness.addCheckpoint(forkOf(log, 3).request(0, 20))), 409)
  assert.deepEqual(told, [`${log.origin} ${forkOf(log, 3).note(20)}`])
  const record = readWitnessRecord(cells, log.origin)
  assert.ok(record?.fork)
  const verifiers = [log.key].flatMap((key) => noteVerifier(key, noteAlgorithms) ?? [])
  assert.equal(verifyEquivocation(treeHasher, record.fork, verifiers).first.size, 20)
  assert.equal(await statusOf(witness.addCheckpoint(log.request(20, 40))), 422)
  assert.equal(await statusOf(witness.addCheckpoint(other.request(0, 40))), 200)
  assert.equal(told.length, 1)
})

test('the newest checkpoint is served with the lines that were answered, also after a restart', async (context) => {
  const { witness, cells } = await witnessIn(context)
  const hash = sha256Hex(Buffer.from(log.origin))
  assert.equal(await witness.latest(hash), undefined)
  assert.equal(await witness.latest('0'.repeat(64)), undefined)
  const answer = await witness.addCheckpoint(log.request(0, 7))
  assert.ok(answer.status === 200)
  assert.equal(await witness.latest(hash), log.note(7) + answer.body)
  const restarted = new Witness({
    cells,
    cosigners: keys,
    knownLogs: (origin) => known.get(origin),
    ownOrigin: name,
    now: () => startAt + 50,
  })
  const served = (await restarted.latest(hash)) ?? ''
  const times = opened(log.note(7), { status: 200, body: served.slice(log.note(7).length) }).cosigned.map(
    cosignatureTime,
  )
  assert.deepEqual(times, [startAt, startAt])
})

test('an origin too long for a cell has one all the same', async (context) => {
  const long = new AskingLog(`log.example.org/${'a'.repeat(230)}`)
  const { witness, cells } = await witnessIn(context, { knownLogs: () => [long.key] })
  assert.equal(await statusOf(witness.addCheckpoint(long.request(0, 7))), 200)
  assert.equal(readWitnessRecord(cells, long.origin)?.witnessed.size, 7)
  assert.ok((await witness.latest(sha256Hex(Buffer.from(long.origin)))) !== undefined)
})

test('nothing is cosigned while the node is frozen', async (context) => {
  const frozen = new NodeError('frozen', 'restored')
  const { witness, cells } = await witnessIn(context, { stopped: () => frozen })
  await assert.rejects(witness.addCheckpoint(log.request(0, 7)), frozen)
  assert.deepEqual(cells.names(), [])
})

test('what cannot be made durable is not cosigned', async () => {
  let isFailing = false
  const faulty = faultyFileSystem(simulatedDisk().fileSystem, ({ name: call }) =>
    isFailing && call === 'fdatasync' ? { kind: 'error', code: 'EIO' } : undefined,
  )
  const truth = await openFiles({ directory: '/data', fileSystem: faulty.fileSystem })
  const witness = witnessOver(truth.cells)
  assert.equal(await statusOf(witness.addCheckpoint(log.request(0, 7))), 200)
  isFailing = true
  await assert.rejects(witness.addCheckpoint(log.request(7, 8)), { code: 'storage-failed' })
  // The tree that is on record is answered for all the same.
  assert.equal(await statusOf(witness.addCheckpoint(log.request(7, 7))), 200)
  await truth.close()
})

/** One step of an adversary: a request, at once with the others of its round. */
interface Step {
  readonly branch: number
  readonly old: number
  readonly size: number
}

test('a-witness-never-contradicts-itself: under any interleaving of honest and forged requests, and restarts', async () => {
  // Three branches of one log that part at entries 5 and 9; requests of a round run at the same time.
  const branches = [log, forkOf(log, 5), forkOf(log, 9)]
  const size = fc.nat(14)
  const step: fc.Arbitrary<Step> = fc.record({ branch: fc.nat(2), old: size, size })
  const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(rounds, async (schedule) => {
      const { cells } = await openFiles({ directory: '/data', fileSystem: simulatedDisk().fileSystem })
      const cosigned: { readonly size: number; readonly root: string; readonly branch: number }[] = []
      for (const round of schedule) {
        // A witness that begins anew knows what the cells hold, and nothing else.
        const witness = witnessOver(cells)
        await Promise.all(
          round.map(async ({ branch, old, size: next }) => {
            const from = branches[branch] ?? log
            if (old > next) return
            const answer = await witness.addCheckpoint(from.request(old, next))
            if (answer.status !== 200) return
            cosigned.push({ size: next, root: Buffer.from(from.root(next)).toString('hex'), branch })
          }),
        )
      }
      // Each cosigned tree is a prefix of the largest one.
      const largest = cosigned.toSorted((a, b) => b.size - a.size)[0]
      for (const each of cosigned) {
        const whole = branches[largest?.branch ?? 0] ?? log
        assert.equal(each.root, Buffer.from(whole.root(each.size)).toString('hex'))
      }
    }),
    { numRuns: 60 },
  )
})

test('any-bytes: a request of any bytes is answered, and is never cosigned unless it is right', async (context) => {
  const { witness } = await witnessIn(context)
  const good = log.request(0, 7)
  const text = good.toString().slice(0, good.indexOf('\n—'))
  const line = fc.constantFrom(...good.toString().split('\n'))
  const shuffled = fc.shuffledSubarray(good.toString().split('\n')).map((lines) => Buffer.from(lines.join('\n')))
  const damaged = fc
    .tuple(fc.nat(good.length - 1), fc.nat(255))
    .map(([at, byte]) => Buffer.concat([good.subarray(0, at), Buffer.of(byte), good.subarray(at + 1)]))
  const cut = fc.nat(good.length - 1).map((at) => good.subarray(0, at))
  const repeated = line.map((each) => Buffer.from(good.toString().replace(each, `${each}\n${each}`)))
  const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
  await fc.assert(
    fc.asyncProperty(fc.oneof(noise, shuffled, damaged, cut, repeated), async (body) => {
      const { status } = await witness.addCheckpoint(body)
      // A line that stands twice changes nothing about what is signed.
      const isRight = status === 200 && body.toString().startsWith(text)
      assert.ok(isRight || [400, 403, 404, 409, 422].includes(status), String(status))
    }),
    { numRuns: 400 },
  )
})

test('acknowledged-is-durable: power cuts and faults of the disk never make a witness forget what it answered', async () => {
  const requests = [
    [0, 3],
    [3, 5],
    [5, 8],
    [8, 13],
  ] as const
  let reached = true
  for (let number = 0; reached; number++) {
    for (const fault of [
      { kind: 'crash' },
      { kind: 'crash', afterwards: true },
      { kind: 'error', code: 'EIO' },
    ] as const) {
      const disk = simulatedDisk()
      const faulty = faultyFileSystem(disk.fileSystem, faultAt(number, fault))
      const truth = await openFiles({ directory: '/data', fileSystem: faulty.fileSystem }).catch(() => undefined)
      let answered = 0
      if (truth !== undefined) {
        const witness = witnessOver(truth.cells)
        for (const [old, size] of requests) {
          const answer = await witness.addCheckpoint(log.request(old, size)).catch(() => undefined)
          if (answer?.status === 200) answered = size
        }
      }
      reached = faulty.calls.length > number
      disk.crash()
      const again = await openFiles({ directory: '/data', fileSystem: disk.fileSystem })
      const size = readWitnessRecord(again.cells, log.origin)?.witnessed.size ?? 0
      assert.ok(size >= answered, `${answered} was cosigned, ${size} is remembered: call ${number}, ${fault.kind}`)
      await again.close()
    }
  }
})

test('requests of many logs that come together share one fdatasync', async () => {
  const logs = Array.from({ length: 32 }, (_, i) => new AskingLog(`log.example.org/many/${i}`, 8))
  const everybodyWaits = Promise.withResolvers<void>()
  let syncs = 0
  const inner = simulatedDisk().fileSystem
  const fileSystem: FileSystem = {
    ...inner,
    open(path, access) {
      const file = inner.open(path, access)
      return {
        pread: (...args) => file.pread(...args),
        pwrite: (...args) => file.pwrite(...args),
        truncate: (size) => file.truncate(size),
        size: () => file.size(),
        fsync: () => file.fsync(),
        close: () => file.close(),
        async fdatasync() {
          if (calls > 0) {
            syncs++
            await everybodyWaits.promise
          }
          await file.fdatasync()
        },
      }
    },
  }
  let calls = 0
  const truth = await openFiles({ directory: '/data', fileSystem })
  const cells: Cells = {
    get: (cell) => truth.cells.get(cell),
    names: () => truth.cells.names(),
    compareAndSet(...args) {
      calls++
      if (calls === logs.length) everybodyWaits.resolve()
      return truth.cells.compareAndSet(...args)
    },
  }
  const keyOf = (origin: string) => logs.filter((each) => each.origin === origin).map(({ key }) => key)
  const answers = await Promise.all(logs.map((each) => witnessOver(cells, keyOf).addCheckpoint(each.request(0, 7))))
  assert.ok(answers.every(({ status }) => status === 200))
  // One that began at once with whoever was there, and one for all others.
  assert.equal(syncs, 2)
  await truth.close()
})
