import { Readable } from 'node:stream'
import { BlobFolder } from './blob-folder.ts'
import type { FileSystem } from './file-system.ts'
import { layout } from './folder.ts'
import { StoreError } from './store-error.ts'
import type { BlobEntry, BlobPart, Blobs, BlobSource, Keyring } from './truth.ts'

/** Public blobs and sealed ones in folders of their own. */
export class FileBlobs implements Blobs {
  readonly #public: BlobFolder
  readonly #sealed: BlobFolder
  readonly #keyring: Keyring
  readonly #removeMarker: () => void
  #closed = false

  private constructor(publicBlobs: BlobFolder, sealedBlobs: BlobFolder, keyring: Keyring, removeMarker: () => void) {
    this.#public = publicBlobs
    this.#sealed = sealedBlobs
    this.#keyring = keyring
    this.#removeMarker = removeMarker
  }

  /**
   * A process that dies between a rename and its directory sync leaves names that a later power cut
   * takes back. So all directories are synced when the process before did not close: it left its
   * marker. The marker itself need not be durable: after a power cut nothing is undecided.
   */
  static async open(fileSystem: FileSystem, directory: string, keyring: Keyring): Promise<FileBlobs> {
    const marker = `${directory}/${layout.running}`
    const syncShards = fileSystem.stat(marker) !== undefined
    const publicBlobs = await BlobFolder.open(fileSystem, directory, layout.blobs, syncShards)
    const sealedBlobs = await BlobFolder.open(fileSystem, directory, layout.sealed, syncShards)
    if (!syncShards) fileSystem.open(marker, 'create').close()
    return new FileBlobs(publicBlobs, sealedBlobs, keyring, () => {
      if (fileSystem.stat(marker) !== undefined) fileSystem.unlink(marker)
    })
  }

  async put(source: BlobSource, expectedDigest?: string, limits: { readonly maxBytes?: number } = {}): Promise<string> {
    return this.#in(this.#public).put(source, expectedDigest, limits.maxBytes)
  }

  get(digest: string): Uint8Array {
    return this.#in(this.#public).get(digest)
  }

  has(digest: string): boolean {
    return this.#in(this.#public).size(digest) !== undefined
  }

  size(digest: string): number | undefined {
    return this.#in(this.#public).size(digest)
  }

  stream(digest: string, part?: BlobPart): Readable {
    const folder = this.#in(this.#public)
    return Readable.from(part === undefined ? folder.pieces(digest) : folder.part(digest, part), { objectMode: false })
  }

  async delete(digest: string): Promise<boolean> {
    return this.#in(this.#public).delete(digest)
  }

  list(): Iterable<BlobEntry> {
    return this.#in(this.#public).list()
  }

  async putSealed(keyId: string, content: Uint8Array): Promise<string> {
    return this.#in(this.#sealed).put(this.#keyring.encrypt(keyId, content, sealedData))
  }

  getSealed(keyId: string, digest: string): Uint8Array {
    return this.#keyring.decrypt(keyId, this.#in(this.#sealed).get(digest), sealedData)
  }

  async putCiphertext(content: Uint8Array, expectedDigest?: string): Promise<string> {
    return this.#in(this.#sealed).putWhole(content, expectedDigest)
  }

  getCiphertext(digest: string, room?: Uint8Array): Uint8Array {
    return this.#in(this.#sealed).read(digest, room)
  }

  hasSealed(digest: string): boolean {
    return this.#in(this.#sealed).size(digest) !== undefined
  }

  async deleteSealed(digest: string): Promise<boolean> {
    return this.#in(this.#sealed).delete(digest)
  }

  listSealed(): Iterable<BlobEntry> {
    return this.#in(this.#sealed).list()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.all([this.#public.idle(), this.#sealed.idle()])
    if (this.#public.isSettled && this.#sealed.isSettled) this.#removeMarker()
  }

  #in(folder: BlobFolder): BlobFolder {
    if (this.#closed) throw new StoreError('closed', 'the blobs are closed')
    return folder
  }
}

/** Keeps a sealed blob from being passed off as another kind of ciphertext under the same key. */
const sealedData = Buffer.from('comity sealed blob')
