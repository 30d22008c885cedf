import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { served } from './server.fixture.ts'

test('with a certificate the node speaks TLS, and plain HTTP on that port gets nowhere', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'comity-tls-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', [...made, '-keyout', keyFile, '-out', certFile, ...subject], { stdio: 'ignore' })
  const cert = readFileSync(certFile)
  const { port, node } = await served(context, { tls: { key: readFileSync(keyFile), cert } })
  const note = await new Promise<string>((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/checkpoint', servername: 'localhost', ca: cert },
      (answer) => {
        let text = ''
        answer
          .setEncoding('utf8')
          .on('data', (piece: string) => (text += piece))
          .on('end', () => resolve(text))
      },
    )
    asked.on('error', reject).end()
  })
  assert.equal(note, node.head.note)
  await assert.rejects(fetch(`http://127.0.0.1:${port}/checkpoint`))
})
