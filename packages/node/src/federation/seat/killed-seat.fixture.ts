/**
 * A process to be killed: opens the seat of cases, follows the node at the address it is given, and goes on without end.
 * It prints `ready`, and `taken <moves>` for what it holds.
 */
import { writeSync } from 'node:fs'
import { keeper } from '@comity/testkit'
import { ComityNode } from '../../node.ts'

const [directory = '', url = '', now = ''] = process.argv.slice(2)
const node = await ComityNode.open({ directory, keys: keeper('killed seat').keys, now: () => Number(now) })
if (node.peers.list().length === 0) await node.peers.add({ url, allowPrivate: true })
node.startClockwork((error) => {
  throw error
})
writeSync(1, 'ready\n')
node.onBatch(() => {
  const moves = node.reader.prepare('SELECT count(*) AS n FROM move').get()?.['n']
  // Written past any buffer of the process: what the parent has read was there before the kill.
  writeSync(1, `taken ${String(moves)}\n`)
})
