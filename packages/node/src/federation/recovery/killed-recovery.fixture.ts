/** A recovery in a process of its own that is killed at the call whose number it is given. */
import { recoverTail } from './recover-tail.ts'
import type { Fetch } from '../peers/peer.ts'

const [directory = '', logKey = '', at = '', now = ''] = process.argv.slice(2)

let calls = 0
const deadly: Fetch = (url, init) => {
  calls += 1
  if (calls === Number(at)) process.kill(process.pid, 'SIGKILL')
  return fetch(url, init)
}

const { outcome } = await recoverTail({
  directory,
  logKeys: [Buffer.from(logKey, 'hex')],
  now: () => Number(now),
  fetch: deadly,
})
process.stdout.write(`${outcome}\n`)
