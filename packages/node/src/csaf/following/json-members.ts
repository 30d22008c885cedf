/** JSON of outsiders, looked at without trust: whatever is not of the expected form is as if it were absent. */
import type { SourceFault } from '../../sources/source.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** Undefined for what is no JSON in UTF-8 (a byte order mark is passed over). */
export function parsedJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/** An object without members for anything that is none. */
export function objectIn(value: unknown): JsonObject {
  // Safe: an object that is no array has members by name.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

/** An own member that is a text of at most 2,000 characters; else an empty one. */
export function memberText(object: JsonObject, name: string): string {
  const value = Object.hasOwn(object, name) ? object[name] : undefined
  return typeof value === 'string' && value.length <= 2000 ? value : ''
}

export function faultFor(test: string, pointer: string, message: string, right?: string): SourceFault {
  const shown = message.slice(0, 500)
  return right === undefined ? { test, pointer, message: shown } : { test, pointer, message: shown, right }
}
