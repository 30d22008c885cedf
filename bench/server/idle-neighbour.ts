/**
 * A process that has nothing to do, beside a server under load: how long one append of so many bytes takes until
 * `fdatasync` has returned, and how late a timer rings. What a node's slowest answers are held against: a disk that stalls
 * and a machine whose cores are taken show here as well.
 *
 *     idle-neighbour.ts FILE BYTES
 */
import { closeSync, fdatasync, openSync, writeSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Milliseconds between two appends: a tenth of what a loaded server syncs, so that it is hardly in its way. */
const appendEvery = 100

/** Milliseconds for which a timer is set. */
const timerOf = 5

const [path = '', bytes = '0'] = process.argv.slice(2)

/** All in milliseconds. */
export interface Neighbour {
  readonly syncs: readonly number[]
  readonly late: readonly number[]
}

const syncs: number[] = []
const late: number[] = []
const sync = promisify(fdatasync)
const file = openSync(path, 'a')
const piece = new Uint8Array(Number(bytes)).fill(7)

async function append(): Promise<never> {
  for (;;) {
    const before = performance.now()
    writeSync(file, piece)
    await sync(file)
    syncs.push(performance.now() - before)
    await wait(appendEvery)
  }
}

async function ring(): Promise<never> {
  for (;;) {
    const before = performance.now()
    await wait(timerOf)
    late.push(performance.now() - before - timerOf)
  }
}

process.once('message', () => {
  process.send?.({ syncs, late } satisfies Neighbour, () => {
    closeSync(file)
    process.exit(0)
  })
})
process.send?.('ready')
void append()
void ring()
