import type { Blobs } from '@comity/store'
import { NodeError } from '../../../node-error.ts'
import { Upload } from './upload.ts'

/** Uploads of one party at a time. */
const perParty = 16

/** An upload that nothing came for is forgotten after so many seconds: a day. */
const patience = 86_400

/** The files that hosted parties are sending to this node, by identifier. */
export class Uploads {
  readonly #blobs: Blobs
  readonly #now: () => number
  readonly #uploads = new Map<string, Upload>()

  constructor(blobs: Blobs, now: () => number) {
    this.#blobs = blobs
    this.#now = now
  }

  /** Throws `attachment-too-large`, `too-many-requests`. */
  begin(party: string, size: number): Upload {
    this.#forget()
    const own = [...this.#uploads.values()].filter((upload) => upload.party === party)
    if (own.length >= perParty) {
      throw new NodeError('too-many-requests', `${perParty} files are being sent already: end one of them first`)
    }
    const upload = new Upload(this.#blobs, { party, size, at: this.#now() })
    this.#uploads.set(upload.id, upload)
    return upload
  }

  /** Throws `unknown-attachment`. */
  find(party: string, id: string): Upload {
    const upload = this.#uploads.get(id)
    if (upload?.party === party) return upload
    throw new NodeError(
      'unknown-attachment',
      'no such file is being sent: uploads begin anew when the node was restarted, or after a day of silence',
    )
  }

  end(id: string): void {
    this.#uploads.delete(id)
  }

  /** Digests of all chunks that belong to files being sent. */
  *stored(): Generator<string> {
    for (const upload of this.#uploads.values()) yield* upload.stored()
  }

  #forget(): void {
    for (const { id, touchedAt } of this.#uploads.values()) {
      if (this.#now() - touchedAt > patience) this.#uploads.delete(id)
    }
  }
}
