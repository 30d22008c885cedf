import type { ProvisionId } from '@comity/instruments'
import type { AdvisoriesQuery, AdvisoriesResponse, AdvisoryResponse } from '../api/advisories.ts'
import type { ChangesResponse } from '../api/changes.ts'
import type { ConfirmationResponse } from '../api/confirmation.ts'
import type { ContactsQuery, ContactsResponse } from '../api/contacts.ts'
import type { CsafProblemsQuery, CsafProblemsResponse } from '../api/csaf.ts'
import type {
  ExplanationResponse,
  FindingsDocumentQuery,
  FindingsDocumentResponse,
  FindingsQuery,
  FindingsResponse,
  PartyFindingsResponse,
  PublishedFindingsQuery,
  PublishedFindingsResponse,
} from '../api/findings.ts'
import type { PartiesQuery, PartiesResponse, PartyResponse } from '../api/parties.ts'
import type {
  ProductResponse,
  ProductsQuery,
  ProductsResponse,
  ReleasesQuery,
  ReleasesResponse,
} from '../api/products.ts'
import type { ReleaseResponse, SupplyQuery, SupplyResponse } from '../api/releases.ts'
import type { ResourcesResponse } from '../api/resources.ts'
import type {
  StatementQuery,
  StatementResponse,
  StatementsQuery,
  StatementsResponse,
  VoidEntriesQuery,
  VoidEntriesResponse,
} from '../api/statements.ts'
import type { InstrumentsResponse, ProvisionResponse } from '../api/texts.ts'
import type { Transport } from './transport.ts'

/** The register: everything that is public. */
export function registerCalls(transport: Transport) {
  const get = <T>(path: string, query: object = {}) =>
    // A query's type is made of strings and numbers; `object` only forgets the names.
    transport.json<T>(`api/v1/${path}`, { query: query as Record<string, string | number | undefined> })
  const segment = encodeURIComponent
  return {
    instruments: () => get<InstrumentsResponse>('instruments'),
    provision: (id: ProvisionId) => get<ProvisionResponse>(`provisions/${segment(id)}`),
    /** How internet numbers and access are spread over people. */
    resources: () => get<ResourcesResponse>('resources'),
    parties: (query: PartiesQuery = {}) => get<PartiesResponse>('parties', query),
    party: (urn: string) => get<PartyResponse>(`parties/${segment(urn)}`),
    /** Offices of parties, and how each is reached. */
    contacts: (query: ContactsQuery = {}) => get<ContactsResponse>('contacts', query),
    partyFindings: (urn: string) => get<PartyFindingsResponse>(`parties/${segment(urn)}/findings`),
    explanation: (urn: string, provision: ProvisionId) =>
      get<ExplanationResponse>(`parties/${segment(urn)}/findings/${segment(provision)}`),
    findings: (query: FindingsQuery = {}) => get<FindingsResponse>('findings', query),
    findingsDocument: (query: FindingsDocumentQuery = {}) => get<FindingsDocumentResponse>('findings/document', query),
    publishedFindings: (query: PublishedFindingsQuery = {}) =>
      get<PublishedFindingsResponse>('findings/published', query),
    products: (query: ProductsQuery = {}) => get<ProductsResponse>('products', query),
    product: (urn: string) => get<ProductResponse>(`products/${segment(urn)}`),
    releases: (query: ReleasesQuery = {}) => get<ReleasesResponse>('releases', query),
    /** A release with what its documents show, and what its record lacks. */
    release: (urn: string) => get<ReleaseResponse>(`releases/${segment(urn)}`),
    /** Notices of supply restrictions. */
    supply: (query: SupplyQuery = {}) => get<SupplyResponse>('supply', query),
    advisories: (query: AdvisoriesQuery = {}) => get<AdvisoriesResponse>('advisories', query),
    advisory: (urn: string) => get<AdvisoryResponse>(`advisories/${segment(urn)}`),
    /** CSAF documents that are not in the tree of their party, and why. */
    csafProblems: (query: CsafProblemsQuery = {}) => get<CsafProblemsResponse>('csaf/problems', query),
    statements: (query: StatementsQuery = {}) => get<StatementsResponse>('statements', query),
    statement: (id: string, query: StatementQuery = {}) => get<StatementResponse>(`statements/${segment(id)}`, query),
    /** Entries of a mirrored log without effect, and why. */
    voidEntries: (query: VoidEntriesQuery) => get<VoidEntriesResponse>('void-entries', query),
    /** The statement as it stands in the log: COSE_Sign1 with an empty unprotected header. */
    rawStatement: (id: string) => transport.bytes(`api/v1/statements/${segment(id)}/raw`),
    /** Which witnesses cosigned a checkpoint that covers it, and offline proofs of that. */
    confirmation: (id: string) => get<ConfirmationResponse>(`statements/${segment(id)}/confirmation`),
    /** What changed between two times: seconds since the epoch, or dates (`2026-11-21`). */
    changes: (from: number | string, to?: number | string) => get<ChangesResponse>('changes', { from, to }),
    openApi: () => get<Record<string, unknown>>('openapi.json'),
  }
}

/** Follows `next` from page to page. */
export async function* eachItem<T, Q extends object>(
  list: (query: Q & { readonly cursor?: string }) => Promise<{ readonly items: readonly T[]; readonly next?: string }>,
  query: Q,
): AsyncGenerator<T> {
  let page = await list(query)
  for (;;) {
    yield* page.items
    if (page.next === undefined) return
    page = await list({ ...query, cursor: page.next })
  }
}
