/**
 * Work in slices: long work asks now and then whether it has run long enough, and lets everybody else have a turn of the
 * event loop. A unit is about a row written or a comparison made, some ten microseconds.
 */
export class Pace {
  readonly #units: number
  #done = 0

  /** 200 units are two to four milliseconds: a batch of the log is kept waiting no longer than that. */
  constructor(units = 200) {
    this.#units = units
  }

  /** Counts units; true when a {@link rest} is due. */
  spend(units = 1): boolean {
    this.#done += units
    return this.#done >= this.#units
  }

  async rest(): Promise<void> {
    this.#done = 0
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Hands out bytes in pieces with a rest after each, for a reader that would else take them all at once. */
export async function* inPieces(bytes: Uint8Array, pieceBytes = 32 * 1024): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    yield bytes.subarray(at, at + pieceBytes)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
