import type { Blobs, Keyring, View } from '@comity/store'
import type { VaultEvent } from './event.ts'
import type { Journal } from './journal.ts'
import type { PartitionBook } from './partition.ts'

/** An event and the key that it is written under. */
export interface KeyedEvent {
  readonly keyId: string
  readonly event: VaultEvent
}

/** What may be done in a writing turn of the vault. */
export interface VaultPen {
  /** The key of a party's events, and the event that opens its partition if it has none: to be recorded before others. */
  host(party: string, at: number): Promise<{ readonly keyId: string; readonly opening: readonly KeyedEvent[] }>
  /** Makes events durable, all or none, and reduces them. */
  record(events: readonly KeyedEvent[]): Promise<void>
}

/** The vault as its neighbours in the node see it. */
export interface VaultDesk {
  /** Committed rows. */
  readonly view: View
  readonly journal: Journal
  readonly partitions: PartitionBook
  readonly blobs: Blobs
  readonly keyring: Keyring
  /** Runs `work` in a writing turn, on a view that is up to date. Rejects with `closed` and `storage-failed`. */
  write<T>(work: (pen: VaultPen) => Promise<T>): Promise<T>
}
