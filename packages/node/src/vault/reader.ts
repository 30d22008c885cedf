import { type AdvisoryPayload, parseAdvisoryUrn, parseProductUrn } from '@comity/statement'
import type { View } from '@comity/store'
import { NodeError } from '../node-error.ts'
import type { Database } from '../register/database.ts'
import { logOf, rangeOf } from '../register/position.ts'
import { isThing, thingKey } from '../register/thing.ts'
import type { TokenRecord, VaultFold } from './fold.ts'
import { placeOfToken } from './fold.ts'
import { type InventoryRecord, placeOfInventory } from './fold-inventory.ts'
import type { InventoryInfo } from './inventory.ts'
import type { Acknowledged, Match, MatchPage, MatchQuery, MatchStanding, UnreadAdvisory } from './match.ts'
import { type KeptMatch, MatchTable, hexOf, keptOf } from './match-table.ts'
import type { Partition } from './partition.ts'
import type { TokenInfo } from './token.ts'

type AdvisoryNames = Match['advisory']['names']

/** Matches on a page where the query does not say, and at most. */
const usualLimit = 100
const greatestLimit = 1000

/** Rows that one page decrypts at the most, some twenty milliseconds; a page may then be shorter than its limit. */
const rowsLooked = 2000

/** A cursor names the match after which the next page begins. */
const cursorPattern = /^(\d{1,15})-([0-9a-f]{32})$/
const matchPattern = /^[0-9a-f]{32}$/

/** The vault as it is read: committed rows, opened with the key of the party that asks, joined with the register. */
export class VaultReader {
  readonly #view: View
  readonly #register: Database
  readonly #fold: VaultFold

  constructor(view: View, register: Database, fold: VaultFold) {
    this.#view = view
    this.#register = register
    this.#fold = fold
  }

  tokens(): TokenInfo[] {
    const rows = this.#view
      .prepare(
        `SELECT token.id AS id, token.sealed AS sealed, revoked_at, token.partition AS owner, partition.id AS partition
         FROM token LEFT JOIN partition USING (partition) ORDER BY token`,
      )
      .all()
    return rows.flatMap((row) => {
      const partition = row['owner'] === null ? undefined : this.#fold.partitions.byId(String(row['partition']))
      if (row['owner'] !== null && partition === undefined) return []
      const id = String(row['id'])
      const record = this.#fold.sealer(partition).open<TokenRecord>(placeOfToken(id), row['sealed'])
      return [{ id, ...record, ...(row['revoked_at'] !== null && { revokedAt: Number(row['revoked_at']) }) }]
    })
  }

  inventories(partition: Partition): InventoryInfo[] {
    return this.#view
      .prepare('SELECT inventory, id, sealed FROM inventory WHERE partition = ? ORDER BY inventory')
      .all(partition.number)
      .map((row) => inventoryOf(partition, row))
  }

  /** The sealed blobs of an inventory, oldest revision first; none where the party has no such inventory. */
  blobsOf(partition: Partition, inventoryId?: string): string[] {
    return this.#view
      .prepare(
        `SELECT blob FROM inventory_blob JOIN inventory USING (inventory)
         WHERE partition = ? AND (? IS NULL OR id = ?) ORDER BY inventory, number`,
      )
      .all(partition.number, inventoryId ?? null, inventoryId ?? null)
      .map((row) => String(row['blob']))
  }

  matches(partition: Partition, query: MatchQuery): MatchPage {
    const limit = Math.min(Math.max(1, query.limit ?? usualLimit), greatestLimit)
    // Only a state takes looking into what is sealed to be found.
    const looked = query.state === undefined ? limit : rowsLooked
    const rows = this.#rows(partition, query, looked + 1)
    const found: KeptMatch[] = []
    let next: string | undefined
    for (const row of rows.slice(0, looked)) {
      const kept = keptOf(partition, row)
      if (query.state === undefined || kept.record.standing.state === query.state) found.push(kept)
      next = `${kept.changed}-${hexOf(kept.match)}`
      if (found.length === limit) break
    }
    const isLast = rows.length <= looked && next === cursorOf(rows.at(-1))
    const completed = this.#completing(partition)
    return { matches: found.map(completed), ...(next !== undefined && !isLast && { next }) }
  }

