/** A process to be killed: opens the node in the folder, follows the provider at the address, prints what it took. */
import { writeSync } from 'node:fs'
import { following } from './provider.fixture.ts'

const [directory = '', url = ''] = process.argv.slice(2)
const { follow, taken, close, sources } = await following({ after: () => undefined }, { directory })
// Written past any buffer of the process: what the parent has read was durable before the kill.
const telling = setInterval(() => {
  if (sources.states().length > 0) writeSync(1, `taken ${taken().length}\n`)
}, 5)
const run = await follow(url)
clearInterval(telling)
writeSync(1, `ended ${run.outcome}\n`)
await close()
process.exit(0)
