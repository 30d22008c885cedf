/** The words in which findings speak of supply, and what each means. */

/** What a product's own statement can say. */
export const productWords = ['support-end', 'continuity', 'portability'] as const
/** What a release and its documents can show. */
export const releaseWords = ['sbom', 'artifacts', 'sbom-tied', 'provenance', 'provenance-signed'] as const

export type ProductWord = (typeof productWords)[number]
export type ReleaseWord = (typeof releaseWords)[number]
export type SupplyWord = ProductWord | ReleaseWord

/** Products that a finding looks at: those that were stated last. */
export const suppliedLimit = 16

/** The meaning of each word; part of the ruleset's digest. */
export const supplyMeanings: Readonly<Record<SupplyWord, string>> = {
  'support-end': 'the product says until when it is supported',
  continuity: 'the product says what its provider commits itself to should supply end or be restricted',
  portability: 'the product says how users take their data out',
  sbom: 'the newest release has an SBOM among the documents of the cut and not withheld',
  artifacts: 'the newest release names what was shipped by digest',
  'sbom-tied':
    'the SBOM of the newest release is tied by digest to what was shipped or to its provenance, and to nothing else',
  provenance:
    'every artifact of the newest release is, by SHA-256 or stronger, a subject of provenance that says who built it and how (SLSA build level 1), signed or not, and no contradiction',
  'provenance-signed':
    'the same of provenance whose signature holds: of a key with role `sign` that the party has listed by the cut and that it never said was in other hands, or of the signer that the release names, under the trust root that it names',
}

const plainWords: Readonly<Record<SupplyWord, string>> = {
  'support-end': 'says until when it is supported',
  continuity: 'says what holds should supply end or be restricted',
  portability: 'says how users take their data out',
  sbom: 'its newest release has an SBOM that anybody can get',
  artifacts: 'its newest release names what was shipped by digest',
  'sbom-tied': 'that SBOM is tied by digest to what was shipped',
  provenance: 'provenance says who built what was shipped, and how',
  'provenance-signed': 'that provenance bears a signature that holds',
}

/** A word for people who read a finding. No part of the digest. */
export function supplyPhrase(word: SupplyWord): string {
  return plainWords[word]
}
