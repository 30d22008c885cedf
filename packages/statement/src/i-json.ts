import { findDuplicateMember, findUnpairedOrForbidden } from './i-json-faults.ts'
import { pointerStep } from './json-pointer.ts'
import { MAX_JSON_DEPTH } from './limits.ts'
import { StatementError } from './statement-error.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const LOWER_U = 0x75

/** What one pass over the raw bytes tells. */
interface Scan {
  readonly members: number
  /** Strings may hold characters that I-JSON forbids: look at them. */
  readonly suspicious: boolean
}

/**
 * Parses I-JSON (RFC 7493): UTF-8 without byte order mark, no duplicate member names, integers
 * within ±(2^53 - 1), finite numbers, no surrogates or noncharacters; at most 64 levels deep.
 *
 * `JSON.parse` silently keeps the last of two equal names, so the names are counted twice: in the
 * bytes and in the parsed value. One pass over each costs less than the parsing itself.
 *
 * Throws StatementError `not-i-json`, with a JSON pointer where one can be given.
 */
export function parseIJson(bytes: Uint8Array): unknown {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw notIJson('it starts with a byte order mark; leave it out')
  }
  const { members, suspicious } = scan(bytes)
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw notIJson('it is not UTF-8')
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw notIJson(error instanceof Error ? error.message : 'it is not JSON')
  }
  const seen = checkValue(value, '')
  if (seen !== members) {
    const pointer = findDuplicateMember(text)
    throw notIJson('a member name stands twice in one object', pointer)
  }
  if (suspicious) {
    const fault = findUnpairedOrForbidden(value)
    if (fault !== undefined) throw notIJson('a string holds a surrogate or a noncharacter', fault)
  }
  return value
}

/** Counts member names and depth. Meaningless for what is not JSON, which JSON.parse refuses after. */
function scan(bytes: Uint8Array): Scan {
  let members = 0
  let depth = 0
  let suspicious = false
  const { length } = bytes
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) {
      for (i++; i < length; i++) {
        const inner = bytes[i] ?? 0
        if (inner === QUOTE) break
        if (inner === BACKSLASH) {
          i++
          if (bytes[i] === LOWER_U) suspicious = true
        } else if (inner >= 0xef) {
          suspicious = true // noncharacters start at U+FDD0, which is EF B7 90
        }
      }
    } else if (byte === COLON) {
      members++
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MAX_JSON_DEPTH) throw notIJson(`it is nested deeper than ${MAX_JSON_DEPTH} levels`)
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--
    }
  }
  return { members, suspicious }
}

/** Checks every number and returns how many members all objects have together. */
function checkValue(value: unknown, pointer: string): number {
  if (typeof value === 'number') {
    if (Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value)) {
      throw notIJson('a number is outside ±(2^53 - 1)', pointer)
    }
    return 0
  }
  if (typeof value !== 'object' || value === null) return 0
  let members = 0
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) members += checkItem(value[i], pointer, i)
    return members
  }
  for (const [name, member] of Object.entries(value)) members += 1 + checkItem(member, pointer, name)
  return members
}

/** Builds the pointer only for values that can hold a fault: most are strings. */
function checkItem(value: unknown, pointer: string, step: string | number): number {
  if (typeof value === 'string') return 0
  return checkValue(value, `${pointer}/${typeof step === 'number' ? step : pointerStep(step)}`)
}

function notIJson(message: string, pointer?: string): StatementError {
  const where = pointer === undefined ? '' : ` at ${pointer === '' ? 'the top' : pointer}`
  return new StatementError('not-i-json', `the payload is not I-JSON: ${message}${where}`, pointer)
}
