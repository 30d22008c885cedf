/**
 * A CSAF trusted provider on loopback with the documents of CISA (`../shared/corpora/csaf`), or with made-up ones where
 * they are absent, in a process of its own: `serve-provider.ts COUNT`. CISA's public key is not in the corpus, and what was
 * signed with it cannot be checked without: so the documents are signed again, by a key that the provider lists. Hash files
 * and feeds are CISA's own. Prints the address and how many documents there are; each line it reads is answered with how
 * many documents were asked for since the last.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { bytesOf, csafDocument } from '../../packages/node/src/csaf/csaf.fixture.ts'
import { newOpenPgpKey, signDetached } from '../../packages/node/src/csaf/open-pgp.ts'

const corpus = fileURLToPath(new URL('../../../shared/corpora/csaf/cisa', import.meta.url))
const most = Number(process.argv[2] ?? 0)
const at = Math.floor(Date.now() / 1000) - 3600

const files = new Map<string, Buffer>()
const documents: string[] = []
for (const [path, bytes, hash] of existsSync(corpus) ? ofCisa() : madeUp()) {
  if (documents.length >= most) break
  documents.push(path)
  files.set(path, bytes)
  files.set(`${path}.sha512`, hash)
}
const key = await newOpenPgpKey('provider of a benchmark', at - 1)
for (const path of documents) {
  files.set(`${path}.asc`, Buffer.from(await signDetached(files.get(path) ?? Buffer.of(), key.secretKey, at)))
}

let asked = 0
const server = createServer((request, response) => {
  const file = files.get(request.url ?? '')
  if (file === undefined) return void response.writeHead(404).end()
  if (request.url?.endsWith('.json') === true && !request.url.startsWith('/p')) asked += 1
  response.writeHead(200, { 'content-length': file.length }).end(file)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
// Safe: it listens on a TCP port.
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
files.set('/pgp.asc', Buffer.from(key.publicKey))
for (const [name, content] of [
  ['/provider-metadata.json', metadata()],
  ['/pfeed.json', feed()],
] as const)
  files.set(name, Buffer.from(JSON.stringify(content)))
process.stdout.write(`${url} ${documents.length} ${existsSync(corpus) ? 'CISA' : 'made-up'}\n`)
createInterface({ input: process.stdin })
  .on('line', () => {
    process.stdout.write(`${asked}\n`)
    asked = 0
  })
  .on('close', () => process.exit(0))

function* ofCisa(): Generator<readonly [path: string, bytes: Buffer, hash: Buffer]> {
  for (const part of ['IT', 'OT']) {
    const white = join(corpus, part, 'white')
    for (const year of readdirSync(white).filter((name) => /^\d{4}$/.test(name))) {
      for (const name of readdirSync(join(white, year)).filter((each) => each.endsWith('.json'))) {
        const path = join(white, year, name)
        yield [`/white/${year}/${name}`, readFileSync(path), readFileSync(`${path}.sha512`)]
      }
    }
  }
}

function* madeUp(): Generator<readonly [path: string, bytes: Buffer, hash: Buffer]> {
  for (let i = 0; ; i++) {
    const bytes = Buffer.from(bytesOf(csafDocument({ id: `MADE-UP-${i}` })))
    yield [`/white/2026/made-up-${i}.json`, bytes, Buffer.from(createHash('sha512').update(bytes).digest('hex'))]
  }
}

function metadata(): object {
  return {
    canonical_url: `${url}/provider-metadata.json`,
    role: 'csaf_trusted_provider',
    publisher: { category: 'coordinator', name: 'CISA', namespace: 'https://www.cisa.gov/' },
    distributions: [{ rolie: { feeds: [{ tlp_label: 'WHITE', url: `${url}/pfeed.json` }] } }],
    public_openpgp_keys: [{ fingerprint: key.fingerprint, url: `${url}/pgp.asc` }],
  }
}

function feed(): object {
  const entry = documents.map((path) => ({
    id: path,
    updated: '2024-10-24T06:00:00Z',
    link: [
      { rel: 'self', href: url + path },
      { rel: 'hash', href: `${url}${path}.sha512` },
      { rel: 'signature', href: `${url}${path}.asc` },
    ],
    content: { type: 'application/json', src: url + path },
  }))
  return { feed: { id: 'bench', entry } }
}
