import { type Sbom, readSbom } from '@comity/exposure'
import { InboxFold } from '../federation/inbox/record/inbox-fold.ts'
import type { Blobs, Truth, View } from '@comity/store'
import { gunzip } from 'node:zlib'
import { promisify } from 'node:util'
import { NodeError } from '../node-error.ts'
import type { Database } from '../register/database.ts'
import { indexOf, rangeOf } from '../register/position.ts'
import { type RegisteredAdvisory, advisoriesBetween } from './advisories.ts'
import { ComponentTable } from './component-table.ts'
import type {
  AdvisoriesTaken,
  InventoryAdded,
  InventoryRemoved,
  PartitionErased,
  PartitionOpened,
  TokenIssued,
  VaultEvent,
} from './event.ts'
import { foldAdvisory } from './fold-advisory.ts'
import { type Slices, foldInventory, removeInventory } from './fold-inventory.ts'
import { type Journal, nodeKeyId } from './journal.ts'
import { MirroredAdvisories } from './mirrored.ts'
import { Pace, inPieces } from './pace.ts'
import { Partition, PartitionBook, Sealer, keyIdOf, partitionIdOf } from './partition.ts'
import { TokenBook, type TokenInfo } from './token.ts'

/** Largest document of an inventory, in octets. It is encrypted in one go. */
export const inventoryBytes = 64 * 1024 * 1024

/** What the sealed column of a partition's row holds. */
type PartitionRecord = Pick<PartitionOpened, 'party' | 'lookup'>

/** What the sealed column of a token's row holds. */
export type TokenRecord = Omit<TokenInfo, 'id' | 'revokedAt'>

