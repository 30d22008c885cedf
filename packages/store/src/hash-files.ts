import { dirname } from 'node:path'
import { crc32c } from './crc32c.ts'
import { readFully, writeFully, type FileSystem, type OpenFile } from './file-system.ts'
import { runAll } from './run-all.ts'
import { poisoned } from './segment.ts'
import { asStoreError, StoreError, withStoreErrors } from './store-error.ts'
import type { TreeHashes } from './truth.ts'
import { Turns } from './turns.ts'

const hashBytes = 32
/** A tile level holds one hash for 256 of the level below. */
const tileWidth = 256
const levelName = /^[0-9]$/

/**
 * One flat file per tile level, and a watermark. Writes reach the page cache at once and the device
 * at `sync`; what a crash takes lies beyond the watermark and is hashed again from the stream.
 */
export class HashFiles implements TreeHashes {
  readonly #fileSystem: FileSystem
  readonly #directory: string
  readonly #levels = new Map<number, Level>()
  readonly #mark: Watermark
  readonly #turns = new Turns()
  #namesChanged = true
  #poison: StoreError | undefined

  private constructor(fileSystem: FileSystem, directory: string, mark: Watermark) {
    this.#fileSystem = fileSystem
    this.#directory = directory
    this.#mark = mark
  }

  /** Opens `parent/name`, cutting what lies beyond the watermark. Lost files lower it: hashes are a view. */
  static open(fileSystem: FileSystem, parent: string, name: string): HashFiles {
    const directory = `${parent}/${name}`
    fileSystem.makeDirectory(directory)
    const files = new HashFiles(fileSystem, directory, Watermark.open(fileSystem, `${directory}/watermark`))
    try {
      for (const found of fileSystem.list(directory) ?? []) {
        if (levelName.test(found)) files.#level(Number(found))
      }
      files.#mark.value = files.#covered(files.#mark.value)
      for (const [level, { file }] of files.#levels) {
        const size = hashBytes * Math.floor(files.#mark.value / tileWidth ** level)
        if (file.size() > size) file.truncate(size)
        files.#levels.set(level, { file, hashes: size / hashBytes, dirty: false })
      }
      return files
    } catch (error) {
      files.#closeFiles()
      throw error
    }
  }

  get watermark(): number {
    return this.#mark.value
  }

  read(level: number, index: number, count: number): Uint8Array {
    const hashes = new Uint8Array(hashBytes * count)
    const { file } = this.#level(level)
    let bytes: number
    try {
      bytes = readFully(file, hashes, hashBytes * index)
    } catch (error) {
      throw asStoreError(error, `reading hashes of level ${level}`)
    }
    if (bytes === hashes.length) return hashes
    throw new StoreError('not-found', `level ${level} has no hashes [${index}, ${index + count})`)
  }

  write(level: number, index: number, hashes: Uint8Array): void {
    this.#checkPoison()
    const target = this.#level(level)
    if (index > target.hashes || hashes.length % hashBytes !== 0) {
      throw new StoreError(
        'bad-range',
        `level ${level} has ${target.hashes} hashes, the next begin there, not at ${index}`,
      )
    }
    try {
      writeFully(target.file, hashes, hashBytes * index)
    } catch (error) {
      this.#poison = asStoreError(error, `writing hashes of level ${level}`)
      throw this.#poison
    }
    target.hashes = Math.max(target.hashes, index + hashes.length / hashBytes)
    target.dirty = true
  }

  /** One at a time: a later call must not move the watermark over what an earlier one is still writing out. */
  sync(size: number): Promise<void> {
    return this.#turns.take(() => this.#sync(size))
  }

  async #sync(size: number): Promise<void> {
    this.#checkPoison()
    if (this.#covered(size) < size) {
      throw new StoreError('bad-range', `the hashes of ${size} leaves are not all written yet`)
    }
    try {
      for (const level of this.#levels.values()) {
        if (!level.dirty) continue
        level.dirty = false
        await level.file.fdatasync()
      }
      if (this.#namesChanged) {
        this.#namesChanged = false
        await this.#fileSystem.syncDirectory(this.#directory)
        await this.#fileSystem.syncDirectory(dirname(this.#directory))
      }
      await this.#mark.set(size)
    } catch (error) {
      this.#poison = asStoreError(error, `syncing hashes in ${this.#directory}`)
      throw this.#poison
    }
  }

  /** Waits for a sync under way. */
  async close(): Promise<void> {
    await this.#turns.idle()
    this.#closeFiles()
  }

  #closeFiles(): void {
    const files = [...this.#levels.values()].map(({ file }) => file)
    this.#levels.clear()
    runAll([...files.map((file) => () => file.close()), () => this.#mark.close()])
  }

  /** How many of the first `size` leaves have all their hashes in the files. */
  #covered(size: number): number {
    let covered = size
    for (let level = 0; tileWidth ** level <= covered; level++) {
      const hashes = this.#levels.get(level)?.hashes ?? 0
      covered = Math.min(covered, (hashes + 1) * tileWidth ** level - 1)
    }
    return covered
  }

  #level(level: number): Level {
    const known = this.#levels.get(level)
    if (known !== undefined) return known
    return withStoreErrors(`opening level ${level} of ${this.#directory}`, () => {
      const path = `${this.#directory}/${level}`
      const exists = this.#fileSystem.stat(path) !== undefined
      if (!exists) this.#namesChanged = true
      const opened = { file: this.#fileSystem.open(path, exists ? 'write' : 'create'), hashes: 0, dirty: false }
      // Noted before its size is asked for, so that close() finds it if that fails.
      this.#levels.set(level, opened)
      opened.hashes = Math.floor(opened.file.size() / hashBytes)
      return opened
    })
  }

  #checkPoison(): void {
    if (this.#poison !== undefined) throw poisoned(this.#directory, this.#poison)
  }
}

interface Level {
  readonly file: OpenFile
  hashes: number
  dirty: boolean
}

const slotBytes = 16
/** Slots stand a sector apart and are written in turn, so that a torn write leaves the other whole. */
const slotDistance = 4096

/** u48 size, u48 turn, u32 CRC-32C of both; the valid slot with the higher turn counts. */
class Watermark {
  value: number
  #turn: number
  readonly #file: OpenFile

  private constructor(file: OpenFile, value: number, turn: number) {
    this.#file = file
    this.value = value
    this.#turn = turn
  }

  static open(fileSystem: FileSystem, path: string): Watermark {
    const file = fileSystem.open(path, fileSystem.stat(path) === undefined ? 'create' : 'write')
    let value = 0
    let turn = 0
    for (const position of [0, slotDistance]) {
      const slot = Buffer.alloc(slotBytes)
      readFully(file, slot, position)
      if (crc32c(slot, 0, 0, 12) !== slot.readUInt32LE(12) || slot.readUIntLE(6, 6) <= turn) continue
      value = slot.readUIntLE(0, 6)
      turn = slot.readUIntLE(6, 6)
    }
    return new Watermark(file, value, turn)
  }

  async set(size: number): Promise<void> {
    const turn = this.#turn + 1
    const slot = Buffer.alloc(slotBytes)
    slot.writeUIntLE(size, 0, 6)
    slot.writeUIntLE(turn, 6, 6)
    slot.writeUInt32LE(crc32c(slot, 0, 0, 12), 12)
    writeFully(this.#file, slot, (turn % 2) * slotDistance)
    await this.#file.fdatasync()
    this.#turn = turn
    this.value = size
  }

  close(): void {
    this.#file.close()
  }
}
