import { randomBytes } from '@comity/crypto'
import { runAllInTurn, type Truth, type View } from '@comity/store'
import { NodeError } from '../node-error.ts'
import type { Database } from '../register/database.ts'
import { type AlertPage, AlertTable } from './alert-table.ts'
import type { VaultDesk } from './desk.ts'
import { DocumentTable, type UnreadDocument } from './document-table.ts'
import type { VaultEvent } from './event.ts'
import { VaultFold } from './fold.ts'
import type { FollowedChange, FollowedDoor } from './followed-document.ts'
import { Following } from './following.ts'
import { Inventories } from './inventories.ts'
import type { AddedInventory, InventoryInfo } from './inventory.ts'
import { Journal, nodeKeyId } from './journal.ts'
import { MatchReader } from './match-reader.ts'
import type { Match, MatchPage, MatchQuery, MatchStanding } from './match.ts'
import { openVaultReader, openVaultView } from './open-view.ts'
import { VaultReader } from './reader.ts'
import { Suppliers } from './suppliers.ts'
import { type IssuedToken, type TokenGrant, type TokenInfo, hashSecret, mintSecret } from './token.ts'
import { checkParty, checkText } from './vault-names.ts'
import { asFailure, type OnProgress, VaultWriter } from './writer.ts'

export interface VaultOptions {
  readonly truth: Truth
  /** Where the view lies: `views/vault.db` of the data folder. */
  readonly view: string
  /** The register, committed rows only. */
  readonly register: Database
  /** Whole seconds since the epoch. */
  readonly now: () => number
  /** Hears how far the view has come while it is opened. */
  readonly onProgress?: OnProgress
}

/**
 * The private side of a node: accounts, and for each hosted party a partition with its inventories and what in them the
 * advisories of the register, and the documents that the node follows, concern. Inventories are matched where they lie;
 * nothing of them leaves.
 *
 * The stream `vault` and the blobs are the truth, `vault.db` a view of them and of the register.
 */
export class Vault implements FollowedDoor {
  readonly #now: () => number
  readonly #views: readonly View[]
  readonly #readerView: View
  readonly #fold: VaultFold
  readonly #reader: VaultReader
  readonly #matches: MatchReader
  readonly #writer: VaultWriter
  readonly #inventories: Inventories
  readonly #following: Following
  /** Whom each party believes as supplier. */
  readonly suppliers: Suppliers
  /** For what keeps its own here, such as the inbox. */
  readonly desk: VaultDesk

