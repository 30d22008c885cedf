/**
 * The main job between two nodes, by the lines of docs/main-job.md as somebody types them with bash: the provider at one
 * node, its user at the other, each mirroring the other's log, and an audit from a third folder. Then the same with a
 * corner for each of the people in it, to see when what arrives.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { corner, type Corner } from '../packages/cli/src/cli.fixture.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const inventory = join(root, 'samples/operator-inventory.cdx.json')
const osv = join(root, 'samples/GO-2023-2153.json')
const insecure = '--insecure-no-passphrase'

/** The second block of commands of the page. */
function linesOfPage(): string {
  const blocks = [...readFileSync(join(root, 'docs/main-job.md'), 'utf8').matchAll(/```sh\n(.*?)```/gs)]
  return blocks[1]?.[1] ?? assert.fail('docs/main-job.md has no second block of commands')
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** Stops the server that said so in this file, and waits until it is gone. */
async function stopped(serving: string): Promise<void> {
  if (!existsSync(serving)) return
  const { pid }: { pid: number } = JSON.parse(readFileSync(serving, 'utf8'))
  process.kill(pid, 'SIGTERM')
  while (isRunning(pid)) await sleep(50)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('the lines for two nodes in docs/main-job.md do what it says of them', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'comity-two-nodes-'))
  context.after(async () => {
    // The servers that the lines left behind.
    for (const name of ['a', 'b']) await stopped(join(folder, name, 'data', 'node', 'serving.json'))
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 })
  })
  symlinkSync(join(root, 'scripts'), join(folder, 'scripts'))
  copyFileSync(inventory, join(folder, 'sbom.json'))
  copyFileSync(osv, join(folder, 'osv.json'))
  const script = linesOfPage()
    .replaceAll('8481', String(await freePort()))
    .replaceAll('8482', String(await freePort()))
    .replaceAll('OSV-ID', 'GO-2023-2153')
    .trimEnd()
    .split('\n')
    .map((line) => `${line} || exit 1`)
    .join('\n')
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`
  const shell = spawn('bash', ['-c', script], { cwd: folder, env: { PATH: path, HOME: folder } })
  let said = ''
  shell.stdout.on('data', (piece: Buffer) => (said += piece.toString()))
  shell.stderr.on('data', (piece: Buffer) => (said += piece.toString()))
  // Not 'close': the servers hold the pipes for as long as they run.
  const [code] = await once(shell, 'exit')
  shell.stdout.destroy()
  shell.stderr.destroy()
  assert.equal(code, 0, said)
  assert.match(said, /AFFECTED/)
  assert.match(said, /which your node mirrors/)
  assert.match(said, /gids-8[\s\S]*evidenced/)
  assert.match(said, /EQUAL: 2 logs/)
})

interface Matches {
  readonly affected: number
  readonly matches: readonly {
    readonly advisory: { readonly origin: string; readonly statement: string }
    readonly acknowledged?: { readonly state: string }
  }[]
}

interface Node {
  readonly who: Corner
  readonly url: string
  readonly origin: string
}

async function founded(context: TestContext, name: string): Promise<Node> {
  const who = corner(context)
  await who.json('init', '--name', name, insecure)
  const { url, ready } = await who.serve('serve')
  return { who, url, origin: String(ready['origin']) }
}

async function read<T>(url: string): Promise<T> {
  // The assertions of the test are the check of that form.
  return (await (await fetch(url)).json()) as T
}

/** Waits for something that comes by itself; how long it took, in milliseconds. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<number> {
  const start = performance.now()
  while (!(await isSo())) {
    if (performance.now() - start > 30_000) assert.fail(`${what}: not within 30 s`)
    await sleep(20)
  }
  return performance.now() - start
}

const sizeOfMirror = async (at: Node, of: Node): Promise<number> => {
  const { mirrors } = await read<{ mirrors: { origin: string; size: number }[] }>(`${at.url}/mirrors`)
  return mirrors.find(({ origin }) => origin === of.origin)?.size ?? 0
}

test('an operator at one node hears of an advisory at another within a second, and its answer arrives there', async (context) => {
  const a = await founded(context, 'Node A')
  const b = await founded(context, 'Node B')
  await a.who.json('peer', 'add', b.url, '--allow-private', '--yes')
  await b.who.json('peer', 'add', a.url, '--allow-private', '--yes')
  const acme = await a.who.json<{ urn: string }>('party', 'create', 'acme', '--name', 'Acme', insecure)
  await a.who.json('support', 'gids', '--as', 'acme')
  await a.who.json('product', 'gateway', '--as', 'acme', '--name', 'Gateway', '--updates', 'download')
  await a.who.json('release', 'add', inventory, '--as', 'acme', '--product', 'gateway', '--version', '1.0.0')
  await b.who.json('party', 'create', 'plant', '--type', 'operator', '--name', 'Plant', insecure)
  await b.who.json('inventory', 'add', inventory, '--as', 'plant', '--name', 'Plant 1')
  const levelAt = async ({ url }: Node): Promise<string | undefined> => {
    const { findings } = await read<{ findings: { provision: string; level?: string }[] }>(
      `${url}/api/v1/parties/${acme.urn}/findings`,
    )
    return findings.find(({ provision }) => provision === 'gids-8')?.level
  }
  assert.equal(await levelAt(a), 'declared')

  const token = readFileSync(await tokenOf(b.who, context), 'utf8').trim()
  const matchesOf = async (): Promise<Matches['matches']> => {
    const answer = await fetch(`${b.url}/api/v1/vault/matches?state=affected`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const page: { items: Matches['matches'] } = JSON.parse(await answer.text())
    return page.items
  }
  assert.deepEqual(await matchesOf(), [])
  const { id } = await a.who.json<{ id: string }>('advisory', 'publish', osv, '--as', 'acme', '--product', 'gateway')
  const { size } = await read<{ size: number }>(`${a.url}/api/v1/status`)
  const toMirror = await until('the mirror', async () => (await sizeOfMirror(b, a)) >= size)
  const toMatch = await until('the match', async () => (await matchesOf()).length > 0)
  context.diagnostic(`in the mirror after ${toMirror.toFixed(0)} ms more, matched after ${toMatch.toFixed(0)} ms`)
  const [match] = await matchesOf()
  assert.deepEqual([match?.advisory.origin, match?.advisory.statement], [a.origin, id])

  // Answered at home; the provider's node hears of it.
  await b.who.json('acknowledge', 'GO-2023-2153', '--as', 'plant', '--state', 'affected')
  assert.equal((await matchesOf())[0]?.acknowledged?.state, 'affected')
  await until('the finding', async () => (await levelAt(a)) === 'evidenced')
  await a.who.json('findings', '--publish')
  await b.who.json('findings', '--publish')
  const auditor = corner(context)
  const report = await auditor.json<{
    verdict: string
    logs: readonly { bonds: { checked: number }; findings: { recomputed: number }; copies: readonly object[] }[]
  }>('audit', a.url, b.url)
  assert.equal(report.verdict, 'equal')
  assert.deepEqual(
    report.logs.map(({ findings, copies }) => [findings.recomputed, copies.length]),
    [
      [1, 1],
      [1, 1],
    ],
  )
  assert.equal(
    report.logs.reduce((sum, { bonds }) => sum + bonds.checked, 0),
    1,
  )
  // Nothing of the inventory left its node.
  for (const { url } of [a, b]) {
    for (const path of ['api/v1/statements?limit=200', 'api/v1/parties', 'metrics', '']) {
      assert.doesNotMatch(await (await fetch(`${url}/${path}`)).text(), /Plant 1|zerolog|meter-collector/)
    }
  }
})

/** A token that opens the vault of the party `plant`, in a file. */
async function tokenOf(who: Corner, context: TestContext): Promise<string> {
  const { urn } = await who.json<{ urn: string }>('party', 'show', 'plant')
  const file = join(mkdtempSync(join(tmpdir(), 'comity-token-')), 'token')
  context.after(() => rmSync(dirname(file), { recursive: true, force: true }))
  await who.json('token', 'issue', '--label', 'vault of plant', '--party', urn, '--out', file)
  return file
}
