import { type Sbom, readSbom } from '@comity/exposure'
import { InboxFold } from '../federation/inbox/record/inbox-fold.ts'
import { TellingFold } from '../telling/record/telling-fold.ts'
import type { Truth, View } from '@comity/store'
import { type AccountPlace, AccountsFold } from './accounts-fold.ts'
import { gunzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { Database } from '../register/database.ts'
import { rangeOf } from '../register/position.ts'
import { ComponentTable } from './component-table.ts'
import type {
  AdvisoriesTaken,
  DocumentsFollowed,
  InventoryAdded,
  InventoryRemoved,
  PartitionErased,
  SupplierBelieved,
  SupplierDropped,
  VaultEvent,
} from './event.ts'
import { BeliefTable } from './belief-table.ts'
import { foldBelief } from './fold-belief.ts'
import { type Slices, foldInventory, removeInventory } from './fold-inventory.ts'
import type { Journal } from './journal.ts'
import { MirroredAdvisories } from './mirrored.ts'
import { Pace, inPieces } from './pace.ts'
import { type Partition, keyIdOf } from './partition.ts'
import { readProgress, writeProgress } from './progress.ts'
import { countBetween, wordsBetween } from './register-word.ts'
import { WordsFold } from './words-fold.ts'

/** Largest document of an inventory, in octets. It is encrypted in one go. */
export const inventoryBytes = 64 * 1024 * 1024

export interface FoldParts {
  readonly view: View
  readonly journal: Journal
  readonly truth: Pick<Truth, 'blobs' | 'keyring'>
  /** The register's committed rows. */
  readonly register: Database
}

const unzip = promisify(gunzip)

/**
 * The vault's view as it is written: records of the journal and advisories of the register, in one order. Each record
 * names the position up to which advisories had been reduced when it was written, so that every replay meets them in
 * the order in which they were met live and comes to the same rows.
 *
 * One writer: the vault calls these methods one after the other. Each record and each slice of advisories is one
 * transaction, of which readers, on a connection of their own, see nothing before its end. Only what can be as large as
 * somebody's inventory is written and removed over several, in such a way that it may be begun anew.
 */
export class VaultFold {
  readonly accounts: AccountsFold
  readonly #view: View
  readonly #journal: Journal
  readonly #truth: FoldParts['truth']
  readonly #register: Database
  readonly #pace = new Pace()
  readonly #slices: Slices
  readonly #components: ComponentTable
  readonly #inbox: InboxFold
  readonly #telling: TellingFold
  readonly #mirrored: MirroredAdvisories
  readonly #words: WordsFold
  /** Hears of each record, and how many advisories and answers, that were reduced. */
  onReduced: ((count: number) => void) | undefined
  /** The document just added, so that it is not read twice. */
  #fresh: { readonly blob: string; readonly sbom: Sbom } | undefined

  constructor(parts: FoldParts) {
    this.#view = parts.view
    this.#journal = parts.journal
    this.#truth = parts.truth
    this.#register = parts.register
    const endSlice = (): Promise<void> => this.#endSlice()
    this.#slices = { database: this.#view, pace: this.#pace, endSlice }
    this.#components = new ComponentTable(this.#view, endSlice)
    this.accounts = new AccountsFold(parts.view, parts.truth.keyring)
    const { partitions } = this.accounts
    this.#inbox = new InboxFold({ database: parts.view, truth: parts.truth, partitions })
    this.#telling = new TellingFold({ database: parts.view, partitions })
    const { view, register } = parts
    const { blobs } = parts.truth
    this.#mirrored = new MirroredAdvisories({ view, register, blobs })
    this.#words = new WordsFold({ view, blobs, partitions, mirrored: this.#mirrored, pace: this.#pace })
  }

  /** What the own log said before this position is reduced. */
  get cursor(): number {
    return readProgress(this.#view).cursor
  }

  /** Records of the journal, and advisories and answers of the own log, that wait to be reduced. */
  get waiting(): number {
    return this.#journal.size - this.#view.meta.size + countBetween(this.#register, this.cursor, rangeOf(0).to)
  }

  expect(blob: string, sbom: Sbom): void {
    this.#fresh = { blob, sbom }
  }

  /** Reduces what the journal holds beyond the view: after an append, and after a crash. Returns whether there was any. */
  async catchUp(): Promise<boolean> {
    const from = this.#view.meta.size
    if (from === this.#journal.size) return false
    const gone = this.#removedFrom(from)
    for (let seq = from; seq < this.#journal.size; seq++) {
      const { keyId, seen, event, digest } = this.#journal.read(seq)
      while ((await this.advance(advisoriesAtOnce, seen)) === advisoriesAtOnce);
      const later: (() => void)[] = []
      await this.#transaction(async () => {
        const progress = readProgress(this.#view)
        progress.tick += 1
        if (event?.type === 'inventory' && gone.has(event.id)) await this.#components.remove(seq)
        else if (event?.type === 'advisories') await this.#words.takeMirrored(event, progress)
        else if (event?.type === 'followed') await this.#words.takeFollowed(event, progress)
        else if (event !== undefined) await this.#apply({ seq, keyId, event, tick: progress.tick, later })
        writeProgress(this.#view, progress)
        this.#view.setProgress(seq + 1, digest)
      })
      for (const remember of later) remember()
      this.onReduced?.(1)
    }
    this.#fresh = undefined
    return true
  }

  /** What of mirrored logs is to be taken next, to be recorded; undefined when there is nothing. */
  mirrored(at: number): AdvisoriesTaken | undefined {
    return this.#mirrored.next(at)
  }

  /** Reduces up to `limit` advisories and answers of the own log that took effect before `to`. Returns how many there were. */
  async advance(limit: number = advisoriesAtOnce, to: number = rangeOf(0).to): Promise<number> {
    const words = wordsBetween(this.#register, this.cursor, to, limit)
    if (words.length === 0) return 0
    await this.#transaction(async () => {
      const progress = readProgress(this.#view)
      for (const word of words) {
        progress.cursor = word.effective + 1
        progress.statement = word.statement
        await this.#words.take(word, progress)
      }
      writeProgress(this.#view, progress)
    })
    this.onReduced?.(words.length)
    return words.length
  }

  /** Inventories that a record from `from` on removes: what came before it needs no reducing, and its blobs are gone. */
  #removedFrom(from: number): ReadonlySet<string> {
    const gone = new Set<string>()
    for (let seq = from; seq < this.#journal.size; seq++) {
      const { event } = this.#journal.read(seq)
      if (event?.type === 'inventory-removed') gone.add(event.id)
    }
    return gone
  }

  async #apply(record: RecordPlace): Promise<void> {
    const { event } = record
    switch (event.type) {
      case 'partition':
        return this.accounts.openPartition(event, record)
      case 'token':
        return this.accounts.issueToken(event, record)
      case 'token-revoked':
        return this.accounts.revokeToken(event, record)
      case 'inventory':
        return this.#foldInventory(event, record)
      case 'inventory-removed':
        return this.#removeInventory(event)
      case 'supplier':
      case 'supplier-dropped':
        return this.#foldBelief(event, record)
      case 'erased':
        return this.#erase(event, record.seq)
      case 'subscription':
      case 'subscription-removed':
      case 'telling':
      case 'alerts-passed':
      case 'told':
        return this.#telling.apply(event, record)
      default:
        return this.#inbox.apply(event, record)
    }
  }

  async #foldInventory(event: InventoryAdded, { seq, keyId, tick }: RecordPlace): Promise<void> {
    const partition = this.accounts.partitionOf(keyId)
    if (partition === undefined) return
    const sbom = this.#fresh?.blob === event.blob ? this.#fresh.sbom : await this.#readInventory(event, partition)
    await foldInventory(event, sbom, { ...this.#slices, partition, number: seq, tick })
  }

  async #foldBelief(event: SupplierBelieved | SupplierDropped, { seq, keyId, tick }: RecordPlace): Promise<void> {
    const partition = this.accounts.partitionOf(keyId)
    if (partition === undefined) return
    await foldBelief(event, { database: this.#view, pace: this.#pace, partition, number: seq, tick })
  }

  async #readInventory({ blob }: InventoryAdded, partition: Partition): Promise<Sbom> {
    const packed = this.#truth.blobs.getSealed(partition.keyId, blob)
    return readSbom(inPieces(await unzip(packed, { maxOutputLength: inventoryBytes })), { bytes: inventoryBytes })
  }

  async #removeInventory({ id, blobs }: InventoryRemoved): Promise<void> {
    for (const blob of blobs) await this.#truth.blobs.deleteSealed(blob)
    const row = this.#view.prepare('SELECT inventory FROM inventory WHERE id = ?').get(id)
    if (row !== undefined) await removeInventory(Number(row['inventory']), this.#slices)
  }

  /** The key first: if anything after it fails, what is left is unreadable, and the next catch-up removes it. */
  async #erase({ partition: id, blobs, at }: PartitionErased, seq: number): Promise<void> {
    this.accounts.forget(id)
    const row = this.#view.prepare('SELECT partition FROM partition WHERE id = ?').get(id)
    const number = Number(row?.['partition'] ?? -1)
    // Which keys are its correspondences' stands under its own: that one goes last.
    const sealed = await this.#inbox.erasure.endKeysOf(number)
    await this.#truth.keyring.destroy(keyIdOf(id))
    for (const blob of blobs) await this.#truth.blobs.deleteSealed(blob)
    await this.#inbox.erasure.removePartition(number, sealed)
    if (row !== undefined) await this.#removePartition(number)
    this.#view.prepare('INSERT INTO erased (number, partition, at) VALUES (?, ?, ?)').run(seq, id, at)
  }

  async #removePartition(partition: number): Promise<void> {
    for (const row of this.#view.prepare('SELECT inventory FROM inventory WHERE partition = ?').all(partition)) {
      await removeInventory(Number(row['inventory']), this.#slices)
    }
    await this.#components.removeOf(partition)
    new BeliefTable(this.#view).removeOf(partition)
    this.#telling.removePartition(partition)
    this.#view.prepare('DELETE FROM token WHERE partition = ?').run(partition)
    this.#view.prepare('DELETE FROM partition WHERE partition = ?').run(partition)
  }

  async #endSlice(): Promise<void> {
    this.#view.database.exec('COMMIT')
    this.#view.database.exec('BEGIN IMMEDIATE')
    await this.#pace.rest()
  }

  /** Open across turns of the event loop, which is safe for there is one writer and its connection is its own. */
  async #transaction(work: () => Promise<void>): Promise<void> {
    const { database } = this.#view
    database.exec('BEGIN IMMEDIATE')
    try {
      await work()
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
}

interface RecordPlace extends AccountPlace {
  readonly event: Exclude<VaultEvent, AdvisoriesTaken | DocumentsFollowed>
  readonly tick: number
}

/** Advisories and answers reduced in one transaction; requests of clients come in between. */
const advisoriesAtOnce = 32
