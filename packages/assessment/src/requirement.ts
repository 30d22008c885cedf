/** What a requirement looks for on a party's record. */
export type Sort = 'declaration' | 'support' | 'product' | 'release' | 'advisory'

/** What can be asked of one such thing beyond its being there. */
export type Condition = 'update-policy' | 'sbom-present' | 'document-present' | 'told-by-another'

/**
 * What a rung of the ladder asks for: a small tree. `some` holds when one thing of that sort meets
 * every condition at once, not when several meet one each.
 */
export type Requirement =
  | { readonly all: readonly Requirement[] }
  | { readonly oneOf: readonly Requirement[] }
  | { readonly some: Sort; readonly with: readonly Condition[] }

/** Holds when all parts do. */
export function all(...parts: readonly Requirement[]): Requirement {
  return { all: parts }
}

/** Holds when at least one part does. */
export function oneOf(...parts: readonly Requirement[]): Requirement {
  return { oneOf: parts }
}

/** Holds when one thing of the sort meets all the conditions. */
export function some(sort: Sort, ...conditions: readonly Condition[]): Requirement {
  return { some: sort, with: conditions }
}

/**
 * The meaning of the words above, in sentences. They are part of the ruleset's digest: who changes
 * what a word means changes the sentence, and with it the ruleset.
 */
export const meanings: Readonly<Record<Sort | Condition, string>> = {
  declaration: 'a declaration that names this provision, in the latest adherence or support statement',
  support: 'a statement of support for this instrument',
  product: 'an effective product statement',
  release: 'an effective release statement',
  advisory: 'an effective advisory statement',
  'update-policy': 'it states how updates reach its users',
  'sbom-present': 'its SBOM is among the documents of the cut and not withheld',
  'document-present': 'its document is among the documents of the cut and not withheld',
  'told-by-another': 'a party other than its author acknowledged this very statement',
}

/**
 * The same for people who read a finding. No part of the digest: another wording is the same ruleset. Whoever reads a
 * log sees that a document is there, never what it is worth, so that is what is said.
 */
const plainWords: Readonly<Record<Sort | Condition, string>> = {
  declaration: 'it declares something about this provision in its latest adherence or support',
  support: 'it supports the text',
  product: 'it has registered a product',
  release: 'it has registered a release',
  advisory: 'it has published an advisory',
  'update-policy': 'with a policy that says how updates reach its users',
  'sbom-present': 'with a file it calls its SBOM, which anybody can get and read; whether it is one was not judged',
  'document-present': 'with its document, which anybody can get and read',
  'told-by-another': 'and another party has confirmed that it was told of it',
}

/** A requirement as an English phrase, for explanations. */
export function phrase(requirement: Requirement): string {
  if ('all' in requirement) return 'all of these'
  if ('oneOf' in requirement) return 'at least one of these'
  return [requirement.some, ...requirement.with].map((each) => plainWords[each]).join(', ')
}
