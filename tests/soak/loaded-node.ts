/**
 * A process to be killed: opens the node in the given folder (founding it if need be) and registers statements without
 * end, 32 at a time. It prints `acknowledged <id> <index>` and `checkpoint <base64 note>` only for what was released.
 */
import { writeSync } from 'node:fs'
import { productUrn } from '@comity/statement'
import { type Actor, actor, keeper, openOrFound } from '@comity/testkit'

const [directory = '', round = '0'] = process.argv.slice(2)
const home = keeper('soak')
const now = () => Math.floor(Date.now() / 1000)

/** Written past any buffer of the process: what the parent has read was acknowledged before the kill. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

function product(author: Actor, number: number): Uint8Array {
  return author.sign(
    'product',
    productUrn(author.urn, `p${number % 50}`),
    {
      name: `Product ${round}-${number}`,
      updatePolicy: { mechanism: 'download', consent: 'required', security: 'separate', rollback: true },
    },
    now(),
  )
}

const node = await openOrFound(directory, home)
const authors = ['north', 'south', 'east', 'west'].map((label) => actor(label, node.origin))
for (const author of authors) if (node.findParty(author.urn) === undefined) await node.submit(author.founding(now()))
node.onBatch((_from, head) => say(`checkpoint ${Buffer.from(head.note).toString('base64')}`))
say('ready')

let number = 0
async function client(author: Actor): Promise<void> {
  for (;;) {
    const { id, index } = await node.submit(product(author, number++))
    say(`acknowledged ${id} ${index}`)
  }
}
await Promise.all(
  Array.from({ length: 32 }, (_, i) => client(authors[i % authors.length] ?? actor('north', node.origin))),
)
