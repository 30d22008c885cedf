import type { FileSystem, OpenFilesOptions } from '@comity/store'
import type { MirrorOptions } from './federation/mirror/mirrors.ts'
import type { Fetch } from './federation/peers/peer.ts'
import type { NodeKeys } from './pipeline/keys.ts'

export interface NodeOptions {
  /** The data folder. */
  readonly directory: string
  readonly keys: NodeKeys
  /** Where views lie that can be thrown away; `views` in the data folder where nothing is given. */
  readonly viewsDirectory?: string
  /** The file system under the truth; the real one where nothing is given. Views are always on the real one. */
  readonly fileSystem?: FileSystem
  /** Whole seconds since the epoch; the machine's clock where nothing is given. */
  readonly now?: () => number
  /** Wraps the data keys of the vault, 32 bytes. Without it they lie unwrapped in a file that only the owner reads. */
  readonly masterKey?: Uint8Array
  /** What carries calls to other nodes; the real network where nothing is given. Only peers are asked through it. */
  readonly fetch?: Fetch
  /** How logs of others are followed. */
  readonly mirrors?: MirrorOptions
  /** Hears how far a long start has come. */
  readonly onProgress?: (done: number, total: number) => void
}

/** The part of the options that opens the truth. */
export function truthOptions({
  directory,
  fileSystem,
  masterKey,
}: Pick<NodeOptions, 'directory' | 'fileSystem' | 'masterKey'>): OpenFilesOptions {
  return {
    directory,
    ...(fileSystem === undefined ? {} : { fileSystem }),
    ...(masterKey === undefined ? {} : { masterKey }),
  }
}

/** Whole seconds since the epoch, as this machine has them. */
export function machineClock(): number {
  return Math.floor(Date.now() / 1000)
}
