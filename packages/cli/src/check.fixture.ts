/** What a pipeline has: an SBOM, advisories in a folder and an archive, a supplier's VEX, a catalogue. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { zipOf } from '../../exposure/src/files/zip.fixture.ts'
import { type Corner, corner } from './cli.fixture.ts'

const purls = ['pkg:npm/left@1.0.0', 'pkg:npm/%40scope/right@2.5.0', 'pkg:npm/odd@latest', 'pkg:npm/fine@9.0.0']

export const sbom = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: { component: { type: 'application', 'bom-ref': 'app', name: 'app', version: '1.0.0' } },
  components: purls.map((purl) => ({ type: 'library', 'bom-ref': purl, name: purl.split(/[/@]/).at(-2), purl })),
  dependencies: [{ ref: 'app', dependsOn: purls }],
})

const critical = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'

/** An OSV record about all versions before 3.0.0, or up to the newest. */
export function osv(
  id: string,
  name: string,
  { fixed = true, aliases = [] as readonly string[], score = '' } = {},
): string {
  const events = [{ introduced: '0' }, ...(fixed ? [{ fixed: '3.0.0' }] : [])]
  return JSON.stringify({
    id,
    modified: '2026-11-01T00:00:00Z',
    aliases,
    ...(score !== '' && { severity: [{ type: 'CVSS_V3', score }] }),
    affected: [{ package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events }] }],
  })
}

export const left = osv('GHSA-aaaa-bbbb-cccc', 'left', { aliases: ['CVE-2026-0001'], score: critical })
export const leftAgain = osv('MAL-2026-7', 'left', { aliases: ['GHSA-aaaa-bbbb-cccc'] })
export const right = osv('GHSA-dddd-eeee-ffff', '@scope/right', { fixed: false })
const odd = osv('GHSA-gggg-hhhh-jjjj', 'odd')
export const elsewhere = osv('GHSA-kkkk-mmmm-pppp', 'elsewhere')

export const vex = JSON.stringify({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://vendor.example/vex/1',
  author: 'Vendor',
  timestamp: '2026-11-02T00:00:00Z',
  version: 1,
  statements: [
    {
      vulnerability: { name: 'CVE-2026-0001' },
      products: [{ '@id': 'pkg:npm/left@1.0.0', identifiers: { purl: 'pkg:npm/left@1.0.0' } }],
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
    },
  ],
})

const kev = JSON.stringify({
  catalogVersion: '2026.11.01',
  dateReleased: '2026-11-01T00:00:00Z',
  count: 1,
  vulnerabilities: [
    {
      cveID: 'CVE-2026-0001',
      vendorProject: 'Left',
      product: 'left',
      vulnerabilityName: 'Left turn',
      dateAdded: '2026-11-01',
      shortDescription: 'x',
      requiredAction: 'Update.',
      dueDate: '2026-11-22',
    },
  ],
})

export interface Checked {
  readonly verdict: string
  readonly counts: Readonly<Record<string, number>>
  readonly sources: readonly {
    readonly isCutOff: boolean
    readonly refusals: readonly { name: string; code: string }[]
  }[]
  readonly matches: readonly {
    readonly vulnerability: string
    readonly names: readonly string[]
    readonly state: string
    readonly fixes: readonly string[]
    readonly exploited: boolean
    readonly rating?: string
    readonly fails: boolean
    readonly component: { readonly purl: string; readonly path: readonly string[] }
    readonly sources: readonly { readonly document: string }[]
  }[]
}

export interface Pipeline extends Corner {
  /** Writes a file of the corner, and gives its name. */
  write(name: string, content: string | Uint8Array): string
}

/** A corner with the SBOM, a folder of advisories, a VEX and a catalogue. */
export function pipeline(context: TestContext): Pipeline {
  const own = corner(context)
  mkdirSync(join(own.path, 'db', 'npm'), { recursive: true })
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(own.path, name), content)
    return name
  }
  write('app.json', sbom)
  write('db/npm/1.json', left)
  write('db/npm/1.json.asc', '-----BEGIN PGP SIGNATURE-----\n')
  write(
    'db/all.zip',
    zipOf([right, odd, elsewhere].map((text, at) => ({ name: `${at}.json`, bytes: Buffer.from(text) }))),
  )
  write('vex.json', vex)
  write('kev.json', kev)
  return { ...own, write }
}

/** Runs a check with `--json`, whatever it ends with. */
export async function checked(
  own: Corner,
  ...args: readonly string[]
): Promise<Checked & { readonly code: number | null }> {
  const { code, stdout, stderr } = await own.run('check', 'app.json', ...args, '--json')
  assert.notEqual(stdout, '', stderr)
  const value: Checked = JSON.parse(stdout)
  return { ...value, code }
}
