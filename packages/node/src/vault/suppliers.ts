import { randomBytes } from '@comity/crypto'
import type { View } from '@comity/store'
import { NodeError } from '../node-error.ts'
import { type Belief, beliefsPerParty, checkSupplier, patternsOf } from './belief.ts'
import { BeliefTable } from './belief-table.ts'
import type { PartitionBook } from './partition.ts'
import { checkParty } from './vault-names.ts'
import type { VaultWriter } from './writer.ts'

export interface SupplierParts {
  /** Committed rows. */
  readonly view: View
  readonly partitions: PartitionBook
  readonly writer: VaultWriter
  readonly now: () => number
}

/** Whom each hosted party believes as supplier. The list is the party's own, sealed with everything else of it. */
export class Suppliers {
  readonly #table: BeliefTable
  readonly #partitions: PartitionBook
  readonly #writer: VaultWriter
  readonly #now: () => number

  constructor({ view, partitions, writer, now }: SupplierParts) {
    this.#table = new BeliefTable(view)
    this.#partitions = partitions
    this.#writer = writer
    this.#now = now
  }

  /** In the order in which they were first believed. */
  list(party: string): readonly Belief[] {
    const partition = this.#partitions.of(party)
    return partition === undefined ? [] : this.#table.of(partition)
  }

  /**
   * Believes a supplier from now on, in place of what was believed of it: of these packages, or where none is named of
   * everything. The matches that it speaks of are settled when this resolves.
   *
   * Errors: `bad-name` for what is no supplier, or no package; `too-many-suppliers`.
   */
  async believe(party: string, supplier: string, packages: readonly string[]): Promise<Belief> {
    checkParty(party)
    checkSupplier(supplier)
    const patterns = patternsOf(packages)
    return this.#writer.write(async (pen) => {
      const at = this.#now()
      const known = this.list(party)
      const before = known.find((each) => each.supplier === supplier)
      if (before !== undefined && JSON.stringify(before.packages) === JSON.stringify(patterns)) return before
      if (before === undefined && known.length >= beliefsPerParty) {
        throw new NodeError(
          'too-many-suppliers',
          `a party believes at most ${beliefsPerParty} suppliers here: drop one first`,
        )
      }
      const { keyId, opening } = await pen.host(party, at)
      const id = before?.id ?? Buffer.from(randomBytes(16)).toString('hex')
      const event = { type: 'supplier', id, supplier, packages: patterns, at } as const
      await pen.record([...opening, { keyId, event }])
      return { id, supplier, packages: patterns, since: at }
    })
  }

  /** Believes it no longer; matches are settled when this resolves. Errors: `unknown-supplier`. */
  async drop(party: string, id: string): Promise<void> {
    return this.#writer.write(async (pen) => {
      const partition = this.#partitions.of(party)
      const found = this.list(party).find((each) => each.id === id)
      if (partition === undefined || found === undefined) {
        throw new NodeError('unknown-supplier', 'this party believes no such supplier')
      }
      const event = { type: 'supplier-dropped', supplier: found.supplier, at: this.#now() } as const
      await pen.record([{ keyId: partition.keyId, event }])
    })
  }
}
