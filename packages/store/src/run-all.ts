/** Runs every action, also after one has thrown, and then throws what was thrown first: for closing. */
export function runAll(actions: Iterable<() => void>): void {
  const failures: unknown[] = []
  for (const action of actions) {
    try {
      action()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

/** As runAll, one after the other. */
export async function runAllInTurn(actions: Iterable<() => unknown>): Promise<void> {
  const failures: unknown[] = []
  for (const action of actions) {
    try {
      await action()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
