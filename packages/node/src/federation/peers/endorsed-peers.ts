import type { View } from '@comity/store'
import type { PartyState } from '@comity/statement'
import { positionsPerLog } from '../../register/schema.ts'
import { FederationError } from '../federation-error.ts'
import type { Peers } from './peers.ts'

/** How long a node that could not be met is left alone, in seconds: doubled each time, a day at the most. */
const firstPause = 60
const longestPause = 86_400

/** How often new endorsements are looked for, in seconds. */
const lookEvery = 60

/** Endorsed parties that one look considers. */
const consideredAtOnce = 1000

export interface EndorsedPeersParts {
  readonly peers: Pick<Peers, 'add' | 'keptBy' | 'hasDeclined'>
  /** Committed rows of the register. */
  readonly reader: View
  /** The keeper of this node. */
  readonly keeper: string
  /** A party as its home log has it. */
  readonly findParty: (urn: string) => PartyState | undefined
  /** Whole seconds since the epoch. */
  readonly now: () => number
}

/**
 * Follows the nodes of those whom this node's keeper has endorsed, where the keeper wants that: at the addresses that
 * they published themselves, and only if the log found there is kept by the endorsed party. A node that was removed
 * from the list stays away.
 */
export class EndorsedPeers {
  readonly #parts: EndorsedPeersParts
  /** Parties whose node could not be met, and when they are tried again. */
  readonly #failed = new Map<string, { readonly failures: number; readonly nextAt: number }>()

  constructor(parts: EndorsedPeersParts) {
    this.#parts = parts
  }

  /**
   * Tries to meet one endorsed party that is no peer yet. Returns when it wants to be called again, in seconds since
   * the epoch. What goes wrong with a party is tried again later; other errors are thrown.
   */
  async step(): Promise<number> {
    const { now } = this.#parts
    const [urn, ...others] = this.#due()
    if (urn === undefined) return now() + lookEvery
    try {
      if (await this.#meet(urn)) this.#failed.delete(urn)
      else this.#setAside(urn)
    } catch (error) {
      if (!(error instanceof FederationError)) throw error
      this.#setAside(urn)
    }
    return others.length > 0 ? now() : now() + lookEvery
  }

  /** Endorsed parties that are no peers, not declined, and not tried a moment ago. */
  #due(): readonly string[] {
    const { reader, keeper, peers, now } = this.#parts
    return reader
      .prepare(
        `SELECT subject FROM endorsement JOIN party USING (party)
         WHERE urn = ? AND effective < ? GROUP BY subject ORDER BY min(effective) LIMIT ?`,
      )
      .all(keeper, positionsPerLog, consideredAtOnce)
      .map((row) => String(row['subject']))
      .filter((urn) => {
        const isKnown = urn === keeper || peers.keptBy(urn).length > 0 || peers.hasDeclined(urn)
        return !isKnown && (this.#failed.get(urn)?.nextAt ?? 0) <= now()
      })
  }

  /** Whether one of the addresses that the party published is that of its own node. */
  async #meet(urn: string): Promise<boolean> {
    const party = this.#parts.findParty(urn)
    if (party === undefined) return false
    let last: FederationError | undefined
    for (const url of addressesOf(party)) {
      try {
        await this.#parts.peers.add({ url, keeper: urn })
        return true
      } catch (error) {
        if (!(error instanceof FederationError)) throw error
        last = error
      }
    }
    if (last !== undefined) throw last
    return false
  }

  #setAside(urn: string): void {
    const failures = (this.#failed.get(urn)?.failures ?? 0) + 1
    const pause = Math.min(firstPause * 2 ** (failures - 1), longestPause)
    this.#failed.set(urn, { failures, nextAt: this.#parts.now() + pause })
  }
}

/**
 * Where a party says that its node answers: the name of its log where that is a host on the Internet, and the web
 * addresses of its technical and general offices. Only https: what was published is not in anybody's own network.
 */
export function addressesOf({ home, contacts }: Pick<PartyState, 'home' | 'contacts'>): readonly string[] {
  const offices = ['technical', 'general'].flatMap((office) => contacts.filter((each) => each.function === office))
  const host = home.split('/')[0] ?? ''
  const isHost = /^[a-z0-9.-]+\.[a-z]{2,}(?::[0-9]{1,5})?$/i.test(host) && !host.endsWith('.invalid')
  const urls = [
    ...(isHost ? [`https://${home}`] : []),
    ...offices.flatMap(({ url }) => (url === undefined ? [] : [url])),
  ]
  return [...new Set(urls)].filter((url) => url.startsWith('https://'))
}
