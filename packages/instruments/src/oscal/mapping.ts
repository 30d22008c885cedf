import { type Correspondence, crosswalk, crosswalkNotice, type Relation } from '../crosswalk.ts'
import type { Instrument } from '../instrument.ts'
import { norms } from '../norms.ts'
import { besideEachOther, type OscalAddresses } from './addresses.ts'
import { edition, editionMetadata, project } from './edition.ts'
import { catalogResource, gap, type OscalMappingCollection, type OscalRelationship } from './mapping-model.ts'
import { markup, markupLine } from './markup.ts'
import { uuidOf } from './uuid.ts'

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
