/** The benchmarks as programs: they run at any size, and a reader may leave early. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../bench/main.ts', import.meta.url))

/** What each line of `--json` has, in alphabetical order. */
const keysOfFigure = ['against', 'bench', 'figure', 'goal', 'met', 'ratio', 'unit', 'value']

function bench(...args: readonly string[]) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args])
  let errors = ''
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  return { child, errors: () => errors }
}

test('the audit can be measured on a log of any size, one statement too', async () => {
  const { child, errors } = bench('audit', '--n', '1', '--json')
  let said = ''
  child.stdout.on('data', (text: Buffer) => (said += text.toString()))
  const [code] = await once(child, 'close')
  assert.equal(code, 0, errors())
  const figures = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(figures.length, 3)
  for (const figure of figures) {
    assert.deepEqual(Object.keys(figure).toSorted(), keysOfFigure)
    const { bench: name, value } = figure
    assert.equal(name, 'audit')
    assert.ok(Number.isFinite(value) && value > 0, said)
  }
})

for (const [name, parameters] of Object.entries({
  match: ['--inventories', '30', '--components', '8', '--packages', '50', '--advisories', '20', '--changes', '5'],
  sbom: ['--components', '40', '--corpus', '0', '--advisories', '60', '--runs', '1'],
})) {
  test(`matching can be measured at any size: ${name}`, async () => {
    const { child, errors } = bench(name, ...parameters, '--json')
    let said = ''
    child.stdout.on('data', (text: Buffer) => (said += text.toString()))
    const [code] = await once(child, 'close')
    assert.equal(code, 0, errors())
    for (const line of said.trim().split('\n')) {
      const figure = JSON.parse(line)
      assert.deepEqual(Object.keys(figure).toSorted(), keysOfFigure)
      assert.equal(figure.bench, name)
      assert.ok(Number.isFinite(figure.value), said)
    }
  })
}

test('a reader that leaves early, as head does, ends the benchmarks and raises nothing', async () => {
  const { child, errors } = bench('merkle', 'merkle', '--n', '2')
  child.stdout.destroy()
  const [code] = await once(child, 'close')
  assert.equal(errors(), '')
  assert.equal(code, 0)
})
