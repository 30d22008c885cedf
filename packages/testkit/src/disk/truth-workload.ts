import assert from 'node:assert/strict'
import { openFiles, type FilesTruth, type FileSystem, type Stream } from '@comity/store'

/**
 * A scripted piece of work on a truth folder, with a ledger of what was acknowledged. Any step may
 * fail; afterwards `check` compares the folder with the ledger: every acknowledged thing is there
 * unchanged, nothing is doubled, and of what failed there is all of a batch or nothing.
 */
export class TruthWorkload {
  readonly #directory: string
  readonly #streams = new Map<string, StreamLedger>()
  readonly #cells = new Map<string, CellLedger>()
  readonly #blobs = new Map<string, Uint8Array>()
  readonly #deleted = new Set<string>()
  readonly #keys = new Map<string, { ciphertext?: Uint8Array; destroyed: 'no' | 'tried' | 'yes' }>()
  #hashed = 0
  #step = 0

  constructor(directory: string) {
    this.#directory = directory
  }

  /** One session: open, work, close. Failures are noted and the work goes on, as a server's would. */
  async session(fileSystem: FileSystem): Promise<void> {
    const truth = await attempt(() => this.#open(fileSystem))
    if (truth === undefined) return
    if (await this.#reconciled(truth)) {
      await this.#appendSome(truth, 'public', 3)
      await this.#setCell(truth, 'checkpoint')
      await this.#putBlob(truth)
      await Promise.all([this.#append(truth, 'public', 2, 90), this.#append(truth, 'public', 1, 700)])
      await this.#append(truth, 'vault', 2, 50)
      await this.#useKeys(truth)
      await Promise.all([
        this.#setCell(truth, 'checkpoint'),
        this.#setCell(truth, 'witness'),
        this.#append(truth, 'public', 1, 40),
      ])
      await this.#hash(truth)
      await this.#appendSome(truth, 'public', 2)
    }
    await attempt(() => truth.close())
  }

  /** Opens the folder with a file system that works and compares all of it with the ledger. */
  async check(fileSystem: FileSystem): Promise<void> {
    const truth = await this.#open(fileSystem)
    await this.#reconcile(truth)
    // It must also take writes again.
    const stream = await truth.stream('public')
    const before = stream.size
    assert.equal(await stream.append([Buffer.from('after')]), before)
    await truth.close()
    this.#ledger('public').known.push('after')
  }

  #open(fileSystem: FileSystem): Promise<FilesTruth> {
    return openFiles({
      directory: this.#directory,
      fileSystem,
      segmentBytes: 1500,
      masterKey: new Uint8Array(32).fill(7),
    })
  }

  async #appendSome(truth: FilesTruth, name: string, times: number): Promise<void> {
    for (let time = 0; time < times; time++) await this.#append(truth, name, 1 + time, 60 + 300 * time)
  }

  async #append(truth: FilesTruth, name: string, count: number, size: number): Promise<void> {
    const ledger = this.#ledger(name)
    const step = this.#step++
    const batch = Array.from({ length: count }, (_, index) => `${name} ${step}.${index} `.padEnd(size, String(step)))
    const firstSeq = await attempt(async () =>
      (await truth.stream(name)).append(batch.map((text) => Buffer.from(text))),
    )
    if (firstSeq === undefined) {
      ledger.failed.push(batch)
      return
    }
    assert.equal(firstSeq, ledger.known.length, `${name}: a failed batch took a place`)
    ledger.known.push(...batch)
    // What failed before this can never appear: its place is taken.
    ledger.failed.length = 0
  }

