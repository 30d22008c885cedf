/**
 * A node that follows one CSAF provider once, in a process of its own: `aggregate.ts DIRECTORY URL`. Prints `begun`, how
 * many documents of how many it has looked at from time to time, and last what came of it as JSON.
 */
import { readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ComityNode, Sources } from '@comity/node'
import { keeper } from '@comity/testkit'
import { KeyBook } from '../../packages/node/src/csaf/key-book.ts'

const [directory = '', url = ''] = process.argv.slice(2)
const own = keeper('aggregates')
const at = Math.floor(Date.now() / 1000)
const options = { directory, keys: own.keys }
const node =
  readdirSync(directory).length > 0
    ? await ComityNode.open(options)
    : await ComityNode.found({ ...options, party: own.founding(at), policy: own.policy(at) })
const { cells, keyring } = node.truth
const keys = new KeyBook({ cells, keyring, origin: node.origin, now: node.now })
const sources = await Sources.open({ node, view: join(directory, 'views', 'sources.db'), keys })
await sources.add({ address: `${url}/provider-metadata.json`, name: 'provider', allowPrivate: true })
// Past any buffer of the process, which may be killed.
writeSync(1, 'begun\n')
const telling = setInterval(() => writeSync(1, `${sources.state('provider').running?.done ?? 0}\n`), 20)
const begun = performance.now()
const run = await sources.run('provider')
const milliseconds = performance.now() - begun
clearInterval(telling)
const { stream } = sources.state('provider')
const refused = sources.items.refused(stream, '', 1000).map(({ item, refused: refusal }) => ({
  name: item.slice(item.lastIndexOf('/') + 1),
  tests: refusal?.faults.map(({ test }) => test) ?? [],
}))
const { taken } = sources.items.counts(stream)
const { maxRSS } = process.resourceUsage()
await sources.close()
await node.close()
writeSync(
  1,
  `${JSON.stringify({ milliseconds, maxRSS: maxRSS * 1024, outcome: run.outcome, faults: run.faults, taken, refused })}\n`,
)
process.exit(0)
