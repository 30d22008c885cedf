/** The rules of an OSV advisory. */
import { ExposureError } from '../exposure-error.ts'
import type { Advisory, AffectedPackage } from '../osv/advisory.ts'
import { purlKey } from '../purl/package-key.ts'
import { parsePurl } from '../purl/purl.ts'
import { packageOf } from '../versions/ecosystems.ts'
import { remediationOfRanges } from './remediation.ts'
import type { OsvRule } from './rule.ts'

/** The rules of an advisory, one for each package it names, in its order. */
export function rulesOf(advisory: Advisory): readonly OsvRule[] {
  return advisory.affected.map((affected) => ({
    key: keyOfAffected(affected),
    advisory: advisory.id,
    ecosystem: affected.ecosystem,
    name: affected.name,
    ranges: affected.ranges,
    versions: affected.versions,
    remediation: remediationOfRanges(affected.ranges),
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
