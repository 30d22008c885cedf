/** A list of numbers that grows, eight bytes each. */
export class NumberList {
  #values = new Float64Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length++] = value
  }

  /** The numbers in ascending order; the list is used up. */
  sorted(): Float64Array {
    return this.#values.subarray(0, this.#length).sort()
  }
}
