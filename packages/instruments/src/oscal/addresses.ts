import type { InstrumentId } from '../provision.ts'

/**
 * What a catalog is written for: an instrument, a later version of one (`code-2015`), or the eleven norms that the
 * crosswalk leads to.
 */
export type CatalogId = InstrumentId | `${InstrumentId}-${number}` | 'norms'

/** Where one exported document finds another, and where a statement or a case is to be read. */
export interface OscalAddresses {
  catalog(id: CatalogId): string
  statement(id: string): string
  /** A case by its URN. */
  case(urn: string): string
  readonly plan: string
}

/** Documents saved beside each other under the names that the command gives them; statements and cases by their URN. */
export const besideEachOther: OscalAddresses = {
  catalog: (id) => `${id}-catalog.json`,
  statement: (id) => `urn:comity:statement:${id}`,
  case: (urn) => urn,
  plan: 'assessment-plan.json',
}

/** Documents that a node serves below `base`, such as `https://log.example.org/api/v1`. */
export function servedBelow(base: string): OscalAddresses {
  return {
    catalog: (id) => (id === 'norms' ? `${base}/norms/oscal/catalog` : `${base}/instruments/${id}/oscal/catalog`),
    statement: (id) => `${base}/statements/${id}`,
    case: (urn) => `${base}/cases/${encodeURIComponent(urn)}`,
    plan: `${base}/oscal/assessment-plan`,
  }
}
