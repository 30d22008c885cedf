/**
 * How a peer is doing, as whoever follows it last saw.
 *
 * `following`: its log is held up to its newest verified head · `behind`: verified, and there is more to read ·
 * `unreachable`: the last attempt failed · `quarantined`: it contradicted itself, nothing of it is taken any more ·
 * `not-yet`: nobody has tried.
 */
export type PeerCondition = 'following' | 'behind' | 'unreachable' | 'quarantined' | 'not-yet'

/** What the peer is to this node: a log that is followed, a witness that is asked, both, or only somebody to write to. */
export type PeerRole = 'mirror' | 'witness' | 'mirror-and-witness' | 'contact'

export interface PeerState {
  /** The origin of its log. */
  readonly origin: string
  /** Where it answers, without a slash at the end. */
  readonly url: string
  readonly role: PeerRole
  readonly state: PeerCondition
  /** Entries of its log that are held here, verified and folded. */
  readonly size: number
  /** Entries its newest known head has beyond `size`. */
  readonly entriesBehind: number
  /** Seconds between now and when this copy last was whole; 0 while it is. Whole when it was last seen so. */
  readonly secondsBehind: number
  /** When it last answered as it should, in seconds since the epoch; 0 if it never did. */
  readonly lastSuccessAt: number
  /** When it is asked again, in seconds since the epoch; 0 if that is not planned. */
  readonly nextTryAt: number
  /** What went wrong last, gone with the next success. `message` is for the keeper alone: it may name addresses. */
  readonly lastError?: { readonly code: string; readonly message: string; readonly at: number }
  /** When it last cosigned a head of this node's log, in seconds since the epoch. */
  readonly cosignedAt?: number
}
