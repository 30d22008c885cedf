/**
 * `npm run soak [-- PART…]`: what takes too long for every change. `kill`: rounds of kill -9 under load;
 * `inbox`: the same in the middle of sealed messages and files; `federation`: whole federations in one process, one for
 * each seed from `--seed` on. Prints what replays a failure, and where to go on.
 */
import { parseArgs } from 'node:util'
import { federations } from './federation.ts'
import { inboxKills } from './inbox-kills.ts'
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
const parts: Readonly<Record<string, () => Promise<string>>> = { kill, federation, inbox }
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

async function inbox(): Promise<string> {
  // A round takes seconds, and what was sent in all of them is compared at the end.
  const rounds = Math.ceil(Number(values.rounds) / 10)
  process.stdout.write(`inbox: ${rounds} rounds, seed ${seed} (replay with inbox --seed ${seed})\n`)
  const { messages, attachments } = await inboxKills({ rounds, seed })
  return `${messages} messages with ${attachments} files, each there once and whole`
}

async function federation(): Promise<string> {
  const seeds = Number(values.seeds)
  const nodes = values.nodes === undefined ? undefined : Number(values.nodes)
  process.stdout.write(`federation: ${seeds} seeds from ${seed}\n`)
  let spoken = performance.now()
  const total = await federations({
    seed,
    seeds,
    nodes,
    onSeed: (each, done, sums) => {
      if (performance.now() - spoken < 10_000) return
      spoken = performance.now()
      process.stdout.write(`${done} of ${seeds}, the last was ${each}: ${JSON.stringify(sums)}\n`)
    },
  })
  return `${seeds} federations agreed: ${JSON.stringify(total)}; go on with --seed ${seed + seeds}`
}
