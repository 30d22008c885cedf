import type { MatchReason, MatchState, Why } from '@comity/exposure'

/**
 * Why a match stands as it does. Beside what a comparison finds there are two reasons of the vault's own: the component
 * has left the inventory, or this node cannot read the advisory as it stands now.
 */
export interface MatchWhy extends Omit<Why, 'reason'> {
  readonly reason: MatchReason | 'not-present' | 'unreadable'
}

/** The part of a match that changes. */
export interface MatchStanding {
  readonly state: MatchState
  readonly why: MatchWhy
  /** When this began: the time of the log or of the inventory, whichever brought it, in whole seconds. */
  readonly since: number
  /** What brought it. */
  readonly cause: 'inventory' | 'advisory'
  /** Identifier of the advisory statement it was found with, hex. */
  readonly statement: string
  /** Whether it was worth an alert: something the party is or may be affected by, and that is news. */
  readonly alert: boolean
}

/** What the party itself said about the advisory in the register. Nothing else ever leaves its vault. */
export interface Acknowledged {
  readonly state: 'affected' | 'not_affected' | 'mitigated' | 'remedied'
  readonly justification?: string
  /** Identifier of the acknowledgement statement, hex. */
  readonly statement: string
  /** The time the log took it, in whole seconds. */
  readonly at: number
}

/** One component of an inventory against one advisory. */
export interface Match extends MatchStanding {
  /** 32 hex digits. */
  readonly id: string
  readonly inventory: { readonly id: string; readonly name: string }
  readonly component: MatchedComponent
  readonly advisory: {
    /** `urn:comity:advisory:…` */
    readonly sub: string
    /** The statement about it that is the latest now, hex: the one to acknowledge. */
    readonly statement: string
    /** The log in which it stands: the node's own, or one that it mirrors. */
    readonly origin: string
    /** Who published it, and what this party is called. */
    readonly party: string
    readonly names: readonly { readonly language: string; readonly text: string }[]
    /** What it is about, in the publisher's own words. */
    readonly products: readonly { readonly urn: string; readonly name: string }[]
    readonly title: string
    readonly severity?: string
    readonly remedy?: { readonly kind: string; readonly version?: string; readonly url?: string }
    readonly withdrawn: boolean
  }
  /** When the last alert was raised, in whole seconds; absent when none ever was. */
  readonly alertedAt?: number
  readonly acknowledged?: Acknowledged
}

/** What a match says of its component. */
export interface MatchedComponent {
  readonly purl: string
  readonly name: string
  readonly version?: string
  /** From the root of the dependency graph, of its first occurrence. */
  readonly path: readonly string[]
  /** How often the inventory holds this very package and version. */
  readonly occurrences: number
}

/** Matches, what changed last first. `next` is the cursor of the page that follows; absent on the last. */
export interface MatchPage {
  readonly matches: readonly Match[]
  readonly next?: string
}

export interface MatchQuery {
  readonly state?: MatchState
  /** Identifier of an inventory. */
  readonly inventory?: string
  /** `urn:comity:advisory:…` */
  readonly advisory?: string
  /** At most so many, 1 to 1000; 100 where nothing is given. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
}

/** An advisory of the register that could not be read for matching, or not in every part: never passed over in silence. */
export interface UnreadAdvisory {
  readonly sub: string
  /** Hex. */
  readonly statement: string
  /** Why nothing of it can be matched: `not-osv`, `document-missing` and so on; absent when parts can. */
  readonly code?: string
  /** Parts of the document that could not be used. */
  readonly problems: number
}