  match(partition: Partition | undefined, id: string): Match & { readonly history: readonly MatchStanding[] } {
    const table = new MatchTable(this.#view)
    const bytes = Buffer.from(matchPattern.test(id) ? id : '', 'hex')
    const kept = partition === undefined ? undefined : table.get(partition, bytes)
    if (partition === undefined || kept === undefined)
      throw new NodeError('unknown-match', 'the vault of this party has no such match')
    return { ...this.#completing(partition)(kept), history: table.before(partition, bytes) }
  }

  unreadAdvisories(): UnreadAdvisory[] {
    return this.#view
      .prepare(
        `SELECT sub, statement, code, problems, advisory AS place FROM advisory WHERE code IS NOT NULL OR problems > 0
         UNION ALL SELECT sub, statement, 'document-missing', 0, effective FROM waiting ORDER BY place`,
      )
      .all()
      .map(unreadOf)
  }

  /** The newest rows that a query is about, after its cursor. */
  #rows(partition: Partition, { inventory, advisory, after }: MatchQuery, count: number) {
    const cursor = after === undefined ? undefined : cursorPattern.exec(after)
    if (cursor === null)
      throw new NodeError('bad-cursor', 'the cursor is none that this node gave: start from the first page')
    const conditions = ['partition = :partition']
    const values: Record<string, number | Uint8Array> = { partition: partition.number, count }
    if (cursor !== undefined) {
      conditions.push('(changed, match) < (:changed, :match)')
      values['changed'] = Number(cursor[1])
      values['match'] = Buffer.from(cursor[2] ?? '', 'hex')
    }
    if (inventory !== undefined) {
      conditions.push('inventory = :inventory')
      const row = this.#view
        .prepare('SELECT inventory FROM inventory WHERE id = ? AND partition = ?')
        .get(inventory, partition.number)
      if (row === undefined) throw new NodeError('unknown-inventory', 'the vault of this party has no such inventory')
      values['inventory'] = Number(row['inventory'])
    }
    if (advisory !== undefined) {
      conditions.push('advisory = :advisory')
      values['advisory'] = partition.tag('advisory', advisory)
    }
    return this.#view
      .prepare(
        `SELECT match, inventory, changed, sealed FROM match WHERE ${conditions.join(' AND ')}
         ORDER BY changed DESC, match DESC LIMIT :count`,
      )
      .all(values)
  }

  /** Adds to kept matches what is read from elsewhere, each advisory and inventory once. */
  #completing(partition: Partition): (kept: KeptMatch) => Match {
    const inventories = new Map<number, Match['inventory']>()
    const advisories = new Map<string, Pick<Match, 'advisory' | 'acknowledged'>>()
    return ({ match, inventory, record }) => {
      const held = inventories.get(inventory) ?? this.#inventory(partition, inventory)
      inventories.set(inventory, held)
      const said = advisories.get(record.sub) ?? this.#advisory(partition.party, record.sub)
      advisories.set(record.sub, said)
      return {
        id: hexOf(match),
        inventory: held,
        component: record.component,
        ...record.standing,
        ...said,
        ...(record.alertedAt !== undefined && { alertedAt: record.alertedAt }),
      }
    }
  }

