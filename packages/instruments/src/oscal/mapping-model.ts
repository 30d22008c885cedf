import type { CatalogId, OscalAddresses } from './addresses.ts'
import { markupLine } from './markup.ts'
import type { OscalBackMatter, OscalMetadata, OscalProperty, OscalResource, OscalResponsibleParty } from './model.ts'
import { uuidOf } from './uuid.ts'

export interface ControlReference {
  readonly type: 'control'
  readonly 'id-ref': string
}

export interface GapSummary {
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
      readonly status: 'complete' | 'draft'
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
        readonly props?: readonly OscalProperty[]
        readonly remarks: string
      }[]
      readonly remarks?: string
      readonly 'source-gap-summary'?: GapSummary
      readonly 'target-gap-summary'?: GapSummary
    }[]
    readonly 'back-matter': OscalBackMatter
  }
}

/** The relations of OSCAL that the crosswalk has a word for, read from source to target. */
export type OscalRelationship = 'equal-to' | 'equivalent-to' | 'subset-of' | 'superset-of' | 'intersects-with'

/** What nothing on the other side corresponds to. */
export function gap<Name extends string>(
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
