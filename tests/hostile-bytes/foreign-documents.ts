/** A small valid document of every format of inventories and advisories, for changing pieces of it. */

const encode = (json: unknown): Buffer => Buffer.from(JSON.stringify(json))

export const spdx2 = encode({
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  documentDescribes: ['SPDXRef-app'],
  packages: [
    { SPDXID: 'SPDXRef-app', name: 'app' },
    {
      SPDXID: 'SPDXRef-net',
      name: 'net',
      versionInfo: '1.0.0',
      externalRefs: [
        { referenceType: 'purl', referenceLocator: 'pkg:npm/net@1.0.0' },
        { referenceType: 'cpe23Type', referenceLocator: 'cpe:2.3:a:example:net:1.0.0:*:*:*:*:*:*:*' },
      ],
    },
  ],
  relationships: [{ spdxElementId: 'SPDXRef-app', relationshipType: 'DEPENDS_ON', relatedSpdxElement: 'SPDXRef-net' }],
})

export const spdx3 = encode({
  '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
  '@graph': [
    { type: 'SpdxDocument', spdxId: 'urn:d', rootElement: ['urn:app'] },
    { type: 'software_Package', spdxId: 'urn:app', name: 'app' },
    { type: 'software_Package', spdxId: 'urn:net', name: 'net', software_packageUrl: 'pkg:npm/net@1.0.0' },
    { type: 'Relationship', from: 'urn:app', relationshipType: 'dependsOn', to: ['urn:net'] },
  ],
})

export const csaf = encode({
  document: {
    category: 'csaf_vex',
    csaf_version: '2.0',
    title: 'x',
    publisher: { category: 'vendor', name: 'Example', namespace: 'https://example.org' },
    tracking: {
      id: 'EX-1',
      version: '1',
      status: 'final',
      revision_history: [{ number: '1', date: 'x', summary: 'x' }],
    },
  },
  product_tree: {
    branches: [
      {
        category: 'vendor',
        name: 'Example',
        branches: [
          { category: 'product_version_range', name: '>= V1 < V4.5 HF1', product: { product_id: 'A', name: 'A' } },
          {
            category: 'product_version',
            name: '4.5.1',
            product: { product_id: 'B', name: 'B', product_identification_helper: { purl: 'pkg:generic/b@4.5.1' } },
          },
        ],
      },
    ],
    relationships: [
      {
        category: 'installed_on',
        product_reference: 'A',
        relates_to_product_reference: 'B',
        full_product_name: { product_id: 'C', name: 'C' },
      },
    ],
    product_paths: [
      {
        beginning_product_reference: 'C',
        subpaths: [{ category: 'installed_on', next_product_reference: 'B' }],
        full_product_name: { product_id: 'D', name: 'D' },
      },
    ],
    product_groups: [{ group_id: 'G', product_ids: ['A', 'B'] }],
  },
  vulnerabilities: [
    {
      cve: 'CVE-2026-0001',
      product_status: { known_affected: ['A'], known_not_affected: ['B'] },
      flags: [{ label: 'component_not_present', product_ids: ['B'] }],
      remediations: [{ category: 'mitigation', details: 'x', group_ids: ['G'] }],
    },
  ],
})

export const openVex = encode({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  author: 'Example',
  timestamp: '2026-11-01T00:00:00Z',
  version: 1,
  statements: [
    {
      vulnerability: { name: 'CVE-2026-0001' },
      status: 'not_affected',
      justification: 'component_not_present',
      products: [{ '@id': 'pkg:npm/a@1.0.0', subcomponents: [{ '@id': 'pkg:npm/b@1.0.0' }] }],
    },
  ],
})

export const cycloneDxVex = encode({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [{ 'bom-ref': 'a', name: 'a', purl: 'pkg:npm/a@1.0.0' }],
  vulnerabilities: [
    {
      id: 'CVE-2026-0001',
      analysis: { state: 'exploitable', response: ['update'] },
      affects: [{ ref: 'a', versions: [{ range: 'vers:npm/<2.0.0' }] }],
    },
  ],
})

export const cve = encode({
  dataType: 'CVE_RECORD',
  dataVersion: '5.1',
  cveMetadata: { cveId: 'CVE-2026-0001', state: 'PUBLISHED' },
  containers: {
    cna: {
      affected: [{ vendor: 'v', product: 'p', versions: [{ version: '1', status: 'affected', lessThan: '2' }] }],
      metrics: [{ cvssV3_1: { vectorString: 'CVSS:3.1/AV:N' } }],
    },
  },
})

export const kev = encode({
  catalogVersion: '2026.11.01',
  count: 1,
  vulnerabilities: [{ cveID: 'CVE-2026-0001', vendorProject: 'v', product: 'p', dateAdded: '2026-11-01' }],
})

export const osvYaml = Buffer.from(
  [
    'id: PYSEC-2026-1',
    'modified: "2026-11-01T00:00:00Z"',
    'details: >-',
    '  Some words,',
    '  and more.',
    'affected:',
    '- package: &named {name: relay, ecosystem: PyPI}',
    '  ranges:',
    '  - type: ECOSYSTEM',
    '    events: [{introduced: "0"}, {fixed: 1.10}]',
    '- package: *named',
    "  versions: ['1.0', 1.1]",
  ].join('\n'),
)
