import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Options of Node for a server under test: those with which the launcher (`scripts/launch.mjs`) runs `comity serve`. */
export const servedOptions = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=8',
  '--concurrent-marking-max-worker-num=1',
  '--expose-gc',
] as const

/** Its environment, as the launcher and `comity serve` have it: what was compiled once is not compiled again. */
export function servedEnvironment(): NodeJS.ProcessEnv {
  return { MALLOC_ARENA_MAX: '2', ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') }
}
