/**
 * The main job, by the real command and a real server: a provider registers a product, a release with its SBOM and an
 * advisory; an operator, whose inventory stays in its vault, learns that it is affected and why, acknowledges, later
 * reports the remedy; the provider's finding for gids-8 moves from declared to evidenced; a third person audits all of
 * it with the log alone.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { corner, type Corner } from '../packages/cli/src/cli.fixture.ts'

const samples = fileURLToPath(new URL('../samples/', import.meta.url))
const inventory = join(samples, 'operator-inventory.cdx.json')
const osv = join(samples, 'GO-2023-2153.json')
const insecure = '--insecure-no-passphrase'

interface Matches {
  readonly affected: number
  readonly matches: readonly {
    readonly state: string
    readonly component: { readonly purl: string }
    readonly why: { readonly text: string }
    readonly acknowledged?: { readonly state: string }
  }[]
}

async function levelOf(who: Corner, provider: string, node: string): Promise<string | undefined> {
  const { finding } = await who.json<{ finding?: { level: string } }>(
    'findings',
    '--party',
    provider,
    '--provision',
    'gids-8',
    '--node',
    node,
  )
  return finding?.level
}

test('the main job: from a product to an answer that anybody can audit', async (context) => {
  // Three people with a home each; the first keeps the node.
  const keeper = corner(context)
  const provider = corner(context)
  const operator = corner(context)
  const auditor = corner(context)
  await keeper.json('init', '--name', 'Keeper', insecure)
  const { url } = await keeper.serve('serve')
  const tokenOf = async (label: string): Promise<string> => {
    const file = join(keeper.path, `${label}.token`)
    await keeper.json('token', 'issue', '--label', label, '--out', file)
    return file
  }
  const at = ['--node', url]
  const acme = await provider.json<{ urn: string }>(
    'party',
    'create',
    'acme',
    '--name',
    'Acme',
    ...at,
    '--token-file',
    await tokenOf('acme'),
    insecure,
  )
  const plant = await operator.json<{ urn: string }>(
    'party',
    'create',
    'plant',
    '--type',
    'operator',
    '--name',
    'Plant',
    ...at,
    '--token-file',
    await tokenOf('plant'),
    insecure,
  )
  // A token of the operator's own opens its part of the vault.
  const vaultToken = join(keeper.path, 'vault.token')
  await keeper.json('token', 'issue', '--label', 'vault of plant', '--party', plant.urn, '--out', vaultToken)
  const vault = ['--token-file', vaultToken]

  await provider.json('support', 'gids')
  assert.equal(await levelOf(auditor, acme.urn, url), 'silent')
  await provider.json('product', 'gateway', '--name', 'Gateway', '--updates', 'download', '--consent', 'required')
  await provider.json('release', 'add', inventory, '--product', 'gateway', '--version', '1.0.0')
  assert.equal(await levelOf(auditor, acme.urn, url), 'declared')

  const kept = await operator.json<{ components: number; affected: number }>(
    'inventory',
    'add',
    inventory,
    '--name',
    'Plant 1',
    ...vault,
  )
  assert.equal(kept.affected, 0)
  const { id: advisory } = await provider.json<{ id: string }>(
    'advisory',
    'publish',
    osv,
    '--product',
    'gateway',
    '--remedy-version',
    '1.0.1',
  )

  const found = await operator.json<Matches>('matches', ...vault)
  assert.equal(found.affected, 1)
  const [match] = found.matches
  assert.equal(match?.component.purl, 'pkg:golang/google.golang.org/grpc@v1.57.0')
  assert.match(match?.why.text ?? '', /before fixed 1\.57\.1/)
  assert.equal(await levelOf(auditor, acme.urn, url), 'declared', 'nobody was told yet')

  await operator.json('acknowledge', 'GO-2023-2153', '--state', 'affected')
  assert.equal(await levelOf(auditor, acme.urn, url), 'evidenced')
  await operator.json('acknowledge', advisory, '--state', 'remedied', '--in-use', '1.0.1')
  const after = await operator.json<Matches>('matches', ...vault)
  assert.equal(after.matches[0]?.acknowledged?.state, 'remedied')

  await keeper.json('findings', '--publish')
  const report = await auditor.json<{
    verdict: string
    kinds: Record<string, number>
    findings: { published: number; recomputed: number }
  }>('audit', url)
  assert.equal(report.verdict, 'equal')
  // How many of these two there are, the clock says: a node commits itself to its messages as an hour ends.
  const { time: _, commitment: __, ...kinds } = report.kinds
  assert.deepEqual(kinds, {
    acknowledgement: 2,
    advisory: 1,
    findings: 1,
    party: 3,
    policy: 1,
    product: 1,
    release: 1,
    support: 1,
  })
  assert.equal(report.findings.recomputed, 1)

  // The inventory stayed at home: nothing of it is in anything that the node serves to others.
  const served = await Promise.all(
    ['api/v1/statements?limit=200', 'api/v1/parties', 'metrics', ''].map(async (path) =>
      (await fetch(`${url}/${path}`)).text(),
    ),
  )
  for (const text of served) assert.doesNotMatch(text, /Plant 1|zerolog|meter-collector/)
})

test('a log that was changed after the fact is caught, and the audit ends with 1', async (context) => {
  const keeper = corner(context)
  await keeper.json('init', '--name', 'Keeper', insecure)
  const server = await keeper.serve('serve')
  await keeper.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  await keeper.json('support', 'gids', '--as', 'acme')
  await server.stop()
  const folder = mkdtempSync(join(tmpdir(), 'comity-forged-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const backup = join(folder, 'backup')
  await keeper.json('backup', backup)
  const stream = join(backup, 'streams/public/0000000000000000.records')
  const bytes = readFileSync(stream)
  const at = bytes.lastIndexOf('urn:comity:instrument:gids')
  bytes.write('urn:comity:instrument:code', at)
  writeFileSync(stream, bytes)
  const audited = await keeper.run('audit', backup)
  assert.equal(audited.code, 1)
  assert.match(audited.stdout, /^DIFFERENT: /)
  assert.match(audited.stdout.replaceAll(/\s+/g, ' '), /damaged at byte \d+/, 'the first difference, with its place')
  const machine = await keeper.run('audit', backup, '--json')
  assert.equal(machine.code, 1)
  const report = JSON.parse(machine.stdout)
  assert.deepEqual([report.verdict, report.differences[0].code], ['different', 'entries-malformed'])
  const restored = await keeper.run('restore', backup, '--data', join(folder, 'data'))
  assert.equal(restored.code, 4)
  assert.match(restored.stderr, /damaged/)
})
