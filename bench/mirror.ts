import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ComityNode } from '@comity/node'
import { keeper } from '@comity/testkit'
import { type Bench, type Figure, median } from './figure.ts'
import { buildLog } from './logs/built-log.ts'
import { keeperOf, shownSince } from './logs/replayed-log.ts'
import { type Measured, measure, verifier } from './logs/verification-limit.ts'
import { memoryOf } from './server/process-memory.ts'

/** Ratios are compared within a round, because the machine's speed drifts between rounds. */
const rounds = 3

/** Seconds after which the follower's memory is taken as its start: everything has run by then. */
const warmSeconds = 10

/** Seconds after which what is not folded never will be. */
const latest = 60

const servers = join(dirname(fileURLToPath(import.meta.url)), 'server')

/**
 * Two things about mirrors. How fast a log of `n` statements is read from another process over HTTP, verified, made
 * durable and folded, against the rate at which this machine verifies the same signatures on all its cores and does
 * nothing else: the server that is read from has its part of the same cores. And how far one node is behind `peers` logs
 * with `rate` statements a second each, followed by its own clockwork for `seconds`.
 */
const bench: Bench = {
  name: 'mirror',
  parameters: { n: 20_000, peers: 50, rate: 10, seconds: 60 },
  async run({ n = 0, peers = 0, rate = 0, seconds = 0 }): Promise<readonly Figure[]> {
    return [...(n > 0 ? await throughput(n) : []), ...(peers > 0 ? await following({ peers, rate, seconds }) : [])]
  },
}

export default bench

async function throughput(n: number): Promise<readonly Figure[]> {
  const log = await buildLog(n)
  const server = await serving('serve-copy.ts', [log.directory])
  try {
    const verifyMany = verifier(log)
    const limits: Measured[] = []
    const mirrored: Measured[] = []
    for (let round = 0; round < rounds; round++) {
      limits.push(await measure(log.size, () => verifyMany(log.size)))
      mirrored.push(await withFollower((node) => measure(log.size, () => mirror(node, server.url, log.size))))
    }
    const ratio = median(mirrored.map(({ perSecond }, i) => perSecond / (limits[i]?.perSecond ?? Number.NaN)))
    const cpuRatio = median(mirrored.map(({ cpu }, i) => (limits[i]?.cpu ?? Number.NaN) / cpu))
    return [
      {
        figure: `statements mirrored with verification, of ${log.size}`,
        value: median(mirrored.map(({ perSecond }) => perSecond)),
        unit: '/s',
        against: `${Math.round(median(limits.map(({ perSecond }) => perSecond))).toLocaleString('en')}/s Ed25519 verifications on ${availableParallelism()} cores`,
        ratio,
        goal: '≥ 0.6×',
        met: ratio >= 0.6,
      },
      // Of the two, this one says the same on a machine that others use too.
      {
        figure: 'CPU of one statement, mirrored',
        value: median(mirrored.map(({ cpu }) => cpu)),
        unit: 'µs',
        against: `${median(limits.map(({ cpu }) => cpu)).toFixed(0)} µs of one verification`,
        ratio: cpuRatio,
        goal: '',
        met: null,
      },
    ]
  } finally {
    await server.stop()
    log.remove()
  }
}

async function mirror(node: ComityNode, url: string, size: number): Promise<void> {
  await node.peers.add({ url, allowPrivate: true })
  await node.mirrors.follow(node.peers.list())
  while ((node.mirrors.states()[0]?.size ?? 0) < size) {
    const now = Date.now() / 1000
    const next = await node.mirrors.step(now)
    const error = node.mirrors.states()[0]?.lastError
    if (error !== undefined) throw new Error(`${error.code}: ${error.message}`)
    await wait(Math.max(0, next - now) * 1000)
  }
}

