/** The facts of the sample: OSV records and an inventory from `samples/`, and this project's own lockfile. */
import { parseOsv, readSbom, sbomFromNpmLockfile } from '@comity/exposure'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRecord } from '../home/private-file.ts'

/** The project's root: this file lies at `packages/cli/src/sample/files.ts`. */
const root = fileURLToPath(new URL('../../../..', import.meta.url))
const samples = join(root, 'samples')

/** A vulnerability as it was published, byte for byte. */
export interface SampleAdvisory {
  readonly id: string
  readonly title: string
  readonly published: string
  readonly modified: string
  readonly aliases: readonly string[]
  readonly bytes: Uint8Array
}

export interface SampleFiles {
  /** In the order of their identifiers. */
  readonly advisories: readonly SampleAdvisory[]
  /** The operator's inventory, CycloneDX. */
  readonly inventory: Uint8Array
  /** What the gateway is made of: the packages of the inventory that are no product of their own. */
  readonly gatewaySbom: Uint8Array
  /** Comity's own SBOM, made of its lockfile at this moment. */
  readonly ownSbom: Uint8Array
  readonly ownVersion: string
}

export async function readSampleFiles(): Promise<SampleFiles> {
  const inventory = readFileSync(join(samples, 'operator-inventory.cdx.json'))
  const lockfile: unknown = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const ownSbom = Buffer.from(JSON.stringify(sbomFromNpmLockfile(lockfile)))
  return {
    advisories: readdirSync(samples)
      .filter((name) => /^GO-[0-9-]+\.json$/.test(name))
      .toSorted()
      .map((name) => sampleAdvisory(readFileSync(join(samples, name)))),
    inventory,
    gatewaySbom: await gatewaySbom(inventory),
    ownSbom,
    ownVersion: isRecord(lockfile) && typeof lockfile['version'] === 'string' ? lockfile['version'] : '0.1.0',
  }
}

function sampleAdvisory(bytes: Uint8Array): SampleAdvisory {
  const { id, summary, published, modified, aliases } = parseOsv(bytes).advisory
  return { id, title: summary, published: published ?? modified, modified, aliases, bytes }
}

/** The provider's side of the same story: the libraries that its gateway ships, without the operator's own parts. */
async function gatewaySbom(inventory: Uint8Array): Promise<Uint8Array> {
  const { components } = await readSbom(inventory)
  const libraries = components.filter(({ type, purl }) => type === 'library' && purl?.type === 'golang')
  const sbom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': 'gateway', name: 'Tideline Gateway (fictitious)', version: '4.1.0' },
    },
    components: libraries.map(({ group, name, version, ref }) => ({
      type: 'library',
      ...(ref === undefined ? {} : { 'bom-ref': ref, purl: ref }),
      ...(group === undefined ? {} : { group }),
      name,
      version,
    })),
  }
  return Buffer.from(JSON.stringify(sbom))
}
