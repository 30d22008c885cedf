import type { Context } from './context.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Takes half-done work back when a signal ends the process in the middle of it: `undo` runs, the terminal gets its line
 * mode back, and then the signal does what it would have done. Nothing of the work runs any more after that, so `undo` is
 * synchronous and may be called at any point between two turns of the event loop.
 *
 * Returns what ends the watch: call it once the work stands, or has been taken back.
 */
export function undoOnSignal({ stdin, stderr }: Pick<Context, 'stdin' | 'stderr'>, undo: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    let remains = ''
    try {
      undo()
    } catch (error) {
      remains = error instanceof Error ? error.message : String(error)
    }
    // Node gives the terminal back only when nobody listens for the signal.
    if (stdin.isTTY === true) stdin.setRawMode?.(false)
    const outcome = remains === '' ? 'nothing of it remains' : `it could not be taken back: ${remains}`
    stderr.write(`\ncomity: ended by ${signal}: ${outcome}\n`)
    release()
    process.kill(process.pid, signal)
  }
  const release = (): void => {
    for (const signal of signals) process.off(signal, onSignal)
  }
  for (const signal of signals) process.on(signal, onSignal)
  return release
}

/** Does `work` as a whole or not at all: whatever it throws, and a signal in the middle of it, take it back. */
export async function orUndo<T>(
  context: Pick<Context, 'stdin' | 'stderr'>,
  undo: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const release = undoOnSignal(context, undo)
  try {
    return await work()
  } catch (error) {
    undo()
    throw error
  } finally {
    release()
  }
}
