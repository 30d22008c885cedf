/** SLSA verification summaries (slsa.dev/spec/v1.2, verification summary): a verifier's word on what it checked. */
import type { Fields } from '../json/fields.ts'

export interface VerificationSummary {
  /** Who checked. Its word counts as far as the relier trusts it. */
  readonly verifier?: string
  readonly result?: 'PASSED' | 'FAILED'
  readonly resource?: string
  /** RFC 3339, as the document has it. */
  readonly at?: string
  /** Such as `SLSA_BUILD_LEVEL_3` and `SLSA_SOURCE_LEVEL_2`. */
  readonly levels: readonly string[]
}

/** What is wrong in it is reported by place. */
export function readVerificationSummary(fields: Fields): VerificationSummary {
  const verifier = fields.object('verifier')?.needed('id')
  const result = fields.oneOf('verificationResult', ['PASSED', 'FAILED'])
  const resource = fields.text('resourceUri')
  const at = fields.text('timeVerified')
  return {
    ...(verifier !== undefined && { verifier }),
    ...(result !== undefined && { result }),
    ...(resource !== undefined && { resource }),
    ...(at !== undefined && { at }),
    levels: fields.texts('verifiedLevels').slice(0, 64),
  }
}

/** The highest level of a track that a summary which passed gives; 0 where it gives none. */
export function levelInSummary({ result, levels }: VerificationSummary, track: 'BUILD' | 'SOURCE'): number {
  if (result !== 'PASSED') return 0
  const highest = track === 'BUILD' ? 3 : 4
  const found = levels.map((level) => new RegExp(`^SLSA_${track}_LEVEL_([0-9])$`).exec(level)?.[1])
  return Math.min(highest, Math.max(0, ...found.map((digit) => Number(digit ?? 0))))
}
