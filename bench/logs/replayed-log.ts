/** Logs that are written beforehand and shown batch by batch, each batch one statement and the time leaf behind it. */
import { productUrn, signStatement } from '@comity/statement'
import { type Keeper, actor, keeper } from '@comity/testkit'

/** Keeper, policy, time; author, time. */
const founding = 5
const batch = 2

const keepers = new Map<number, Keeper>()

export function keeperOf(number: number): Keeper {
  const known = keepers.get(number) ?? keeper(`peer ${number}`)
  keepers.set(number, known)
  return known
}

/** All entries of a log that has `rate` statements a second for so many seconds, the first at `at`. */
export function written(
  number: number,
  { rate, seconds, at }: { readonly rate: number; readonly seconds: number; readonly at: number },
): readonly Uint8Array[] {
  const home = keeperOf(number)
  const author = actor(`author of peer ${number}`, home.origin)
  const time = (iat: number): Uint8Array => {
    const { urn: iss, origin: sub, keys } = home
    return signStatement({ kind: 'time', iss, sub, iat, payload: { at: iat, cosigned: [] }, signer: keys.receipt })
  }
  const leaves = [home.founding(at), home.policy(at), time(at), author.founding(at), time(at)]
  for (let i = 0; i < rate * seconds; i++) {
    const iat = at + Math.floor(i / rate)
    const payload = { name: `Product ${i}`, updatePolicy }
    leaves.push(author.sign('product', productUrn(author.urn, `p${i}`), payload, iat), time(iat))
  }
  return leaves
}

const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const

interface Pace {
  /** Statements of one log a second. */
  readonly rate: number
  /** Logs between whose batches the time is shared out. */
  readonly logs: number
}

/** How many entries a log shows so many milliseconds after the start; before it, what it was founded with. */
export function shownAt(number: number, pace: Pace, milliseconds: number): number {
  return founding + batch * Math.max(0, Math.floor((milliseconds - offset(number, pace)) / (1000 / pace.rate)) + 1)
}

/** When a log shows its first `size` entries, in milliseconds after the start. */
export function shownSince(number: number, pace: Pace, size: number): number {
  return ((size - founding) / batch - 1) * (1000 / pace.rate) + offset(number, pace)
}

function offset(number: number, { rate, logs }: Pace): number {
  return (number / logs) * (1000 / rate)
}
