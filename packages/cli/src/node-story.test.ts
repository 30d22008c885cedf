/** The life of a node through the real command: founding, serving, four eyes, new keys, backup, restoring. */
import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { corner, type Corner } from './cli.fixture.ts'

const passphrase = { COMITY_PASSPHRASE: 'correct horse battery' }
const insecure = '--insecure-no-passphrase'

interface Filed {
  readonly id: string
  readonly index: number
  readonly effective: number | null
  readonly pending?: { readonly have: number; readonly need: number }
}

async function checkpointOf(url: string): Promise<string> {
  return (await fetch(`${url}/checkpoint`)).text()
}

function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

async function foundedNode(own: Corner): Promise<void> {
  await own.json('init', '--name', 'Keeper', insecure)
}

test('init makes a node whose keys are encrypted and that only its owner can read', async (context) => {
  const own = corner(context, { env: passphrase })
  const { data, recovery } = await own.json<{ data: string; recovery: string[] }>(
    'init',
    '--name',
    'Keeper',
    '--as',
    'keeper',
  )
  assert.equal(statSync(data).mode & 0o777, 0o700)
  const secrets = [...filesBelow(join(own.path, 'home')), ...filesBelow(join(data, 'node'))]
  assert.ok(secrets.length >= 6)
  for (const file of secrets) assert.equal(statSync(file).mode & 0o777, 0o600, file)
  for (const file of [
    join(data, 'node', 'keys.json'),
    join(own.path, 'home/parties/keeper/keys/sign.json'),
    ...recovery,
  ]) {
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).secret.cipher, 'aes-256-gcm', file)
  }
  const again = await own.run('init', '--name', 'Keeper', '--as', 'other')
  assert.equal(again.code, 2)
  assert.match(again.stderr, /is not empty/)
})

test('an init that fails leaves nothing behind, and the same words with a right folder succeed', async (context) => {
  const own = corner(context)
  writeFileSync(join(own.path, 'a-file'), '')
  const init = (data: string) => own.run('init', '--name', 'Keeper', insecure, '--data', data)
  const failed = await init('a-file/x')
  assert.notEqual(failed.code, 0)
  const { code, stderr } = await init('right')
  assert.equal(code, 0, stderr)
})

test('a certificate that is none is a wrong argument, and says which file', async (context) => {
  const own = corner(context)
  await foundedNode(own)
  writeFileSync(join(own.path, 'words.txt'), 'no PEM')
  const { code, stderr } = await own.run('serve', '--port', '0', '--tls-cert', 'words.txt', '--tls-key', 'words.txt')
  assert.equal(code, 2)
  assert.match(stderr, /words\.txt/)
})

test('without a terminal and without a passphrase nothing is written', async (context) => {
  const own = corner(context)
  const { code, stderr } = await own.run('init', '--name', 'Keeper')
  assert.equal(code, 4)
  assert.match(stderr.replaceAll(/\s+/g, ' '), /--passphrase-file FILE or \$COMITY_PASSPHRASE/)
  assert.deepEqual(readdirSync(own.path), [])
})

test('init takes role keys from a file and from the environment, and keeps them encrypted', async (context) => {
  const pem = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const log = pem()
  const jwkOf = (text: string) => createPublicKey(text).export({ format: 'jwk' }).x
  const logKeyIn = (path: string): unknown => {
    const { keys, secret } = JSON.parse(readFileSync(join(path, 'data/node/keys.json'), 'utf8'))
    assert.equal(secret.cipher, 'aes-256-gcm')
    return keys.find((each: { name: string }) => each.name === 'log').jwk.x
  }
  const own = corner(context, { env: passphrase })
  writeFileSync(join(own.path, 'keys.pem'), `log:\n${log}`)
  await own.json('init', '--name', 'Keeper', '--keys', 'keys.pem')
  assert.equal(logKeyIn(own.path), jwkOf(log))
  await own.json('audit')

  const other = corner(context, { env: { ...passphrase, COMITY_KEYS: `sign:\n${pem()}log:\n${log}` } })
  await other.json('init', '--name', 'Keeper')
  assert.equal(logKeyIn(other.path), jwkOf(log))

  const wrong = corner(context, { env: { ...passphrase, COMITY_KEYS: log } })
  const { code, stderr } = await wrong.run('init', '--name', 'Keeper')
  assert.equal(code, 2)
  assert.match(stderr, /\$COMITY_KEYS cannot be used/)
  assert.deepEqual(readdirSync(wrong.path), [])
})

