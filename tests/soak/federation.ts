import { type SimulationOptions, type SimulationReport, simulate } from '@comity/testkit'

export interface FederationSoak {
  /** The first; each further one is the next number, so that a run can be cut into slices. */
  readonly seed: number
  readonly seeds: number
  /** Nodes of each federation, where they do not follow from its seed. */
  readonly nodes: number | undefined
  readonly onSeed?: (seed: number, done: number, total: Total) => void
}

const counted = ['entries', 'messages', 'crashes', 'recovered', 'mirrors', 'proofs'] as const
export type Total = Record<(typeof counted)[number], number>

/** How many nodes the small ones have: all liars are in those from five nodes on. */
const sizes = [4, 5, 3, 6, 4, 5, 7, 4, 3, 5, 8]

/**
 * All about a federation follows from its seed. Most are small, so that many stories are told, short ones and long ones;
 * every hundredth has fifty nodes.
 */
export function federationOf(seed: number, given?: number): SimulationOptions {
  const nodes = given ?? (seed % 100 === 0 ? 50 : (sizes[seed % sizes.length] ?? 5))
  const rounds = nodes > 20 ? 8 : 6 + (seed % 13)
  return { seed, nodes, rounds, liars: seed % 4 !== 0, hours: nodes > 3 && nodes < 20 && seed % 10 === 7 }
}

/** Runs one federation for each seed. Throws with what replays a failure. */
export async function federations({ seed: first, seeds, nodes, onSeed }: FederationSoak): Promise<Total> {
  const total: Total = { entries: 0, messages: 0, crashes: 0, recovered: 0, mirrors: 0, proofs: 0 }
  for (let done = 0; done < seeds; done++) {
    const seed = first + done
    const options = federationOf(seed, nodes)
    add(
      total,
      await simulateOr(options, `npm run soak -- federation --seeds 1 --seed ${seed} --nodes ${options.nodes}`),
    )
    onSeed?.(seed, done + 1, total)
  }
  return total
}

async function simulateOr(options: SimulationOptions, replay: string): Promise<SimulationReport> {
  try {
    return await simulate(options)
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    throw new Error(`seed ${options.seed}: ${what}\nreplay with: ${replay}`, { cause: error })
  }
}

function add(total: Total, report: SimulationReport): void {
  for (const name of counted) total[name] += report[name]
}
