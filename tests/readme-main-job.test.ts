/**
 * The five lines of the README, by bash, as somebody types them in a clone of their own: with the sample inventory as
 * `sbom.json` and one of the sample advisories as `osv.json`. Only the port and the advisory's name are put in.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const lines = linesOf('README.md')

function linesOf(page: string): string {
  const text = readFileSync(join(root, page), 'utf8')
  const after = page === 'README.md' ? text.slice(text.indexOf('## The main job')) : text
  return /```sh\n(.*?)```/s.exec(after)?.[1] ?? assert.fail(`${page} has no block of commands`)
}

/** Runs the lines in a folder of their own and gives what they print on standard output and what on standard error. */
async function typed(
  context: TestContext,
  port: number,
  { which = [0, 1, 2, 3, 4], isServing = true } = {},
): Promise<{ said: string; complained: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'comity-readme-'))
  const serving = join(folder, 'data', 'node', 'serving.json')
  context.after(async () => {
    // The server that the first line left behind.
    if (existsSync(serving)) {
      process.kill(JSON.parse(readFileSync(serving, 'utf8')).pid, 'SIGTERM')
      while (existsSync(serving)) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 })
  })
  symlinkSync(join(root, 'scripts'), join(folder, 'scripts'))
  copyFileSync(join(root, 'samples/operator-inventory.cdx.json'), join(folder, 'sbom.json'))
  copyFileSync(join(root, 'samples/GO-2023-2153.json'), join(folder, 'osv.json'))
  const script = lines
    .replace('comity serve &', `comity serve --port ${port} &`)
    .replace('--wait 20', isServing ? '--wait 120' : '--wait 2')
    .replaceAll('OSV-ID', 'GO-2023-2153')
    .trimEnd()
    .split('\n')
    .filter((_, i) => which.includes(i))
    .map((line, i) => (i === 0 && !isServing ? line : `${line} || exit 1`))
    .join('\n')
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`
  const shell = spawn('bash', ['-c', script], { cwd: folder, env: { PATH: path, HOME: folder } })
  const said = gather(shell.stdout)
  const complained = gather(shell.stderr)
  // Not 'close': the server holds the pipes for as long as it runs.
  const [code] = await once(shell, 'exit')
  assert.equal(code, 0, `${said()}\n${complained()}`)
  return { said: said(), complained: complained() }
}

function gather(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.on('data', (piece: Buffer) => (text += piece.toString()))
  return () => text
}

test('README.md and docs/main-job.md give the same five lines', () => {
  assert.equal(lines.trimEnd().split('\n').length, 5)
  assert.equal(linesOf('docs/main-job.md'), lines)
})

test('the five lines of the README do what it says of them', async (context) => {
  const { said } = await typed(context, 0)
  assert.match(said, /Serving http:/)
  assert.match(said, /affected/)
  assert.match(said, /gids-8[\s\S]*evidenced/)
  assert.match(said, /EQUAL/)
})

test('where the port belongs to another program the lines work on without a server, and audit their own node', async (context) => {
  let asked = 0
  const stranger = createServer((_request, response) => {
    asked += 1
    response.writeHead(404).end()
  })
  stranger.listen(0, 'localhost')
  await once(stranger, 'listening')
  context.after(() => stranger.close())
  // Safe: it listens on a TCP port.
  const { port } = stranger.address() as AddressInfo
  const { said, complained } = await typed(context, port, { which: [0, 4], isServing: false })
  assert.match(complained, /is in use by another\s+program/)
  assert.match(complained, /no node answered/)
  assert.match(said, /EQUAL/)
  assert.equal(asked, 0)
})
