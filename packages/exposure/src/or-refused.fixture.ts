import assert from 'node:assert/strict'
import { ExposureError } from './exposure-error.ts'

/** What is read, or undefined where it is refused as this room refuses; nothing else may be thrown. */
export function orRefused<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    assert.ok(error instanceof ExposureError, String(error))
    return undefined
  }
}
