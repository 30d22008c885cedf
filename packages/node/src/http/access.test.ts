/** Who may do what: tokens for filing, for the keeper, and for hosted parties. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, ClientError } from '@comity/contract'
import { decodeStatement, instrumentUrn, signStatement } from '@comity/statement'
import { actor } from '@comity/testkit'
import { Value } from 'typebox/value'
import { crypto } from '../crypto-port.ts'
import { advisory, digestOf, operator, osv, provider, sbom, served, startAt, tellStory } from './server.fixture.ts'

const withToken = { filing: 'token' } as const

test('where the policy asks for a token, nothing is filed without one', async (context) => {
  const { client, as, vault, node, url } = await served(context, { policy: withToken })
  const statement = provider.founding(startAt)
  await assert.rejects(client.submit(statement), { code: 'not-authorised', status: 401 })
  await assert.rejects(client.submitBatch([statement]), { code: 'not-authorised' })
  await assert.rejects(client.putDocument(digestOf(osv), osv), { code: 'not-authorised' })
  await assert.rejects(as('comity_wrong').submit(statement), { code: 'not-authorised' })
  assert.equal(node.head.size, 3)
  const response = await fetch(`${url}/entries`, {
    method: 'POST',
    headers: { 'content-type': 'application/cose' },
    body: 'x',
  })
  assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/)

  const { secret, id } = await vault.issueToken({ party: null, admin: false, label: 'filing' })
  assert.equal((await as(secret).submit(statement)).duplicate, false)
  const { signer } = operator
  const forged = signStatement({
    kind: 'support',
    iss: provider.urn,
    sub: instrumentUrn('gids'),
    iat: startAt,
    payload: {},
    signer,
  })
  await assert.rejects(as(secret).submit(forged), { code: 'unknown-key' }, 'a token is no authorship')
  await vault.revokeToken(id)
  await assert.rejects(as(secret).submit(statement), { code: 'not-authorised' })
})

test('where the policy asks for a token, strangers bring copies of party statements, and nothing else', async (context) => {
  const { client, as, node } = await served(context, { policy: withToken })
  const abroad = actor('abroad', 'elsewhere.invalid')
  const previous = decodeStatement(abroad.founding(startAt), crypto).id
  const arriving = abroad.sign('party', abroad.urn, { ...abroad.payload, previous, home: node.origin }, startAt)
  await assert.rejects(as('comity_wrong').submit(abroad.founding(startAt)), { code: 'not-authorised' })
  await assert.rejects(client.submitBatch([abroad.founding(startAt)]), { code: 'not-authorised' })
  await client.submit(abroad.founding(startAt))
  const support = abroad.sign('support', instrumentUrn('gids'), {}, startAt)
  await assert.rejects(client.submit(support), { code: 'not-authorised' })
  await client.submit(arriving)
  // From here on the party is at home, and its host answers for it.
  const again = { ...abroad.payload, previous: decodeStatement(arriving, crypto).id, home: node.origin }
  await assert.rejects(client.submit(abroad.sign('party', abroad.urn, again, startAt)), { code: 'not-authorised' })
})

test('strangers bring a hundred copies at once, and then have to wait', async (context) => {
  const { client } = await served(context, { policy: withToken })
  const bring = (i: number) => client.submit(actor(`stranger ${i}`, 'elsewhere.invalid').founding(startAt))
  await Promise.all(Array.from({ length: 100 }, (_, i) => bring(i)))
  await assert.rejects(bring(100), { code: 'too-many-requests', status: 429 })
})

test('where the policy lists parties, their statements need no token, and documents do', async (context) => {
  const policy = { filing: 'listed' as const, admits: { parties: [provider.urn] } }
  const { client } = await served(context, { policy })
  await client.submit(provider.founding(startAt))
  await assert.rejects(client.submit(operator.founding(startAt)), { code: 'party-not-admitted' })
  await assert.rejects(client.putDocument(digestOf(osv), osv), { code: 'not-authorised' })
})

test('a new policy counts from the next statement on', async (context) => {
  const { client, url } = await served(context)
  await client.submit(provider.founding(startAt))
  const { policy } = await client.policy()
  const { home } = await import('./server.fixture.ts')
  await client.submit(home.policy(startAt + 1, { ...policy, filing: 'token' }))
  assert.equal((await client.policy()).policy.filing, 'token')
  await assert.rejects(client.submit(provider.sign('support', instrumentUrn('gids'), {}, startAt)), {
    code: 'not-authorised',
  })
  assert.equal((await fetch(`${url}/checkpoint`)).status, 200)
})

test('only an admin token issues tokens, publishes findings and makes backups', async (context) => {
  const asked: string[] = []
  const backup = async (directory: string) => {
    asked.push(directory)
    return { directory, size: 3, bytes: 1000 }
  }
  const { client, as, vault } = await served(context, { backup })
  const plain = as((await vault.issueToken({ party: null, admin: false, label: 'plain' })).secret)
  for (const attempt of [
    () => client.tokens(),
    () => plain.tokens(),
    () => plain.issueToken({ label: 'x', admin: true }),
    () => plain.publishFindings(),
    () => plain.backup({ directory: '/tmp/x' }),
  ]) {
    await assert.rejects(attempt(), (error) => error instanceof ClientError && [401, 403].includes(error.status ?? 0))
  }
  const admin = as((await vault.issueToken({ party: null, admin: true, label: 'admin' })).secret)
  const issued = await admin.issueToken({ label: 'for the operator', party: operator.urn })
  assert.ok(Value.Check(api.issueTokenResponse, issued))
  const { tokens } = await admin.tokens()
  assert.ok(Value.Check(api.tokensResponse, { tokens }))
  assert.deepEqual(
    tokens.map((token) => token.label),
    ['plain', 'admin', 'for the operator'],
  )
  assert.ok(!JSON.stringify(tokens).includes(issued.secret))
  await admin.revokeToken(issued.id)
  assert.equal(typeof (await admin.tokens()).tokens[2]?.revokedAt, 'number')
  await assert.rejects(admin.revokeToken('00'.repeat(8)), { code: 'unknown-token', status: 404 })
  assert.equal(typeof (await admin.publishFindings()).index, 'number')
  assert.deepEqual(await admin.backup({ directory: '/tmp/x' }), { directory: '/tmp/x', size: 3, bytes: 1000 })
  assert.deepEqual(asked, ['/tmp/x'])
  await assert.rejects(admin.issueToken({ label: '' }), { code: 'bad-request' })
})

test('a node without backups says that it has none', async (context) => {
  const { as, vault } = await served(context)
  const admin = as((await vault.issueToken({ party: null, admin: true, label: 'admin' })).secret)
  await assert.rejects(admin.backup({ directory: '/tmp/x' }), { code: 'not-available', status: 501 })
})

test('an operator learns from its own vault what concerns it, and nobody else does', async (context) => {
  const served_ = await served(context)
  const { client, as, vault, url } = served_
  const { advisoryId } = await tellStory(served_)
  const own = as((await vault.issueToken({ party: operator.urn, admin: false, label: 'operator' })).secret)
  const other = as((await vault.issueToken({ party: provider.urn, admin: false, label: 'provider' })).secret)
  const partyless = as((await vault.issueToken({ party: null, admin: true, label: 'admin' })).secret)

  const added = await own.vault.addInventory('plant seven', sbom)
  assert.ok(Value.Check(api.addInventoryResponse, added), JSON.stringify(added))
  await vault.settled()
  const matches = await own.vault.matches({ state: 'affected' })
  assert.ok(Value.Check(api.matchesResponse, matches), JSON.stringify(matches))
  assert.equal(matches.items[0]?.advisory.sub, advisory)
  assert.equal(matches.items[0]?.advisory.statement, advisoryId)
  assert.equal(matches.items[0]?.acknowledged?.state, 'affected')
  const match = await own.vault.match(matches.items[0]?.id ?? '')
  assert.ok(Value.Check(api.matchResponse, match), JSON.stringify(match))
  const { inventories } = await own.vault.inventories()
  assert.ok(Value.Check(api.inventoriesResponse, { inventories }), JSON.stringify(inventories))
  assert.deepEqual(await own.vault.inventory(added.id), new Uint8Array(sbom))
  assert.deepEqual((await own.vault.unreadAdvisories()).advisories, [])

  assert.deepEqual((await other.vault.inventories()).inventories, [])
  await assert.rejects(other.vault.inventory(added.id), { code: 'unknown-inventory', status: 404 })
  await assert.rejects(client.vault.matches(), { code: 'not-authorised' })
  await assert.rejects(partyless.vault.matches(), { code: 'not-permitted', status: 403 })
  const answer = await fetch(`${url}/api/v1/vault/inventories`, { headers: { authorization: 'Bearer x' } })
  assert.equal(answer.headers.get('cache-control'), 'no-store')

  await own.vault.removeInventory(added.id)
  assert.deepEqual((await own.vault.matches()).items, [])
})

test('an SBOM that is none is refused with the place where it stops being one', async (context) => {
  const { as, vault } = await served(context)
  const own = as((await vault.issueToken({ party: operator.urn, admin: false, label: 'operator' })).secret)
  await assert.rejects(own.vault.addInventory('x', 'no json'), { code: 'not-json', status: 400 })
  await assert.rejects(own.vault.addInventory('x', '{"a":1}'), { code: 'not-an-sbom' })
  const doubtful = await own.vault.addInventory(
    'x',
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: [{ type: 'library', name: 'a', purl: 'pkg:' }],
    }),
  )
  assert.equal(doubtful.total, 1)
  assert.equal(doubtful.problems[0]?.code, 'bad-purl')
  assert.equal(doubtful.problems[0]?.pointer, '/components/0/purl')
  assert.deepEqual(
    (await own.vault.inventories()).inventories.map((each) => each.problems),
    [1],
  )
})

test('each statement of a batch is answered by itself, in the order of the request', async (context) => {
  const { client, url } = await served(context)
  await client.submit(provider.founding(startAt))
  const good = provider.sign('support', instrumentUrn('gids'), {}, startAt)
  const refused = provider.sign('adherence', instrumentUrn('gids'), {}, startAt)
  const answers = await client.submitBatch([good, refused, provider.founding(startAt)])
  assert.deepEqual(
    answers.map((each) => ('problem' in each ? each.problem.code : each.duplicate)),
    [false, 'wrong-party-type', true],
  )
  const [first, second] = answers
  assert.ok(first !== undefined && 'receipt' in first && second !== undefined && 'problem' in second)
  assert.deepEqual(first.receipt, await client.receipt(first.id))
  assert.equal(decodeStatement(Buffer.from(second.problem.refusal ?? '', 'base64url'), crypto).kind, 'refusal')

  const sequence = await fetch(`${url}/api/v1/statements`, {
    method: 'POST',
    headers: { 'content-type': 'application/cbor-seq', accept: 'application/cbor-seq' },
    body: new Uint8Array(good),
  })
  assert.deepEqual(new Uint8Array(await sequence.arrayBuffer()), first.receipt)
})

test('a batch that is no sequence registers nothing of it', async (context) => {
  const { url, node } = await served(context)
  const bytes = provider.founding(startAt)
  const post = async (body: Uint8Array) => {
    const response = await fetch(`${url}/api/v1/statements`, {
      method: 'POST',
      headers: { 'content-type': 'application/cbor-seq' },
      body: new Uint8Array(body),
    })
    return (await response.json()) as { code: string; detail: string }
  }
  const torn = await post(Buffer.concat([bytes, bytes.subarray(0, 50)]))
  assert.equal(torn.code, 'not-cbor')
  assert.match(torn.detail, /item 1 .*byte/)
  assert.equal((await post(new Uint8Array())).code, 'not-cbor')
  assert.equal((await post(new Uint8Array(1025))).code, 'not-cbor')
  assert.equal(node.head.size, 3)
})
