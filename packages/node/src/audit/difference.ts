/**
 * What an audit can find to be other than it should be. Codes are stable: scripts and exit codes rest on them. Each
 * difference is about the log or the node that serves it, never about the auditor's own situation.
 */
export type DifferenceCode =
  // the signed head
  | 'checkpoint-malformed'
  | 'checkpoint-unsigned'
  | 'wrong-origin'
  | 'wrong-keeper'
  // the tree
  | 'entries-missing'
  | 'entries-malformed'
  | 'tile-missing'
  | 'tile-differs'
  | 'root-differs'
  // single entries
  | 'entry-malformed'
  | 'entry-not-canonical'
  | 'signature-wrong'
  | 'entry-refused'
  | 'entry-repeated'
  // batches and their time
  | 'bootstrap-missing'
  | 'batch-open'
  | 'cosigned-malformed'
  | 'cosigned-differs'
  | 'time-outside-bound'
  // what was computed from the log
  | 'findings-differ'
  | 'document-missing'
  | 'document-differs'
  // what the node hands out
  | 'receipt-wrong'
  // what the auditor had kept from before
  | 'kept-differs'
  // what others have of the log, and what they keep of others
  | 'log-forked'
  | 'log-shrank'
  | 'copy-differs'
  | 'cut-differs'
  | 'bond-differs'

/** One thing that is not as it should be. */
export interface Difference {
  readonly code: DifferenceCode
  /** Where: `entry 1202`, `tile/0/004`, `checkpoint`. */
  readonly where: string
  /** In one sentence, for people. */
  readonly what: string
  /** The code with which the judge or the decoder refuses an entry. */
  readonly reason?: string
  readonly expected?: string
  readonly found?: string
  /** Whose finding differs, and under which provision. */
  readonly party?: string
  readonly provision?: string
}

/** Something that could not be compared, with the reason: it is neither right nor wrong. */
export interface Unchecked {
  readonly code:
    | 'ruleset-unknown'
    | 'log-not-at-hand'
    | 'document-not-at-hand'
    | 'kept-not-of-this-log'
    | 'copy-not-compared'
  readonly where: string
  readonly what: string
}

/** How many differences a report lists. A log that was forged throughout has one for each entry. */
const listed = 100

/** Collects what an audit finds, in bounded memory: the first hundred are listed, all are counted. */
export class Differences {
  readonly list: Difference[] = []
  readonly unchecked: Unchecked[] = []
  #count = 0
  #uncheckedCount = 0

  get count(): number {
    return this.#count
  }

  get uncheckedCount(): number {
    return this.#uncheckedCount
  }

  add(difference: Difference): void {
    this.#count += 1
    if (this.list.length < listed) this.list.push(difference)
  }

  leave(unchecked: Unchecked): void {
    this.#uncheckedCount += 1
    if (this.unchecked.length < listed) this.unchecked.push(unchecked)
  }
}
