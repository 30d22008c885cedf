/**
 * A node with its HTTP server as a process of its own, for benchmarks: founds the folder if it is empty, prints its URL,
 * and answers two messages over IPC: `cpu` with what this process has used, `verify` with what one verification costs.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { verify } from '@comity/crypto'
import { Vault, createServer } from '@comity/node'
import { keeper, keyFor, openOrFound } from '@comity/testkit'
import { median } from '../figure.ts'
import { cpu } from './process-cpu.ts'

const [directory = ''] = process.argv.slice(2)
const home = keeper('bench')
const now = () => Math.floor(Date.now() / 1000)

/** CPU of one Ed25519 verification of a statement-sized message, in microseconds: the median of short runs. */
function verifyCost(): number {
  const key = keyFor('verified')
  const message = new Uint8Array(450).fill(7)
  const signature = key.sign(message)
  const runs = Array.from({ length: 5 }, () => {
    const before = cpu()
    for (let i = 0; i < 400; i++) verify('EdDSA', key.publicKey, message, signature)
    return (cpu() - before) / 400
  })
  return median(runs)
}

mkdirSync(directory, { recursive: true })
const node = await openOrFound(directory, home)
node.startClockwork((error) => process.stderr.write(`${String(error)}\n`))
const view = join(directory, 'views', 'vault.db')
const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now })
const server = await createServer({ node, vault })
const url = await server.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`${url}\n`)

process.on('message', (message) => {
  if (message === 'cpu') process.send?.(cpu())
  if (message === 'verify') process.send?.(verifyCost())
})

process.once('SIGTERM', () => {
  void (async () => {
    await server.close()
    await vault.close()
    await node.close()
    process.exit(0)
  })()
})
