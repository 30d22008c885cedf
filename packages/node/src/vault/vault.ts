import { randomBytes, sha256Hex } from '@comity/crypto'
import { readSbom } from '@comity/exposure'
import { isPartyUrn } from '@comity/statement'
import { runAllInTurn, StoreError, type Truth, type View } from '@comity/store'
import { gunzipSync, gzip } from 'node:zlib'
import { promisify } from 'node:util'
import { NodeError } from '../node-error.ts'
import type { Database } from '../register/database.ts'
import type { VaultEvent } from './event.ts'
import { VaultFold, inventoryBytes } from './fold.ts'
import type { AddedInventory, InventoryInfo } from './inventory.ts'
import { Journal, nodeKeyId } from './journal.ts'
import type { VaultDesk } from './desk.ts'
import type { Match, MatchPage, MatchQuery, MatchStanding, UnreadAdvisory } from './match.ts'
import { openVaultReader, openVaultView } from './open-view.ts'
import { inPieces } from './pace.ts'
import { keyIdOf } from './partition.ts'
import { VaultReader } from './reader.ts'
import { type IssuedToken, type TokenGrant, type TokenInfo, hashSecret, mintSecret } from './token.ts'

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

/** Hears how many records and advisories are matched, of how many that waited. */
export type OnProgress = (done: number, total: number) => void

/** Inventories that one party may keep here. */
export const inventoriesPerParty = 256

/** Longest name of an inventory and label of a token, in characters. */
const nameLength = 200

const zip = promisify(gzip)

/**
 * The private side of a node: accounts, and for each hosted party a partition with its inventories and what in them the
 * advisories of the register concern. Inventories are matched where they lie; nothing of them leaves.
 *
 * The stream `vault` and the sealed blobs are the truth, `vault.db` a view of them and of the register.
 */
export class Vault {
  readonly #truth: Truth
  readonly #now: () => number
  readonly #journal: Journal
  readonly #view: View
  readonly #readerView: View
  readonly #fold: VaultFold
  readonly #reader: VaultReader
  /** Ends when the last of the works that were begun has ended: they run one after the other. */
  #lastTurn: Promise<unknown> = Promise.resolve()
  #matching: Promise<void> | undefined
  #woken = false
  #failure: NodeError | undefined
  #closed = false

