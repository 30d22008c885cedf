/** What a release's record lacks, each in words with what would close it. A gap is no error, and no verdict. */
import type { ReleaseEvidence, ReleasedBuild } from './release-evidence.ts'

export interface Gap {
  readonly gap: 'artifacts' | 'provenance' | 'provenance-signed' | 'sbom-tied' | 'unread' | 'contradicted'
  readonly says: string
}

/** The gaps of a release, the gravest first. */
export function releaseGaps(build: ReleasedBuild, { evidence, unread, isAuthentic }: ReleaseEvidence): readonly Gap[] {
  const gaps: Gap[] = []
  for (const { outcome, says } of [...evidence.artifacts, ...evidence.sbom]) {
    if (outcome === 'contradicted') gaps.push({ gap: 'contradicted', says })
  }
  for (const { document, where, says } of unread) {
    const place = where === '' ? '' : `, ${where}`
    gaps.push({ gap: 'unread', says: `provenance ${document.slice(0, 23)}…${place}: ${says}` })
  }
  if (evidence.artifacts.length === 0) {
    gaps.push({ gap: 'artifacts', says: 'it does not name what was shipped by digest: register it with --artifact' })
  }
  if ((build.provenance ?? []).length === 0) {
    gaps.push({ gap: 'provenance', says: 'it has no provenance: nobody says who built it, and how' })
  } else if (evidence.build.level === 0) {
    gaps.push({ gap: 'provenance', says: evidence.build.because.join('; ') })
  }
  if (evidence.build.level > 0 && !isAuthentic) {
    gaps.push({
      gap: 'provenance-signed',
      says: 'no signature that holds says so: what provenance says, anybody could',
    })
  }
  for (const { outcome, says } of evidence.sbom) if (outcome === 'untied') gaps.push({ gap: 'sbom-tied', says })
  return gaps
}
