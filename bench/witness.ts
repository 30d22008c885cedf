/**
 * What one cosigned checkpoint costs a witness, over HTTP on loopback: request read, signature of the log verified,
 * consistency proven, durable, signed with both keys. The server is a process of its own, and its CPU is all of that
 * process's, threads included; what it is held against, one verification and the signatures, is measured in the same
 * process before and after.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { AskingLog } from '@comity/testkit'
import { type Bench, type Figure, median } from './figure.ts'
import { Poster } from './server/load.ts'
import { type RunningServer, runServer } from './server/running-server.ts'
import { witnessedOrigin } from './server/witnessed-origin.ts'

const clients = 64

/** Cosigned checkpoints a second that were asked for. */
const goal = 2000

type Algorithms = 'ed25519' | 'both'

const words: Readonly<Record<Algorithms, string>> = {
  ed25519: 'with Ed25519 alone',
  both: 'with Ed25519 and ML-DSA-44',
}

async function run({ n = 0, logs = 0 }: Readonly<Record<string, number>>): Promise<readonly Figure[]> {
  return [...(await measure('both', n, logs)), ...(await measure('ed25519', n, logs))]
}

async function measure(algorithms: Algorithms, n: number, logs: number): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-witness-'))
  const server = await runServer(directory, 'serve-witness.ts', [String(logs), algorithms])
  try {
    // The same number for each log; a tenth of them before, until the compiler is done.
    const each = Math.ceil(n / logs)
    const warm = Math.ceil(each / 5)
    const requests = Array.from({ length: logs }, (_, i) => requestsOf(witnessedOrigin(i), warm + each))
    await post(
      server,
      requests.map((all) => all.slice(0, warm)),
    )
    const limits = [await server.witnessLimit()]
    const before = await server.cpu()
    const started = performance.now()
    await post(
      server,
      requests.map((all) => all.slice(warm)),
    )
    const seconds = (performance.now() - started) / 1000
    const cpu = ((await server.cpu()) - before) / (each * logs)
    limits.push(await server.witnessLimit())
    return figures(algorithms, { perSecond: (each * logs) / seconds, cpu, limit: median(limits) })
  } finally {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

function figures(
  algorithms: Algorithms,
  { perSecond, cpu, limit }: { readonly perSecond: number; readonly cpu: number; readonly limit: number },
): readonly Figure[] {
  const cores = availableParallelism()
  // All cores do nothing else, the client included.
  const most = (cores * 1e6) / limit
  const name = `add-checkpoint ${words[algorithms]}`
  return [
    {
      figure: name,
      value: perSecond,
      unit: '/s',
      against: `${most.toFixed(0)}/s that ${cores} cores could verify and sign`,
      ratio: perSecond / most,
      goal: `at least ${goal}/s`,
      met: perSecond >= goal,
    },
    {
      figure: `${name}, CPU of the server`,
      value: cpu,
      unit: 'µs each',
      against: `${limit.toFixed(0)} µs for verification and signatures`,
      ratio: cpu / limit,
      goal: `${(1e6 / goal).toFixed(0)} µs are one core at ${goal}/s`,
      met: null,
    },
  ]
}

/** One request after the other, each for one entry more. */
function requestsOf(origin: string, count: number): readonly Buffer[] {
  const log = new AskingLog(origin, count + 1)
  return Array.from({ length: count }, (_, i) => log.request(i === 0 ? 0 : i, i + 1))
}

/** Each client has some logs of its own, whose requests it sends in their order. */
async function post({ url }: RunningServer, requests: readonly (readonly Buffer[])[]): Promise<void> {
  const one = async (client: number): Promise<void> => {
    const own = requests.filter((_, i) => i % clients === client)
    const poster = await Poster.open(url)
    for (let i = 0; i < Math.max(0, ...own.map((all) => all.length)); i++) {
      for (const all of own) {
        const body = all[i]
        if (body === undefined) continue
        const status = await poster.post('/witness/add-checkpoint', 'text/plain', '*/*', body)
        if (status !== 200) throw new Error(`add-checkpoint answered ${status}`)
      }
    }
    poster.close()
  }
  await Promise.all(Array.from({ length: Math.min(clients, requests.length) }, (_, client) => one(client)))
}

const bench: Bench = { name: 'witness', parameters: { n: 10_000, logs: 128 }, run }
export default bench
