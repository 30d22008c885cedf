import type {
  DraftReportBody,
  DraftReportResponse,
  DueReportsBody,
  DueReportsResponse,
  LawsResponse,
} from '../api/reports.ts'
import { mediaType } from '../media-types.ts'
import type { Transport } from './transport.ts'

/** Reports that laws demand. With a token of a party they are prepared from its private cases too. */
export function reportCalls(transport: Transport) {
  const post = <T>(path: string, body: object) =>
    transport.json<T>(`api/v1/reports/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      contentType: mediaType.json,
    })
  return {
    laws: () => transport.json<LawsResponse>('api/v1/reports/laws'),
    /** What is due in one matter, the next first. */
    due: (body: DueReportsBody) => post<DueReportsResponse>('due', body),
    /** A draft for an officer to complete and sign. Nothing is stored, and nothing sent. */
    prepare: (body: DraftReportBody) => post<DraftReportResponse>('prepare', body),
  }
}
