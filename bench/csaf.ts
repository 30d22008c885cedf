/**
 * A node that copies a CSAF trusted provider with CISA's documents: hash, signature, schema and mandatory tests of each,
 * made durable one by one. Held against the mere download and checks by the same code with nothing kept, in the same run on
 * the same cores. Then once more, killed in the middle and begun again: what it had is not fetched twice.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Bench, Figure } from './figure.ts'
import { servedEnvironment, servedOptions } from './server/as-served.ts'

const folder = join(dirname(fileURLToPath(import.meta.url)), 'aggregating')
const goals = { seconds: 60, memory: 400e6 }

/** Of CISA's documents, three are not valid. */
const invalidOfCisa = 3

/** Documents that are under way at a time, and so may be fetched twice when it is killed. */
const underWay = 6

interface Aggregated {
  readonly milliseconds: number
  readonly maxRSS: number
  readonly outcome: string
  readonly faults: readonly { readonly message: string }[]
  readonly taken: number
  readonly refused: readonly { readonly name: string; readonly tests: readonly string[] }[]
}

const bench: Bench = {
  name: 'csaf',
  parameters: { documents: 2383 },
  async run(given): Promise<readonly Figure[]> {
    const wanted = Math.max(1, Math.floor(given['documents'] ?? 0))
    const scratch = mkdtempSync(join(tmpdir(), 'comity-bench-csaf-'))
    const provider = start('serve-provider.ts', [String(wanted)], 'pipe')
    try {
      const lines = linesOf(provider)
      const [url = '', count = '', origin = ''] = (await lines()).split(' ')
      const asked = async (): Promise<number> => {
        provider.stdin?.write('\n')
        return Number(await lines())
      }
      const directory = (name: string): string => mkdtempSync(join(scratch, `${name}-`))
      const whole = await aggregated(directory('whole'), url)
      await asked()
      const plain = JSON.parse(await linesOf(start('plain-copy.ts', [url]))()) as {
        milliseconds: number
        valid: number
      }
      await asked()
      const cut = directory('cut')
      await killed(cut, url, Number(count) / 2)
      const before = await asked()
      const again = await aggregated(cut, url)
      const behind = await asked()
      const documents = Number(count)
      return figuresOf({ documents, origin, whole, plain, again, twice: before + behind - documents })
    } finally {
      provider.stdin?.end()
      provider.kill()
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

export default bench

interface Measured {
  readonly documents: number
  readonly origin: string
  readonly whole: Aggregated
  readonly plain: { readonly milliseconds: number; readonly valid: number }
  readonly again: Aggregated
  /** Documents that were asked for a second time behind the kill. */
  readonly twice: number
}

function figuresOf({ documents, origin, whole, plain, again, twice }: Measured): readonly Figure[] {
  const isCisa = origin === 'CISA'
  const named = whole.refused.map(({ name, tests }) => `${name} ${[...new Set(tests)].join(' ')}`).join(', ')
  const isComplete = whole.outcome === 'done' && whole.taken + whole.refused.length === documents
  if (!isComplete) throw new Error(`the run was not whole: ${JSON.stringify(whole).slice(0, 500)}`)
  const signed = 'signed by a key of this benchmark, for CISA’s public key is not in the corpus'
  const same = again.taken === whole.taken && again.refused.length === whole.refused.length
  return [
    {
      figure: `${documents} documents (${origin}; ${signed}) fetched, checked, kept`,
      value: whole.milliseconds / 1000,
      unit: 's',
      against: `download and the same checks, nothing kept: ${(plain.milliseconds / 1000).toFixed(1)} s, ${plain.valid} good`,
      ratio: whole.milliseconds / plain.milliseconds,
      goal: `< ${goals.seconds} s`,
      met: whole.milliseconds < goals.seconds * 1000,
    },
    {
      figure: 'most memory of the node',
      value: whole.maxRSS / 1e6,
      unit: 'MB',
      against: '',
      ratio: null,
      goal: '< 400 MB',
      met: whole.maxRSS < goals.memory,
    },
    {
      figure: 'documents refused, each named',
      value: whole.refused.length,
      unit: 'documents',
      against: named,
      ratio: null,
      goal: isCisa ? '3 of 2,383, test 6.1.11' : '',
      met: isCisa && documents === 2383 ? isThree(whole) : null,
    },
    {
      figure: 'killed half-way and begun again: documents asked for twice',
      value: twice,
      unit: 'documents',
      against: `at most ${underWay} were under way; the same came of it: ${same ? 'yes' : 'NO'}`,
      ratio: null,
      goal: `≤ ${underWay}`,
      met: twice >= 0 && twice <= underWay + again.refused.length && same,
    },
  ]
}

function isThree({ refused }: Aggregated): boolean {
  return refused.length === invalidOfCisa && refused.every(({ tests }) => tests.every((test) => test === '6.1.11'))
}

function start(script: string, args: readonly string[], stdin: 'pipe' | 'ignore' = 'ignore'): ChildProcess {
  const all = [...servedOptions, join(folder, script), ...args]
  return spawn(process.execPath, all, { env: servedEnvironment(), stdio: [stdin, 'pipe', 'inherit'] })
}

/** The next line that a process prints; throws once there is none. */
function linesOf({ stdout }: ChildProcess): () => Promise<string> {
  if (stdout === null) throw new Error('the process has no standard output')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  return async () => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error('the process ended before it said what is expected')
    return String(value)
  }
}

async function aggregated(directory: string, url: string): Promise<Aggregated> {
  const next = linesOf(start('aggregate.ts', [directory, url]))
  for (;;) {
    const line = await next()
    if (line.startsWith('{')) return JSON.parse(line) as Aggregated
  }
}

/** Lets it go on until so many documents are looked at, and kills it. */
async function killed(directory: string, url: string, after: number): Promise<void> {
  const child = start('aggregate.ts', [directory, url])
  const next = linesOf(child)
  const ended = once(child, 'exit')
  for (let line = await next(); !line.startsWith('{'); line = await next()) {
    if (Number(line) < after || line === 'begun') continue
    child.kill('SIGKILL')
    break
  }
  await ended
}
