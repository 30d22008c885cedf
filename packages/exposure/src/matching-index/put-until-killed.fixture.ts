/**
 * A process of its own that puts the same inventories into the index at `argv[2]` again and again, from round `argv[3]`
 * on, and says each round that is in. In round 7 every component has version `7.0.0`.
 */
import { openMatchIndex } from './index.ts'

const [, , path = '', from = ''] = process.argv
const index = openMatchIndex(path)
for (let round = Number(from); ; round++) {
  // Slices of some inventories each, so that a round has several transactions.
  const loader = index.load(32)
  for (let i = 0; i < 40; i++) {
    const names = Array.from({ length: 10 }, (_, n) => `pkg:npm/component-${(i * 7 + n * round) % 60}`)
    loader.add(
      `inventory ${i}`,
      names.map((key) => ({ keys: [key], version: `${round}.0.0` })),
    )
  }
  loader.end()
  process.stdout.write(`${round}\n`)
}
