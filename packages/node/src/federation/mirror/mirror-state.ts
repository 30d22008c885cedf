import type { PeerCondition } from '../peers/peer-state.ts'

/** How far a copy is, as the status of a node shows it. */
export interface MirrorState {
  readonly origin: string
  /** The party that keeps the log. */
  readonly keeper: string
  readonly state: PeerCondition
  /** Entries that are held here, verified and folded. */
  readonly size: number
  /** Time of the newest folded batch, in whole seconds since the epoch; 0 before the first. */
  readonly headAt: number
  /** Entries that its newest known head has beyond `size`. */
  readonly entriesBehind: number
  /** Seconds between now and when this copy last was whole; 0 while it is. */
  readonly secondsBehind: number
  /** Entries that have no effect, for the log's own judge would refuse them. */
  readonly voidEntries: number
  /** Documents that are cited and still to be fetched. */
  readonly documentsWanted: number
  /** When it last answered as it should, in seconds since the epoch; 0 if it never did. */
  readonly lastSuccessAt: number
  /** When it is asked again, in seconds since the epoch; 0 if that is not planned. */
  readonly nextTryAt: number
  /** What went wrong last at its own address, gone when that answers again. The message is for the keeper alone. */
  readonly lastError?: { readonly code: string; readonly message: string; readonly at: number }
}

/** How often a log is asked for news, in seconds. */
export interface MirrorPace {
  /** While it has some. */
  readonly busy: number
  /** When it has had none for a while, over a line on which it answers at once. */
  readonly idle: number
  /** The same over the slowest line. In between it is asked for a tenth of the time at most. */
  readonly longestIdle: number
  /** After the first failure; twice as long after each further one. */
  readonly retry: number
  readonly longestRetry: number
}

/** Whoever is affected is to hear of it within a second, so a quiet log is asked that often where asking is cheap. */
export const defaultPace: MirrorPace = { busy: 0.4, idle: 0.7, longestIdle: 5, retry: 1, longestRetry: 900 }

/** How much longer than the answer took the rest before the next question is, while there is no news. */
const restAfterAnswer = 10

/** When a log is asked next. Pure but for the dice, which are given. */
export class Schedule {
  readonly #pace: MirrorPace
  readonly #random: () => number
  #interval: number
  #failures = 0

  /** `random`: from 0 to below 1, so that fifty nodes do not all come at once. */
  constructor(pace: MirrorPace, random: () => number) {
    this.#pace = pace
    this.#random = random
    this.#interval = pace.busy
  }

  /** Seconds until the next look after one that succeeded. `took`: seconds until the checkpoint had come. */
  afterSuccess(hadNews: boolean, took: number): number {
    const { busy, idle, longestIdle } = this.#pace
    const longest = Math.min(longestIdle, Math.max(idle, took * restAfterAnswer))
    this.#failures = 0
    this.#interval = hadNews ? busy : Math.min(longest, this.#interval * 1.3)
    return this.#interval * (0.8 + 0.2 * this.#random())
  }

  /** Seconds until the next look after one that failed everywhere. */
  afterFailure(): number {
    const { retry, longestRetry } = this.#pace
    const wait = Math.min(longestRetry, retry * 2 ** this.#failures)
    this.#failures += 1
    return wait * (0.5 + 0.5 * this.#random())
  }
}
