/**
 * *An operator asks what of mine is exposed, why, and what do I do*: by the real command and a real server, over what
 * its vendor publishes, what databases say and what is known to be exploited. Nothing of its inventories leaves its
 * vault but the answers that it chooses to give.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Match, MatchResponse, MatchesResponse } from '@comity/contract'
import { corner, type Ran } from '../packages/cli/src/cli.fixture.ts'

const samples = fileURLToPath(new URL('../samples/', import.meta.url))
const inventory = join(samples, 'operator-inventory.cdx.json')
const insecure = '--insecure-no-passphrase'

interface Listed {
  readonly affected: number
  readonly matches: readonly Match[]
}

function flat({ stdout, stderr }: Ran): string {
  for (const line of (stdout + stderr).split('\n')) assert.ok(line.length <= 80, line)
  return (stdout + stderr).replaceAll(/\s+/g, ' ')
}

/** CISA's catalog of known exploited vulnerabilities, with one entry. */
function kevOf(cve: string): string {
  const entry = {
    cveID: cve,
    vendorProject: 'IETF',
    product: 'SSH',
    vulnerabilityName: 'SSH prefix truncation',
    dateAdded: '2026-11-02',
    shortDescription: 'Invented for this test.',
    requiredAction: 'Update.',
    dueDate: '2026-11-23',
    knownRansomwareCampaignUse: 'Unknown',
    notes: '',
    cwes: [],
  }
  const catalog = { title: 'Known exploited', catalogVersion: '2026.11.02', dateReleased: '2026-11-02T12:00:00.000Z' }
  return JSON.stringify({ ...catalog, count: 1, vulnerabilities: [entry] })
}

/** A second site, described by another tool in another format: one package, deep in a gateway. */
const site = JSON.stringify({
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'substation',
  documentNamespace: 'https://plant.example/spdx/substation',
  creationInfo: { created: '2026-11-01T00:00:00Z', creators: ['Tool: by-hand'] },
  packages: [
    { SPDXID: 'SPDXRef-Package-root', name: 'substation', downloadLocation: 'NOASSERTION', versionInfo: '1' },
    {
      SPDXID: 'SPDXRef-Package-crypto',
      name: 'golang.org/x/crypto',
      downloadLocation: 'NOASSERTION',
      versionInfo: 'v0.16.0',
      externalRefs: [
        {
          referenceCategory: 'PACKAGE-MANAGER',
          referenceType: 'purl',
          referenceLocator: 'pkg:golang/golang.org/x/crypto@v0.16.0',
        },
      ],
    },
  ],
  relationships: [
    {
      spdxElementId: 'SPDXRef-DOCUMENT',
      relationshipType: 'DESCRIBES',
      relatedSpdxElement: 'SPDXRef-Package-root',
    },
    {
      spdxElementId: 'SPDXRef-Package-root',
      relationshipType: 'DEPENDS_ON',
      relatedSpdxElement: 'SPDXRef-Package-crypto',
    },
  ],
})