test('a server ends by itself at SIGTERM and SIGINT, and a second one on its folder or port says why not', async (context) => {
  const own = corner(context)
  await foundedNode(own)
  const server = await own.serve('serve')
  const second = await own.run('serve', '--port', '0')
  assert.equal(second.code, 4)
  assert.match(second.stderr.replaceAll(/\s+/g, ' '), /a node serves .* already, at http:/)
  const port = new URL(server.url).port
  const other = corner(context)
  const busy = await other.run('start', '--port', port)
  assert.equal(busy.code, 4)
  assert.match(
    busy.stderr.replaceAll(/\s+/g, ' '),
    new RegExp(`port ${port} on localhost is in use by another program: choose another with --port`),
  )
  assert.equal(await server.stop('SIGTERM'), 0)
  const status = await own.json<{ serving: boolean; size: number }>('status')
  assert.deepEqual({ serving: status.serving, size: status.size }, { serving: false, size: 3 })

  const early = await own.run('status', '--wait', '1')
  assert.equal(early.code, 4)
  assert.match(early.stderr.replaceAll(/\s+/g, ' '), /no node answered at \S+data within 1 second/)
  assert.equal((await own.run('status', '--wait', 'a')).code, 2)
  const patient = own.json<{ serving: boolean }>('status', '--wait')
  const next = await own.serve('serve')
  assert.equal((await patient).serving, true)
  assert.equal(await next.stop('SIGINT'), 0)
})

test('an act that takes two keys waits for the second, and takes effect with it', async (context) => {
  const own = corner(context)
  await foundedNode(own)
  await own.serve('serve')
  await own.json('party', 'create', 'acme', '--name', 'Acme', '--approvers', '1', '--threshold', 'support=2', insecure)
  const filed = await own.json<Filed>('support', 'gids', '--as', 'acme')
  assert.deepEqual(
    { effective: filed.effective, pending: filed.pending },
    { effective: null, pending: { have: 1, need: 2 } },
  )
  await own.json('approve', filed.id, '--as', 'acme')
  const findings = await own.json<{ findings: { provision: string; level?: string }[] }[]>(
    'findings',
    '--party',
    'acme',
  )
  assert.equal(findings[0]?.findings.find(({ provision }) => provision === 'gids-7')?.level, 'silent')
})

test('keys are rotated, recovered and declared compromised, and the old ones are refused', async (context) => {
  const own = corner(context)
  await foundedNode(own)
  await own.serve('serve')
  type Written = { readonly recovery: readonly string[]; readonly keys: readonly string[] }
  const made = await own.json<Written>('party', 'create', 'acme', '--name', 'Acme', '--recovery', '2-of-3', insecure)
  const oldKey = join(own.path, 'old.json')
  writeFileSync(oldKey, readFileSync(made.keys[0] ?? ''))
  const [first = '', second = '', third = ''] = made.recovery
  await own.json('party', 'rotate', '--as', 'acme', '--recovery-file', first, insecure)
  const refused = await own.run('support', 'gids', '--as', 'acme', '--key', oldKey)
  assert.equal(refused.code, 3)
  assert.match(refused.stderr, /revoked-key/)
  const again = await own.run('party', 'rotate', '--as', 'acme', '--recovery-file', first, insecure)
  assert.equal(again.code, 4)
  assert.match(again.stderr, /use its\s+newest recovery file/)
  const one = await own.run('party', 'recover', '--as', 'acme', '--recovery-file', second, insecure)
  assert.equal(one.code, 4)
  const recovered = await own.json<Written>(
    'party',
    'recover',
    '--as',
    'acme',
    '--recovery-file',
    second,
    '--recovery-file',
    third,
    insecure,
  )
  await own.json('support', 'gids', '--as', 'acme')
  const newest = recovered.recovery[0] ?? ''
  await own.json('party', 'compromise', '--as', 'acme', '--since', '2026-01-01', '--recovery-file', newest, insecure)
  const shown = await own.json<{ keys: { roles: string[]; compromisedSince?: number; to?: number }[] }>(
    'party',
    'show',
    'acme',
  )
  assert.deepEqual(
    shown.keys.filter(({ to }) => to === undefined).flatMap(({ roles }) => roles),
    ['seal', 'sign'],
  )
  assert.equal(shown.keys.filter(({ compromisedSince }) => compromisedSince !== undefined).length, 1)
})

