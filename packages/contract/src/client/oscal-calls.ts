import type { FindingsDocumentQuery } from '../api/findings.ts'
import type {
  OscalCatalogResponse,
  OscalMappingResponse,
  OscalPlanResponse,
  OscalProfileResponse,
  OscalResultsResponse,
} from '../api/oscal.ts'
import type { Transport } from './transport.ts'

/** The texts, adherence and findings as OSCAL 1.2. */
export function oscalCalls(transport: Transport) {
  const get = <T>(path: string, query: FindingsDocumentQuery = {}) => transport.json<T>(`api/v1/${path}`, { query })
  const segment = encodeURIComponent
  return {
    /** An instrument's catalog; `norms` for that of the eleven norms. */
    catalog: (id: string) =>
      get<OscalCatalogResponse>(id === 'norms' ? 'norms/oscal/catalog' : `instruments/${segment(id)}/oscal/catalog`),
    mapping: (id: string) => get<OscalMappingResponse>(`instruments/${segment(id)}/oscal/mapping`),
    profile: (urn: string) => get<OscalProfileResponse>(`parties/${segment(urn)}/oscal/profile`),
    plan: () => get<OscalPlanResponse>('oscal/assessment-plan'),
    /** The findings of one party as the logs stand. */
    partyResults: (urn: string) => get<OscalResultsResponse>(`parties/${segment(urn)}/oscal/assessment-results`),
    /** The findings of all parties on a cut. */
    results: (query: FindingsDocumentQuery = {}) =>
      get<OscalResultsResponse>('findings/oscal/assessment-results', query),
  }
}
