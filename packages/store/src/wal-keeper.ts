import { Worker } from 'node:worker_threads'
import type { View } from './view.ts'

/** Without its thread the writer folds by itself at 128 MiB of 4 KiB pages. */
const pagesAtMost = 32_768

/** The log is begun anew past this many pages, 64 MiB: for that the writer itself waits for the disk, so it is done rarely. */
const begunAnewFrom = 16_384

/**
 * Folds the write-ahead log of a busy view into its file in a thread of its own, so that the writer need not stop for
 * it: that takes tens of milliseconds, most of them waiting for the disk.
 *
 * SQLite begins a log anew only when all of it is folded at the moment a transaction begins. A busy writer is always some
 * pages ahead of the thread, so `betweenTransactions` must run the work it is given when no transaction is open: that
 * folds the rest, a few pages. The thread folds often, so that no fold keeps the disk from the next batch for long, and
 * asks for that seldom.
 */
export class WalKeeper {
  readonly #worker: Worker
  #closed = false

  /** `begunAnew`: how many pages the log has before the writer is asked to begin it anew. */
  constructor(
    view: View,
    betweenTransactions: (work: () => void) => Promise<void>,
    onError: (error: unknown) => void,
    begunAnew = begunAnewFrom,
  ) {
    const { database } = view
    database.exec(`PRAGMA wal_autocheckpoint = ${pagesAtMost}`)
    const workerData = { path: database.location(), begunAnew }
    this.#worker = new Worker(new URL('./wal-worker.ts', import.meta.url), { workerData })
    this.#worker.unref()
    this.#worker.on('error', onError)
    this.#worker.on('message', () => {
      const finish = () => {
        if (!this.#closed) database.exec('PRAGMA wal_checkpoint(PASSIVE)')
      }
      betweenTransactions(finish)
        .catch(onError)
        .finally(() => this.#worker.postMessage('done'))
    })
  }

  /** Ends the thread. The view stays open, and folds by itself what is left when it is closed. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve))
    // A process that waits for it must not end before it: exit code 13.
    this.#worker.ref()
    this.#worker.postMessage('close')
    await ended
  }
}
