import { sha256 } from '@comity/crypto'
import { LogError, parseTlogPolicy } from '@comity/log'
import type { Database } from '../../register/database.ts'
import { rangeOf } from '../../register/position.ts'
import { type EntryTime, PolicyWitnesses, type WitnessTime, timeWindow } from './entry-time.ts'

/** The time leaf that closes a batch of the own log. */
export interface ClosedBatch {
  readonly position: number
  /** Whole seconds since the epoch. */
  readonly at: number
}

/** What an entry's time rests on, and the statement by which its keeper says whose cosignatures count. */
export interface OwnEntryTime extends EntryTime {
  /** Digest of the `trust` statement that named the witnesses; undefined where there is none, and all is claimed. */
  readonly trust?: string
}

/** Times of the entries of the own log under its keeper's own trust policy, as far as the register has come. */
export class EntryTimes {
  readonly #reader: Database
  readonly #keeper: string
  /** The policy that was read last. */
  #known: { readonly digest: string; readonly witnesses: PolicyWitnesses | undefined } | undefined

  constructor(reader: Database, keeper: string) {
    this.#reader = reader
    this.#keeper = keeper
  }

  of(batch: ClosedBatch): OwnEntryTime {
    const trust = this.#trust()
    if (trust?.witnesses === undefined) return { basis: 'claimed' }
    return { ...entryTimeIn(this.#reader, batch, trust.witnesses), trust: trust.digest }
  }

  #trust() {
    const { from, to } = rangeOf(0)
    const row = this.#reader
      .prepare(
        `SELECT trust.digest AS digest, trust.payload AS payload FROM party CROSS JOIN trust USING (party)
         WHERE party.urn = ? AND party.party >= ? AND party.party < ? ORDER BY trust.effective DESC LIMIT 1`,
      )
      .get(this.#keeper, from, to)
    if (row === undefined) return undefined
    const digest = String(row['digest'])
    if (this.#known?.digest === digest) return this.#known
    const payload: { readonly witnesses: string } = JSON.parse(String(row['payload']))
    this.#known = { digest, witnesses: readPolicy(payload.witnesses) }
    return this.#known
  }
}

/** What the time of a batch rests on under a policy: its own leaf and those around it are all that is read. */
export function entryTimeIn(reader: Database, { position, at }: ClosedBatch, witnesses: PolicyWitnesses): EntryTime {
  const { from, to } = rangeOf(0)
  const later = reader
    .prepare(
      'SELECT at, cosigned FROM batch WHERE position > ? AND position < ? AND cosigned IS NOT NULL ORDER BY position',
    )
    .iterate(position, to)
  const earlier = reader
    .prepare(
      'SELECT at, cosigned FROM batch WHERE position <= ? AND position >= ? AND cosigned IS NOT NULL ORDER BY position DESC',
    )
    .iterate(position, from)
  const after = firstOfEach(later, { at, least: position + 1, isReversed: false }, witnesses)
  const before = firstOfEach(earlier, { at, least: 0, isReversed: true }, witnesses)
  return witnesses.entryTime(at, after, before)
}

interface Search {
  readonly at: number
  /** Entries that a checkpoint has to cover. */
  readonly least: number
  /** Within a leaf too, the last one comes first. */
  readonly isReversed: boolean
}

/** The first cosignature of each witness in this order, of those that stand near enough. */
function firstOfEach(
  rows: Iterable<Readonly<Record<string, unknown>>>,
  { at, least, isReversed }: Search,
  witnesses: PolicyWitnesses,
): readonly WitnessTime[] {
  const found = new Map<string, WitnessTime>()
  for (const row of rows) {
    if (Math.abs(Number(row['at']) - at) > timeWindow) break
    // The register wrote it, from a time leaf that was accepted.
    const notes = JSON.parse(String(row['cosigned'])) as readonly string[]
    for (const note of isReversed ? notes.toReversed() : notes) {
      const carried = witnesses.timesOf(note)
      if (carried === undefined || carried.size < least) continue
      for (const time of carried.times) if (!found.has(time.witness)) found.set(time.witness, time)
    }
    if (found.size === witnesses.names.length) break
  }
  return [...found.values()]
}

/** A policy that names keys of a kind which cannot be read bounds nothing. */
function readPolicy(text: string): PolicyWitnesses | undefined {
  if (text === '') return undefined
  try {
    return new PolicyWitnesses(parseTlogPolicy(text, sha256))
  } catch (error) {
    if (error instanceof LogError) return undefined
    throw error
  }
}
