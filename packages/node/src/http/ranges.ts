/** Bytes of a representation: from the first on, and below `to`. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

/**
 * What a `Range` header asks for of so many bytes (RFC 9110 §14.1.2). Undefined where there is none, or none that is
 * served: several ranges, other units, and what is malformed are passed over, as the standard has it.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=([0-9]*)-([0-9]*)$/.exec(header?.trim() ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const from = Math.max(0, size - Number(last))
    return from < size ? { from, to: size } : 'unsatisfiable'
  }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return undefined
  if (from >= size) return 'unsatisfiable'
  return { from, to: last === '' ? size : Math.min(size, Number(last) + 1) }
}
