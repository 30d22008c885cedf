import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { currentRuleset, findingsDigest } from '@comity/assessment'
import { treeHasher } from '@comity/crypto'
import { attachReceipts, decodeStatement, instrumentUrn, jwkOf, productUrn, signStatement } from '@comity/statement'
import { actor, keyFor } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import { audit } from './audit.ts'
import { FolderSource } from './folder-source.ts'
import { HttpSource } from './http-source.ts'
import { auditSummary } from './summary.ts'
import { ForgedLog, flip, folder, gateway, home, serve, start, storyNode, timeLeaf } from './log.fixture.ts'
import { differences, forgery, later } from './forgery.fixture.ts'

test('one bit in the signature of an entry', async (context) => {
  const { log, provider, product, size } = await forgery(context)
  // The last product of the story: nothing rests on it but the tree.
  log.append(later, provider.sign('product', product, { ...gateway, name: 'Last' }, later))
  log.tamper.set(`entry ${size}`, flip(-1))
  assert.deepEqual(await differences(log), [
    `signature-wrong/wrong-signature entry ${size}`,
    `tile-differs tile/0/000.p/${size + 2}`,
    'root-differs checkpoint',
  ])
})

test('one bit in the payload of an entry', async (context) => {
  const { log } = await forgery(context)
  log.tamper.set('entry 3', flip(-100))
  const found = await differences(log)
  assert.ok(
    found.some((each) => each.endsWith(' entry 3')),
    found.join('\n'),
  )
  assert.ok(found.includes('root-differs checkpoint'))
})

test('one bit in an entry that makes it something else than CBOR', async (context) => {
  const { log } = await forgery(context)
  log.tamper.set('entry 3', flip(0))
  assert.ok((await differences(log)).includes('entry-malformed/wrong-tag entry 3'))
})

test('one bit in a hash tile', async (context) => {
  const { log } = await forgery(context)
  log.tamper.set('tile 0/0', flip(64))
  const report = await audit({ source: log })
  assert.equal(report.differenceCount, 1)
  const [difference] = report.differences
  assert.equal(difference?.code, 'tile-differs')
  assert.match(difference?.what ?? '', /that of entry 2 /)
})

test('one bit in the signature of the checkpoint', async (context) => {
  const { log } = await forgery(context)
  log.tamper.set('checkpoint', flip(-8))
  assert.deepEqual(await differences(log), ['checkpoint-unsigned/signature-invalid checkpoint'])
})

test('one bit in the root of the checkpoint', async (context) => {
  const { log } = await forgery(context)
  const at = (await log.checkpoint()).indexOf(0x0a, home.origin.length + 1) + 5
  log.tamper.set('checkpoint', flip(at))
  const found = await differences(log)
  assert.ok(
    found.includes('root-differs checkpoint') || found.some((each) => each.startsWith('checkpoint-malformed')),
    found.join('\n'),
  )
})

test('a checkpoint that is none', async (context) => {
  const { log } = await forgery(context)
  log.tamper.set('checkpoint', (bytes) => bytes.fill(0x41))
  assert.deepEqual(await differences(log), ['checkpoint-malformed/malformed-note checkpoint'])
})

test('a folder in which one byte of the log was changed says where', async (context) => {
  const directory = folder(context)
  const { node } = await storyNode(directory)
  await node.close()
  const stream = `${directory}/streams/public`
  const name = readdirSync(stream).find((each) => each.endsWith('.records')) ?? ''
  const bytes = readFileSync(`${stream}/${name}`)
  flip(1000)(bytes)
  writeFileSync(`${stream}/${name}`, bytes)
  const report = await audit({ source: FolderSource.open(directory) })
  assert.equal(report.differences[0]?.code, 'entries-malformed')
  assert.match(report.differences[0]?.what ?? '', /damaged at byte/)
})

test('what HTTP serves in pieces is compared piece by piece', async (context) => {
  const { node } = await storyNode(folder(context))
  const damaged = async (at: string, change: (bytes: Uint8Array) => void) => {
    const address = await serve(context, node, (path, body) => {
      if (path.startsWith(at)) change(body)
      return body
    })
    return (await differences(HttpSource.open(address)))[0]
  }
  assert.equal(await damaged('tile/0/', flip(0)), 'tile-differs tile/0/000.p/21')
  assert.equal(await damaged('tile/entries/', flip(0)), 'entries-malformed entries 0 to 20')
  assert.equal(await damaged('documents/', flip(0)), `document-differs entry 15`)
  assert.equal(await damaged('entries/', flip(-1)), 'receipt-wrong/wrong-signature receipt of entry 0')
  const without = await serve(context, node, (path, body) => (path.startsWith('tile/entries') ? undefined : body))
  assert.deepEqual((await differences(HttpSource.open(without)))[0], 'entries-missing entries 0 to 20')
  await node.close()
})