  private constructor(parts: { options: VaultOptions; journal: Journal; view: View; readerView: View }) {
    const { truth, register, now } = parts.options
    const { journal, view, readerView } = parts
    this.#now = now
    this.#views = [readerView, view]
    this.#readerView = readerView
    this.#fold = new VaultFold({ view, journal, truth, register })
    this.#reader = new VaultReader(readerView, this.#fold.accounts)
    this.#matches = new MatchReader(readerView, register)
    const writer = (this.#writer = new VaultWriter({ truth, journal, fold: this.#fold, now }))
    this.#inventories = new Inventories({ truth, now, fold: this.#fold, reader: this.#reader, writer })
    this.#following = new Following({ blobs: truth.blobs, view: readerView, writer, now })
    const { blobs, keyring } = truth
    const { partitions } = this.#fold.accounts
    this.suppliers = new Suppliers({ view: readerView, partitions, writer, now })
    this.desk = { view: readerView, journal, partitions, blobs, keyring, write: (work) => writer.write(work) }
  }

  /**
   * Opens the vault of a data folder. Its view is brought up to the journal before this resolves, from nothing if need
   * be; the advisories after that are matched in the background.
   *
   * Errors: `storage-failed` when the journal and the keyring do not belong together.
   */
  static async open(options: VaultOptions): Promise<Vault> {
    const { truth, register } = options
    if (!truth.keyring.has(nodeKeyId)) await truth.keyring.createKey(nodeKeyId)
    const journal = new Journal(await truth.stream('vault'), truth.keyring)
    const view = openVaultView(options.view, journal, register)
    let readerView: View | undefined
    try {
      readerView = openVaultReader(options.view, register)
      const vault = new Vault({ options, journal, view, readerView })
      await vault.#writer.begin(options.onProgress)
      return vault
    } catch (error) {
      readerView?.close()
      view.close()
      throw asFailure(error)
    }
  }

  /** Makes a token. Errors: `bad-name` for a label over 200 characters or a party that is no party URN. */
  async issueToken({ party, admin, label }: TokenGrant): Promise<IssuedToken> {
    if (party !== null) checkParty(party)
    checkText('a label', label, 0)
    const id = Buffer.from(randomBytes(8)).toString('hex')
    const secret = mintSecret()
    const hash = Buffer.from(hashSecret(secret) ?? new Uint8Array()).toString('hex')
    return this.#writer.write(async (pen) => {
      const at = this.#now()
      const { keyId, opening } = party === null ? { keyId: nodeKeyId, opening: [] } : await pen.host(party, at)
      const event: VaultEvent = { type: 'token', id, hash, party, admin, label, at }
      await pen.record([...opening, { keyId, event }])
      return { id, party, admin, label, issuedAt: at, secret }
    })
  }

  /** What the bearer of a secret may do; undefined for one that is unknown, revoked, or no secret at all. */
  verifyToken(secret: string): TokenInfo | undefined {
    const found = this.#fold.accounts.tokens.find(secret)
    return found === undefined ? undefined : infoOf(found)
  }

  /** From the moment it resolves the token is refused, for good. Errors: `unknown-token`. */
  async revokeToken(id: string): Promise<TokenInfo> {
    return this.#writer.write(async (pen) => {
      const known = this.#fold.accounts.tokens.get(id)
      if (known === undefined) throw new NodeError('unknown-token', 'there is no token of this identifier in force')
      const at = this.#now()
      const keyId = known.party === null ? nodeKeyId : (await pen.host(known.party, at)).keyId
      await pen.record([{ keyId, event: { type: 'token-revoked', id, at } }])
      return { ...infoOf(known), revokedAt: at }
    })
  }

  /** All tokens, revoked ones too, in the order in which they were issued. */
  listTokens(): readonly TokenInfo[] {
    return this.#reader.tokens()
  }

  /**
   * Erases everything about a party: its key is destroyed, and with it whatever copy of its data there is. Returns
   * whether there was anything. The party may come again, as one that was never here.
   */
  async erase(party: string): Promise<boolean> {
    return this.#writer.write(async (pen) => {
      const partition = this.#fold.accounts.partitions.of(party)
      if (partition === undefined) return false
      const blobs = this.#reader.blobsOf(partition)
      const event: VaultEvent = { type: 'erased', partition: partition.id, blobs, at: this.#now() }
      await pen.record([{ keyId: nodeKeyId, event }])
      return true
    })
  }

  /**
   * Keeps an inventory (CycloneDX or SPDX, as JSON). One of the same name is replaced by it, with the history of its
   * matches kept. Its matches are there when this resolves.
   *
   * Errors: ExposureError, with its own codes and a pointer, for a document that is no SBOM; `inventory-too-large`;
   * `bad-name`; `too-many-inventories`. In each case nothing is written.
   */
  addInventory(party: string, name: string, sbom: Uint8Array): Promise<AddedInventory> {
    return this.#inventories.add(party, name, sbom)
  }

  /** In the order in which they first came. */
  listInventories(party: string): readonly InventoryInfo[] {
    return this.#inventories.list(party)
  }

  /** The document as it was added last. Errors: `unknown-inventory`. */
  readInventory(party: string, id: string): Uint8Array {
    return this.#inventories.read(party, id)
  }

  /** Removes an inventory with its matches and every revision of it. Errors: `unknown-inventory`. */
  removeInventory(party: string, id: string): Promise<void> {
    return this.#inventories.remove(party, id)
  }

  /** The matches of a party, what changed last first. Errors: `bad-cursor`, `unknown-inventory`. */
  matches(party: string, query: MatchQuery = {}): MatchPage {
    const partition = this.#fold.accounts.partitions.of(party)
    return partition === undefined ? { matches: [] } : this.#matches.latest(partition, query)
  }

  /** The same, what is to be looked at first at the head. It reads all matches of the party, in slices. */
  async matchesByPriority(party: string, query: MatchQuery = {}): Promise<MatchPage> {
    const partition = this.#fold.accounts.partitions.of(party)
    return partition === undefined ? { matches: [] } : this.#matches.byPriority(partition, query)
  }

  /** One match with everything it was before, latest first. Errors: `unknown-match`. */
  match(party: string, id: string): Match & { readonly history: readonly MatchStanding[] } {
    return this.#matches.match(this.#fold.accounts.partitions.of(party), id)
  }

  /**
   * The alerts of a party after a cursor, oldest first, at most `limit` of them; from the first on where the cursor is
   * empty. Cursors stay good over restarts and rebuilds, but not over a new way of matching: keep beside what was told.
   * Errors: `bad-cursor`.
   */
  alertsAfter(party: string, cursor: string, limit = 100): AlertPage {
    const partition = this.#fold.accounts.partitions.of(party)
    if (partition === undefined) return { alerts: [], next: cursor }
    return new AlertTable(this.#readerView).after(partition, cursor, limit)
  }

  /** Documents that cannot be matched, wholly or in part; the same for every party. */
  unreadAdvisories(): readonly UnreadDocument[] {
    return new DocumentTable(this.#readerView).unread()
  }

  follow(change: FollowedChange): Promise<void> {
    return this.#following.follow(change)
  }

  followedDocuments(origin: string): ReadonlyMap<string, string> {
    return this.#following.followedDocuments(origin)
  }

  followedOrigins(): readonly string[] {
    return this.#following.followedOrigins()
  }

  /** Calls `listener` when rows were committed, whatever they say. Returns what ends that. */
  onChange(listener: () => void): () => void {
    return this.#writer.onChange(listener)
  }

  /** Tells the vault that the register has grown, or that a document has come. Returns at once; matching runs in slices beside everything else. */
  wake(): void {
    this.#writer.wake()
  }

  /** Resolves when everything that the register and the vault hold now is matched; rejects with {@link failure}. */
  async settled(onProgress?: OnProgress): Promise<void> {
    await this.#writer.settled(onProgress)
  }

  /** Why matching stands still, if it does. It is tried again at the next {@link wake}. */
  get failure(): NodeError | undefined {
    return this.#writer.failure
  }

  /** Ends the work under way. What is not matched yet will be after the next start. */
  async close(): Promise<void> {
    this.#writer.stop()
    await runAllInTurn([() => this.#writer.ended(), ...this.#views.map((view) => () => view.close())])
  }
}

function infoOf({ id, party, admin, label, issuedAt }: TokenInfo): TokenInfo {
  return { id, party, admin, label, issuedAt }
}
