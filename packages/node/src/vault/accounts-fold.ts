import type { Keyring, View } from '@comity/store'
import type { PartitionOpened, TokenIssued, TokenRevoked } from './event.ts'
import { nodeKeyId } from './journal.ts'
import { Partition, PartitionBook, Sealer, keyIdOf, partitionIdOf } from './partition.ts'
import { TokenBook, type TokenInfo } from './token.ts'

/** What the sealed column of a partition's row holds. */
type PartitionRecord = Pick<PartitionOpened, 'party' | 'lookup'>

/** What the sealed column of a token's row holds. */
export type TokenRecord = Omit<TokenInfo, 'id' | 'revokedAt'>

/** Where a record of an account stands. */
export interface AccountPlace {
  readonly seq: number
  readonly keyId: string
  /** What to remember once the transaction is committed. */
  readonly later: (() => void)[]
}

/** Who is hosted and who may come in: rows, and what of them is kept in memory. */
export class AccountsFold {
  readonly partitions = new PartitionBook()
  /** Tokens in force. */
  readonly tokens = new TokenBook()
  readonly #view: View
  readonly #keyring: Keyring

  constructor(view: View, keyring: Keyring) {
    this.#view = view
    this.#keyring = keyring
    this.#load()
  }

  /** The sealer of what is a party's own or, without one, the node's. */
  sealer(partition: Partition | undefined): Sealer {
    return partition ?? new Sealer(this.#keyring, nodeKeyId)
  }

  partitionOf(keyId: string): Partition | undefined {
    const id = partitionIdOf(keyId)
    return id === undefined ? undefined : this.partitions.byId(id)
  }

  openPartition({ party, lookup }: PartitionOpened, { seq, keyId, later }: AccountPlace): void {
    const id = partitionIdOf(keyId) ?? ''
    const sealed = new Sealer(this.#keyring, keyId).seal(placeOfPartition(seq), {
      party,
      lookup,
    } satisfies PartitionRecord)
    this.#view.prepare('INSERT INTO partition (partition, id, sealed) VALUES (?, ?, ?)').run(seq, id, sealed)
    const partition = new Partition(this.#keyring, { number: seq, id, party, lookup })
    later.push(() => this.partitions.add(partition))
  }

  issueToken(event: TokenIssued, { seq, keyId, later }: AccountPlace): void {
    const { id, party, admin, label, at } = event
    const record: TokenRecord = { party, admin, label, issuedAt: at }
    const partition = this.partitionOf(keyId)
    const hash = Buffer.from(event.hash, 'hex')
    this.#view
      .prepare('INSERT INTO token (token, partition, id, hash, sealed) VALUES (?, ?, ?, ?, ?)')
      .run(seq, partition?.number ?? null, id, hash, this.sealer(partition).seal(placeOfToken(id), record))
    later.push(() => this.tokens.add({ id, ...record, hash }))
  }

  revokeToken({ id, at }: TokenRevoked, { later }: AccountPlace): void {
    this.#view.prepare('UPDATE token SET revoked_at = ? WHERE id = ?').run(at, id)
    later.push(() => this.tokens.remove(id))
  }

  /** A party is hosted no longer: nobody comes in for it from now on. */
  forget(id: string): void {
    const party = this.partitions.byId(id)?.party
    this.partitions.remove(id)
    if (party !== undefined) this.tokens.removeOf(party)
  }

  #load(): void {
    for (const row of this.#view.prepare('SELECT partition, id, sealed FROM partition ORDER BY partition').all()) {
      const id = String(row['id'])
      // A crash may have come between the end of a key and that of its rows; the journal holds the rest.
      if (!this.#keyring.has(keyIdOf(id))) continue
      const number = Number(row['partition'])
      const sealer = new Sealer(this.#keyring, keyIdOf(id))
      const record = sealer.open<PartitionRecord>(placeOfPartition(number), row['sealed'])
      this.partitions.add(new Partition(this.#keyring, { number, id, ...record }))
    }
    const tokens = this.#view.prepare(
      `SELECT token.id AS id, hash, token.sealed AS sealed, token.partition AS owner, partition.id AS partition
       FROM token LEFT JOIN partition USING (partition) WHERE revoked_at IS NULL ORDER BY token`,
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
}

/** What the sealed column of a partition's row is bound to. */
export function placeOfPartition(partition: number): string {
  return `partition ${partition}`
}

/** What the sealed column of a token's row is bound to. */
export function placeOfToken(id: string): string {
  return `token ${id}`
}
