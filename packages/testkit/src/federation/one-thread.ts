import nodeCrypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

/**
 * Does `work` while signatures are verified at once, in the order in which that is asked for. Else Node gives them to its
 * thread pool, where it is chance which ends first, and a seed would not go the same way again.
 */
export async function onOneThread<T>(work: () => Promise<T>): Promise<T> {
  const { verify } = nodeCrypto
  const atOnce = (...[algorithm, data, key, signature, callback]: Parameters<typeof verify>): boolean => {
    if (callback === undefined) return verify(algorithm, data, key, signature)
    const outcome = attempt(() => verify(algorithm, data, key, signature))
    queueMicrotask(() => callback(outcome.error, outcome.isValid))
    return outcome.isValid
  }
  Object.assign(nodeCrypto, { verify: atOnce })
  // Those who imported it by name get this one as well.
  syncBuiltinESMExports()
  try {
    return await work()
  } finally {
    Object.assign(nodeCrypto, { verify })
    syncBuiltinESMExports()
  }
}

function attempt(verify: () => boolean): { readonly isValid: boolean; readonly error: Error | null } {
  try {
    return { isValid: verify(), error: null }
  } catch (error) {
    return { isValid: false, error: error instanceof Error ? error : new Error(String(error)) }
  }
}
