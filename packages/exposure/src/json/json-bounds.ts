import { ExposureError } from '../exposure-error.ts'

export interface JsonBounds {
  /** Levels of arrays and objects. */
  readonly depth: number
  /** Values in all, in arrays and objects at any level. */
  readonly values: number
}

/**
 * Counts, before `JSON.parse` makes anything of it, how much a text would become: sixteen million brackets are a small
 * file and eight hundred megabytes of memory. What is no JSON passes or not, as it happens; the parser refuses it.
 * Throws `ExposureError` `too-deep` or `too-many`.
 */
export function checkJsonBounds(bytes: Uint8Array, { depth, values }: JsonBounds): void {
  let open = 0
  let count = 1
  let isInString = false
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i]
    if (isInString) {
      if (byte === 0x5c) i += 1
      else if (byte === 0x22) isInString = false
    } else if (byte === 0x22) isInString = true
    else if (byte === 0x7b || byte === 0x5b) {
      open += 1
      count += 1
      if (open > depth)
        throw new ExposureError('too-deep', `values may nest ${depth} levels, these go on at octet ${i}`)
    } else if (byte === 0x7d || byte === 0x5d) open -= 1
    else if (byte === 0x2c) count += 1
    if (count > values) throw new ExposureError('too-many', `a document may have ${values} values in all`)
  }
}
