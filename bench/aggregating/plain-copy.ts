/**
 * The least that an aggregator does, and nothing kept of it: fetches each document of a feed with its hash and signature,
 * checks them, and runs schema and mandatory tests, in one process: `plain-copy.ts URL`. Prints milliseconds.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { examineCopy } from '../../packages/node/src/csaf/examine-copy.ts'

const [url = ''] = process.argv.slice(2)
const atOnce = 6
const now = Math.floor(Date.now() / 1000)

interface Feed {
  readonly feed: { readonly entry: readonly { readonly content: { readonly src: string } }[] }
}

const text = async (address: string): Promise<string> => (await fetch(address)).text()
// What is loaded once is no part of the measure.
const copyOf = (bytes: Uint8Array, fileName: string, hash: string, signature: string, key: string) => ({
  bytes,
  fileName,
  hashes: [{ algorithm: 'sha512', text: hash } as const],
  signature,
  keys: [key],
  trusted: true,
  signWith: { secretKey: new Uint8Array(0), at: now },
})
const key = await text(`${url}/pgp.asc`)
// Safe: the server of this benchmark wrote it.
const { feed } = JSON.parse(await text(`${url}/pfeed.json`)) as Feed
const begun = performance.now()
let next = 0
let valid = 0
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let entry = feed.entry[next++]; entry !== undefined; entry = feed.entry[next++]) {
      const { src } = entry.content
      const [document, hash, signature] = await Promise.all([
        fetch(src).then(async (answer) => new Uint8Array(await answer.arrayBuffer())),
        text(`${src}.sha512`),
        text(`${src}.asc`),
      ])
      const copy = copyOf(document, src.slice(src.lastIndexOf('/') + 1), hash, signature, key)
      if ((await examineCopy(copy)).kind === 'good') valid += 1
    }
  }),
)
process.stdout.write(`${JSON.stringify({ milliseconds: performance.now() - begun, valid })}\n`)
await sleep(0)
process.exit(0)
