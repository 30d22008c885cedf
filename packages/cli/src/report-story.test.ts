/** What a vendor does when a law counts hours: what is due, and a draft that says where each of its words stands. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { corner, type Ran } from './cli.fixture.ts'

const osv = fileURLToPath(new URL('../../../samples/GO-2023-2153.json', import.meta.url))
const insecure = '--insecure-no-passphrase'
const exploited = ['--exploited', '2026-11-20T10:00+01:00'] as const

interface Due {
  readonly next?: string
  readonly reports: readonly { readonly report: string; readonly standing: string; readonly deadline?: string }[]
}

interface Draft {
  readonly deadline: string
  readonly missing: readonly string[]
  readonly items: readonly {
    readonly name: string
    readonly isGap: boolean
    readonly facts: readonly { readonly text: string; readonly source: { readonly in: string; readonly id?: string } }[]
  }[]
}

function fits({ stdout, stderr, code }: Ran): string {
  assert.equal(code, 0, stderr)
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
  return stdout
}

test('a vendor sees what is due by which law, and gets a draft from its own record', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  await own.serve('serve')
  await own.json(
    'party',
    'create',
    'acme',
    '--name',
    'Acme Gateways',
    '--contact',
    'security=psirt@acme.example',
    insecure,
  )
  await own.json('product', 'gateway', '--as', 'acme', '--name', 'Gateway', '--updates', 'download')
  const published = await own.json<{ id: string }>('advisory', 'publish', osv, '--as', 'acme', '--product', 'gateway')

  const laws = ['--law', 'eu-cra', '--law', 'cn-products'] as const
  const due = await own.json<Due>('report', 'due', '--as', 'acme', '--advisory', 'GO-2023-2153', ...laws, ...exploited)
  assert.equal(due.next, 'eu-cra/early-warning')
  assert.equal(due.reports.length, 7)
  assert.equal(due.reports[0]?.deadline, '2026-11-21T10:00:00+01:00[Europe/Brussels]')
  assert.equal(due.reports.find(({ report }) => report === 'eu-cra/final-report')?.standing, 'not-begun')
  const shown = fits(await own.run('report', 'due', '--as', 'acme', ...laws, ...exploited))
  assert.match(shown, /Due next: eu-cra\/early-warning/)
  assert.match(shown, /\(unverified\)/)

  const asked = ['report', 'prepare', 'eu-cra/early-warning', '--as', 'acme', '--advisory', published.id] as const
  const draft = await own.json<Draft>(...asked, ...exploited)
  assert.deepEqual(draft.missing, ['exploit'])
  const product = draft.items.find(({ name }) => name === 'product')
  assert.match(product?.facts[0]?.text ?? '', /^Gateway/)
  assert.equal(product?.facts[0]?.source.in, 'statement')
  const said = ['--say', 'exploit=Requests are smuggled past the filter.', '--out', 'draft.txt'] as const
  fits(await own.run(...asked, ...exploited, ...said))
  const text = readFileSync(join(own.path, 'draft.txt'), 'utf8')
  assert.match(text, /^DRAFT/)
  assert.match(text, /Requests are smuggled past the filter\.\n {4}\[the officer’s word\]/)
  assert.match(text, /Acme Gateways/)
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
  const again = await own.run(...asked, ...exploited, ...said, '--say', 'impact=More.')
  assert.equal(again.code, 2, 'a draft that somebody may have completed is not written over')

  const sent = await own.json<Due>(
    'report',
    'due',
    ...laws,
    ...exploited,
    '--sent',
    'eu-cra/early-warning=2026-11-20T12:00Z',
  )
  assert.equal(sent.next, 'eu-cra/notification')
})

test('in a disclosure one states its laws and times once; what is due, what cuts across the embargo and drafts follow from it', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  const { url } = await own.serve('serve')
  await own.json('party', 'create', 'acme', '--name', 'Acme Gateways', insecure)
  const acme = <T>(...args: readonly string[]): Promise<T> => own.json<T>(...args, '--as', 'acme')
  const set = (...pairs: readonly string[]): readonly string[] => pairs.flatMap((pair) => ['--set', pair])
  const found = set(
    'title=Two length headers',
    'description=Read differently.',
    'origin=own-finding',
    'exploited=known',
  )
  await acme('case', 'open', 'disclosure', 'headers', '--move', 'open', ...found, '--wait')
  await acme('case', 'move', 'headers', 'validate', ...set('identifier=CVE-2026-10001'), '--wait')
  const soon = Math.floor(Date.now() / 1000)
  const duties = { laws: ['cn-products', 'eu-cra'], awareAt: soon - 60, exploitedAt: soon - 60 }
  writeFileSync(join(own.path, 'duties.json'), JSON.stringify({ duties }))
  await acme('case', 'move', 'headers', 'state-duties', '--body', 'duties.json', '--wait')
  const endsAt = `${new Date((soon + 30 * 86_400) * 1000).toISOString().slice(0, 19)}Z`
  writeFileSync(join(own.path, 'date.json'), JSON.stringify({ proposed: { endsAt, zone: 'Africa/Nairobi' } }))
  await acme('case', 'move', 'headers', 'propose-date', '--body', 'date.json', '--wait')

  const due = await acme<Due & { acrossEmbargo: readonly string[] }>('report', 'due', '--case', 'headers')
  assert.equal(due.next, 'eu-cra/early-warning')
  assert.deepEqual(due.acrossEmbargo, ['eu-cra/early-warning', 'cn-products/report', 'eu-cra/notification'])
  const shown = fits(await own.run('report', 'due', '--case', 'headers', '--as', 'acme'))
  assert.match(shown.replaceAll(/\s+/g, ' '), /Due before, and no breach of it/)
  // Over HTTP: the same to the byte with the token of the party, and nothing without one.
  const cases = await acme<readonly { readonly urn: string }[]>('case', 'list')
  const { party, secret } = await own.json<{ party: string; secret: string }>(
    'token',
    'issue',
    '--party',
    'acme',
    '--label',
    'desk',
  )
  const asked = { party, case: cases[0]?.urn, happened: {}, said: {} }
  const post = async (headers: Record<string, string>): Promise<Response> =>
    fetch(`${url}/api/v1/reports/due`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(asked),
    })
  assert.equal(await (await post({ authorization: `Bearer ${secret}` })).text(), JSON.stringify(due))
  assert.equal((await post({})).status, 404)
  const draft = await acme<Draft>('report', 'prepare', 'cn-products/report', '--case', 'headers')
  const vulnerability = draft.items.find(({ name }) => name === 'vulnerability')
  assert.deepEqual(
    vulnerability?.facts.map(({ text }) => text),
    ['Two length headers', 'Read differently.', 'CVE-2026-10001'],
  )
  assert.deepEqual(draft.missing, ['product', 'impact'])
  const sent = set('law=eu-cra', 'duty=early-warning', 'to=the CSIRT', `sentAt=${soon}`)
  await acme('case', 'move', 'headers', 'note-report', ...sent, '--wait')
  assert.equal((await acme<Due>('report', 'due', '--case', 'headers')).next, 'cn-products/report')
})

test('laws are listed with their sources, and what is no time, no law and no part is told with what would be right', async (context) => {
  const own = corner(context)
  const listed = fits(await own.run('report', 'laws'))
  assert.match(listed, /eu-cra {2}European Union: Cyber Resilience Act/)
  assert.match(listed, /art\. 7\(2\), unverified/)
  const refused = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await own.run('report', 'due', ...args)
    assert.equal(code, 2, stderr)
    return stderr.replaceAll(/\s+/g, ' ')
  }
  assert.match(await refused('--law', 'eu-cra', '--exploited', '2026-11-20'), /no moment with hour and zone/)
  assert.match(await refused('--law', 'moon'), /"moon" is no clock profile: .*eu-cra/)
  assert.match(await refused('--law', 'eu-cra', '--say', 'weather=fine'), /no part of a report: reporter, contact/)
  assert.match(await refused(), /say with --law/)
  const { code, stderr } = await own.run('report', 'prepare', '--law', 'eu-cra')
  assert.deepEqual([code, /nothing is due/.test(stderr)], [2, true])
})