test('what of mine is exposed, why, and what do I do', async (context) => {
  const keeper = corner(context)
  const vendor = corner(context)
  const operator = corner(context)
  await keeper.json('init', '--name', 'Keeper', insecure)
  const { url } = await keeper.serve('serve')
  const tokenOf = async (label: string, ...more: readonly string[]): Promise<string> => {
    const file = join(keeper.path, `${label}.token`)
    await keeper.json('token', 'issue', '--label', label, '--out', file, ...more)
    return file
  }
  const found = (who: typeof operator, name: string, token: string, type: string) =>
    who.json<{ urn: string }>(
      'party',
      'create',
      name,
      '--name',
      name,
      '--type',
      type,
      '--node',
      url,
      '--token-file',
      token,
      insecure,
    )
  await found(vendor, 'acme', await tokenOf('acme'), 'provider')
  const plant = await found(operator, 'plant', await tokenOf('plant'), 'operator')
  const token = await tokenOf('vault', '--party', plant.urn)
  const vault = ['--token-file', token]

  // What it runs: two sites, described in two formats.
  writeFileSync(join(operator.path, 'substation.spdx.json'), site)
  await operator.json('inventory', 'add', inventory, '--name', 'Control room', ...vault)
  await operator.json('inventory', 'add', 'substation.spdx.json', '--name', 'Substation', ...vault)
  const before = await operator.run('matches', ...vault)
  assert.match(flat(before), /No advisory of this log, of a log that it mirrors or of a source/)

  // What is known: a database that the node follows, and the catalog of what is exploited.
  const osv = join(keeper.path, 'osv')
  mkdirSync(osv)
  for (const id of ['GO-2023-2402', 'GO-2024-3321', 'GO-2023-2102', 'GO-2024-2611'])
    cpSync(join(samples, `${id}.json`), join(osv, `${id}.json`))
  writeFileSync(join(keeper.path, 'kev.json'), kevOf('CVE-2023-48795'))
  await keeper.json('source', 'add', './osv', '--name', 'go')
  await keeper.json('source', 'add', './kev.json', '--name', 'kev')

  // What of mine is exposed? What is exploited comes first, whichever site it is at.
  const listed = await operator.json<Listed>('matches', ...vault)
  const [first] = listed.matches
  assert.equal(first?.vulnerability.id, 'CVE-2023-48795')
  assert.equal(first?.state, 'affected')
  assert.equal(first?.priority[0]?.fact, 'exploited')
  const ssh = listed.matches.filter(({ vulnerability }) => vulnerability.id === 'CVE-2023-48795')
  assert.deepEqual(ssh.map(({ inventory: { name } }) => name).toSorted(), ['Control room', 'Substation'])
  const screen = flat(await operator.run('matches', ...vault))
  assert.match(screen, /CVE-2023-48795/)
  assert.match(screen, /golang\.org\/x\/crypto/)

  // Why? The advisory, the range, the comparison, and the way from the root to the component.
  const inControlRoom = ssh.find((each) => each.inventory.name === 'Control room')
  assert.ok(inControlRoom !== undefined)
  const one = await operator.run('matches', inControlRoom.id.slice(0, 12), ...vault)
  assert.equal(one.code, 0, one.stderr)
  const why = flat(one)
  assert.match(why, /before fixed 0\.17\.0/)
  assert.match(why, /GO-2023-2402/)
  assert.match(why, /exploited/)
  assert.ok(inControlRoom.component.path.length > 1, 'the path goes from the root to the component')

  // The same by API, with the token of the party and with no other.
  const asked = (path: string, headers: Record<string, string>) => fetch(`${url}/api/v1/vault/${path}`, { headers })
  assert.equal((await asked('matches', {})).status, 401)
  const bearer = { authorization: `Bearer ${readFileSync(token, 'utf8').trim()}` }
  const byApi = (await (await asked('matches?order=priority&exploited=true', bearer)).json()) as MatchesResponse
  assert.deepEqual(byApi.items.map(({ id }) => id).toSorted(), ssh.map(({ id }) => id).toSorted())

  // The vendor speaks of the same flaw by another name: no second match, and its word stands beside.
  await vendor.json('support', 'gids')
  await vendor.json('product', 'gateway', '--name', 'Gateway', '--updates', 'download', '--consent', 'required')
  await vendor.json('release', 'add', inventory, '--product', 'gateway', '--version', '1.0.0')
  const published = JSON.parse(readFileSync(join(samples, 'GO-2023-2402.json'), 'utf8'))
  const own = { ...published, id: 'ACME-2026-1', aliases: ['CVE-2023-48795'] }
  const revise = async (document: object): Promise<void> => {
    writeFileSync(join(vendor.path, 'acme.json'), JSON.stringify(document))
    await vendor.json('advisory', 'publish', 'acme.json', '--product', 'gateway', '--remedy-version', '1.0.1')
  }
  const alerts = async (): Promise<number> => {
    const { stdout } = await operator.run('notify', 'watch', '--all', '--once', '--json', ...vault)
    return stdout.trim().split('\n').length
  }
  await revise(own)
  const told = (await operator.json<Listed>('matches', ...vault)).matches
  const again = told.filter(({ vulnerability }) => vulnerability.id === 'CVE-2023-48795')
  assert.equal(again.length, 2, 'one match for each site, however many speak of it')
  for (const { advisory, others } of again) {
    const cited = [advisory, ...others].map(({ document }) => document)
    assert.deepEqual(cited.toSorted(), ['ACME-2026-1', 'GO-2023-2402'])
  }

  // A revision that changes nothing to act on is no news.
  const beforeRevision = await alerts()
  await revise({ ...own, modified: '2026-11-20T00:00:00Z', summary: 'The same, in better words' })
  assert.equal(await alerts(), beforeRevision)

  // What do I do? It answers that it has closed the way in, and later runs the fixed version.
  await operator.json('acknowledge', 'ACME-2026-1', '--state', 'mitigated')
  const closed = await operator.json<MatchResponse>('matches', inControlRoom.id, ...vault)
  assert.deepEqual([closed.state, closed.by, closed.acknowledged?.state], ['mitigated', 'operator', 'mitigated'])
  assert.ok(closed.history.length > 0, 'what it was before is kept')
  const updated = readFileSync(inventory, 'utf8').replaceAll('x/crypto@v0.16.0', 'x/crypto@v0.31.0')
  writeFileSync(join(operator.path, 'updated.cdx.json'), updated)
  await operator.json('inventory', 'add', 'updated.cdx.json', '--name', 'Control room', ...vault)
  const gone = await operator.json<MatchResponse>('matches', inControlRoom.id, ...vault)
  assert.equal(gone.why.reason, 'not-present')

  // All of it is the log's to prove, and nothing of the inventories is in it.
  await operator.json('acknowledge', 'ACME-2026-1', '--state', 'remedied', '--in-use', '1.0.1')
  await keeper.json('findings', '--publish')
  const stranger = corner(context)
  const report = await stranger.json<{ verdict: string; kinds: Record<string, number> }>('audit', url)
  assert.equal(report.verdict, 'equal')
  assert.equal(report.kinds['acknowledgement'], 2)
  const exported = await stranger.run('audit', url)
  assert.doesNotMatch(flat(exported), /Substation|Control room/)
})