  private constructor(parts: { options: VaultOptions; journal: Journal; view: View; readerView: View }) {
    const { truth, register, now } = parts.options
    this.#truth = truth
    this.#now = now
    this.#journal = parts.journal
    this.#view = parts.view
    this.#readerView = parts.readerView
    this.#fold = new VaultFold({ view: parts.view, journal: parts.journal, truth, register })
    this.#reader = new VaultReader(parts.readerView, register, this.#fold)
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
      await vault.#reporting(options.onProgress, () => vault.#turn(() => vault.#fold.catchUp()))
      vault.wake()
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
    const id = hex(randomBytes(8))
    const secret = mintSecret()
    const hash = hex(hashSecret(secret) ?? new Uint8Array())
    return this.#writing(async () => {
      const at = this.#now()
      const { keyId, opening } = party === null ? { keyId: nodeKeyId, opening: [] } : await this.#host(party, at)
      const event: VaultEvent = { type: 'token', id, hash, party, admin, label, at }
      await this.#record([...opening, { keyId, event }])
      return { id, party, admin, label, issuedAt: at, secret }
    })
  }

  /** What the bearer of a secret may do; undefined for one that is unknown, revoked, or no secret at all. */
  verifyToken(secret: string): TokenInfo | undefined {
    const found = this.#fold.tokens.find(secret)
    return found === undefined ? undefined : infoOf(found)
  }

  /** From the moment it resolves the token is refused, for good. Errors: `unknown-token`. */
  async revokeToken(id: string): Promise<TokenInfo> {
    return this.#writing(async () => {
      const known = this.#fold.tokens.get(id)
      if (known === undefined) throw new NodeError('unknown-token', 'there is no token of this identifier in force')
      const at = this.#now()
      const keyId = known.party === null ? nodeKeyId : (await this.#host(known.party, at)).keyId
      await this.#record([{ keyId, event: { type: 'token-revoked', id, at } }])
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
    return this.#writing(async () => {
      const partition = this.#fold.partitions.of(party)
      if (partition === undefined) return false
      const blobs = this.#reader.blobsOf(partition)
      const event: VaultEvent = { type: 'erased', partition: partition.id, blobs, at: this.#now() }
      await this.#record([{ keyId: nodeKeyId, event }])
      return true
    })
  }

  /**
   * Keeps an inventory (CycloneDX JSON). One of the same name is replaced by it, with the history of its matches kept.
   * Its matches are there when this resolves.
   *
   * Errors: ExposureError, with its own codes and a pointer, for a document that is no SBOM; `inventory-too-large`;
   * `bad-name`; `too-many-inventories`. In each case nothing is written.
   */
  async addInventory(party: string, name: string, sbom: Uint8Array): Promise<AddedInventory> {
    checkParty(party)
    checkText('the name of an inventory', name, 1)
    if (sbom.length > inventoryBytes) {
      throw new NodeError('inventory-too-large', `an inventory has at most ${inventoryBytes} bytes (64 MiB)`)
    }
    const digest = `sha256:${sha256Hex(sbom)}`
    const read = await readSbom(inPieces(sbom), { bytes: inventoryBytes })
    const packed = await zip(sbom)
    const { problems, counts, total } = read
    return this.#writing(async () => {
      const at = this.#now()
      const known = this.listInventories(party)
      const before = known.find((each) => each.name === name)
      if (before?.digest === digest) return { ...before, problems, counts, total, duplicate: true }
      if (before === undefined && known.length >= inventoriesPerParty) {
        throw new NodeError(
          'too-many-inventories',
          `a party keeps at most ${inventoriesPerParty} inventories: remove one first`,
        )
      }
      const { keyId, opening } = await this.#host(party, at)
      const blob = await this.#truth.blobs.putSealed(keyId, packed)
      const id = before?.id ?? hex(randomBytes(16))
      const event: VaultEvent = { type: 'inventory', id, name, blob, digest, bytes: sbom.length, at }
      this.#fold.expect(blob, read)
      await this.#record([...opening, { keyId, event }])
      const { components, withoutPurl } = { components: read.components.length, withoutPurl: read.withoutPurl }
      const revision = (before?.revision ?? 0) + 1
      return {
        id,
        name,
        components,
        withoutPurl,
        bytes: sbom.length,
        digest,
        revision,
        addedAt: at,
        problems,
        counts,
        total,
        duplicate: false,
      }
    })
  }

  /** In the order in which they first came. */
  listInventories(party: string): readonly InventoryInfo[] {
    const partition = this.#fold.partitions.of(party)
    return partition === undefined ? [] : this.#reader.inventories(partition)
  }

  /** The document as it was added last. Errors: `unknown-inventory`. */
  readInventory(party: string, id: string): Uint8Array {
    const partition = this.#fold.partitions.of(party)
    const blob = partition === undefined ? undefined : this.#reader.blobsOf(partition, id).at(-1)
    if (partition === undefined || blob === undefined) throw unknownInventory()
    return gunzipSync(this.#truth.blobs.getSealed(partition.keyId, blob), { maxOutputLength: inventoryBytes })
  }

  /** Removes an inventory with its matches and every revision of it. Errors: `unknown-inventory`. */
  async removeInventory(party: string, id: string): Promise<void> {
    return this.#writing(async () => {
      const partition = this.#fold.partitions.of(party)
      const blobs = partition === undefined ? [] : this.#reader.blobsOf(partition, id)
      if (partition === undefined || blobs.length === 0) throw unknownInventory()
      const event: VaultEvent = { type: 'inventory-removed', id, blobs, at: this.#now() }
      await this.#record([{ keyId: partition.keyId, event }])
    })
  }

  /** The matches of a party, what changed last first. Errors: `bad-cursor`, `unknown-inventory`. */
  matches(party: string, query: MatchQuery = {}): MatchPage {
    const partition = this.#fold.partitions.of(party)
    return partition === undefined ? { matches: [] } : this.#reader.matches(partition, query)
  }

  /** One match with everything it was before, latest first. Errors: `unknown-match`. */
  match(party: string, id: string): Match & { readonly history: readonly MatchStanding[] } {
    return this.#reader.match(this.#fold.partitions.of(party), id)
  }

  /** Advisories that cannot be matched, wholly or in part; the same for every party. */
  unreadAdvisories(): readonly UnreadAdvisory[] {
    return this.#reader.unreadAdvisories()
  }

  /** For what keeps its own in this vault: the inbox. */
  get desk(): VaultDesk {
    return {
      view: this.#readerView,
      journal: this.#journal,
      partitions: this.#fold.partitions,
      blobs: this.#truth.blobs,
      keyring: this.#truth.keyring,
      write: (work) =>
        this.#writing(() =>
          work({
            host: (party, at) => this.#host(party, at),
            record: (events) => this.#record(events),
          }),
        ),
    }
  }

  /** Tells the vault that the register has grown, or that a document has come. Returns at once; matching runs in slices beside everything else. */
  wake(): void {
    if (this.#closed) return
    this.#woken = true
    this.#matching ??= this.#match()
  }

  /** Resolves when everything that the register and the vault hold now is matched; rejects with {@link failure}. */
  async settled(onProgress?: OnProgress): Promise<void> {
    await this.#reporting(onProgress, async () => {
      this.wake()
      await this.#matching
    })
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Why matching stands still, if it does. It is tried again at the next {@link wake}. */
  get failure(): NodeError | undefined {
    return this.#failure
  }

  /** Ends the work under way. What is not matched yet will be after the next start. */
  async close(): Promise<void> {
    this.#closed = true
    const views = [this.#readerView, this.#view]
    await runAllInTurn([() => this.#matching, () => this.#lastTurn, ...views.map((view) => () => view.close())])
  }

  async #reporting(onProgress: OnProgress | undefined, work: () => Promise<void>): Promise<void> {
    if (onProgress !== undefined) {
      const total = this.#fold.waiting
      let done = 0
      // What comes meanwhile is done on top.
      this.#fold.onReduced = (count) => onProgress(Math.min(total, (done += count)), total)
    }
    try {
      await work()
    } finally {
      if (onProgress !== undefined) this.#fold.onReduced = undefined
    }
  }

  async #match(): Promise<void> {
    // The batch that woke us is being answered in this turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    try {
      while (this.#woken) {
        this.#woken = false
        while (!this.#closed && (await this.#turn(() => this.#matchSome())));
      }
      this.#failure = undefined
    } catch (cause) {
      this.#failure = asFailure(cause)
    } finally {
      this.#matching = undefined
    }
  }

  async #matchSome(): Promise<boolean> {
    await this.#fold.catchUp()
    if (await this.#fold.advance()) return true
    const event = this.#fold.mirrored(this.#now())
    if (event === undefined) return false
    await this.#record([{ keyId: nodeKeyId, event }])
    return true
  }

  /** The key under which a party's events are written, and the event that opens its partition if it has none. */
  async #host(party: string, at: number): Promise<{ keyId: string; opening: { keyId: string; event: VaultEvent }[] }> {
    const partition = this.#fold.partitions.of(party)
    if (partition !== undefined) return { keyId: partition.keyId, opening: [] }
    const keyId = keyIdOf(hex(randomBytes(16)))
    await this.#truth.keyring.createKey(keyId)
    const lookup = Buffer.from(randomBytes(32)).toString('base64url')
    return { keyId, opening: [{ keyId, event: { type: 'partition', party, lookup, at } }] }
  }

  /** Makes events durable, then takes them up from the journal as a start after a crash would. */
  async #record(events: readonly { readonly keyId: string; readonly event: VaultEvent }[]): Promise<void> {
    await this.#journal.append(this.#fold.cursor, events)
    await this.#fold.catchUp()
  }

  /** A turn that writes, on a view that is up to date. */
  #writing<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new NodeError('closed', 'the vault is closed'))
    return this.#turn(async () => {
      try {
        await this.#fold.catchUp()
        return await work()
      } catch (error) {
        throw error instanceof StoreError ? asFailure(error) : error
      }
    })
  }

  #turn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work)
    this.#lastTurn = turn.catch(() => undefined)
    return turn
  }
}

function checkParty(party: string): void {
  if (!isPartyUrn(party))
    throw new NodeError('bad-name', 'a party is named urn:comity:party: and 64 hexadecimal digits')
}

/** Names are the party's own business: an error says what is wrong with one without repeating it. */
function checkText(what: string, text: string, least: number): void {
  if (text.length >= least && text.length <= nameLength && text.isWellFormed() && !/\p{Cc}/u.test(text)) return
  throw new NodeError('bad-name', `${what} has ${least} to ${nameLength} characters, none of them a control character`)
}

function unknownInventory(): NodeError {
  return new NodeError('unknown-inventory', 'the vault of this party has no such inventory')
}

/** Its message is seen by others than the party: what was being done stays in `cause`. */
function asFailure(cause: unknown): NodeError {
  if (cause instanceof NodeError) return cause
  return new NodeError('storage-failed', 'the vault could not be read or written: mend that, then try again', { cause })
}

function infoOf({ id, party, admin, label, issuedAt }: TokenInfo): TokenInfo {
  return { id, party, admin, label, issuedAt }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