test('an entry that the policy does not admit', async (context) => {
  const { log, provider, size } = await forgery(context)
  const hour = Math.ceil(later / 3600) * 3600
  const committed = provider.sign('commitment', home.origin, { hour, root: `sha256:${'70'.repeat(32)}` }, hour)
  assert.deepEqual(await differences(log.append(hour, committed)), [`entry-refused/kind-not-admitted entry ${size}`])
})

test('an entry about what belongs to somebody else', async (context) => {
  const { log, operator, size } = await forgery(context)
  const other = productUrn(operator.urn, 'none')
  const release = operator.sign('product', other, gateway, later)
  assert.deepEqual(await differences(log.append(later, release)), [])
  const state = operator.sign('adherence', instrumentUrn('gids'), {}, later)
  assert.deepEqual(await differences(log.append(later, state)), [`entry-refused/wrong-party-type entry ${size + 2}`])
})

test('an entry of a party that the log does not know', async (context) => {
  const { log, size } = await forgery(context)
  const stranger = actor('stranger', home.origin)
  const entry = stranger.sign('support', instrumentUrn('gids'), {}, later)
  assert.deepEqual(await differences(log.append(later, entry)), [`entry-refused/unknown-party entry ${size}`])
})

test('an entry signed with a key that is not its author’s', async (context) => {
  const { log, provider, size } = await forgery(context)
  const { signer } = actor('stranger', home.origin)
  const entry = signStatement({
    kind: 'support',
    iss: provider.urn,
    sub: instrumentUrn('code'),
    iat: later,
    payload: {},
    signer,
  })
  assert.deepEqual(await differences(log.append(later, entry)), [`entry-refused/unknown-key entry ${size}`])
})

test('a change of a party without the signatures that its threshold asks for', async (context) => {
  const { log, size } = await forgery(context)
  const careful = actor('careful', home.origin, {
    party: {
      keys: ['careful', 'second'].map((label) => ({
        jwk: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(keyFor(label).publicKey).toString('base64url') },
        roles: ['sign', 'approve'],
      })),
      thresholds: { party: 2 },
    },
  })
  log.append(later, careful.founding(later))
  const { payload } = careful
  const previous = decodeStatement(careful.founding(later), crypto).id
  const update = careful.sign('party', careful.urn, { ...payload, previous }, later)
  assert.deepEqual(await differences(log.append(later, update)), [`entry-refused/threshold-not-met entry ${size + 2}`])
})

test('a statement that needs a second signature waits, and is no difference', async (context) => {
  const { log } = await forgery(context)
  const keys = ['careful', 'second'].map((label) => ({
    jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor(label).publicKey }),
    roles: ['sign' as const, 'approve' as const],
  }))
  const careful = actor('careful', home.origin, { party: { keys, thresholds: { support: 2 } } })
  log.append(later, careful.founding(later)).append(later, careful.sign('support', instrumentUrn('gids'), {}, later))
  const report = await audit({ source: log })
  assert.equal(report.verdict, 'equal')
  assert.equal(report.pending, 1)
})

test('a time before the time of the batch before', async (context) => {
  const { log, size } = await forgery(context)
  assert.deepEqual(await differences(log.append(start)), [`entry-refused/time-decreases entry ${size}`])
})

test('a statement from the future', async (context) => {
  const { log, provider, product, size } = await forgery(context)
  const entry = provider.sign('product', product, gateway, later + 3600)
  assert.deepEqual(await differences(log.append(later, entry)), [`entry-refused/clock-in-future entry ${size}`])
})

test('a time leaf of somebody who is not the keeper closes nothing', async (context) => {
  const { log, provider, size } = await forgery(context)
  log.leaves.push(provider.sign('time', home.origin, { at: later, cosigned: [] }, later))
  assert.deepEqual(await differences(log), [`batch-open entries ${size} to ${size}`])
})

test('entries that no time leaf closes', async (context) => {
  const { log, provider, product, size } = await forgery(context)
  log.leaves.push(provider.sign('product', product, gateway, later))
  assert.deepEqual(await differences(log), [`batch-open entries ${size} to ${size}`])
})

test('a log without its beginning', async () => {
  const log = new ForgedLog([home.founding(start), timeLeaf(start)])
  const found = await differences(log)
  assert.ok(found.includes('bootstrap-missing entries 0 to 1'), found.join('\n'))
})

test('a statement that stands in the log twice', async (context) => {
  const { log, size } = await forgery(context)
  const [, , , , , , , twice = new Uint8Array()] = log.leaves
  assert.deepEqual(await differences(log.append(later, twice)), [`entry-repeated entry ${size}`])
})

test('an entry with an unprotected header that nobody signed', async (context) => {
  const { log, provider, product, size } = await forgery(context)
  const entry = attachReceipts(provider.sign('product', product, gateway, later), [Uint8Array.of(0xa0)])
  assert.deepEqual(await differences(log.append(later, entry)), [`entry-not-canonical entry ${size}`])
})

