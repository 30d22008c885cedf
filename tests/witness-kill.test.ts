/** A witness in a process of its own, killed while it answers. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { AskingLog, forkOf } from '@comity/testkit'
import { runServer } from '../bench/server/running-server.ts'
import { witnessedOrigin } from '../bench/server/witnessed-origin.ts'

const logCount = 6
const entries = 400
const rounds = 5

/** A seeded source of numbers from 0 to below 1 (xorshift32). */
function generator(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** A log in two versions that part at an entry, and what was cosigned of it. */
interface Log {
  readonly branches: readonly [AskingLog, AskingLog]
  readonly cosigned: { readonly branch: number; readonly size: number }[]
  /** What the witness was last heard to remember. */
  size: number
}

test('a-witness-never-contradicts-itself: kill -9 under load, again and again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'comity-witness-kill-'))
  const random = generator(20_111_209)
  const logs: Log[] = Array.from({ length: logCount }, (_, i) => {
    const honest = new AskingLog(witnessedOrigin(i), entries)
    return { branches: [honest, forkOf(honest, 3 + i, entries)], cosigned: [], size: 0 }
  })
  try {
    for (let round = 0; round < rounds; round++) {
      const server = await runServer(directory, 'serve-witness.ts', [String(logCount), 'ed25519'])
      const stop = new AbortController()
      // Both branches of each log ask at the same time, from wherever the witness is.
      const load = logs.flatMap((log) => [0, 1].map((branch) => ask(server.url, log, branch, random, stop.signal)))
      await new Promise((resolve) => setTimeout(resolve, 40 + Math.floor(random() * 250)))
      await server.kill()
      stop.abort()
      await Promise.all(load)
    }
    for (const { branches, cosigned } of logs) {
      assert.ok(cosigned.length > 0)
      const largest = cosigned.toSorted((a, b) => b.size - a.size)[0] ?? assert.fail('nothing was cosigned')
      const whole = branches[largest.branch] ?? assert.fail('no such branch')
      for (const { branch, size } of cosigned) {
        const root = Buffer.from(branches[branch]?.root(size) ?? [])
        assert.ok(root.equals(whole.root(size)), `size ${size} of branch ${branch} against ${largest.branch}`)
      }
    }
    // What is remembered after the last kill is at least what was answered.
    const server = await runServer(directory, 'serve-witness.ts', [String(logCount), 'ed25519'])
    try {
      for (const { branches, cosigned } of logs) {
        const answered = Math.max(...cosigned.map(({ size }) => size))
        const { status, body } = await post(server.url, branches[0].request(0, 1))
        assert.equal(status, 409)
        assert.ok(Number(body) >= answered, `${body} is remembered, ${answered} was answered`)
      }
    } finally {
      await server.stop()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

/** Asks for one larger checkpoint of a branch after the other, until the server is gone. */
async function ask(url: string, log: Log, branch: number, random: () => number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const old = log.size
    // One branch has even sizes and the other odd ones: two trees of one size would prove the fork, and end it all.
    const size = old + 1 + ((old + 1 + branch) % 2) + 2 * Math.floor(random() * 2)
    if (size > entries) return
    const answer = await post(url, (log.branches[branch] ?? log.branches[0]).request(old, size), signal).catch(
      () => undefined,
    )
    if (answer === undefined) return
    if (answer.status === 200) {
      log.cosigned.push({ branch, size })
      log.size = Math.max(log.size, size)
    } else if (answer.status === 409) log.size = Number(answer.body)
    else assert.equal(answer.status, 422)
  }
}

async function post(url: string, body: Uint8Array, signal?: AbortSignal): Promise<{ status: number; body: string }> {
  const init = { method: 'POST', body: Uint8Array.from(body), ...(signal === undefined ? {} : { signal }) }
  const response = await fetch(`${url}/witness/add-checkpoint`, init)
  return { status: response.status, body: await response.text() }
}
