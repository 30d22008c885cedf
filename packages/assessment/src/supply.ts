/**
 * What is on record about the supply of a party's products: for each product as it was stated last, and the release of
 * it that was stated last, what they show and what is missing. None of it decides a level: evidence is named, and so is
 * the gap, with the statement in which it would stand.
 */
import { boundedCites } from './cites.ts'
import type { SuppliedFact } from './facts.ts'
import type { Cite, FindingSupply } from './finding.ts'
import { releaseWords, type SupplyWord } from './supply-words.ts'

/** The part of a finding about these words, in their order. */
export function supplyOf(words: readonly SupplyWord[], supplied: readonly SuppliedFact[]): readonly FindingSupply[] {
  return words.map((word) => {
    const shown = supplied.filter((each) => isShown(word, each))
    return {
      word,
      shown: cites(word, shown),
      missing: cites(
        word,
        supplied.filter((each) => !shown.includes(each)),
      ),
    }
  })
}

function isShown(word: SupplyWord, { shows, release }: SuppliedFact): boolean {
  return [...shows, ...(release?.shows ?? [])].includes(word)
}

/** The release where the word is one of releases and there is one, else the product. */
function cites(word: SupplyWord, supplied: readonly SuppliedFact[]): readonly Cite[] {
  const isOfRelease = releaseWords.some((each) => each === word)
  return boundedCites(
    supplied.map(({ ref, release }) =>
      isOfRelease && release !== undefined ? { ref: release.ref, as: 'release' } : { ref, as: 'product' },
    ),
  )
}
