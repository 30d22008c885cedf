import type { View } from '@comity/store'
import type { ComityNode } from '../node.ts'
import type { Examined } from './examine.ts'
import { Examiner } from './examiner.ts'
import { KeyBook } from './key-book.ts'
import { Trees } from './trees.ts'
import { newAdvisories, type NewAdvisory, openCsafView } from './view.ts'

export interface CsafProviderOptions {
  readonly node: Pick<ComityNode, 'truth' | 'reader' | 'documents' | 'origin' | 'now'>
  /** Where the view lies: `views/csaf.db` of the data folder. */
  readonly view: string
  /** Hears why the work stands still, if it does; it is tried again at the next batch. */
  readonly onError?: (error: Error) => void
}

/** Advisories taken from the register at once. */
const takenAtOnce = 64

/** The largest document that is looked at, in bytes: 64 MiB. The largest public ones have some tens of megabytes. */
const largest = 64 * 1024 * 1024

/**
 * Looks through the advisories of this log for CSAF documents, checks them and signs those that are valid, each once and
 * beside everything else. Admission and judgement know nothing of it: a document that is not valid stands in the log as
 * any other, and is not listed.
 */
export class CsafProvider {
  readonly keys: KeyBook
  readonly trees: Trees
  readonly #node: CsafProviderOptions['node']
  readonly #onError: CsafProviderOptions['onError']
  readonly #view: View
  readonly #examiner = new Examiner()
  #working: Promise<void> | undefined
  #woken = false
  #closed = false
  #failure: Error | undefined

  private constructor({ node, onError }: CsafProviderOptions, view: View) {
    const { truth, origin, now } = node
    this.#node = node
    this.#onError = onError
    this.#view = view
    this.trees = new Trees(view, node.reader)
    this.keys = new KeyBook({ cells: truth.cells, keyring: truth.keyring, origin, now })
  }

  /** Opens the view and goes on where it stands. The node stays the caller's, who wakes this after each batch. */
  static open(options: CsafProviderOptions): CsafProvider {
    const provider = new CsafProvider(options, openCsafView(options.view, options.node.reader))
    provider.wake()
    return provider
  }

  /** Tells that the log has grown. Returns at once. */
  wake(): void {
    if (this.#closed) return
    this.#woken = true
    this.#working ??= this.#work()
  }

  /** Resolves when every advisory that the log has now is looked at; rejects with {@link failure}. */
  async settled(): Promise<void> {
    this.wake()
    await this.#working
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Why the work stands still, if it does. It is tried again at the next {@link wake}. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Ends the work under way; what is not looked at yet will be after the next start. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#examiner.close()
    await this.#working
    this.#view.close()
  }

  async #work(): Promise<void> {
    // The batch that woke us is being answered in this turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    try {
      while (this.#woken && !this.#closed) {
        this.#woken = false
        while (!this.#closed && (await this.#takeSome()));
      }
      this.#failure = undefined
    } catch (cause) {
      if (this.#closed) return
      this.#failure = cause instanceof Error ? cause : new Error(String(cause))
      this.#onError?.(this.#failure)
    } finally {
      this.#working = undefined
    }
  }

  /** Whether there may be more. */
  async #takeSome(): Promise<boolean> {
    const advisories = newAdvisories(this.#node.reader, this.#view.meta.size, takenAtOnce)
    for (const advisory of advisories) {
      if (this.#closed) return false
      const known = this.#view.prepare('SELECT 1 FROM document WHERE digest = ?').get(advisory.digest) !== undefined
      const examined = known ? undefined : await this.#examined(advisory.digest)
      this.#keep(advisory, examined)
    }
    return advisories.length === takenAtOnce
  }

  async #examined(digest: string): Promise<Examined> {
    const { documents, now } = this.#node
    const size = documents.status(digest) === 'present' ? documents.sizeOf(digest) : undefined
    // What is withheld or lost is not served, whatever it was.
    if (size === undefined) return { kind: 'other' }
    if (size > largest) {
      const message = `it has ${size} bytes, and ${largest} are looked at`
      return { kind: 'refused', faults: [{ test: 'limits', pointer: '', message }] }
    }
    const bytes = documents.read(digest)
    if (!mayBeCsaf(bytes)) return { kind: 'other' }
    const { secretKey } = await this.keys.current()
    return this.#examiner.examine({ bytes, signWith: { secretKey, at: now() } })
  }

  #keep(advisory: NewAdvisory, examined: Examined | undefined): void {
    const { effective, id, party, sub, digest, at, withdrawn } = advisory
    this.#view.transaction(() => {
      if (examined !== undefined) {
        const { facts, faults, sha512, signature } = { ...noColumns, ...columnsOf(examined) }
        this.#view
          .prepare('INSERT INTO document (digest, kind, faults, facts, sha512, signature) VALUES (?, ?, ?, ?, ?, ?)')
          .run(digest, examined.kind, faults, facts, sha512, signature)
      }
      this.#view
        .prepare('INSERT INTO advisory (effective, party, sub, digest, at, withdrawn) VALUES (?, ?, ?, ?, ?, ?)')
        .run(effective, party, sub, digest, at, withdrawn ? 1 : 0)
      this.#view.setProgress(effective + 1, id)
    })
  }
}

const noColumns = { facts: null, faults: null, sha512: null, signature: null }

function columnsOf(examined: Examined): Partial<Readonly<Record<keyof typeof noColumns, string>>> {
  if (examined.kind === 'other') return {}
  if (examined.kind === 'refused') return { faults: JSON.stringify(examined.faults) }
  const { facts, sha512, signature } = examined
  return { facts: JSON.stringify(facts), sha512, signature }
}

/** Spares the thread, and the validator in it, for the many documents that are OSV records. */
function mayBeCsaf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('csaf_version')
}