async function following(given: { peers: number; rate: number; seconds: number }): Promise<readonly Figure[]> {
  const { peers, rate, seconds } = given
  const server = await serving('replay-peers.ts', [peers, rate, seconds].map(String))
  try {
    return await withFollower(async (node) => {
      for (let i = 0; i < peers; i++) await node.peers.add({ url: `${server.url}/${i}`, allowPrivate: true })
      const numbers = new Map(Array.from({ length: peers }, (_, i) => [keeperOf(i).origin, i]))
      const held = new Map<string, number>()
      const lags: number[] = []
      let startAt = Number.POSITIVE_INFINITY
      node.mirrors.onFolded((origin, size) => {
        const now = Date.now()
        const number = numbers.get(origin) ?? 0
        for (let each = held.get(origin) ?? size; each < size; each += 2)
          lags.push(now - startAt - shownSince(number, { rate, logs: peers }, each + 2))
        held.set(origin, size)
      })
      const errors: unknown[] = []
      node.startClockwork((error) => errors.push(error))
      while (held.size < peers) await wait(100)
      startAt = Date.now() + 1000
      server.child.send(startAt)
      await wait(1000 * Math.min(warmSeconds, seconds / 2))
      const atStart = memoryOf('self').now
      const cpuBefore = process.cpuUsage()
      const before = performance.now()
      await wait(startAt + seconds * 1000 - Date.now())
      const { user, system } = process.cpuUsage(cpuBefore)
      const cores = (user + system) / 1000 / (performance.now() - before)
      const expected = peers * rate * seconds
      for (let i = 0; lags.length < expected && i < latest; i++) await wait(1000)
      const atEnd = memoryOf('self').now
      const failed = node.mirrors.states().find(({ lastError }) => lastError !== undefined)
      if (errors.length > 0) throw errors[0]
      if (lags.length < expected)
        throw new Error(`${lags.length} statements were folded, of ${expected}: ${failed?.lastError?.message}`)
      return figuresOf(given, lags, { atStart, atEnd, cores })
    })
  } finally {
    await server.stop()
  }
}

function figuresOf(
  { peers, rate, seconds }: { readonly peers: number; readonly rate: number; readonly seconds: number },
  lags: number[],
  { atStart, atEnd, cores }: { readonly atStart: number; readonly atEnd: number; readonly cores: number },
): readonly Figure[] {
  const sorted = lags.toSorted((one, other) => one - other)
  const at = (share: number): number => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN) / 1000
  const growth = atEnd / atStart
  return [
    {
      figure: `lag behind ${peers} peers with ${rate} statements/s each, 99th percentile`,
      value: at(0.99),
      unit: 's',
      against: `${at(0.5).toFixed(2)} s in the middle, ${at(1).toFixed(2)} s at the most, over ${seconds} s`,
      ratio: null,
      goal: '< 1 s',
      met: at(0.99) < 1,
    },
    {
      figure: 'memory of that follower at the end',
      value: atEnd / 1e6,
      unit: 'MB',
      against: `${Math.round(atStart / 1e6)} MB near the start`,
      ratio: growth,
      goal: '≤ 1.25×',
      met: growth <= 1.25,
    },
    { figure: 'CPU of that follower', value: cores, unit: 'cores', against: '', ratio: null, goal: '', met: null },
  ]
}

/** A founded node in a new folder, for as long as the work lasts. */
async function withFollower<T>(work: (node: ComityNode) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-bench-follower-'))
  const own = keeper('bench follower')
  const now = Math.floor(Date.now() / 1000)
  const node = await ComityNode.found({
    directory,
    keys: { receipt: own.keys.receipt, log: own.keys.log },
    party: own.founding(now),
    policy: own.policy(now),
  })
  try {
    return await work(node)
  } finally {
    await node.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

interface Server {
  readonly url: string
  readonly child: ChildProcess
  stop(): Promise<void>
}

async function serving(script: string, args: readonly string[]): Promise<Server> {
  const all = ['--disable-warning=ExperimentalWarning', join(servers, script), ...args]
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  if (child.stdout === null) throw new Error('the server has no standard output')
  const { value: url } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  if (typeof url !== 'string') throw new Error(`${script} ended before it listened`)
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  return { url, child, stop }
}
