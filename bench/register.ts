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
    const latency = await latencies(server, statements(warm + n, n), single.perSecond / 2)
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

/**
 * Posts at a fixed rate whatever the answers do, and tells how long each receipt took from its due moment. The first
 * second does not count: the server is still tidying up after full load.
 */
async function latencies(
  server: RunningServer,
  statements: readonly Uint8Array[],
  perSecond: number,
): Promise<readonly Figure[]> {
  const milliseconds: number[] = []
  const started = performance.now()
  let next = 0
  await withClients(server.url, clients, statements, async (poster, statement) => {
    const due = started + (next++ / perSecond) * 1000
    const wait = due - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    await postOne(poster, statement)
    if (due - started >= 1000) milliseconds.push(performance.now() - due)
  })
  milliseconds.sort((a, b) => a - b)
  const at = (share: number) => milliseconds[Math.floor(milliseconds.length * share)] ?? Number.NaN
  const name = `receipt at half load, ${Math.round(perSecond)}/s`
  return [
    { figure: `${name}: median`, value: at(0.5), unit: 'ms', against: '', ratio: null, goal: '', met: null },
    {
      figure: `${name}: p99`,
      value: at(0.99),
      unit: 'ms',
      against: '',
      ratio: null,
      goal: '< 50 ms',
      met: at(0.99) < 50,
    },
  ]
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
