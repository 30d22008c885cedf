/** Power fails between blocks, never within one: the promise every disk makes for a sector. */
const blockBytes = 512

/** One file: what readers see, and what is on the device. */
export class SimulatedFile {
  #seen = new Uint8Array(0)
  #size = 0
  #stored = new Uint8Array(0)
  /** Blocks written since they were last synced. */
  #dirty = new Set<number>()
  #resized = false
  /** Blocks whose sync has begun and not ended. */
  #syncing: ReadonlySet<number> = new Set()

  get size(): number {
    return this.#size
  }

  bytes(): Uint8Array {
    return this.#seen.slice(0, this.#size)
  }

  read(target: Uint8Array, position: number): number {
    const part = this.#seen.subarray(position, Math.max(position, Math.min(this.#size, position + target.length)))
    target.set(part)
    return part.length
  }

  write(source: Uint8Array, position: number): number {
    const end = position + source.length
    this.#reserve(end)
    this.#seen.set(source, position)
    if (end > this.#size) {
      this.#size = end
      this.#resized = true
    }
    for (let block = Math.floor(position / blockBytes); block * blockBytes < end; block++) this.#dirty.add(block)
    return source.length
  }

  truncate(size: number): void {
    this.#reserve(size)
    this.#seen.fill(0, Math.min(size, this.#size))
    this.#size = size
    this.#resized = true
    this.#dirty.add(Math.floor(size / blockBytes))
  }

  /** What a sync that begins now will have made durable when it ends. */
  beginSync(): { readonly content: Uint8Array; readonly dirty: ReadonlySet<number> } {
    const covered = { content: this.bytes(), dirty: new Set([...this.#syncing, ...this.#dirty]) }
    this.#syncing = covered.dirty
    this.#dirty = new Set()
    return covered
  }

  endSync({ content, dirty }: { readonly content: Uint8Array; readonly dirty: ReadonlySet<number> }): void {
    const stored = new Uint8Array(content.length)
    stored.set(this.#stored.subarray(0, content.length))
    for (const block of dirty) copyBlock(content, stored, block)
    this.#stored = stored
    this.#syncing = new Set()
    this.#resized = this.#size !== stored.length
  }

  /** After a failed sync the kernel holds the pages as clean: they stay readable and are never stored. */
  loseUnsynced(): void {
    this.#dirty = new Set()
    this.#resized = false
  }

  /** Keeps of the unsynced blocks and of the unsynced size those that survive; the rest is as stored. */
  crash(survives: () => boolean): void {
    const size = this.#resized && survives() ? this.#size : this.#stored.length
    const content = new Uint8Array(size)
    content.set(this.#stored.subarray(0, size))
    for (const block of new Set([...this.#syncing, ...this.#dirty])) {
      if (survives()) copyBlock(this.#seen.subarray(0, this.#size), content, block)
    }
    this.#seen = content
    this.#size = size
    this.#stored = content.slice()
    this.#dirty = new Set()
    this.#syncing = new Set()
    this.#resized = false
  }

  rot(offset: number, xor: number): void {
    for (const copy of [this.#seen, this.#stored]) {
      if (offset < copy.length) copy[offset] = (copy[offset] ?? 0) ^ xor
    }
  }

  #reserve(size: number): void {
    if (size <= this.#seen.length) return
    const grown = new Uint8Array(Math.max(size, 2 * this.#seen.length))
    grown.set(this.#seen.subarray(0, this.#size))
    this.#seen = grown
  }
}

function copyBlock(from: Uint8Array, to: Uint8Array, block: number): void {
  const start = block * blockBytes
  const end = Math.min(start + blockBytes, from.length, to.length)
  if (start < end) to.set(from.subarray(start, end), start)
}
