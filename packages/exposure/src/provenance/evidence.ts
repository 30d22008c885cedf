/** All that a release's documents show together: ties, levels, and the gaps, each with its reason. */
import type { Builders } from './builders.ts'
import type { ProvenanceItem } from './read-provenance.ts'
import { buildLevel, type JudgedItem, type LevelFound, sourceLevel } from './slsa-level.ts'
import { type KnownFile, type KnownSbom, tieSbom, type Tie, tieToSubject } from './tie.ts'

export interface EvidenceQuestion {
  readonly judged: readonly JudgedItem[]
  readonly artifacts: readonly KnownFile[]
  readonly sbom?: KnownSbom
  /** Whom the relier trusts; without it no build level above 1 is found. */
  readonly builders?: Builders
}

export interface ArtifactTie extends Tie {
  readonly artifact: string
}

export interface Evidence {
  /** One for each artifact: the best that any item says of it, a contradiction before everything. */
  readonly artifacts: readonly ArtifactTie[]
  /** Empty where no SBOM is at hand. */
  readonly sbom: readonly Tie[]
  readonly build: LevelFound
  readonly source: LevelFound
}

const order: readonly Tie['outcome'][] = ['contradicted', 'tied', 'untied']

export function evidenceOf({ judged, artifacts, sbom, builders }: EvidenceQuestion): Evidence {
  // What somebody else signed, or nobody could have, says nothing about a file.
  const standing = judged.filter(({ authentication }) => authentication.outcome !== 'wrong').map(({ item }) => item)
  return {
    artifacts: artifacts.map((file) => ({ artifact: file.name, ...tieOf(file, standing) })),
    sbom: sbom === undefined ? [] : tieSbom(sbom, artifacts, standing),
    build: buildLevel(judged, artifacts, builders),
    source: sourceLevel(judged, artifacts, builders),
  }
}

function tieOf(file: KnownFile, items: readonly ProvenanceItem[]): Tie {
  const ties = items.map((item) => tieToSubject(item, file))
  const best = order.map((outcome) => ties.find((tie) => tie.outcome === outcome)).find((tie) => tie !== undefined)
  return best ?? { outcome: 'untied', says: `there is no provenance of ${file.name}` }
}
