/** What of a release a finding takes note of, and from what it is told. */
import type { ReleaseWord } from '@comity/assessment'
import type { ReleaseEvidence } from './release-evidence.ts'

/** The words that hold of a release; `sbom` where its SBOM can be had is for the caller to say. */
export function releaseShows({ evidence, isAuthentic }: ReleaseEvidence): readonly Exclude<ReleaseWord, 'sbom'>[] {
  const { artifacts, sbom, build } = evidence
  const isTied = sbom.some(({ outcome }) => outcome === 'tied') && sbom.every(({ outcome }) => outcome === 'tied')
  return [
    ...(artifacts.length > 0 ? (['artifacts'] as const) : []),
    ...(isTied ? (['sbom-tied'] as const) : []),
    ...(build.level > 0 ? (['provenance'] as const) : []),
    ...(isAuthentic ? (['provenance-signed'] as const) : []),
  ]
}
