/**
 * `npm run bench -- NAME… [--n N] [--json]`: runs the named benchmarks, or all of them, each in a process of its own
 * so that one benchmark's heap is not another's footprint.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench, Figure } from './figure.ts'

const folder = dirname(fileURLToPath(import.meta.url))
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !['main.ts', 'figure.ts'].includes(file) && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort()

const usage = `usage: npm run bench -- [NAME…] [--PARAMETER NUMBER] [--json]\nbenchmarks: ${names.join(', ')}\n`

async function load(name: string): Promise<Bench> {
  const loaded: { default: Bench } = await import(join(folder, `${name}.ts`))
  return loaded.default
}

function asLine(bench: string, figure: Figure): string {
  const number = figure.value.toLocaleString('en', { maximumSignificantDigits: 4 })
  const met = figure.met === null ? '' : figure.met ? 'met' : 'NOT MET'
  const ratio = figure.ratio === null ? '' : `${figure.ratio.toFixed(2)}×`
  const held = figure.against === '' ? '' : `against ${figure.against}`
  return [
    `${bench}: ${figure.figure}`,
    `${number} ${figure.unit}`,
    held,
    ratio,
    figure.goal && `goal ${figure.goal}`,
    met,
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

/** How a benchmark ends whose reader is gone, as at `| head`; what a shell shows for a closed pipe. */
const readerIsGone = 141

async function runOne(name: string, given: Readonly<Record<string, string>>, json: boolean): Promise<void> {
  const bench = await load(name)
  const parameters: Record<string, number> = { ...bench.parameters }
  for (const [key, text] of Object.entries(given)) {
    const value = Number(text)
    if (!(key in parameters)) continue
    if (!Number.isFinite(value)) throw new Error(`--${key} takes a number, not "${text}"`)
    parameters[key] = value
  }
  for (const figure of await bench.run(parameters)) {
    process.stdout.write(json ? `${JSON.stringify({ bench: name, ...figure })}\n` : `${asLine(name, figure)}\n`)
  }
}

const args = process.argv.slice(2)
const { values, positionals } = parseArgs({
  args,
  strict: false,
  allowPositionals: true,
  options: { json: { type: 'boolean' }, help: { type: 'boolean' }, one: { type: 'boolean' } },
})
process.stdout.on('error', () => process.exit(values['one'] === true ? readerIsGone : 0))
// parseArgs reads `--n 5` of an undeclared option as a flag and a positional: pair them by hand.
const given: Record<string, string> = {}
const wanted: string[] = []
for (let i = 0; i < args.length; i++) {
  const arg = args[i] ?? ''
  if (['--json', '--help', '--one'].includes(arg)) continue
  if (arg.startsWith('--')) {
    const [key = '', value] = arg.slice(2).split('=', 2)
    given[key] = value ?? args[++i] ?? ''
  } else if (positionals.includes(arg)) wanted.push(arg)
}
const unknown = wanted.filter((name) => !names.includes(name))
if (values['help'] === true || unknown.length > 0) {
  process.stdout.write(unknown.length > 0 ? `no benchmark named ${unknown.join(', ')}\n${usage}` : usage)
  process.exitCode = unknown.length > 0 ? 2 : 0
} else if (values['one'] === true) {
  await runOne(wanted[0] ?? '', given, values['json'] === true)
} else {
  for (const name of wanted.length > 0 ? wanted : names) {
    const flags = Object.entries(given).flatMap(([key, value]) => [`--${key}`, value])
    const self = fileURLToPath(import.meta.url)
    const options = values['json'] === true ? ['--json'] : []
    const result = spawnSync(
      process.execPath,
      ['--expose-gc', '--disable-warning=ExperimentalWarning', self, '--one', name, ...flags, ...options],
      { stdio: 'inherit' },
    )
    // Nobody reads what the others would say.
    if (result.status === readerIsGone) break
    if (result.status !== 0) process.exitCode = 1
  }
}
