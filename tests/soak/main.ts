/** `npm run soak [-- --rounds N --seed N]`: 300 rounds of kill -9 under load. Prints what replays a failure. */
import { parseArgs } from 'node:util'
import { killRounds } from './kill-rounds.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '300' }, seed: { type: 'string', default: String(Date.now() % 1e9) } },
})
const rounds = Number(values.rounds)
const seed = Number(values.seed)
process.stdout.write(`kill -9: ${rounds} rounds, seed ${seed} (replay with --seed ${seed})\n`)
try {
  const { statements, size } = await killRounds({
    rounds,
    seed,
    onRound: (round, entries) => {
      if ((round + 1) % 10 === 0) process.stdout.write(`round ${round + 1}: ${entries} entries\n`)
    },
  })
  process.stdout.write(`${statements} statements acknowledged, all found; ${size} entries audited\n`)
} catch (error) {
  process.stdout.write(`failed with seed ${seed}: ${error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
}
