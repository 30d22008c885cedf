/** Another node as its keeper, or this one's, has told us of it. */
export interface Peer {
  /** The origin of its log. */
  readonly origin: string
  /** Where it answers, without a slash at the end: `https://log.example.org`. */
  readonly url: string
  /** The party that keeps it, `urn:comity:party:…`, pinned when the peer was added; empty for a witness without a log. */
  readonly keeper: string
  /** Log keys pinned when the peer was added, as C2SP verifier keys; later ones follow from its keeper's statements. */
  readonly logKeys: readonly string[]
  /** Its log is followed and kept. */
  readonly mirror: boolean
  /** Its cosignatures are asked for; the keys under which it gives them, as C2SP verifier keys. Empty: no witness. */
  readonly witnessKeys: readonly string[]
  /** Where it takes `/add-checkpoint` (C2SP tlog-witness), if not at `/witness` below `url`. Without a slash at the end. */
  readonly witnessUrl?: string
  /** Addresses of a private network are allowed for this peer. */
  readonly allowPrivate: boolean
}

/** The submission prefix of a witness (C2SP tlog-witness). */
export function witnessPrefix({ url, witnessUrl }: Pick<Peer, 'url' | 'witnessUrl'>): string {
  return witnessUrl ?? `${url}/witness`
}

/** A witness of another make: it keeps no log, so there is nothing of it to follow, and nobody to write to. */
export function isWitnessAlone({ keeper }: Pick<Peer, 'keeper'>): boolean {
  return keeper === ''
}

/** What a call may say beside what `fetch` takes. A simulated network may leave it unread. */
export interface FetchInit extends RequestInit {
  /** Most bytes of the answer's body; reading on ends in `peer-answer-too-large`. 32 MiB where nothing is said. */
  readonly maxBytes?: number
  /** Most milliseconds from the call to the last byte of the answer; an hour where nothing is said. */
  readonly maxMilliseconds?: number
  /** The party that published this address in its own statement, where it is no peer's address. */
  readonly publishedBy?: string
  /** The source of documents that the keeper told this node to follow, where it is that source's address. */
  readonly source?: string
  /** It carries sealed messages, and is neither counted nor reported: that would say that there were some. */
  readonly sealed?: boolean
}

/** How the federation reaches others. The real one is guarded; a simulated network has its own. */
export type Fetch = (url: string, init?: FetchInit) => Promise<Response>
