import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html } from './pages/html.ts'
import { securityTxt } from './routes/security-txt.ts'
import { operator, served, startAt, tellStory } from './server.fixture.ts'

test('the home page tells the story without a script, and what strangers wrote stays text', async (context) => {
  const served_ = await served(context)
  await tellStory(served_)
  const response = await fetch(`${served_.url}/`)
  assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
  const policy = response.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe|script-src/)
  const page = await response.text()
  assert.match(page, /<h1>Register of http keeper \(fictitious\)<\/h1>/)
  assert.match(page, /published the advisory NORTH-1: Pads to the wrong side &lt;script&gt;/)
  assert.match(page, /registered the product Gateway &lt;b&gt; with its update policy/)
  assert.doesNotMatch(page, /<script/)
  assert.doesNotMatch(page, / style=| on[a-z]+=/)
  assert.doesNotMatch(page, /sample register/)
  const links = [...page.matchAll(/href="(\/[^"#]*)"/g)].map((each) => each[1] ?? '')
  for (const link of new Set(links)) assert.equal((await fetch(served_.url + link)).status, 200, link)
})

test('a sample says that it is one and how to found a real node', async (context) => {
  const { url, client } = await served(context, { sample: true })
  const page = await (await fetch(url)).text()
  assert.match(page, /This is a sample register with fictitious parties/)
  assert.match(page, /<code>comity init<\/code>/)
  assert.equal((await client.status()).sample, true)
})

test('everything that goes into a page is escaped unless it is markup itself', () => {
  assert.equal(
    html`<p title="${'"&<>\''}">${html`<b>${1}</b>`}${['<', undefined, false]}</p>`.text,
    '<p title="&quot;&amp;&lt;&gt;&#39;"><b>1</b>&lt;</p>',
  )
})

test('security.txt names the offices that the keeper names, security first', async (context) => {
  const { client } = await served(context, { publicUrl: 'https://log.keeper.invalid/' })
  const text = await client.securityTxt()
  assert.match(
    text,
    /^Contact: https:\/\/keeper\.invalid\/report\nContact: mailto:psirt@keeper\.invalid\nExpires: 20\d\d-/,
  )
  assert.match(text, /\nPreferred-Languages: en, fr\n/)
  assert.match(text, /\nCanonical: https:\/\/log\.keeper\.invalid\/\.well-known\/security\.txt\n$/)
  assert.equal(securityTxt([{ function: 'diplomatic', email: 'a@b' }], startAt), undefined)
  assert.equal(securityTxt([], startAt), undefined)
})

test('health and metrics are there for whoever runs the node', async (context) => {
  const { url, client } = await served(context)
  assert.deepEqual(await (await fetch(`${url}/health/live`)).json(), { status: 'ok' })
  assert.deepEqual(await client.ready(), { status: 'ok' })
  assert.match(await client.metrics(), /comity_log_size 3/)
})

test('a node that takes nothing is alive and not ready', async (context) => {
  const { url, node } = await served(context)
  Object.defineProperty(node, 'stopped', { get: () => new Error('disk /secret/path is full') })
  const response = await fetch(`${url}/health/ready`)
  assert.equal(response.status, 503)
  const text = await response.text()
  assert.match(text, /unavailable/)
  assert.doesNotMatch(text, /secret/)
})

test('an error inside is logged and says nothing outside, and one of the vault says nothing in the log either', async (context) => {
  const logged: Readonly<Record<string, unknown>>[] = []
  const log = { error: (fields: Readonly<Record<string, unknown>>) => void logged.push(fields) }
  const { url, node, vault, as } = await served(context, { log })
  const { secret } = await vault.issueToken({ party: operator.urn, admin: false, label: 'operator' })
  Object.defineProperty(node.findings, 'request', { value: () => assert.fail('disk at /secret/place') })
  const answer = await fetch(`${url}/api/v1/findings/document`)
  assert.equal(answer.status, 500)
  assert.doesNotMatch(await answer.text(), /secret/)
  assert.match(String(logged[0]?.['err']), /secret/)
  Object.defineProperty(vault, 'listInventories', { value: () => assert.fail('plant seven runs left 1.2.3') })
  await assert.rejects(as(secret).vault.inventories(), { code: 'internal-error', status: 500 })
  assert.equal(logged.length, 2)
  assert.doesNotMatch(JSON.stringify(logged[1]) + String(logged[1]?.['err']), /plant/)
})
