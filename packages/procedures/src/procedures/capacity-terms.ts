/**
 * What is needed and what is offered, in the same words, and which offers are for a need. Offers are filtered, never
 * ranked: the requester chooses.
 */
import { fields, secondsOf } from '@comity/statement'
import { type Static, Type } from 'typebox'

const { closed, date, documents, language, list, oneOf, stateCode, text } = fields

const theme = oneOf(
  ['policy', 'incident-response', 'law-enforcement', 'standards', 'infrastructure', 'skills', 'access', 'other'],
  'what it is about',
)
const means = oneOf(['training', 'equipment', 'funds', 'technology', 'advice', 'other'], 'what is given')

export const terms = {
  theme,
  means: list(means, 6),
  places: Type.Optional(list(stateCode, 32, 'States; anywhere where none is named')),
  languages: Type.Optional(list(language, 16)),
  from: Type.Optional(date),
  until: Type.Optional(date),
  technology: Type.Optional(text(4000, 'technology that is transferred, and on which terms')),
  text: text(4000),
  documents: Type.Optional(documents),
}

const capacityTerms = closed(terms)
/** The body of a need or of an offer. */
export type CapacityTerms = Static<typeof capacityTerms>

/** Why an offer is not for a need, as names of what does not fit; none where it is. What one of them leaves open fits. */
export function misfits(need: CapacityTerms, offer: CapacityTerms): readonly string[] {
  const meets = (these: readonly string[] = [], those: readonly string[] = []): boolean =>
    these.length === 0 || those.length === 0 || these.some((each) => those.includes(each))
  const from = Math.max(momentOf(need.from, -Infinity), momentOf(offer.from, -Infinity))
  const until = Math.min(momentOf(need.until, Infinity), momentOf(offer.until, Infinity))
  return [
    ...(need.theme === offer.theme ? [] : ['theme']),
    ...(meets(need.means, offer.means) ? [] : ['means']),
    ...(meets(need.places, offer.places) ? [] : ['places']),
    ...(meets(need.languages, offer.languages) ? [] : ['languages']),
    ...(from <= until ? [] : ['period']),
    ...(need.technology === undefined || offer.technology !== undefined ? [] : ['technology']),
  ]
}

function momentOf(said: string | undefined, open: number): number {
  return said === undefined ? open : secondsOf(said)
}

/** The offers that are for a need, in the order in which they came. */
export function offersFor<T extends { readonly terms: CapacityTerms }>(
  need: CapacityTerms,
  offers: readonly T[],
): readonly T[] {
  return offers.filter((offer) => misfits(need, offer.terms).length === 0)
}
