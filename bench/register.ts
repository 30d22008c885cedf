/**
 * What one statement costs from POST to receipt: durable, signature checked, register and findings updated. The server
 * is a process of its own and its CPU is all of that process's, threads included; what it is held against, one Ed25519
 * verification, is measured in the same process before and after the load.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Actor, actor, keeper, productStatement } from '@comity/testkit'
import { instrumentUrn } from '@comity/statement'
import { type Bench, type Figure, median } from './figure.ts'
import { beside } from './server/beside.ts'
import { type Poster, withClients } from './server/load.ts'
import { type RunningServer, runServer } from './server/running-server.ts'

const clients = 64
const batchSize = 256

async function run({ n = 0, warm = 0 }: Readonly<Record<string, number>>): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-register-'))
  const server = await runServer(directory)
  try {
    const home = keeper('bench')
    const now = Math.floor(Date.now() / 1000)
    const authors = Array.from({ length: 32 }, (_, i) => actor(`author ${i}`, home.origin))
    await settle(server, authors, now)
    const statements = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => productStatement(authors, from + i, now))
    // Until the compiler is done, its threads are a fifth of what the process uses.
    await postAll(server, statements(0, warm))
    const single = await costOf(server, statements(warm, n), (load) => postAll(server, load))
    const latency = await latencies(server, statements(warm + n, n), {
      perSecond: single.perSecond / 2,
      file: join(directory, 'beside'),
    })
    await postBatches(server, statements(warm + 2 * n, warm))
    const batched = await costOf(server, statements(2 * warm + 2 * n, n), (load) => postBatches(server, load))
    return [
      cost('single POST', single, 2.5, 2),
      cost(`batches of ${batchSize}`, batched, 1.7, 1.4),
      rate('single POST', single.perSecond),
      rate(`batches of ${batchSize}`, batched.perSecond),
      ...latency,
    ]
  } finally {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Authors with findings to update: each supports the Initiative. */
async function settle(server: RunningServer, authors: readonly Actor[], now: number): Promise<void> {
  await postAll(
    server,
    authors.map((author) => author.founding(now)),
  )
  await postAll(
    server,
    authors.map((author) => author.sign('support', instrumentUrn('gids'), {}, now)),
  )
}

async function postAll(server: RunningServer, statements: readonly Uint8Array[]): Promise<void> {
  await withClients(server.url, clients, statements, postOne)
}

async function postOne(poster: Poster, statement: Uint8Array): Promise<void> {
  const status = await poster.post('/entries', 'application/cose', 'application/cose', statement)
  if (status !== 201) throw new Error(`POST /entries answered ${status}`)
}

async function postBatches(server: RunningServer, statements: readonly Uint8Array[]): Promise<void> {
  const bodies = Array.from({ length: Math.ceil(statements.length / batchSize) }, (_, i) =>
    Buffer.concat(statements.slice(i * batchSize, (i + 1) * batchSize)),
  )
  await withClients(server.url, 4, bodies, async (poster, body) => {
    const status = await poster.post('/api/v1/statements', 'application/cbor-seq', 'application/cbor-seq', body)
    if (status !== 200) throw new Error(`POST /api/v1/statements answered ${status}`)
  })
}

interface Cost {
  /** Microseconds of CPU a statement. */
  readonly cpu: number
  /** Microseconds of CPU a verification, in the same process. */
  readonly verification: number
  /** The first over the second. */
  readonly ratio: number
  readonly perSecond: number
}

/** Slices of a load: the machine's speed drifts, so each is held against verifications right before and after it. */
const slices = 10

async function costOf(
  server: RunningServer,
  statements: readonly Uint8Array[],
  load: (statements: readonly Uint8Array[]) => Promise<void>,
): Promise<Cost> {
  const measured: Cost[] = []
  const size = Math.ceil(statements.length / slices)
  let earlier = await server.verifyCost()
  for (let from = 0; from < statements.length; from += size) {
    const slice = statements.slice(from, from + size)
    const before = await server.cpu()
    const started = performance.now()
    await load(slice)
    const seconds = (performance.now() - started) / 1000
    const cpu = ((await server.cpu()) - before) / slice.length
    const later = await server.verifyCost()
    const verification = (earlier + later) / 2
    measured.push({ cpu, verification, ratio: cpu / verification, perSecond: slice.length / seconds })
    earlier = later
  }
  const middle = (key: keyof Cost) => median(measured.map((each) => each[key]))
  return {
    cpu: middle('cpu'),
    verification: middle('verification'),
    ratio: middle('ratio'),
    perSecond: middle('perSecond'),
  }
}

/** About what the server writes for one batch at half load. */
const batchBytes = 16 * 1024

/**
 * Posts at a fixed rate whatever the answers do, and tells how long each receipt took from its due moment. The first
 * second does not count: the server is still tidying up after full load. Beside it an idle process syncs appends to
 * `file` on the same disk and sets timers: what the slowest of those take, no node can help.
 */
async function latencies(
  server: RunningServer,
  statements: readonly Uint8Array[],
  { perSecond, file }: { readonly perSecond: number; readonly file: string },
): Promise<readonly Figure[]> {
  const milliseconds: number[] = []
  const ask = await beside(file, batchBytes)
  const started = performance.now()
  let next = 0
  await withClients(server.url, clients, statements, async (poster, statement) => {
    const due = started + (next++ / perSecond) * 1000
    const wait = due - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    await postOne(poster, statement)
    if (due - started >= 1000) milliseconds.push(performance.now() - due)
  })
  const { syncs, late } = await ask()
  const name = `receipt at half load, ${Math.round(perSecond)}/s`
  const p99 = share(milliseconds, 0.99)
  const against = `p99 beside it: ${share(syncs, 0.99).toFixed(1)} ms a synced append (at most ${share(syncs, 1).toFixed(0)}), ${share(late, 0.99).toFixed(1)} ms a timer of an idle process (at most ${share(late, 1).toFixed(0)})`
  const reported = { unit: 'ms', ratio: null }
  return [
    { figure: `${name}: median`, value: share(milliseconds, 0.5), ...reported, against: '', goal: '', met: null },
    { figure: `${name}: p99`, value: p99, ...reported, against, goal: '< 50 ms', met: p99 < 50 },
    { figure: `${name}: longest`, value: share(milliseconds, 1), ...reported, against: '', goal: '', met: null },
  ]
}

/** The value below which that share of them lies; the largest for 1. */
function share(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

function cost(name: string, { cpu, verification, ratio }: Cost, goal: number, stretch: number): Figure {
  return {
    figure: `${name}: server CPU a statement`,
    value: cpu,
    unit: 'µs',
    against: `one Ed25519 verification (${verification.toFixed(0)} µs)`,
    ratio,
    goal: `≤ ${goal}× (stretch ${stretch}×)`,
    met: ratio <= goal,
  }
}

function rate(name: string, perSecond: number): Figure {
  return { figure: `${name}: registered`, value: perSecond, unit: '/s', against: '', ratio: null, goal: '', met: null }
}

const bench: Bench = { name: 'register', parameters: { n: 20_000, warm: 16_000 }, run }
export default bench
