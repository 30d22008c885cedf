import { MAX_JSON_DEPTH } from './limits.ts'

/**
 * Canonical JSON (RFC 8785): members sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them, no white space.
 *
 * Throws TypeError for what JSON cannot hold: undefined, functions, bigints, non-finite numbers,
 * lone surrogates, cycles (as nesting deeper than 64).
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0)
}

/** UTF-8 of `canonicalJson(value)`: the bytes that digests are taken over. */
export function canonicalJsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value))
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_JSON_DEPTH) throw new TypeError(`nested deeper than ${MAX_JSON_DEPTH} levels, or a cycle`)
  switch (typeof value) {
    case 'string':
      return writeString(value)
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} is no JSON number`)
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value)
        ? `[${value.map((item) => write(item, depth + 1)).join(',')}]`
        : writeObject(value, depth)
    default:
      throw new TypeError(`a ${typeof value} is no JSON value`)
  }
}

function writeObject(value: object, depth: number): string {
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1)) // names are distinct, and < compares UTF-16 code units
    .map(([name, member]) => `${writeString(name)}:${write(member, depth + 1)}`)
  return `{${members.join(',')}}`
}

function writeString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a string with a lone surrogate is no JSON text')
  return JSON.stringify(text)
}
