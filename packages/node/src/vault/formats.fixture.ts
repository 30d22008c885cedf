/** Documents of the formats that are read beside OSV, each about one npm package or one product. */

const said = '2026-11-20T12:00:00Z'

/** A CSAF 2.0 advisory about an npm package in versions before `fixed`, and one in `fixed`, with an update to that. */
export function csaf(id: string, cve: string, name: string, fixed: string, more: object = {}) {
  const product = (id: string, version: string) => ({
    category: 'product_version',
    name: version,
    product: {
      product_id: id,
      name: `${name} ${version}`,
      product_identification_helper: { purl: `pkg:npm/${name}@${version}` },
    },
  })
  const range = {
    category: 'product_version_range',
    name: `vers:npm/<${fixed}`,
    product: {
      product_id: 'below',
      name: `${name} before ${fixed}`,
      product_identification_helper: { purl: `pkg:npm/${name}` },
    },
  }
  return {
    document: {
      category: 'csaf_security_advisory',
      csaf_version: '2.0',
      title: `About ${cve}`,
      publisher: { category: 'vendor', name: 'Somebody', namespace: 'https://somebody.invalid' },
      tracking: {
        id,
        status: 'final',
        version: '1',
        initial_release_date: said,
        current_release_date: said,
        revision_history: [{ date: said, number: '1', summary: 'first' }],
      },
    },
    product_tree: {
      branches: [
        {
          category: 'vendor',
          name: 'Somebody',
          branches: [{ category: 'product_name', name, branches: [range, product('mended', fixed)] }],
        },
      ],
    },
    vulnerabilities: [
      {
        cve,
        product_status: { known_affected: ['below'], fixed: ['mended'] },
        remediations: [{ category: 'vendor_fix', details: `Update to ${fixed}`, product_ids: ['below'] }],
        ...more,
      },
    ],
  }
}

/** An OpenVEX document about one package. */
export function openVex(
  vulnerability: string,
  purl: string,
  status: 'affected' | 'not_affected' | 'fixed' | 'under_investigation',
  more: object = {},
) {
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': `https://somebody.invalid/vex/${encodeURIComponent(vulnerability + purl)}`,
    author: 'Somebody',
    timestamp: said,
    version: 1,
    statements: [
      {
        vulnerability: { name: vulnerability },
        products: [{ '@id': purl }],
        status,
        ...(status === 'not_affected' && { justification: 'vulnerable_code_not_in_execute_path' }),
        ...(status === 'affected' && { action_statement: 'Update.' }),
        ...more,
      },
    ],
  }
}

/** A CVE 5 record of a product of a vendor, affected before a version. */
export function cve(id: string, vendor: string, product: string, before: string) {
  return {
    dataType: 'CVE_RECORD',
    dataVersion: '5.1',
    cveMetadata: {
      cveId: id,
      assignerOrgId: '00000000-0000-4000-8000-000000000000',
      state: 'PUBLISHED',
      dateUpdated: said,
    },
    containers: {
      cna: {
        providerMetadata: { orgId: '00000000-0000-4000-8000-000000000000', dateUpdated: said },
        title: `About ${id}`,
        descriptions: [{ lang: 'en', value: 'A flaw.' }],
        affected: [
          {
            vendor,
            product,
            defaultStatus: 'unaffected',
            versions: [{ version: '0', lessThan: before, versionType: 'custom', status: 'affected' }],
          },
        ],
        metrics: [
          {
            cvssV3_1: {
              version: '3.1',
              vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
              baseScore: 9.8,
              baseSeverity: 'CRITICAL',
            },
          },
        ],
        references: [{ url: 'https://somebody.invalid/1' }],
      },
    },
  }
}

/** A catalogue of exploited vulnerabilities. */
export function kev(...cves: readonly string[]) {
  return {
    title: 'Known exploited vulnerabilities',
    catalogVersion: '2026.11.20',
    dateReleased: said,
    count: cves.length,
    vulnerabilities: cves.map((cveID) => ({
      cveID,
      vendorProject: 'Somebody',
      product: 'Something',
      vulnerabilityName: 'A flaw',
      dateAdded: '2026-11-19',
      shortDescription: 'A flaw.',
      requiredAction: 'Update.',
      dueDate: '2026-12-10',
      knownRansomwareCampaignUse: 'Unknown',
      notes: '',
      cwes: [],
    })),
  }
}

/** A CycloneDX document with one component that has a CPE, a vendor and a name, and no package URL. */
export function sbomOfProduct(vendor: string, name: string, version: string): Uint8Array {
  const component = {
    type: 'application',
    'bom-ref': 'it',
    supplier: { name: vendor },
    name,
    version,
    cpe: `cpe:2.3:a:${vendor}:${name}:${version}:*:*:*:*:*:*:*`,
  }
  return Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [component] }))
}
