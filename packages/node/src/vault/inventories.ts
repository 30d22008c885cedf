import { randomBytes, sha256Hex } from '@comity/crypto'
import { readSbom } from '@comity/exposure'
import type { Truth } from '@comity/store'
import { promisify } from 'node:util'
import { gunzipSync, gzip } from 'node:zlib'
import { NodeError } from '../node-error.ts'
import type { VaultEvent } from './event.ts'
import { type VaultFold, inventoryBytes } from './fold.ts'
import type { AddedInventory, InventoryInfo } from './inventory.ts'
import { inPieces } from './pace.ts'
import type { VaultReader } from './reader.ts'
import { checkParty, checkText } from './vault-names.ts'
import type { VaultWriter } from './writer.ts'

/** Inventories that one party may keep here. */
export const inventoriesPerParty = 256

const zip = promisify(gzip)

export interface InventoryParts {
  readonly truth: Truth
  readonly now: () => number
  readonly fold: VaultFold
  readonly reader: VaultReader
  readonly writer: VaultWriter
}

/** The inventories of hosted parties, each document as a sealed blob. The vault says what each of these does. */
export class Inventories {
  readonly #truth: Truth
  readonly #now: () => number
  readonly #fold: VaultFold
  readonly #reader: VaultReader
  readonly #writer: VaultWriter

  constructor({ truth, now, fold, reader, writer }: InventoryParts) {
    this.#truth = truth
    this.#now = now
    this.#fold = fold
    this.#reader = reader
    this.#writer = writer
  }

  async add(party: string, name: string, sbom: Uint8Array): Promise<AddedInventory> {
    checkParty(party)
    checkText('the name of an inventory', name, 1)
    if (sbom.length > inventoryBytes) {
      throw new NodeError('inventory-too-large', `an inventory has at most ${inventoryBytes} bytes (64 MiB)`)
    }
    const digest = `sha256:${sha256Hex(sbom)}`
    const read = await readSbom(inPieces(sbom), { bytes: inventoryBytes })
    const packed = await zip(sbom)
    const { problems, counts, total } = read
    return this.#writer.write(async (pen) => {
      const at = this.#now()
      const known = this.list(party)
      const before = known.find((each) => each.name === name)
      if (before?.digest === digest) return { ...before, problems, counts, total, duplicate: true }
      if (before === undefined && known.length >= inventoriesPerParty) {
        throw new NodeError(
          'too-many-inventories',
          `a party keeps at most ${inventoriesPerParty} inventories: remove one first`,
        )
      }
      const { keyId, opening } = await pen.host(party, at)
      const blob = await this.#truth.blobs.putSealed(keyId, packed)
      const id = before?.id ?? Buffer.from(randomBytes(16)).toString('hex')
      const event: VaultEvent = { type: 'inventory', id, name, blob, digest, bytes: sbom.length, at }
      this.#fold.expect(blob, read)
      await pen.record([...opening, { keyId, event }])
      const { components, withoutPurl } = { components: read.components.length, withoutPurl: read.withoutPurl }
      const revision = (before?.revision ?? 0) + 1
      const bytes = sbom.length
      const info = { id, name, components, withoutPurl, bytes, digest, revision, addedAt: at }
      return { ...info, problems, counts, total, duplicate: false }
    })
  }

  list(party: string): readonly InventoryInfo[] {
    const partition = this.#fold.accounts.partitions.of(party)
    return partition === undefined ? [] : this.#reader.inventories(partition)
  }

  read(party: string, id: string): Uint8Array {
    const partition = this.#fold.accounts.partitions.of(party)
    const blob = partition === undefined ? undefined : this.#reader.blobsOf(partition, id).at(-1)
    if (partition === undefined || blob === undefined) throw unknownInventory()
    return gunzipSync(this.#truth.blobs.getSealed(partition.keyId, blob), { maxOutputLength: inventoryBytes })
  }

  async remove(party: string, id: string): Promise<void> {
    return this.#writer.write(async (pen) => {
      const partition = this.#fold.accounts.partitions.of(party)
      const blobs = partition === undefined ? [] : this.#reader.blobsOf(partition, id)
      if (partition === undefined || blobs.length === 0) throw unknownInventory()
      const event: VaultEvent = { type: 'inventory-removed', id, blobs, at: this.#now() }
      await pen.record([{ keyId: partition.keyId, event }])
    })
  }
}

function unknownInventory(): NodeError {
  return new NodeError('unknown-inventory', 'the vault of this party has no such inventory')
}
