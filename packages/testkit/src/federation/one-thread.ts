import nodeCrypto, { KeyObject } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

type Verify = Parameters<typeof nodeCrypto.verify>
type Algorithm = Verify[0]
type Data = Verify[1]
type Key = Verify[2]
type Callback = (error: Error | null, isValid: boolean) => void
type SigningKey = Parameters<typeof nodeCrypto.sign>[2]
type Signed = (error: Error | null, signature: Buffer) => void

/** Timers of at most so many milliseconds stand for a turn of the event loop. */
const shortestTimer = 50

/** Outcomes that are remembered, at most: those of one federation. */
const mostOutcomes = 50_000

/**
 * Does `work` while signatures are made and verified at once, in the order in which that is asked for. Else Node gives
 * them to its thread pool, where it is chance which ends first, and a seed would not go the same way again.
 *
 * How fast the machine is must not count either: what works in slices, gathers for some milliseconds or compares how long
 * others took sees a clock that goes on by a microsecond whenever it is looked at.
 *
 * What was verified once is not computed again: many nodes of one process look at the same signatures, and the answer
 * depends on nothing but the key, the message and the signature.
 */
export async function onOneThread<T>(work: () => Promise<T>): Promise<T> {
  const { verify, sign } = nodeCrypto
  const outcomes = new Map<string, boolean>()
  const verifyOnce = (algorithm: Algorithm, data: Data, key: Key, signature: Data): boolean => {
    const name = algorithm === null ? nameOf(data, key, signature) : undefined
    const known = name === undefined ? undefined : outcomes.get(name)
    if (known !== undefined) return known
    const isValid = verify(algorithm, data, key, signature)
    if (outcomes.size >= mostOutcomes) outcomes.clear()
    if (name !== undefined) outcomes.set(name, isValid)
    return isValid
  }
  const atOnce = (algorithm: Algorithm, data: Data, key: Key, signature: Data, callback?: Callback): boolean => {
    if (callback === undefined) return verifyOnce(algorithm, data, key, signature)
    const outcome = attempt(() => verifyOnce(algorithm, data, key, signature))
    queueMicrotask(() => callback(outcome.error, outcome.isValid))
    return outcome.isValid
  }
  const signAtOnce = (algorithm: Algorithm, data: Data, key: SigningKey, callback?: Signed): Buffer => {
    const signature = sign(algorithm, data, key)
    if (callback !== undefined) queueMicrotask(() => callback(null, signature))
    return signature
  }
  const { setTimeout } = globalThis
  const soon = (then: (...given: unknown[]) => void, milliseconds = 0, ...given: unknown[]): unknown =>
    milliseconds > shortestTimer ? setTimeout(then, milliseconds, ...given) : setImmediate(then, ...given)
  const { now } = performance
  let looks = 0
  performance.now = () => looks++ / 1000
  Object.assign(globalThis, { setTimeout: soon })
  Object.assign(nodeCrypto, { verify: atOnce, sign: signAtOnce })
  // Those who imported it by name get this one as well.
  syncBuiltinESMExports()
  try {
    return await work()
  } finally {
    performance.now = now
    Object.assign(globalThis, { setTimeout })
    Object.assign(nodeCrypto, { verify, sign })
    syncBuiltinESMExports()
  }
}

/** Numbers of keys: their bytes are not asked for again. */
const numbers = new WeakMap<KeyObject, number>()
let keys = 0

/** Names what is verified with Ed25519 or ML-DSA, where a key says all; undefined for the rest. */
function nameOf(data: Data, key: Key, signature: Data): string | undefined {
  if (!(key instanceof KeyObject) || !(data instanceof Uint8Array) || !(signature instanceof Uint8Array))
    return undefined
  const number = numbers.get(key) ?? ++keys
  numbers.set(key, number)
  return `${number} ${data.length} ${nodeCrypto.hash('sha256', Buffer.concat([data, signature]), 'base64')}`
}

function attempt(verify: () => boolean): { readonly isValid: boolean; readonly error: Error | null } {
  try {
    return { isValid: verify(), error: null }
  } catch (error) {
    return { isValid: false, error: error instanceof Error ? error : new Error(String(error)) }
  }
}
