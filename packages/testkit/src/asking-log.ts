import { sha256, treeHasher } from '@comity/crypto'
import {
  type NoteSigner,
  Tree,
  type VerifierKey,
  ed25519Signer,
  formatAddCheckpoint,
  memoryHashStorage,
  noteType,
  signCheckpoint,
  verifierKey,
} from '@comity/log'
import { keyFor } from './actors.ts'

/** A log that asks witnesses for cosignatures. Entry i has the text that `entryOf` gives it. */
export class AskingLog {
  readonly origin: string
  /** The key it signs with, the same for the same origin. */
  readonly key: VerifierKey
  readonly #signer: NoteSigner
  readonly #tree = Tree.open(treeHasher, memoryHashStorage(), 0)

  constructor(origin: string, size = 300, entryOf: (index: number) => string = (index) => `entry ${index}`) {
    const key = keyFor(origin)
    this.origin = origin
    this.key = verifierKey(origin, noteType.ed25519, key.publicKey, sha256)
    this.#signer = ed25519Signer(origin, key, sha256)
    for (let i = 0; i < size; i++) this.#tree.append(treeHasher.leaf(Buffer.from(entryOf(i))))
  }

  root(size: number): Uint8Array {
    return this.#tree.root(size)
  }

  /** The signed checkpoint of the first `size` entries. */
  note(size: number): string {
    return signCheckpoint({ origin: this.origin, size, root: this.root(size) }, [this.#signer])
  }

  /** A request of C2SP tlog-witness as it is sent. */
  request(old: number, size: number): Buffer {
    const proof = old === 0 || old === size ? [] : this.#tree.consistencyProof(old, size)
    return Buffer.from(formatAddCheckpoint({ old, proof, checkpoint: this.note(size) }))
  }
}

/** The same log with other entries from `from` on: what it must never sign. */
export function forkOf({ origin }: AskingLog, from: number, size?: number): AskingLog {
  return new AskingLog(origin, size, (index) => (index < from ? `entry ${index}` : `forged ${from} ${index}`))
}
