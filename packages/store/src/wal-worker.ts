/** Thread of a {@link WalKeeper}: folds a SQLite log into its file whenever enough of it waits. */
import { closeSync, openSync, readSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { endianness } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'

/** How often one looks how much waits, in milliseconds. */
const lookEvery = 100

/** The log is folded when this many pages wait: 4 MiB, so that the disk is never busy for long. */
const foldedFrom = 1000

const { path, begunAnew }: { path: string; begunAnew: number } = workerData
const database = new DatabaseSync(path, { timeout: 0 })
database.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -256')
const index = openSync(`${path}-shm`, 'r')
const header = new DataView(new ArrayBuffer(100))
/** The writer was asked to fold the rest and has not done so yet. */
let isAsked = false

/** Pages in the log, and those of them that are not in the file yet, as the WAL index has them (SQLite walformat, §2.2). */
function pages(): { readonly inLog: number; readonly waiting: number } {
  readSync(index, header, 0, 100, 0)
  const isLittle = endianness() === 'LE'
  const inLog = header.getUint32(16, isLittle)
  return { inLog, waiting: inLog - header.getUint32(96, isLittle) }
}

const timer = setInterval(() => {
  const { inLog, waiting } = pages()
  if (isAsked || waiting < foldedFrom) return
  // PASSIVE waits for nobody: what a reader still needs stays for the next time.
  database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()
  if (inLog < begunAnew) return
  isAsked = true
  parentPort?.postMessage('folded')
}, lookEvery)

parentPort?.on('message', (message: 'done' | 'close') => {
  isAsked = false
  if (message !== 'close') return
  clearInterval(timer)
  closeSync(index)
  database.close()
  parentPort?.close()
})
