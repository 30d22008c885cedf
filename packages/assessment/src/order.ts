import type { AdvisoryFact, ProductFact, Ref, ReleaseFact } from './facts.ts'

/** Orders two strings by UTF-16 code unit, as RFC 8785 orders names; no locale has a say. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * Latest first: by time leaf, then origin, then index, then identifier.
 * Total over statements, so that no order of arrival shows in a finding.
 */
export function compareLatest(a: Ref, b: Ref): number {
  return b.at - a.at || compareText(a.origin, b.origin) || b.index - a.index || compareText(a.id, b.id)
}

/** Whether `told` holds a word of somebody else than the advisory's author. */
export function acknowledgedByAnother(advisory: AdvisoryFact, contested: boolean): boolean {
  return advisory.told.some((ref) => ref.party !== advisory.ref.party && ref.contested === contested)
}

function productWeight({ ref, updatePolicy }: ProductFact): number {
  return (updatePolicy ? 2 : 0) + (ref.contested ? 0 : 1)
}

function releaseWeight({ ref, sbom }: ReleaseFact): number {
  return (sbom === 'present' ? 2 : 0) + (ref.contested ? 0 : 1)
}

function advisoryWeight(advisory: AdvisoryFact): number {
  const told = acknowledgedByAnother(advisory, false) ? 2 : acknowledgedByAnother(advisory, true) ? 1 : 0
  const complete = advisory.document === 'present' && told > 0
  return (complete ? 4 : 0) + (told === 2 ? 1 : 0) + (advisory.ref.contested ? 0 : 1)
}

/** Products with an update policy first, uncontested before contested, then latest first. */
export function compareProducts(a: ProductFact, b: ProductFact): number {
  return productWeight(b) - productWeight(a) || compareLatest(a.ref, b.ref)
}

/** Releases whose SBOM is present first, uncontested before contested, then latest first. */
export function compareReleases(a: ReleaseFact, b: ReleaseFact): number {
  return releaseWeight(b) - releaseWeight(a) || compareLatest(a.ref, b.ref)
}

/** Advisories present and acknowledged by another party first, least contested first, then latest. */
export function compareAdvisories(a: AdvisoryFact, b: AdvisoryFact): number {
  return advisoryWeight(b) - advisoryWeight(a) || compareLatest(a.ref, b.ref)
}

/** Acknowledgements of one advisory: uncontested before contested, then latest first. */
export function compareAcknowledgements(a: Ref, b: Ref): number {
  return Number(a.contested) - Number(b.contested) || compareLatest(a, b)
}