test('a statement signed here is submitted there, fetched with its receipt, and verified offline', async (context) => {
  const own = corner(context)
  await foundedNode(own)
  const server = await own.serve('serve')
  await own.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  writeFileSync(join(own.path, 'word.json'), '{"declarations":[{"provision":"gids-7","text":"Nothing hidden"}]}\n')
  writeFileSync(join(own.path, 'wrong.json'), '{"declarations":[{"provision":"gids-7"}]}')
  const sub = 'urn:comity:instrument:gids'
  const wrong = await own.run('sign', 'support', 'wrong.json', '--sub', sub, '--as', 'acme')
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /\/declarations\/0/)
  const { id } = await own.json<{ id: string }>(
    'sign',
    'support',
    'word.json',
    '--sub',
    sub,
    '--as',
    'acme',
    '--out',
    'word.cbor',
  )
  assert.equal((await own.run('verify', 'word.cbor')).code, 0, 'signed by a party of this home')
  const { index } = await own.json<Filed>('submit', 'word.cbor', '--as', 'acme')
  await own.json('receipt', id, '--out', 'fetched.cbor')
  assert.deepEqual(
    readFileSync(join(own.path, 'fetched.cbor')),
    readFileSync(join(own.path, 'word.cbor')),
    'submit attached the same receipt',
  )
  await server.stop()
  const verified = await own.run('verify', 'word.cbor')
  assert.equal(verified.code, 0)
  assert.match(verified.stdout, new RegExp(`entry ${index} of`))
  const stranger = corner(context)
  assert.equal((await stranger.run('verify', join(own.path, 'word.cbor'))).code, 1, 'a stranger lacks the keys')
  const parties = join(own.path, 'home/parties')
  const founding = ['acme', 'keeper'].flatMap((alias) => ['--with', join(parties, alias, 'founding.cbor')])
  assert.equal((await stranger.run('verify', join(own.path, 'word.cbor'), ...founding)).code, 0)
  const bytes = readFileSync(join(own.path, 'word.cbor'))
  bytes[bytes.indexOf('Nothing')] = 0x6e
  writeFileSync(join(own.path, 'forged.cbor'), bytes)
  const forged = await own.run('verify', 'forged.cbor')
  assert.equal(forged.code, 1)
  assert.match(forged.stdout, /WRONG/)
})

