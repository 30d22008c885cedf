import type { CaseSort, ClockSort, ListedSort } from './case-word.ts'

/** What a requirement looks for on a party's record. */
export type Sort = 'declaration' | 'support' | 'product' | 'release' | 'advisory' | CaseSort

/** What can be asked of one such thing beyond its being there. A case's word says all that is asked of it. */
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

/** Every word that the rules use. */
export type Word = Sort | Condition | ListedSort | ClockSort

/**
 * The meaning of the words above, in sentences. They are part of the ruleset's digest: who changes
 * what a word means changes the sentence, and with it the ruleset.
 */
export const meanings: Readonly<Record<Word, string>> = {
  declaration: 'a declaration that names this provision, in the latest adherence or support statement',
  support: 'a statement of support for this instrument',
  product: 'an effective product statement',
  release: 'an effective release statement',
  advisory: 'an effective advisory statement',
  'update-policy': 'it states how updates reach its users',
  'sbom-present': 'its SBOM is among the documents of the cut and not withheld',
  'document-present': 'its document is among the documents of the cut and not withheld',
  'told-by-another': 'a party other than its author acknowledged this very statement',
  'proposal-made': 'a decision that it proposed',
  'vote-cast': 'a decision in which it voted',
  'vote-among-others': 'a decision in which it voted and another party voted too, however it ended',
  'implementation-reported':
    'a decision on which it reported what was done, and in which another party voted or led to the outcome',
  'exercise-announced': 'an exercise that it announced',
  'exercise-run':
    'an exercise that it ran to its end, or published the lessons of, and in which another party answered',
  'exercise-joined': 'an exercise that another party ran to its end, and in which it answered',
  'ping-answered': 'a test of contacts that another party started, in which it answered, in time or late',
  'partnership-as-requester': 'help that it asked for, whose chosen partners agreed, the case not being withdrawn',
  'partnership-as-partner':
    'help that another party asked for and chose it for, to which all who were chosen agreed, the case not being withdrawn',
  'offer-made': 'help that it offered for the need of another party',
  'offer-to-all': 'help that it offered to whoever needs it',
  'offer-chosen':
    'help that it offered and another party chose, to which all who were chosen agreed, the case not being withdrawn',
  'milestone-reported': 'a milestone that it reported of such help',
  'agreement-signed': 'an agreement that it signed or acceded to and has not left, in force or not',
  'agreement-in-force':
    'an agreement that it and another party signed or acceded to, in force at the time of the findings and not suspended by it, the case not being withdrawn',
  'code-answered':
    'its adherence to the Code where another party has objected, taken an objection back, commented or replied',
  'gids-answered':
    'its adherence to the Initiative, or support of it, where another party has objected, taken an objection back, commented or replied',
  restrictions:
    'records of restrictions that name it as issuer or reviewer, whoever made them, each with the conditions that its record does not meet, supplements included; they carry no level',
  disputes: 'disputes in which it is claimant or respondent, with what others did in them; none is decided by default',
  'consultations-agreed':
    'in a dispute that it acknowledged as respondent and that has gone no further: the clock of the consultations, while it has not entered into them; by uncontested moves only',
  'outcome-agreed':
    'in a dispute that it settled or chose a means for as respondent and that has an outcome: the clock of the implementation, while it has neither reported what it did nor closed the case; by uncontested moves only',
  'milestone-promised':
    'in a project that it was chosen for: the clock of the next milestone, where it was its own report that said when that is due; by uncontested moves only',
}

/**
 * The same for people who read a finding. No part of the digest: another wording is the same ruleset. Whoever reads a
 * log sees that a document is there, never what it is worth, so that is what is said.
 */
const plainWords: Readonly<Record<Sort | Condition | ClockSort, string>> = {
  declaration: 'it declares something about this provision in its latest adherence or support',
  support: 'it supports the text',
  product: 'it has registered a product',
  release: 'it has registered a release',
  advisory: 'it has published an advisory',
  'update-policy': 'with a policy that says how updates reach its users',
  'sbom-present': 'with a file it calls its SBOM, which anybody can get and read; whether it is one was not judged',
  'document-present': 'with its document, which anybody can get and read',
  'told-by-another': 'and another party has confirmed that it was told of it',
  'proposal-made': 'it has put a proposal before others for decision',
  'vote-cast': 'it has voted on a proposal',
  'vote-among-others': 'it has voted on a proposal, and so has another party; how it voted makes no difference',
  'implementation-reported': 'it has reported what was done about a decision that others took part in',
  'exercise-announced': 'it has announced an exercise',
  'exercise-run': 'it has run an exercise in which another party answered',
  'exercise-joined': 'it took part in an exercise that another party ran',
  'ping-answered': 'it answered a test of its points of contact; whether in time, the test itself shows',
  'partnership-as-requester': 'it has agreed with others on help that it asked for',
  'partnership-as-partner': 'it has agreed on help with the party that asked for it',
  'offer-made': 'it has offered help to another party',
  'offer-to-all': 'it offers help to whoever needs it',
  'offer-chosen': 'it has offered help, and the party that needed it chose the offer',
  'milestone-reported': 'it has reported a milestone of help that another party chose',
  'agreement-signed': 'it has signed an agreement, in force or not',
  'agreement-in-force': 'it has an agreement in force that another party signed too; what stands in it was not judged',
  'consultations-agreed': 'it acknowledged a dispute and has not entered into the consultations',
  'milestone-promised': 'it said when the next milestone is due, and has not reported it',
  'outcome-agreed': 'it let a dispute come to an outcome and has not reported what it did about it',
}

/** A requirement as an English phrase, for explanations. */
export function phrase(requirement: Requirement): string {
  if ('all' in requirement) return 'all of these'
  if ('oneOf' in requirement) return 'at least one of these'
  return [requirement.some, ...requirement.with].map((each) => plainWords[each]).join(', ')
}

/** Why a flag is raised, for explanations. */
export function clockPhrase(sort: ClockSort): string {
  return plainWords[sort]
}
