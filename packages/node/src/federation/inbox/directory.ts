import { type PartyState, StatementError, decodeStatement, partyUrn } from '@comity/statement'
import { crypto } from '../../crypto-port.ts'
import type { Database } from '../../register/database.ts'
import { indexOf, logOf, positionOf } from '../../register/position.ts'
import { residenceOf } from '../../register/residence.ts'
import type { Author } from './message/opened-message.ts'

/** Where the messages for a party are brought. */
export interface Route {
  /** Origin of its home log. */
  readonly home: string
  /** It is hosted, or keeps its node, here. */
  readonly isHere: boolean
  /** Where its node answers, without a slash at the end; undefined where nobody has said. */
  readonly url: string | undefined
  /** It was the party itself that said so, in its contacts. */
  readonly isPublished: boolean
}

/** What the inbox has to know of parties: who they are now, where they get their mail, whose receipts count. */
export interface Directory {
  /** The party in its home log; undefined where that is not known here. */
  find(party: string): Author | undefined
  route(party: string): Route | undefined
  /** Who keeps a log, and signs the receipts of its node. */
  keeper(origin: string): { readonly urn: string; readonly author: Author } | undefined
  /** The statement by which a party founded itself; undefined where no log that is known here has it. */
  founding(party: string): Uint8Array | undefined
}

export interface RegisterDirectoryParts {
  /** Committed rows of the register. */
  readonly reader: Database
  /** Origin of the own log. */
  readonly origin: string
  /** The peer that serves a log, if there is one. */
  readonly peer: (origin: string) => { readonly url: string; readonly keeper: string } | undefined
  /** An entry of the own log or of a mirrored one, as it stands there. */
  readonly leaf: (origin: string, index: number) => Uint8Array | undefined
}

/** The directory as this node's register, own log and mirrored ones, has it. */
export class RegisterDirectory implements Directory {
  readonly #reader: Database
  readonly #origin: string
  readonly #peer: RegisterDirectoryParts['peer']
  readonly #leaf: RegisterDirectoryParts['leaf']

  constructor({ reader, origin, peer, leaf }: RegisterDirectoryParts) {
    this.#reader = reader
    this.#origin = origin
    this.#peer = peer
    this.#leaf = leaf
  }

  find(party: string): Author | undefined {
    const last = residenceOf(this.#reader, this.#view(), party)?.stays.at(-1)
    return last === undefined ? undefined : this.#author(last.party)
  }

  route(party: string): Route | undefined {
    const state = this.find(party)?.state
    if (state === undefined) return undefined
    const { home, contacts } = state
    const published = contacts.find((contact) => contact.function === 'inbox')?.url?.replace(/\/+$/, '')
    const peer = this.#peer(home)
    return { home, isHere: home === this.#origin, url: peer?.url ?? published, isPublished: peer === undefined }
  }

  keeper(origin: string): { readonly urn: string; readonly author: Author } | undefined {
    const log = this.#reader.prepare('SELECT log FROM log WHERE origin = ?').get(origin)
    if (log === undefined) return undefined
    const first = positionOf(Number(log['log']), 0)
    const row = this.#reader
      .prepare('SELECT entry.party AS party, urn FROM entry JOIN party USING (party) WHERE position = ?')
      .get(first)
    if (row === undefined) return undefined
    const urn = String(row['urn'])
    const pinned = this.#peer(origin)?.keeper
    const author = this.#author(Number(row['party']))
    return author === undefined || (pinned !== undefined && pinned !== urn) ? undefined : { urn, author }
  }

  founding(party: string): Uint8Array | undefined {
    const rows = this.#reader.prepare('SELECT party FROM party WHERE urn = ? ORDER BY party').all(party)
    const { origins } = this.#view()
    for (const row of rows) {
      // A party's number is the position of its first statement there.
      const position = Number(row['party'])
      const leaf = this.#leaf(origins.get(logOf(position)) ?? '', indexOf(position))
      if (leaf !== undefined && isFounding(leaf, party)) return leaf
    }
    return undefined
  }

  /** A party as its row in one log has it. */
  #author(party: number): Author | undefined {
    const row = this.#reader
      .prepare('SELECT state FROM party_version WHERE party = ? ORDER BY position DESC LIMIT 1')
      .get(party)
    if (row === undefined) return undefined
    const state: PartyState = JSON.parse(String(row['state']))
    const at = this.#reader.prepare('SELECT at FROM entry WHERE position = ?')
    const log = logOf(party)
    return {
      state,
      timeOf: (index) => {
        const time = at.get(positionOf(log, index))?.['at']
        return typeof time === 'number' ? time : undefined
      },
    }
  }

  #view() {
    const origins = new Map<number, string>()
    const ends = new Map<number, number>()
    for (const row of this.#reader.prepare('SELECT log, origin, size, followed FROM log').all()) {
      const log = Number(row['log'])
      origins.set(log, String(row['origin']))
      if (row['followed'] === 1) ends.set(log, positionOf(log, Number(row['size'])))
    }
    return { origins, end: (log: number) => ends.get(log) }
  }
}

function isFounding(leaf: Uint8Array, party: string): boolean {
  try {
    return partyUrn(decodeStatement(leaf, crypto).payload, crypto) === party
  } catch (error) {
    if (error instanceof StatementError) return false
    throw error
  }
}
