import type {
  AdvisoryFormat,
  AlertReason,
  Fact,
  MatchReason,
  MatchState,
  Standing,
  StandingState,
  Why,
} from '@comity/exposure'

/**
 * Why a match stands as it does. Beside what a comparison finds there are two reasons of the vault's own: the component
 * has left the inventory, or this node cannot read an advisory as it stands now.
 */
export interface MatchWhy extends Omit<Why, 'reason'> {
  readonly reason: MatchReason | 'not-present' | 'unreadable'
}

/** The part of a match that changes. */
export interface MatchStanding {
  /** Where all that is said comes to, the operator's own word first. */
  readonly state: StandingState
  /** Whose word prevails. */
  readonly by: Standing['by']
  /** Of the advisory that decides; under a word of the operator, what stands without it. */
  readonly why: MatchWhy
  /** When this began: the time of the log or of the inventory, whichever brought it, in whole seconds. */
  readonly since: number
  /** What brought it; an *advisory* is any document about vulnerabilities, *trust* that the party believes others as suppliers. */
  readonly cause: 'inventory' | 'advisory' | 'answer' | 'trust'
  /** Identifier of the advisory statement that decided, hex; absent where a document without a statement did. */
  readonly statement?: string
  /** Whether it was worth an alert: something the party is or may be affected by, and that is news. */
  readonly alert: boolean
  /** Why it was, or was not. */
  readonly news: AlertReason
}

/** What the party itself said about the advisory in the register. Nothing else ever leaves its vault. */
export interface Acknowledged {
  readonly state: 'affected' | 'not_affected' | 'mitigated' | 'remedied'
  readonly justification?: string
  /** Of the advisory that was answered. */
  readonly sub: string
  /** Identifier of the acknowledgement statement, hex. */
  readonly statement: string
  /** The time the log took it, in whole seconds. */
  readonly at: number
}

/** One component of an inventory, and one vulnerability, however many advisories speak of it. */
export interface Match extends MatchStanding {
  /** 32 hex digits. */
  readonly id: string
  readonly inventory: { readonly id: string; readonly name: string }
  readonly component: MatchedComponent
  readonly vulnerability: {
    /** Its CVE identifier, else its GHSA, else the first of its names in the order of the alphabet. */
    readonly id: string
    /** All of its names, this one among them. */
    readonly names: readonly string[]
  }
  /** What decides. */
  readonly advisory: CitedAdvisory
  /** What else speaks of it, in the order of precedence. */
  readonly others: readonly CitedAdvisory[]
  /** What it weighs, as facts in the order in which they count; none where nobody has to do anything. */
  readonly priority: readonly Fact[]
  /** When the last alert was raised, in whole seconds; absent when none ever was. */
  readonly alertedAt?: number
  readonly acknowledged?: Acknowledged
  /** Something that speaks of harm was said after the party's own word: reason to look again. */
  readonly lookAgain?: true
}

/** What a document is to a match. */
export type CitedAs =
  | 'deciding'
  | 'beside'
  /** It says the contrary of what decides. */
  | 'contrary'
  /** Its author said something else later. */
  | 'superseded'
  | 'withdrawn'
  /** It says nothing about this version. */
  | 'silent'
  /** It spoke of the component, and cannot be read now. */
  | 'unreadable'

/** A document that a match rests on, and what it says. */
export interface CitedAdvisory {
  readonly as: CitedAs
  readonly state: MatchState
  readonly why: MatchWhy
  readonly format: AdvisoryFormat
  /** What the document calls itself. */
  readonly document: string
  /** The log in which it stands, the node's own or one that it mirrors; of a document without a statement its source. */
  readonly origin: string
  /** `urn:comity:advisory:…`; this and what follows up to `names` of an advisory statement alone. */
  readonly sub?: string
  /** The statement about it that is the latest now, hex: the one to acknowledge. */
  readonly statement?: string
  /** Who published it. */
  readonly party?: string
  /** What its publisher is called. */
  readonly names: readonly { readonly language: string; readonly text: string }[]
  /** What it is about, in the publisher's own words. */
  readonly products: readonly { readonly urn: string; readonly name: string }[]
  readonly title: string
  readonly severity?: string
  readonly remedy?: { readonly kind: string; readonly version?: string; readonly url?: string }
  readonly withdrawn: boolean
}

/** What a match says of its component. */
export interface MatchedComponent {
  /** Absent where the component was found by CPE, or by vendor and name. */
  readonly purl?: string
  readonly name: string
  readonly version?: string
  /** From the root of the dependency graph, of the occurrence that is nearest to it. */
  readonly path: readonly string[]
  /** How often the inventory lists it. */
  readonly occurrences: number
}

/** Matches in the order that was asked for. `next` is the cursor of the page that follows; absent on the last. */
export interface MatchPage {
  readonly matches: readonly Match[]
  readonly next?: string
}

export interface MatchQuery {
  readonly state?: StandingState
  /** Identifier of an inventory. */
  readonly inventory?: string
  /** `urn:comity:advisory:…` */
  readonly advisory?: string
  /** Any name of it. */
  readonly vulnerability?: string
  /** What is known to be exploited, or is not. */
  readonly exploited?: boolean
  /** What changed last first, where nothing is said; or what is to be looked at first. */
  readonly order?: 'changed' | 'priority'
  /** At most so many, 1 to 1000; 100 where nothing is given. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
}
