/**
 * SemVer 2.0.0 precedence (section 11), as the ecosystems npm, crates.io, Go, Hex and Pub use it.
 *
 * What strict SemVer 2.0.0 allows is compared by the `semver` library. It refuses three things that
 * real inventories and advisories contain; those are read by `tolerant-semver.ts`, whose order is
 * the library's wherever both can read (a property test holds them together).
 */
import semver, { type SemVer } from 'semver'
import { ExposureError } from '../exposure-error.ts'
import { quoted } from '../problem.ts'
import { fromGoTag } from './go-tag.ts'
import { compareTolerant, readTolerant, type TolerantVersion } from './tolerant-semver.ts'
import { maxVersionLength, type VersionScheme } from './version-scheme.ts'

/** SemVer 2.0.0: build metadata has no precedence. A leading `v` is ignored. */
export const semverScheme: VersionScheme = {
  name: 'SemVer 2.0',
  placing: (version) => placing(version, version, asWritten, false),
}

/** Pub orders build metadata too, and by the rules of pre-releases (its `pub_semver`). */
export const pubScheme: VersionScheme = {
  name: 'SemVer 2.0 with ordered build metadata, as Pub has it',
  placing: (version) => placing(version, version, asWritten, true),
}

/** Go: SemVer, and for the standard library and the toolchain release tags such as `go1.21rc2`. */
export const goScheme: VersionScheme = {
  name: 'SemVer 2.0, as Go has it',
  placing: (version) => placing(fromGoTag(version), version, fromGoTag, false),
}

/** A version as the library reads it, or, where it refuses, as the tolerant reader does. */
interface Reading {
  readonly strict: SemVer | undefined
  readonly text: string
  tolerant: TolerantVersion | undefined
}

function placing(
  rewritten: string,
  version: string,
  rewrite: (text: string) => string,
  ordersBuild: boolean,
): (other: string) => number {
  const reading = read(rewritten, version)
  return (other) => compare(reading, read(rewrite(other), other), ordersBuild)
}

function asWritten(text: string): string {
  return text
}

function read(rewritten: string, version: string): Reading {
  if (version.length > maxVersionLength) {
    refuse(version, `it has ${version.length} characters, and at most ${maxVersionLength} are read`)
  }
  // The library trims; a version with spaces around it is not one.
  const strict = rewritten === rewritten.trim() ? semver.parse(rewritten) : null
  if (strict !== null) return { strict, text: rewritten, tolerant: undefined }
  const tolerant = readTolerant(rewritten)
  if (tolerant === undefined) {
    return refuse(version, 'it is not numbers joined by points, then "-" and pre-release, then "+" and build')
  }
  return { strict: undefined, text: rewritten, tolerant }
}

function compare(a: Reading, b: Reading, ordersBuild: boolean): number {
  if (a.strict !== undefined && b.strict !== undefined) {
    return a.strict.compare(b.strict) || (ordersBuild ? a.strict.compareBuild(b.strict) : 0)
  }
  return compareTolerant(tolerantOf(a), tolerantOf(b), ordersBuild)
}

function tolerantOf(reading: Reading): TolerantVersion {
  reading.tolerant ??= readTolerant(reading.text)
  return reading.tolerant ?? refuse(reading.text, 'it cannot be read')
}

function refuse(version: string, reason: string): never {
  throw new ExposureError('bad-version', `${quoted(version)} is not a semantic version: ${reason}`)
}
