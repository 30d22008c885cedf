/** What of a component matching looks at. */
import { parseCpe } from '../cpe/cpe.ts'
import { packageVersion } from '../purl/package-version.ts'
import type { Component } from '../sbom/component.ts'
import type { Identified } from './identifiers.ts'

/** What matching needs to know of a component. */
export type Matchable = Identified & Pick<Component, 'version'> & { readonly path?: readonly string[] }

/** The version that rules are evaluated for: that of the package URL, else the one beside it, else that of the first CPE. */
export function versionOf({ purl, version, cpes }: Matchable): string | undefined {
  const stated = (purl === undefined ? undefined : packageVersion(purl)) ?? version
  if (stated !== undefined) return stated
  for (const text of cpes ?? []) {
    const named = parseCpe(text)?.version
    if (named !== undefined && named !== '*' && named !== '-') return named
  }
  return undefined
}
