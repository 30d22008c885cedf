import { hashLength, type TreeHasher } from './hasher.ts'
import { tileHeight, tileWidth } from './tile-path.ts'

/**
 * A tile with the nodes that its hashes imply: 256 + 128 + … + 1 = 511, height after height.
 *
 *     byte offset of node i at height h (0 to 8) = (512 − 512/2^h + i) · 32
 *
 * A node is there once both its children are, so a tile that fills needs no hash twice.
 */
export class ExpandedTile {
  readonly index: number
  readonly #nodes = new Uint8Array((2 * tileWidth - 1) * hashLength)

  /** @param index the tile's position in its level. */
  constructor(index: number) {
    this.index = index
  }

  /**
   * Puts `hashes` (whole ones) in place from position `width` on, and hashes every pair that became
   * complete. What was at or after `width` before is overwritten.
   */
  fill(hasher: TreeHasher, width: number, hashes: Uint8Array): void {
    this.#nodes.set(hashes, width * hashLength)
    let from = width
    let to = width + hashes.length / hashLength
    for (let height = 0; height < tileHeight; height++) {
      from = from >> 1
      to = to >> 1
      if (from === to) return
      const source = this.#nodes.subarray(offsetOf(height, 2 * from), offsetOf(height, 2 * to))
      hasher.pairs(source, to - from, this.#nodes, offsetOf(height + 1, from))
    }
  }

  /** A copy of `count` adjacent nodes. The caller knows that they are complete. */
  nodes(height: number, position: number, count: number): Uint8Array {
    const offset = offsetOf(height, position)
    return this.#nodes.slice(offset, offset + count * hashLength)
  }

  /** The root of the full tile. */
  root(): Uint8Array {
    return this.nodes(tileHeight, 0, 1)
  }
}

function offsetOf(height: number, position: number): number {
  return (2 * tileWidth - ((2 * tileWidth) >> height) + position) * hashLength
}
