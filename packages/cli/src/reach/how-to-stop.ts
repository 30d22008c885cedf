import { readFileSync } from 'node:fs'
import type { Context } from '../context.ts'

/** How whoever started a server ends it: from where they sit, or by its process where no terminal leads to it. */
export function howToStop(
  context: Pick<Context, 'stdin' | 'stdout'>,
  { pid, stat = ownStat() }: { readonly pid: number; readonly stat?: string | undefined } = process,
): string {
  if (context.stdin.isTTY === true && context.stdout.isTTY === true && !isInBackground(stat)) return 'Ctrl+C'
  return process.platform === 'win32' ? `taskkill /PID ${pid}` : `kill ${pid}`
}

/**
 * Whether the terminal belongs to another process group, as it does for `comity serve &`: from `/proc/self/stat`
 * (proc(5): after the name in brackets the state, parent, group, session, terminal, and the terminal's group). Where
 * that is not to be had, a terminal is taken for a foreground.
 */
function isInBackground(stat: string | undefined): boolean {
  const [, , group, , , ofTerminal] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  return group !== undefined && ofTerminal !== undefined && group !== ofTerminal
}

function ownStat(): string | undefined {
  try {
    return readFileSync('/proc/self/stat', 'utf8')
  } catch {
    return undefined // not Linux
  }
}