interface Progress {
  /** Advisories of the own log that took effect before it are reduced. */
  cursor: number
  /** The last of them, hex. */
  statement: string
  tick: number
}

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
  readonly partitions = new PartitionBook()
  /** Tokens in force. */
  readonly tokens = new TokenBook()
  readonly #view: View
  readonly #journal: Journal
  readonly #truth: FoldParts['truth']
  readonly #register: Database
  readonly #pace = new Pace()
  readonly #slices: Slices
  readonly #components: ComponentTable
  readonly #inbox: InboxFold
  readonly #mirrored: MirroredAdvisories
  /** Hears of each record, and how many advisories, that were reduced. */
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
    this.#inbox = new InboxFold({ database: parts.view, truth: parts.truth, partitions: this.partitions })
    const { view, register, truth } = parts
    this.#mirrored = new MirroredAdvisories({ view, register, blobs: truth.blobs })
    this.#load()
  }

  /** Advisories that took effect before this position are reduced. */
  get cursor(): number {
    return this.#progress().cursor
  }

  /** Records of the journal, and advisories of the own log, that wait to be reduced. */
  get waiting(): number {
    const row = this.#register
      .prepare('SELECT count(*) AS n FROM advisory WHERE effective >= ? AND effective < ?')
      .get(this.cursor, rangeOf(0).to)
    return this.#journal.size - this.#view.meta.size + Number(row?.['n'] ?? 0)
  }

  expect(blob: string, sbom: Sbom): void {
    this.#fresh = { blob, sbom }
  }

  /** Reduces what the journal holds beyond the view: after an append, and after a crash. */
  async catchUp(): Promise<void> {
    const from = this.#view.meta.size
    if (from === this.#journal.size) return
    const gone = this.#removedFrom(from)
    for (let seq = from; seq < this.#journal.size; seq++) {
      const { keyId, seen, event, digest } = this.#journal.read(seq)
      while (await this.advance(advisoriesAtOnce, seen));
      const later: (() => void)[] = []
      await this.#transaction(async () => {
        const progress = this.#progress()
        progress.tick += 1
        if (event?.type === 'inventory' && gone.has(event.id)) await this.#components.remove(seq)
        else if (event?.type === 'advisories') await this.#takeMirrored(event, progress)
        else if (event !== undefined) await this.#apply({ seq, keyId, event, tick: progress.tick, later })
        this.#setProgress(progress)
        this.#view.setProgress(seq + 1, digest)
      })
      for (const remember of later) remember()
      this.onReduced?.(1)
    }
    this.#fresh = undefined
  }

  /** What of mirrored logs is to be taken next, to be recorded; undefined when there is nothing. */
  mirrored(at: number): AdvisoriesTaken | undefined {
    return this.#mirrored.next(at)
  }

  /** Reduces up to `limit` advisories of the own log that took effect before `to`. Returns whether there may be more. */
  async advance(limit: number = advisoriesAtOnce, to: number = rangeOf(0).to): Promise<boolean> {
    const advisories = advisoriesBetween(this.#register, this.cursor, to, limit)
    if (advisories.length === 0) return false
    await this.#transaction(async () => {
      const progress = this.#progress()
      for (const advisory of advisories) {
        progress.cursor = advisory.effective + 1
        progress.statement = advisory.statement
        await this.#takeAdvisory(advisory, progress, this.#truth.blobs)
      }
      this.#setProgress(progress)
    })
    this.onReduced?.(advisories.length)
    return advisories.length === limit
  }

  async #takeMirrored(event: AdvisoriesTaken, progress: Progress): Promise<void> {
    const without = new Set(event.without)
    for (const advisory of this.#mirrored.taken(event)) {
      const blobs = without.has(indexOf(advisory.effective)) ? undefined : this.#truth.blobs
      await this.#takeAdvisory(advisory, progress, blobs)
    }
    this.#mirrored.note(event)
  }

  async #takeAdvisory(advisory: RegisteredAdvisory, progress: Progress, blobs: Blobs | undefined): Promise<void> {
    progress.tick += 1
    await foldAdvisory(advisory, {
      database: this.#view,
      blobs,
      partitions: this.partitions.all(),
      pace: this.#pace,
      tick: progress.tick,
    })
    if (this.#pace.spend(10)) await this.#pace.rest()
  }

  /** The sealer of what is a party's own or, without one, the node's. */
  sealer(partition: Partition | undefined): Sealer {
    return partition ?? new Sealer(this.#truth.keyring, nodeKeyId)
  }

  #load(): void {
    for (const row of this.#view.prepare('SELECT partition, id, sealed FROM partition ORDER BY partition').all()) {
      const id = String(row['id'])
      // A crash may have come between the end of a key and that of its rows; the journal holds the rest.
      if (!this.#truth.keyring.has(keyIdOf(id))) continue
      const number = Number(row['partition'])
      const record = new Sealer(this.#truth.keyring, keyIdOf(id)).open<PartitionRecord>(
        placeOfPartition(number),
        row['sealed'],
      )
      this.partitions.add(new Partition(this.#truth.keyring, { number, id, ...record }))
    }
    const tokens = this.#view.prepare(
      'SELECT token.id AS id, hash, token.sealed AS sealed, token.partition AS owner, partition.id AS partition FROM token LEFT JOIN partition USING (partition) WHERE revoked_at IS NULL ORDER BY token',
    )
    for (const row of tokens.all()) {
      const partition = row['owner'] === null ? undefined : this.partitions.byId(String(row['partition']))
      if (row['owner'] !== null && partition === undefined) continue
      const id = String(row['id'])
      const record = this.sealer(partition).open<TokenRecord>(placeOfToken(id), row['sealed'])
      // Safe: the column is a BLOB of 32 bytes.
      this.tokens.add({ id, ...record, hash: row['hash'] as Uint8Array })
    }
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
        return this.#openPartition(event, record)
      case 'token':
        return this.#issueToken(event, record)
      case 'token-revoked':
        this.#view.prepare('UPDATE token SET revoked_at = ? WHERE id = ?').run(event.at, event.id)
        record.later.push(() => this.tokens.remove(event.id))
        return
      case 'inventory':
        return this.#foldInventory(event, record)
      case 'inventory-removed':
        return this.#removeInventory(event)
      case 'erased':
        return this.#erase(event, record.seq)
      default:
        return this.#inbox.apply(event, record)
    }
  }

  #openPartition({ party, lookup }: PartitionOpened, { seq, keyId, later }: RecordPlace): void {
    const id = partitionIdOf(keyId) ?? ''
    const sealed = new Sealer(this.#truth.keyring, keyId).seal(placeOfPartition(seq), {
      party,
      lookup,
    } satisfies PartitionRecord)
    this.#view.prepare('INSERT INTO partition (partition, id, sealed) VALUES (?, ?, ?)').run(seq, id, sealed)
    const partition = new Partition(this.#truth.keyring, { number: seq, id, party, lookup })
    later.push(() => this.partitions.add(partition))
  }

  #issueToken(event: TokenIssued, { seq, keyId, later }: RecordPlace): void {
    const { id, party, admin, label, at } = event
    const record: TokenRecord = { party, admin, label, issuedAt: at }
    const partition = this.#partitionOf(keyId)
    const hash = Buffer.from(event.hash, 'hex')
    this.#view
      .prepare('INSERT INTO token (token, partition, id, hash, sealed) VALUES (?, ?, ?, ?, ?)')
      .run(seq, partition?.number ?? null, id, hash, this.sealer(partition).seal(placeOfToken(id), record))
    later.push(() => this.tokens.add({ id, ...record, hash }))
  }

  async #foldInventory(event: InventoryAdded, { seq, keyId, tick }: RecordPlace): Promise<void> {
    const partition = this.#partitionOf(keyId)
    if (partition === undefined) return
    const sbom = this.#fresh?.blob === event.blob ? this.#fresh.sbom : await this.#readInventory(event, partition)
    await foldInventory(event, sbom, { ...this.#slices, partition, number: seq, tick })
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
    const party = this.partitions.byId(id)?.party
    this.partitions.remove(id)
    if (party !== undefined) this.tokens.removeOf(party)
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
    this.#view.prepare('DELETE FROM token WHERE partition = ?').run(partition)
    this.#view.prepare('DELETE FROM partition WHERE partition = ?').run(partition)
  }

  #partitionOf(keyId: string): Partition | undefined {
    const id = partitionIdOf(keyId)
    return id === undefined ? undefined : this.partitions.byId(id)
  }

  #progress(): Progress {
    const row = this.#view.prepare('SELECT cursor, statement, tick FROM progress').get()
    if (row === undefined) throw new NodeError('storage-failed', 'vault.db has lost its progress: rebuild it')
    return { cursor: Number(row['cursor']), statement: String(row['statement']), tick: Number(row['tick']) }
  }

  #setProgress({ cursor, statement, tick }: Progress): void {
    this.#view.prepare('UPDATE progress SET cursor = ?, statement = ?, tick = ?').run(cursor, statement, tick)
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

interface RecordPlace {
  readonly seq: number
  readonly keyId: string
  readonly event: Exclude<VaultEvent, AdvisoriesTaken>
  readonly tick: number
  /** What to remember once the transaction is committed. */
  readonly later: (() => void)[]
}

/** Advisories reduced in one transaction; requests of clients come in between. */
const advisoriesAtOnce = 32

/** What the sealed column of a partition's row is bound to. */
export function placeOfPartition(partition: number): string {
  return `partition ${partition}`
}

/** What the sealed column of a token's row is bound to. */
export function placeOfToken(id: string): string {
  return `token ${id}`
}
