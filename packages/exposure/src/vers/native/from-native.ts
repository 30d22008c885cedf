/** Ranges as package managers and advisories write them, by VERS type. */
import { ExposureError } from '../../exposure-error.ts'
import { quoted } from '../../problem.ts'
import type { VersRange } from '../vers-range.ts'
import { fromConanRange } from './conan-range.ts'
import { fromGemRange } from './gem-range.ts'
import { fromNginxRange } from './nginx-range.ts'
import { fromNpmRange } from './npm-range.ts'
import { fromNuGetRange } from './nuget-range.ts'
import { fromOpenSslRange } from './openssl-range.ts'
import { fromPyPiRange } from './pypi-range.ts'
import { maxNativeLength } from './range-of-sets.ts'

const readers: ReadonlyMap<string, (native: string) => VersRange> = new Map([
  ['conan', fromConanRange],
  ['gem', fromGemRange],
  ['nginx', fromNginxRange],
  ['npm', fromNpmRange],
  ['nuget', fromNuGetRange],
  ['openssl', fromOpenSslRange],
  ['pypi', fromPyPiRange],
])

/**
 * The VERS range that says what a native range says; not simplified, so that every bound can be found
 * again in the original.
 *
 * Throws `ExposureError`: `unsupported-ecosystem` for a type whose native ranges are not read here,
 * `bad-native-range` for a text that is none or has no VERS form, `bad-version`, `too-large`.
 */
export function versFromNative(type: string, native: string): VersRange {
  const read = readers.get(type)
  if (read === undefined) {
    throw new ExposureError('unsupported-ecosystem', `native ranges of VERS type ${quoted(type)} are not read yet`)
  }
  if (native.length > maxNativeLength) {
    throw new ExposureError('too-large', `a native range has at most ${maxNativeLength} characters`)
  }
  return read(native)
}
