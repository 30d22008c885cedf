/**
 * Inventories as they are in the wild: a few packages are in nearly all of them, and most packages in hardly any.
 *
 * Packages are drawn by Zipf's law, without replacement within an inventory. Its exponent is that of the ranks 100 to
 * 1,000 of the 3,810 packages in 145 public SBOMs (CycloneDX's examples, GUAC's collection of Docker's most used
 * images), by least squares over logarithms: 0.926. Versions are drawn by a geometric law, the newest first. In those
 * SBOMs the most frequent version of a package that is there at least 20 times has a share of 0.89; but most of them are
 * one collection, and inventories in the wild are of all ages. So a smaller share is taken, which makes for more versions
 * and longer work.
 */
export const zipfExponent = 0.92
export const newestShare = 0.35

/** Older ones count as this old. */
const oldest = 60

export interface Drawn {
  readonly keys: readonly string[]
  readonly version: string
}

/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export class Population {
  /** By popularity. Made up, and as long as real ones are. */
  readonly keys: readonly string[]
  readonly #random: () => number
  readonly #share: Float64Array
  readonly #other: Uint32Array
  readonly #drawnIn: Uint32Array
  #inventories = 0

  constructor(packages: number, random: () => number) {
    this.#random = random
    this.keys = Array.from({ length: packages }, (_, rank) => `pkg:npm/%40scope-${rank % 997}/component-${rank}`)
    this.#drawnIn = new Uint32Array(packages)
    ;[this.#share, this.#other] = aliasTable(packages)
  }

  /** A package by its popularity, as its rank. */
  drawPackage(): number {
    const place = Math.floor(this.#random() * this.#share.length)
    return this.#random() < (this.#share[place] ?? 1) ? place : (this.#other[place] ?? place)
  }

  /** How old the drawn version of a package is: 0 for the newest. */
  drawAge(): number {
    return Math.min(oldest, Math.floor(Math.log(1 - this.#random()) / Math.log(1 - newestShare)))
  }

  /** The components of one inventory, no package twice. */
  drawInventory(components: number): Drawn[] {
    this.#inventories += 1
    const drawn: Drawn[] = []
    while (drawn.length < Math.min(components, this.keys.length)) {
      const rank = this.drawPackage()
      if (this.#drawnIn[rank] === this.#inventories) continue
      this.#drawnIn[rank] = this.#inventories
      drawn.push({ keys: [this.keys[rank] ?? ''], version: versionOfAge(this.drawAge()) })
    }
    return drawn
  }
}

export function versionOfAge(age: number): string {
  return `2.${oldest - age}.${(age * 7) % 10}`
}

/** Walker's alias method: a draw costs two random numbers, whatever the number of packages. */
function aliasTable(packages: number): readonly [share: Float64Array, other: Uint32Array] {
  const weights = Float64Array.from({ length: packages }, (_, rank) => (rank + 1) ** -zipfExponent)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const share = weights.map((weight) => (weight * packages) / sum)
  const other = new Uint32Array(packages)
  const small: number[] = []
  const large: number[] = []
  for (const [rank, part] of share.entries()) (part < 1 ? small : large).push(rank)
  let poor = small.pop()
  let rich = large.pop()
  while (poor !== undefined && rich !== undefined) {
    other[poor] = rich
    const left = (share[rich] ?? 0) + (share[poor] ?? 0) - 1
    share[rich] = left
    poor = left < 1 ? rich : small.pop()
    if (left < 1) rich = large.pop()
  }
  for (const rank of [poor, rich, ...small, ...large]) if (rank !== undefined) share[rank] = 1
  return [share, other]
}