test('a restored old backup does not fork: it is frozen, resumes only when nothing came after it, else a successor takes over', async (context) => {
  const own = corner(context)
  await foundedNode(own)
  const server = await own.serve('serve')
  await own.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  const made = await own.json<{ size: number }>('backup', 'backup')
  assert.equal(made.size, 5)
  assert.equal((await own.run('audit', 'backup')).code, 0)
  writeFileSync(join(own.path, 'same.txt'), await checkpointOf(server.url))

  assert.equal((await own.json<{ frozen: boolean }>('restore', 'backup', '--data', 'one')).frozen, true)
  const frozen = await own.serve('serve', '--data', 'one')
  assert.equal(frozen.ready['accepting'], false)
  const refused = await own.run('support', 'gids', '--as', 'acme', '--node', frozen.url)
  assert.notEqual(refused.code, 0)
  assert.match(refused.stderr, /code frozen/)
  await frozen.stop()
  const equal = await own.json<{ outcome: string }>('restore', '--checkpoint', 'same.txt', '--data', 'one')
  assert.equal(equal.outcome, 'resumed')

  await own.json('support', 'gids', '--as', 'acme')
  await own.json('restore', 'backup', '--data', 'two')
  const behind = await own.run('restore', '--checkpoint', server.url, '--data', 'two')
  assert.equal(behind.code, 1)
  assert.match(behind.stdout.replaceAll(/\s+/g, ' '), /its log went on to 7 entries after the backup, which has 5/)
  const stillFrozen = await own.json<{ frozen: boolean }>('status', '--data', 'two')
  assert.equal(stillFrozen.frozen, true)
  const successor = await own.json<{ origin: string; predecessor: { size: number } }>(
    'restore',
    '--checkpoint',
    server.url,
    '--data',
    'two',
    '--successor',
    'three',
    '--as',
    'keeper-2',
    insecure,
  )
  assert.equal(successor.predecessor.size, 7)
  const audited = await own.json<Audited>('audit', 'three')
  assert.equal(audited.verdict, 'partly', 'that it continues the other log only the two of them show')
  assert.deepEqual(
    audited.unchecked.map(({ code }) => code),
    ['log-not-at-hand'],
  )
  assert.equal(audited.origin, successor.origin)
  assert.equal(audited.kinds['continuation'], 1)
  const together = await own.json<{ verdict: string }>('audit', 'three', server.url)
  assert.equal(together.verdict, 'equal')
})

interface Audited {
  readonly verdict: string
  readonly origin: string
  readonly kinds: Readonly<Record<string, number>>
  readonly unchecked: readonly { readonly code: string }[]
}

test('views that were thrown away are rebuilt, and a folder that a server holds is left alone', async (context) => {
  const own = corner(context)
  await foundedNode(own)
  const server = await own.serve('serve')
  await own.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  assert.equal((await own.run('rebuild')).code, 4)
  await server.stop()
  assert.equal((await own.json<{ size: number }>('rebuild')).size, 5)
  // No server holds the folder now: the command opens it for itself.
  assert.equal((await own.json<Filed>('support', 'gids', '--as', 'acme')).index, 5)
})

test('tokens are issued, listed and revoked, and a revoked one files nothing', async (context) => {
  const own = corner(context)
  await foundedNode(own)
  const server = await own.serve('serve')
  const { id } = await own.json<{ id: string }>('token', 'issue', '--label', 'Guest', '--out', 'guest.token')
  assert.equal(statSync(join(own.path, 'guest.token')).mode & 0o777, 0o600)
  const label = 'The vendor of the gateways at the northern border, whose statements come through their own office'
  const { id: long } = await own.json<{ id: string }>(
    'token',
    'issue',
    '--label',
    label,
    '--party',
    'keeper',
    '--admin',
  )
  const listed = (await own.run('token', 'list')).stdout
  for (const line of listed.split('\n')) assert.ok(line.length <= 80, line)
  assert.ok(listed.replaceAll(/\s+/g, ' ').includes(label), 'the whole label')
  assert.match(listed, new RegExp(`${long} +administer, file +[0-9a-f]{8}… +\\d{4}-\\d{2}-\\d{2}\n`))
  mkdirSync(join(own.path, 'guest'))
  const guest = corner(context)
  const at = ['--node', server.url, '--token-file', join(own.path, 'guest.token')]
  await guest.json('party', 'create', 'guest', '--name', 'Guest', ...at, insecure)
  await own.json('token', 'revoke', id)
  assert.match((await own.run('token', 'list')).stdout, new RegExp(`${id} .*revoked \\d{4}`))
  const refused = await guest.run('support', 'gids', '--as', 'guest')
  assert.equal(refused.code, 3)
  assert.match(refused.stderr, /code not-authorised/)
})
