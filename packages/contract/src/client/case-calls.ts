import type {
  CaseMovesQuery,
  CaseMovesResponse,
  CaseResponse,
  CasesQuery,
  CasesResponse,
  DueCasesQuery,
  DueCasesResponse,
} from '../api/cases.ts'
import type { NotificationsQuery, NotificationsResponse } from '../api/notifications.ts'
import type { ProcedureResponse, ProceduresResponse } from '../api/procedures.ts'
import type { LaterVersionsResponse } from '../api/texts.ts'
import type { Transport } from './transport.ts'

/** Procedures and cases. Moves are filed as any statement is: see `submit`. */
export function caseCalls(transport: Transport) {
  const get = <T>(path: string, query: object = {}) =>
    // A query's type is made of strings, numbers and booleans; `object` only forgets the names.
    transport.json<T>(`api/v1/${path}`, { query: query as Record<string, string | number | boolean | undefined> })
  const segment = encodeURIComponent
  return {
    procedures: () => get<ProceduresResponse>('procedures'),
    /** `version` as `dispute/1`, or the name alone for the newest. */
    procedure: (version: string) => get<ProcedureResponse>(`procedures/${version.split('/').map(segment).join('/')}`),
    cases: (query: CasesQuery = {}) => get<CasesResponse>('cases', query),
    case: (urn: string) => get<CaseResponse>(`cases/${segment(urn)}`),
    /** In the order in which they took effect. */
    caseMoves: (urn: string, query: CaseMovesQuery = {}) =>
      get<CaseMovesResponse>(`cases/${segment(urn)}/moves`, query),
    /** What a depositary tells of: everything that was said about adherence to an instrument, the newest first. */
    notifications: (instrument: 'code' | 'gids', query: NotificationsQuery = {}) =>
      get<NotificationsResponse>(`instruments/${instrument}/notifications`, query),
    /** Later texts of an instrument, with their mapping. */
    laterVersions: (instrument: 'code' | 'gids') => get<LaterVersionsResponse>(`instruments/${instrument}/versions`),
    /** Clocks that run out up to a time, in whole seconds since the epoch; within a week where nothing is given. */
    dueCases: (until?: number, query: Omit<DueCasesQuery, 'until'> = {}) =>
      get<DueCasesResponse>('cases/due', { until, ...query }),
  }
}
