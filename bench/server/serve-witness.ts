/**
 * A node that is a witness of some logs, as a process of its own: founds the folder if it is empty, prints its URL, and
 * answers two messages over IPC: `cpu` with what this process has used, `limit` with what a cosignature costs at least.
 *
 *     serve-witness.ts FOLDER LOGS ed25519|both
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { generateKeyPair, verify } from '@comity/crypto'
import { formatVerifierKey } from '@comity/log'
import { Vault, createServer } from '@comity/node'
import { AskingLog, keeper, openOrFound, witnessCosigners } from '@comity/testkit'
import { median } from '../figure.ts'
import { cpu } from './process-cpu.ts'
import { witnessedOrigin } from './witnessed-origin.ts'

const [directory = '', count = '1', algorithms = 'both'] = process.argv.slice(2)
const home = keeper('bench witness', { witness: true })
const isBoth = algorithms === 'both'
const now = () => Math.floor(Date.now() / 1000)

/**
 * CPU that no witness can do without, in microseconds: one Ed25519 verification, and one signature with each key. The
 * median of short runs; ML-DSA-44 signs by trial, so each run has many.
 */
function limit(): number {
  const log = generateKeyPair('EdDSA')
  const own = [generateKeyPair('EdDSA'), ...(isBoth ? [generateKeyPair('ML-DSA-44')] : [])]
  const message = new Uint8Array(200).fill(7)
  const signature = log.sign(message)
  const runs = Array.from({ length: 5 }, () => {
    const before = cpu()
    for (let i = 0; i < 100; i++) {
      verify('EdDSA', log.publicKey, message, signature)
      for (const key of own) key.sign(message)
    }
    return (cpu() - before) / 100
  })
  return median(runs)
}

mkdirSync(directory, { recursive: true })
const cosigners = witnessCosigners('bench witness', home.origin)
const witness = isBoth ? cosigners : cosigners.slice(0, 1)
const node = await openOrFound(directory, { ...home, keys: { ...home.keys, witness } })
const peers = Array.from({ length: Number(count) }, (_, i) => {
  const { origin, key } = new AskingLog(witnessedOrigin(i), 0)
  const address = { url: `http://127.0.0.1:1/${i}`, allowPrivate: true }
  return { origin, ...address, keeper: home.urn, logKeys: [formatVerifierKey(key)], mirror: false, witnessKeys: [] }
})
const version = node.truth.cells.get('peers')?.version ?? 0
await node.truth.cells.compareAndSet('peers', version, Buffer.from(JSON.stringify(peers)))
const vault = await Vault.open({
  truth: node.truth,
  view: join(directory, 'views', 'vault.db'),
  register: node.reader,
  now,
})
const server = await createServer({ node, vault })
process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: 0 })}\n`)

process.on('message', (message) => {
  if (message === 'cpu') process.send?.(cpu())
  if (message === 'limit') process.send?.(limit())
})

process.once('SIGTERM', () => {
  void (async () => {
    await server.close()
    await vault.close()
    await node.close()
    process.exit(0)
  })()
})
