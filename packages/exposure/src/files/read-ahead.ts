import type { Stored } from './stored.ts'

/** Octets that are read ahead, where fewer are asked for. */
const blockBytes = 256 * 1024

/** Blocks that are kept: one along the directory of an archive, one along its entries. */
const blocksKept = 2

interface Block {
  readonly start: number
  readonly bytes: Uint8Array
}

/** Small reads from near one another, with one read of the file for many. */
export class ReadAhead {
  readonly #stored: Stored
  /** The one that was used last stands first. */
  #blocks: readonly Block[] = []

  constructor(stored: Stored) {
    this.#stored = stored
  }

  /** As `Stored.read`. What is given is part of a block: whoever keeps it copies it. */
  async read(start: number, length: number): Promise<Uint8Array> {
    if (length > blockBytes) return this.#stored.read(start, length)
    const wanted = Math.min(length, this.#stored.size - start)
    const held = this.#blocks.find(
      (block) => block.start <= start && start + wanted <= block.start + block.bytes.length,
    )
    const block = held ?? { start, bytes: await this.#stored.read(start, blockBytes) }
    if (block !== this.#blocks[0]) {
      this.#blocks = [block, ...this.#blocks.filter((each) => each !== block)].slice(0, blocksKept)
    }
    return block.bytes.subarray(start - block.start, start - block.start + length)
  }
}
