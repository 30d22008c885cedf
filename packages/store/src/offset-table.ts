import { frameHeaderBytes } from './frame.ts'

/** Where each record of a segment starts: four bytes a record, growing by half. */
export class OffsetTable {
  #starts: Uint32Array
  #count = 0
  #end: number

  constructor(firstOffset: number, expectedRecords = 1024) {
    this.#starts = new Uint32Array(Math.max(expectedRecords, 16))
    this.#end = firstOffset
  }

  get count(): number {
    return this.#count
  }

  /** Where the next record will start. */
  get end(): number {
    return this.#end
  }

  /** Start of the record at `index`; for `index === count` the end of the last one. */
  start(index: number): number {
    return index < this.#count ? (this.#starts[index] ?? this.#end) : this.#end
  }

  /** Adds a record by the length of its body. */
  push(bodyLength: number): void {
    if (this.#count === this.#starts.length) {
      const grown = new Uint32Array(Math.ceil(this.#starts.length * 1.5))
      grown.set(this.#starts)
      this.#starts = grown
    }
    this.#starts[this.#count++] = this.#end
    this.#end += frameHeaderBytes + bodyLength
  }
}
