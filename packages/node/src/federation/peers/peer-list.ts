import { type Cells, maxCellBytes } from '@comity/store'
import { FederationError } from '../federation-error.ts'
import type { Peer } from './peer.ts'

/** The cell of the peers: a JSON list of {@link Peer}, in the order in which they were added. */
export const peersCell = 'peers'

/** Keepers whose nodes were taken off the list: an endorsement alone does not bring them back. A JSON list of URNs. */
const declinedCell = 'peers-declined'

/** A node that follows more logs than a State has partners does so by mistake. */
const peersAtMost = 256
const declinedAtMost = 1024

/** The list that the cell holds. */
export function readPeers(value: Uint8Array | undefined): readonly Peer[] {
  return value === undefined ? [] : JSON.parse(Buffer.from(value).toString())
}

/** The durable list of peers, changed one step at a time. */
export class PeerList {
  readonly #cells: Cells
  #read: { readonly version: number; readonly peers: readonly Peer[] } = { version: 0, peers: [] }

  constructor(cells: Cells) {
    this.#cells = cells
  }

  get peers(): readonly Peer[] {
    const cell = this.#cells.get(peersCell)
    const version = cell?.version ?? 0
    if (version !== this.#read.version) this.#read = { version, peers: readPeers(cell?.value) }
    return this.#read.peers
  }

  hasDeclined(keeper: string): boolean {
    return this.#declined().includes(keeper)
  }

  /** Adds a peer, or puts it in the place of the one with its origin. Throws `too-many-peers`. */
  async put(peer: Peer): Promise<void> {
    await this.#change<Peer>(peersCell, (peers) =>
      peers.some(({ origin }) => origin === peer.origin)
        ? peers.map((each) => (each.origin === peer.origin ? peer : each))
        : [...peers, peer],
    )
    if (this.hasDeclined(peer.keeper))
      await this.#change<string>(declinedCell, (keepers) => keepers.filter((each) => each !== peer.keeper))
  }

  /** Takes a peer off the list. First its keeper is declined, so that nothing between the two brings it back. */
  async remove({ origin, keeper }: Peer): Promise<void> {
    if (keeper !== '')
      await this.#change<string>(declinedCell, (keepers) =>
        [...keepers.filter((each) => each !== keeper), keeper].slice(-declinedAtMost),
      )
    await this.#change<Peer>(peersCell, (peers) => peers.filter((each) => each.origin !== origin))
  }

  async #change<T>(name: string, next: (items: readonly T[]) => readonly T[]): Promise<void> {
    for (;;) {
      const cell = this.#cells.get(name)
      // Written here alone, so it is what this class wrote.
      const items = next(cell === undefined ? [] : (JSON.parse(Buffer.from(cell.value).toString()) as readonly T[]))
      const value = Buffer.from(JSON.stringify(items))
      if (name === peersCell && (items.length > peersAtMost || value.length > maxCellBytes)) {
        throw new FederationError('too-many-peers', `a node has at most ${peersAtMost} peers: remove one first`)
      }
      // Somebody else may have changed the list between reading and writing; then it is changed as it is now.
      if (await this.#cells.compareAndSet(name, cell?.version ?? 0, value)) return
    }
  }

  #declined(): readonly string[] {
    const cell = this.#cells.get(declinedCell)
    return cell === undefined ? [] : JSON.parse(Buffer.from(cell.value).toString())
  }
}