  async #setCell(truth: FilesTruth, name: string): Promise<void> {
    const ledger = this.#cells.get(name) ?? { version: 0, value: '', failed: [] }
    this.#cells.set(name, ledger)
    const value = `${name} ${this.#step++}`
    const done = await attempt(() => truth.cells.compareAndSet(name, ledger.version, Buffer.from(value)))
    assert.notEqual(done, false, `cell ${name} moved by itself`)
    if (done === undefined) ledger.failed.push(value)
    else Object.assign(ledger, { version: ledger.version + 1, value, failed: [] })
  }

  async #putBlob(truth: FilesTruth): Promise<void> {
    const content = Buffer.alloc(3000, `blob ${this.#step++}`)
    const digest = await attempt(() => truth.blobs.put(content))
    if (digest === undefined) return
    const [former] = this.#blobs.keys()
    this.#blobs.set(digest, content)
    if (former === undefined) return
    this.#blobs.delete(former)
    if ((await attempt(() => truth.blobs.delete(former))) === true) this.#deleted.add(former)
  }

  async #useKeys(truth: FilesTruth): Promise<void> {
    for (const [id, entry] of this.#keys) {
      if (entry.destroyed !== 'no') continue
      entry.destroyed = 'tried'
      const done = await attempt(async () => (await truth.keyring.destroy(id), true))
      if (done === true) entry.destroyed = 'yes'
    }
    const id = `subject ${this.#step++}`
    const made = await attempt(async () => (await truth.keyring.createKey(id), true))
    if (made !== true) return
    const ciphertext = truth.keyring.encrypt(id, Buffer.from(id))
    this.#keys.set(id, { ciphertext, destroyed: 'no' })
  }

  async #hash(truth: FilesTruth): Promise<void> {
    const size = this.#ledger('public').known.length
    const done = await attempt(async () => {
      const hashes = truth.hashes('public')
      for (let index = hashes.watermark; index < size; index++)
        hashes.write(0, index, new Uint8Array(32).fill(index + 1))
      await hashes.sync(size)
      return true
    })
    if (done === true) this.#hashed = size
  }

  async #reconciled(truth: FilesTruth): Promise<boolean> {
    return (await attempt(() => this.#reconcile(truth).then(() => true))) === true
  }

  /** Compares, and takes into the ledger what failed and yet is there: that is allowed, once, whole. */
  async #reconcile(truth: FilesTruth): Promise<void> {
    for (const [name, ledger] of this.#streams) ledger.settle(name, await truth.stream(name))
    for (const [name, ledger] of this.#cells) {
      const cell = truth.cells.get(name) ?? { version: 0, value: new Uint8Array(0) }
      const value = Buffer.from(cell.value).toString()
      if (cell.version !== ledger.version || value !== ledger.value) {
        assert.ok(cell.version === ledger.version + 1 && ledger.failed.includes(value), `cell ${name} is ${value}`)
      }
      Object.assign(ledger, { version: cell.version, value, failed: [] })
    }
    for (const [digest, content] of this.#blobs) assert.deepEqual(Buffer.from(truth.blobs.get(digest)), content)
    for (const digest of this.#deleted) assert.ok(!truth.blobs.has(digest), `blob ${digest} came back`)
    for (const [id, { ciphertext, destroyed }] of this.#keys) {
      if (destroyed === 'tried' && !truth.keyring.has(id)) this.#keys.set(id, { destroyed: 'yes' })
      else if (destroyed === 'yes') assert.ok(!truth.keyring.has(id), `key ${id} came back`)
      else if (ciphertext) assert.equal(Buffer.from(truth.keyring.decrypt(id, ciphertext)).toString(), id)
    }
    const hashes = truth.hashes('public')
    assert.ok(hashes.watermark >= this.#hashed, `watermark ${hashes.watermark}, was ${this.#hashed}`)
    for (let index = 0; index < this.#hashed; index++) {
      assert.deepEqual(hashes.read(0, index, 1), new Uint8Array(32).fill(index + 1))
    }
  }

  #ledger(name: string): StreamLedger {
    const ledger = this.#streams.get(name) ?? new StreamLedger()
    this.#streams.set(name, ledger)
    return ledger
  }
}

interface CellLedger {
  readonly version: number
  readonly value: string
  readonly failed: string[]
}

class StreamLedger {
  readonly known: string[] = []
  /** Batches that failed since the last that did not: any of them may be there, whole, in order. */
  readonly failed: string[][] = []

  settle(name: string, stream: Stream): void {
    const found = stream.readRange(0, stream.size).map((record) => Buffer.from(record).toString())
    found.forEach((text, seq) => assert.equal(text, Buffer.from(stream.read(seq)).toString()))
    assert.deepEqual(found.slice(0, this.known.length), this.known, `${name}: acknowledged records`)
    const extra = found.slice(this.known.length)
    while (extra.length > 0) {
      const batch = this.failed.shift()
      assert.ok(batch !== undefined, `${name}: records nobody wrote: ${extra.join(', ').slice(0, 200)}`)
      if (batch[0] !== extra[0]) continue
      assert.deepEqual(extra.splice(0, batch.length), batch, `${name}: a part of a batch`)
    }
    this.known.splice(0, Infinity, ...found)
    this.failed.length = 0
  }
}

/** Undefined when it fails with an error of the store; anything else is a bug and passes through. */
async function attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof Error && error.name === 'StoreError') return undefined
    throw error
  }
}
