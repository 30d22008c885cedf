/**
 * A process to be killed: opens the folder, follows the peer whose JSON it is given, and goes on without end. It prints
 * `folded <size>` for what it says that it holds.
 */
import { writeSync } from 'node:fs'
import type { Peer } from '../peers/peer.ts'
import { Follower } from './peer.fixture.ts'

const [directory = '', json = ''] = process.argv.slice(2)
const peer: Peer = JSON.parse(json)
const follower = await Follower.open({ after: () => undefined }, { directory, windowEntries: 256 })
await follower.mirrors.follow([peer])
writeSync(1, 'ready\n')
for (;;) {
  follower.clock.now += 1
  await follower.mirrors.step(follower.clock.now)
  const [state] = follower.mirrors.states()
  // Written past any buffer of the process: what the parent has read was there before the kill.
  writeSync(1, `folded ${state?.size}\n`)
}