function findings(log: ForgedLog, digest: string, at = start + 3600): Uint8Array {
  const size = log.leaves.length
  const { version, digest: rules } = currentRuleset
  const root = `sha256:${Buffer.from(log.tree.root(size)).toString('hex')}`
  const payload = {
    cut: [{ origin: home.origin, size, root }],
    at,
    ruleset: { version, digest: rules },
    trust: null,
    digest,
  }
  return home.sign('findings', home.origin, payload, later)
}

test('findings that are not what their rules give', async (context) => {
  const { log, size } = await forgery(context)
  const report = await audit({ source: log.append(later, findings(log, `sha256:${'00'.repeat(32)}`)) })
  assert.equal(report.differenceCount, 1)
  const [difference] = report.differences
  assert.equal(difference?.code, 'findings-differ')
  assert.equal(difference?.where, `entry ${size}`)
  assert.equal(difference?.found, `sha256:${'00'.repeat(32)}`)
  assert.match(difference?.what ?? '', /Whose they are cannot be told: the statement cites no document of them/)
})

test('published findings that were embellished are named, whose and under which provision, by folder and by HTTP', async (context) => {
  const directory = folder(context)
  const { node, provider, clock } = await storyNode(directory)
  const { parties, cut, at, ruleset, trust } = await node.findings.assess(node.findings.request())
  const embellished = parties.map(({ party, findings: own }) => ({
    party,
    findings: own.map((each) => (each.provision === 'gids-8' ? { ...each, level: 'verified' as const } : each)),
  }))
  const documents = [...(await node.findings.keep(embellished))]
  const payload = { cut: [...cut], at, ruleset, trust, digest: findingsDigest(embellished, treeHasher), documents }
  const { index } = await node.submit(home.sign('findings', home.origin, payload, clock.now()))
  for (const source of [FolderSource.open(directory), HttpSource.open(await serve(context, node))]) {
    const report = await audit({ source })
    assert.equal(report.differenceCount, 1)
    const { what, expected, found, ...difference } = report.differences[0] ?? {}
    const named = { where: `entry ${index}`, party: provider.urn, provision: 'gids-8' }
    assert.deepEqual(difference, { code: 'findings-differ', ...named })
    assert.match(
      what ?? '',
      new RegExp(`of provider \\(fictitious\\) \\(${provider.urn.slice(17, 25)}…\\) under gids-8`),
    )
    assert.match(expected ?? '', /^evidenced; rests on .*advisory at entry \d+/)
    assert.match(found ?? '', /^verified; rests on /)
    assert.match(auditSummary(report).replaceAll(/\s+/g, ' '), /provider \(fictitious\) \([0-9a-f]{8}…\) under gids-8/)
  }
  await node.close()
})

test('findings at a time that is none of the log', async (context) => {
  const { log, size } = await forgery(context)
  const report = await differences(log.append(later, findings(log, `sha256:${'00'.repeat(32)}`, start + 1)))
  assert.deepEqual(report, [`entry-refused/wrong-cut entry ${size}`])
})

test('findings by a ruleset that this release does not know are left, and said to be', async (context) => {
  const { log, size } = await forgery(context)
  const root = `sha256:${Buffer.from(log.tree.root()).toString('hex')}`
  const digest = `sha256:${'11'.repeat(32)}`
  const payload = {
    cut: [{ origin: home.origin, size, root }],
    at: start,
    ruleset: { version: '99', digest },
    trust: null,
    digest,
  }
  const report = await audit({ source: log.append(later, home.sign('findings', home.origin, payload, later)) })
  assert.equal(report.verdict, 'partly')
  assert.deepEqual(
    report.unchecked.map(({ code }) => code),
    ['ruleset-unknown'],
  )
})

test('findings that rest on a document which is not there, or withheld without a statement', async (context) => {
  for (const state of ['absent', 'withheld'] as const) {
    const { log, digest } = await forgery(context)
    log.documents.set(digest, state)
    const found = await differences(log)
    assert.ok(
      found.length > 0 && found.every((each) => each.startsWith('document-missing/document-missing entry ')),
      found.join('\n'),
    )
  }
})

test('a document withheld by a later statement leaves earlier findings as they were', async (context) => {
  const { log, provider, digest } = await forgery(context)
  log.documents.set(digest, 'withheld')
  const sub = `urn:comity:document:${digest}`
  const report = await audit({
    source: log.append(later, provider.sign('withholding', sub, { ground: 'data-protection' }, later)),
  })
  assert.deepEqual(report.differences, [])
  assert.equal(report.verdict, 'partly')
  assert.deepEqual(
    report.unchecked.map(({ code }) => code),
    ['document-not-at-hand'],
  )
})
