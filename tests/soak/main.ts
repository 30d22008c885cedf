/**
 * `npm run soak [-- PART…]`: what takes too long for every change. `kill`: rounds of kill -9 under load; `federation`: whole
 * federations in one process, one for each seed. Prints what replays a failure.
 */
import { simulate } from '@comity/testkit'
import { parseArgs } from 'node:util'
import { killRounds } from './kill-rounds.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '300' },
    seeds: { type: 'string', default: '2000' },
    nodes: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
  },
})
const seed = Number(values.seed)
const parts: Readonly<Record<string, () => Promise<string>>> = { kill, federation }
const chosen = positionals.length > 0 ? positionals : Object.keys(parts)
for (const name of chosen) {
  const part = parts[name]
  if (part === undefined) throw new Error(`no part ${name}: ${Object.keys(parts).join(', ')}`)
  try {
    process.stdout.write(`${await part()}\n`)
  } catch (error) {
    process.stdout.write(`${name} failed: ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  }
}

async function kill(): Promise<string> {
  const rounds = Number(values.rounds)
  process.stdout.write(`kill -9: ${rounds} rounds, seed ${seed} (replay with kill --seed ${seed})\n`)
  const { statements, size } = await killRounds({
    rounds,
    seed,
    onRound: (round, entries) => {
      if ((round + 1) % 10 === 0) process.stdout.write(`round ${round + 1}: ${entries} entries\n`)
    },
  })
  return `${statements} statements acknowledged, all found; ${size} entries audited`
}

/** Most federations are small, so that many stories are told; every fiftieth has fifty nodes. */
async function federation(): Promise<string> {
  const seeds = Number(values.seeds)
  const total = { entries: 0, crashes: 0, mirrors: 0, proofs: 0 }
  process.stdout.write(`federation: ${seeds} seeds from ${seed}\n`)
  for (let i = 0; i < seeds; i++) {
    const each = seed + i
    const nodes = values.nodes === undefined ? (each % 50 === 0 ? 50 : 3 + (each % 4)) : Number(values.nodes)
    try {
      const report = await simulate({ seed: each, nodes, rounds: nodes > 20 ? 8 : 20, liars: each % 4 !== 0 })
      for (const key of ['entries', 'crashes', 'mirrors', 'proofs'] as const) total[key] += report[key]
    } catch (error) {
      throw new Error(`replay with: npm run soak -- federation --seeds 1 --seed ${each} --nodes ${nodes}`, {
        cause: error,
      })
    }
    if ((i + 1) % 10 === 0) process.stdout.write(`seed ${each}: ${i + 1} federations, ${JSON.stringify(total)}\n`)
  }
  return `${seeds} federations agreed: ${JSON.stringify(total)}`
}
