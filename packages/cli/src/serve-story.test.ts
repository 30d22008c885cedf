/** What a served node shows of itself: its certificate, its name, and that it is no sample. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { test } from 'node:test'
import { corner } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

/** The origin in the first line of a checkpoint, and the name of the key that signed it. */
function namesIn(checkpoint: string): readonly (string | undefined)[] {
  return [checkpoint.split('\n')[0], /\n\n— (\S+) /.exec(checkpoint)?.[1]]
}

test('start serves the node that was founded, over TLS with its files, under the hash of its log key', async (context) => {
  const own = corner(context)
  const { origin, data } = await own.json<{ origin: string; data: string }>('init', '--name', 'Keeper', insecure)
  const { keys } = JSON.parse(readFileSync(join(data, 'node/keys.json'), 'utf8'))
  const logKey = keys.find((each: { name: string }) => each.name === 'log').jwk.x
  const hash = createHash('sha256').update(Buffer.from(logKey, 'base64url')).digest('hex')
  assert.equal(origin, `${hash}.comity.invalid`)

  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', [...made, '-keyout', 'key.pem', '-out', 'cert.pem', ...subject], {
    cwd: own.path,
    stdio: 'ignore',
  })
  const { url, ready, stop } = await own.serve('start', '--tls-cert', 'cert.pem', '--tls-key', 'key.pem')
  assert.deepEqual([ready['sample'], ready['origin'], ready['data']], [false, origin, data])
  assert.match(url, /^https:\/\/localhost:/)
  const ca = readFileSync(join(own.path, 'cert.pem'))
  const checkpoint = await new Promise<string>((resolve, reject) => {
    get(`${url}/checkpoint`, { ca }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      answer.on('end', () => resolve(text))
    }).on('error', reject)
  })
  assert.deepEqual(namesIn(checkpoint), [origin, origin])
  assert.equal(await stop(), 0)
})

test('an origin is given once, and is the name of the key in the checkpoints', async (context) => {
  const own = corner(context)
  const { origin } = await own.json<{ origin: string }>(
    'init',
    '--name',
    'Keeper',
    '--origin',
    'log.example.org/a',
    insecure,
  )
  assert.equal(origin, 'log.example.org/a')
  const { url } = await own.serve('serve')
  assert.deepEqual(namesIn(await (await fetch(`${url}/checkpoint`)).text()), [origin, origin])
  const schemed = await corner(context).run('init', '--name', 'Keeper', '--origin', 'https://log.example.org', insecure)
  assert.equal(schemed.code, 2)
})
