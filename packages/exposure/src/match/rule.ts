/**
 * Rules: what an advisory says about one package, as plain data. A rule is small, complete and JSON,
 * so that it can lie in a table under its key: a new advisory looks up components by key, a new
 * component looks up rules by key, and both evaluate the same rule.
 */
import type { Advisory, AffectedPackage, AffectedRange } from '../osv/advisory.ts'
import { ExposureError } from '../exposure-error.ts'
import { purlKey } from '../purl/package-key.ts'
import { parsePurl } from '../purl/purl.ts'
import { packageOf } from '../versions/ecosystems.ts'

export interface Rule {
  /** What `keyOf` gives for a component of the package. */
  readonly key: string
  readonly advisory: string
  readonly ecosystem: string
  readonly name: string
  readonly ranges: readonly AffectedRange[]
  readonly versions: readonly string[]
  /** When the advisory was taken back. */
  readonly withdrawn?: string
  /** Where in the advisory it stands (RFC 6901). */
  readonly pointer: string
}

/** The rules of an advisory, one for each package it names, in its order. */
export function rulesOf(advisory: Advisory): readonly Rule[] {
  return advisory.affected.map((affected) => ({
    key: keyOfAffected(affected),
    advisory: advisory.id,
    ecosystem: affected.ecosystem,
    name: affected.name,
    ranges: affected.ranges,
    versions: affected.versions,
    ...(advisory.withdrawn !== undefined && { withdrawn: advisory.withdrawn }),
    pointer: affected.pointer,
  }))
}

/**
 * The key of a package that an advisory names: by ecosystem and name, which decide; by its package
 * URL when the ecosystem is unknown here; else one that no component has.
 */
function keyOfAffected({ ecosystem, name, purl }: AffectedPackage): string {
  const named = packageOf(ecosystem, name)
  if (named !== undefined) return purlKey(named)
  if (purl !== undefined) {
    try {
      return purlKey(parsePurl(purl))
    } catch (error) {
      // The reader of advisories has reported it; the rule stays, under its name.
      if (!(error instanceof ExposureError)) throw error
    }
  }
  return `osv:${encodeURIComponent(ecosystem.toWellFormed())}/${encodeURIComponent(name.toWellFormed())}`
}
