import type { Blobs, View } from '@comity/store'
import { NodeError } from '../node-error.ts'
import { DocumentTable } from './document-table.ts'
import type { FollowedChange, FollowedDocument, FollowedDoor } from './followed-document.ts'
import { nodeKeyId } from './journal.ts'
import { checkPlace } from './vault-names.ts'
import type { VaultWriter } from './writer.ts'

/** Documents, and names of such as are gone, that are recorded and reduced at once. */
const changesAtOnce = 64

const digestPattern = /^sha256:[0-9a-f]{64}$/

export interface FollowingParts {
  readonly blobs: Blobs
  /** Committed rows. */
  readonly view: View
  readonly writer: VaultWriter
  readonly now: () => number
}

/** The door for documents without a statement. */
export class Following implements FollowedDoor {
  readonly #blobs: Blobs
  readonly #documents: DocumentTable
  readonly #writer: VaultWriter
  readonly #now: () => number

  constructor({ blobs, view, writer, now }: FollowingParts) {
    this.#blobs = blobs
    this.#documents = new DocumentTable(view)
    this.#writer = writer
    this.#now = now
  }

  async follow({ origin, put, removed }: FollowedChange): Promise<void> {
    this.#check(origin, put, removed)
    const known = this.followedDocuments(origin)
    const fresh = [...new Map(put.map((each) => [each.name, each])).values()].filter(
      ({ name, digest }) => known.get(name) !== digest,
    )
    const gone = [...new Set(removed)].filter((name) => known.has(name))
    for (let from = 0; from < fresh.length; from += changesAtOnce) {
      await this.#record(origin, fresh.slice(from, from + changesAtOnce), [])
    }
    for (let from = 0; from < gone.length; from += changesAtOnce) {
      await this.#record(origin, [], gone.slice(from, from + changesAtOnce))
    }
  }

  followedDocuments(origin: string): ReadonlyMap<string, string> {
    return this.#documents.followed(origin)
  }

  followedOrigins(): readonly string[] {
    return this.#documents.origins()
  }

  #check(origin: string, put: readonly FollowedDocument[], removed: readonly string[]): void {
    checkPlace('the address of a source', origin)
    for (const name of removed) checkPlace('the name of a document', name)
    for (const { name, digest } of put) {
      checkPlace('the name of a document', name)
      if (!digestPattern.test(digest)) throw new NodeError('bad-name', 'a digest is sha256: and 64 hexadecimal digits')
      if (this.#blobs.size(digest.slice('sha256:'.length)) !== undefined) continue
      throw new NodeError('missing-document', `the document ${digest} is not among the blobs: put it there first`)
    }
  }

  async #record(origin: string, put: readonly FollowedDocument[], removed: readonly string[]): Promise<void> {
    await this.#writer.write(async (pen) => {
      const event = { type: 'followed', origin, put, removed, at: this.#now() } as const
      await pen.record([{ keyId: nodeKeyId, event }])
    })
  }
}
