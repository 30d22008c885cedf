import { type IndexedComponent, keySetOf, keysOf } from './item.ts'

/** Items that share their keys: each version with the number of the item. */
export interface ItemsOfKeys {
  readonly keys: readonly string[]
  readonly versions: readonly { readonly version: string; readonly number: number }[]
}

/**
 * Different items, each with a number from 1 on in the order in which they came.
 *
 * Made for hundreds of thousands of them that are soon forgotten again: an object for each would outlive
 * the engine's quick collections and swell the process to many times of what is in use.
 */
export class ItemNumbers {
  /** From a set of keys to its first item. */
  readonly #first = new Map<string, number>()
  readonly #versions: string[] = []
  readonly #versionNumbers = new Map<string, number>()
  /** By item: the next one of the same keys, 0 for none; and the number of its version. */
  #next = new Uint32Array(256)
  #version = new Uint32Array(256)
  #last = 0

  get size(): number {
    return this.#last
  }

  numberOf({ keys, version = '' }: IndexedComponent): number {
    const versionNumber = this.#numberOfVersion(version)
    const keySet = keySetOf(keys)
    const first = this.#first.get(keySet)
    for (let item = first ?? 0; item !== 0; item = this.#next[item] ?? 0) {
      if (this.#version[item] === versionNumber) return item
    }
    const item = ++this.#last
    if (item === this.#next.length) this.#grow()
    this.#version[item] = versionNumber
    if (first === undefined) this.#first.set(keySet, item)
    else {
      this.#next[item] = this.#next[first] ?? 0
      this.#next[first] = item
    }
    return item
  }

  /** All of them, by their keys. */
  *byKeys(): Generator<ItemsOfKeys> {
    for (const [keySet, first] of this.#first) {
      const versions = []
      for (let number = first; number !== 0; number = this.#next[number] ?? 0) {
        versions.push({ version: this.#versions[this.#version[number] ?? 0] ?? '', number })
      }
      yield { keys: keysOf(keySet), versions }
    }
  }

  #numberOfVersion(version: string): number {
    const known = this.#versionNumbers.get(version)
    if (known !== undefined) return known
    // As SQLite keeps texts: two that differ in halves of surrogate pairs alone are one there.
    const wellFormed = version.toWellFormed()
    const number = this.#versionNumbers.get(wellFormed) ?? this.#versions.push(wellFormed) - 1
    this.#versionNumbers.set(wellFormed, number).set(version, number)
    return number
  }

  #grow(): void {
    const [next, version] = [this.#next, this.#version]
    this.#next = new Uint32Array(next.length * 2)
    this.#next.set(next)
    this.#version = new Uint32Array(version.length * 2)
    this.#version.set(version)
  }
}