  #inventory(partition: Partition, inventory: number): Match['inventory'] {
    const row = this.#view.prepare('SELECT id, sealed FROM inventory WHERE inventory = ?').get(inventory)
    const { name } = partition.open<InventoryRecord>(placeOfInventory(inventory), row?.['sealed'])
    return { id: String(row?.['id']), name }
  }

  #advisory(party: string, sub: string): Pick<Match, 'advisory' | 'acknowledged'> {
    const kept = this.#view.prepare('SELECT effective, statement, withdrawn FROM advisory WHERE sub = ?').get(sub)
    const row = this.#register
      .prepare('SELECT payload FROM advisory WHERE effective = ?')
      .get(Number(kept?.['effective']))
    const log = logOf(Number(kept?.['effective'] ?? 0))
    const payload: Partial<AdvisoryPayload> = row === undefined ? {} : JSON.parse(String(row['payload']))
    const acknowledged = this.#acknowledged(party, sub)
    const publisher = parseAdvisoryUrn(sub)?.party ?? ''
    return {
      advisory: {
        sub,
        statement: String(kept?.['statement']),
        party: publisher,
        origin: this.#originOf(log),
        names: this.#namesOf(publisher, log),
        products: (payload.products ?? []).map((urn) => ({ urn, name: this.#productName(urn, log) })),
        title: payload.title ?? '',
        ...(payload.severity !== undefined && { severity: payload.severity.vector }),
        ...(payload.remedy !== undefined && { remedy: payload.remedy }),
        withdrawn: kept?.['withdrawn'] === 1,
      },
      ...(acknowledged !== undefined && { acknowledged }),
    }
  }

  #originOf(log: number): string {
    return String(this.#register.prepare('SELECT origin FROM log WHERE log = ?').get(log)?.['origin'] ?? '')
  }

  /** As the log has them in which the advisory stands. */
  #namesOf(party: string, log: number): AdvisoryNames {
    const { from, to } = rangeOf(log)
    const row = this.#register
      .prepare('SELECT names FROM party WHERE urn = ? AND party >= ? AND party < ?')
      .get(party, from, to)
    return row === undefined ? [] : JSON.parse(String(row['names']))
  }

  /** What it is called in its latest statement in that log; its short name where there is none. */
  #productName(urn: string, log: number): string {
    const { from, to } = rangeOf(log)
    const row = this.#register
      .prepare(
        `SELECT name FROM product kind_row WHERE ${isThing} AND effective >= ? AND effective < ? ORDER BY effective DESC LIMIT 1`,
      )
      .get(thingKey(urn), urn, from, to)
    return row === undefined ? (parseProductUrn(urn)?.slug ?? urn) : String(row['name'])
  }

  /** The party's latest acknowledgement of any revision of the advisory. */
  #acknowledged(party: string, sub: string): Acknowledged | undefined {
    const row = this.#register
      .prepare(
        `SELECT acknowledgement.state AS state, acknowledgement.justification AS justification, entry.id AS id, closing.at AS at
         FROM acknowledgement JOIN party ON party.party = acknowledgement.party
         JOIN entry ON entry.position = acknowledgement.position
         JOIN entry closing ON closing.position = acknowledgement.effective
         WHERE acknowledgement.sub = ? AND party.urn = ? ORDER BY closing.at DESC, acknowledgement.effective DESC LIMIT 1`,
      )
      .get(sub, party)
    if (row === undefined) return undefined
    return {
      // Safe: the column holds what the kind's schema admits.
      state: String(row['state']) as Acknowledged['state'],
      ...(row['justification'] !== null && { justification: String(row['justification']) }),
      // Safe: the column is a BLOB of 32 bytes.
      statement: hexOf(row['id'] as Uint8Array),
      at: Number(row['at']),
    }
  }
}

function cursorOf(row: Readonly<Record<string, unknown>> | undefined): string | undefined {
  // Safe: the column is a BLOB of 16 bytes.
  return row === undefined ? undefined : `${Number(row['changed'])}-${hexOf(row['match'] as Uint8Array)}`
}

function inventoryOf(partition: Partition, row: Readonly<Record<string, unknown>>): InventoryInfo {
  const record = partition.open<InventoryRecord>(placeOfInventory(Number(row['inventory'])), row['sealed'])
  return { id: String(row['id']), ...record }
}

function unreadOf(row: Readonly<Record<string, unknown>>): UnreadAdvisory {
  const code = row['code'] === null ? {} : { code: String(row['code']) }
  return { sub: String(row['sub']), statement: String(row['statement']), ...code, problems: Number(row['problems']) }
}
