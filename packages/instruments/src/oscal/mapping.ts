import { type Correspondence, crosswalk, crosswalkNotice, type Relation } from '../crosswalk.ts'
import type { Instrument } from '../instrument.ts'
import { norms } from '../norms.ts'
import { type CatalogId, besideEachOther, type OscalAddresses } from './addresses.ts'
import { edition, editionMetadata, project } from './edition.ts'
import { markup, markupLine } from './markup.ts'
import type { OscalBackMatter, OscalMetadata, OscalResource, OscalResponsibleParty } from './model.ts'
import { uuidOf } from './uuid.ts'

interface ControlReference {
  readonly type: 'control'
  readonly 'id-ref': string
}

interface GapSummary {
  readonly uuid: string
  readonly 'unmapped-controls': readonly { readonly 'with-ids': readonly string[] }[]
}

export interface OscalMappingCollection {
  readonly 'mapping-collection': {
    readonly uuid: string
    readonly metadata: OscalMetadata
    readonly provenance: {
      readonly method: 'human'
      readonly 'matching-rationale': 'semantic'
      readonly status: 'complete'
      readonly 'mapping-description': string
      readonly 'responsible-parties': readonly OscalResponsibleParty[]
    }
    readonly mappings: readonly {
      readonly uuid: string
      readonly 'source-resource': { readonly type: 'catalog'; readonly href: string }
      readonly 'target-resource': { readonly type: 'catalog'; readonly href: string }
      readonly maps: readonly {
        readonly uuid: string
        readonly relationship: OscalRelationship
        readonly sources: readonly ControlReference[]
        readonly targets: readonly ControlReference[]
        readonly remarks: string
      }[]
      readonly 'source-gap-summary'?: GapSummary
      readonly 'target-gap-summary'?: GapSummary
    }[]
    readonly 'back-matter': OscalBackMatter
  }
}

/** The relations of OSCAL that the crosswalk has a word for, read from source to target. */
export type OscalRelationship = 'equal-to' | 'equivalent-to' | 'subset-of' | 'superset-of' | 'intersects-with'

/** Two texts are never of the same wording here, so nothing is `equal-to`. */
const relationships: Readonly<Record<Relation, OscalRelationship>> = {
  equivalent: 'equivalent-to',
  subset: 'subset-of',
  superset: 'superset-of',
  intersects: 'intersects-with',
}

/** The crosswalk from one instrument to the eleven norms as an OSCAL mapping collection. */
export function oscalMapping(
  instrument: Instrument,
  addresses: OscalAddresses = besideEachOther,
): OscalMappingCollection {
  const urn = `${instrument.urn}:oscal:mapping:${edition.version}`
  const own = new Set<string>(instrument.provisions.map(({ id }) => id))
  const lines = crosswalk.filter(({ provision }) => own.has(provision))
  const [source, target] = [
    catalogResource(instrument.id, instrument.title, addresses),
    catalogResource('norms', 'Eleven norms of responsible State behaviour', addresses),
  ]
  return {
    'mapping-collection': {
      uuid: uuidOf(urn),
      metadata: editionMetadata(
        `${markupLine(instrument.title)}: crosswalk to the eleven norms of A/70/174`,
        markup(crosswalkNotice),
      ),
      provenance: {
        method: 'human',
        'matching-rationale': 'semantic',
        status: 'complete',
        'mapping-description': markup(crosswalkNotice),
        'responsible-parties': [{ 'role-id': 'creator', 'party-uuids': [project.uuid] }],
      },
      mappings: [
        {
          uuid: uuidOf(`${urn}:norms`),
          'source-resource': { type: 'catalog', href: `#${source.uuid}` },
          'target-resource': { type: 'catalog', href: `#${target.uuid}` },
          maps: lines.map((line) => mapOf(line, urn)),
          ...gap(
            'source-gap-summary',
            `${urn}:source-gap`,
            [...own],
            lines.map(({ provision }) => provision),
          ),
          ...gap(
            'target-gap-summary',
            `${urn}:target-gap`,
            norms.map(({ id }) => `norm-${id}`),
            lines.map(({ norm }) => `norm-${norm}`),
          ),
        },
      ],
      'back-matter': { resources: [source, target] },
    },
  }
}

function mapOf({ provision, norm, relation, why }: Correspondence, urn: string) {
  return {
    uuid: uuidOf(`${urn}:${provision}:${norm}`),
    relationship: relationships[relation],
    sources: [{ type: 'control' as const, 'id-ref': provision }],
    targets: [{ type: 'control' as const, 'id-ref': `norm-${norm}` }],
    remarks: markup(why),
  }
}

/** What nothing on the other side corresponds to. */
function gap<Name extends string>(
  name: Name,
  urn: string,
  all: readonly string[],
  mapped: readonly string[],
): Partial<Record<Name, GapSummary>> {
  const missing = all.filter((id) => !mapped.includes(id))
  if (missing.length === 0) return {}
  const summary: GapSummary = { uuid: uuidOf(urn), 'unmapped-controls': [{ 'with-ids': missing }] }
  // Safe: a record with the one name that it was given.
  return { [name]: summary } as Record<Name, GapSummary>
}

/** The catalog that a document refers to, as a resource of its back matter. */
export function catalogResource(id: CatalogId, title: string, addresses: OscalAddresses): OscalResource {
  return {
    uuid: uuidOf(`urn:comity:oscal:catalog:${id}`),
    title: `${markupLine(title)}: catalog`,
    rlinks: [{ href: addresses.catalog(id), 'media-type': 'application/json' }],
  }
}
