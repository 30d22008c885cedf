import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { corner } from '../cli.fixture.ts'

test('npm start serves the sample, everybody in it is fictitious, and an audit finds it equal', async (context) => {
  const own = corner(context)
  const { url, ready, stop } = await own.serve('start')
  assert.equal(ready['sample'], true)
  const parties = await own.json<{ names: { text: string }[]; state?: string }[]>('party', 'list', '--node', url)
  assert.equal(parties.length, 8)
  for (const { names, state } of parties) {
    for (const { text } of names) assert.match(text, /\((?:fictitious|fictif|fictive)\)$/)
    assert.ok(state === undefined || /^X[A-Z]$/.test(state))
  }
  const { verdict, findings } = await own.json<{ verdict: string; findings: { published: number } }>('audit', url)
  assert.equal(verdict, 'equal')
  assert.equal(findings.published, 1)

  const guest = corner(context, { home: String(ready['home']) })
  const { affected } = await guest.json<{ affected: number }>('matches', '--as', 'power')
  assert.ok(affected > 3)
  await guest.json('acknowledge', 'GO-2024-2687', '--as', 'power', '--state', 'affected')
  const banner = await own.run('status', '--node', url)
  assert.match(banner.stdout, /a sample register/)
  assert.equal(await stop(), 0)
  assert.equal(existsSync(String(ready['data'])), false, 'the temporary folder is gone')
})
