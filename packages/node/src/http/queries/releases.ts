import type { ReleaseResponse, SupplyNotice, SupplyQuery } from '@comity/contract'
import { parseProductUrn, parseReleaseUrn, type ReleasePayload, type SupplyPayload } from '@comity/statement'
import { type ReleaseEvidence, evidenceOfRelease } from '../../evidence/release-evidence.ts'
import { releaseGaps } from '../../evidence/release-gaps.ts'
import { signingKeys } from '../../evidence/signing-keys.ts'
import type { CutDocuments } from '../../register/cut-documents.ts'
import type { Database } from '../../register/database.ts'
import { Sight } from '../../register/sight.ts'
import { isWithheld } from '../../register/withheld.ts'
import { listLatest, type Things, versionsOf } from './latest.ts'
import type { Page } from './page.ts'
import { releases } from './products.ts'
import { jsonOf, optional, placeOf } from './rows.ts'

/** Where the payload of a statement is had from: the register keeps only parts of a release's. */
export type PayloadOf = (id: string) => unknown

/** A release with what its documents show; undefined where no log that counts has one under this URN. */
export function releaseDetails(
  database: Database,
  urn: string,
  documents: CutDocuments,
  payloadOf: PayloadOf,
): ReleaseResponse | undefined {
  const versions = versionsOf(database, releases, urn)
  const [latest] = versions
  if (latest === undefined) return undefined
  const summary = releases.read(latest)
  const payload = payloadOf(summary.statement.id) as ReleasePayload // the register holds it as a release
  const owner = parseProductUrn(parseReleaseUrn(urn)?.product ?? '')?.party ?? ''
  const party = new Sight(database).stateOf(owner)
  const found = evidenceOfRelease(payload, {
    keys: party === undefined ? [] : signingKeys(party),
    read: (digest, limit) =>
      isWithheld(database, digest) ? undefined : documents.read(digest.slice('sha256:'.length), limit),
  })
  return {
    ...summary,
    names: jsonOf<ReleaseResponse['names']>(latest['names']),
    payload,
    evidence: { ...shown(found), gaps: [...releaseGaps(payload, found)] },
    versions: versions.map(placeOf),
  }
}

/** The evidence as the contract has it. */
function shown({ evidence, items }: ReleaseEvidence): Omit<ReleaseResponse['evidence'], 'gaps'> {
  const { build, source, artifacts, sbom } = evidence
  const level = (found: typeof build) => ({
    level: found.level,
    because: [...found.because],
    next: [...found.next],
  })
  return {
    items: items.map(({ document, item, authentication }) => {
      const predicate = item.statement?.predicate
      const provenance = predicate?.kind === 'provenance' ? predicate.provenance : undefined
      return {
        document,
        where: item.where,
        form: item.form,
        ...(item.statement !== undefined && { predicateType: item.statement.predicateType }),
        ...(provenance?.builder !== undefined && { builder: provenance.builder }),
        ...(provenance?.source?.uri !== undefined && { source: provenance.source.uri }),
        signature: authentication.outcome,
        says: authentication.says,
      }
    }),
    artifacts: artifacts.map(({ artifact, outcome, says }) => ({ artifact, outcome, says })),
    sbom: sbom.map(({ outcome, says }) => ({ outcome, says })),
    build: level(build),
    source: level(source),
  }
}

const notices: Things<SupplyNotice> = {
  table: 'supply',
  columns:
    'kind_row.sub AS sub, kind_row.action AS action, kind_row.since AS since, kind_row.until AS until, kind_row.payload AS payload',
  read: (row) => {
    const payload = jsonOf<SupplyPayload>(row['payload'])
    const statement = placeOf(row)
    const from = Number(row['since'])
    return {
      urn: String(row['sub']),
      party: String(row['urn']),
      action: payload.action,
      from,
      ...optional('until', row['until'], Number),
      payload,
      unsaid: unsaid(payload, statement.at > from),
      statement,
    }
  },
}

/** Notices of supply restrictions as they were stated last, the last first. */
export function listSupply(database: Database, query: SupplyQuery): Page<SupplyNotice> {
  return listLatest(database, notices, query, [])
}

/** What those concerned would look for, and the notice does not say. No verdict: a notice is its author's word. */
function unsaid(payload: SupplyPayload, isLate: boolean): SupplyNotice['unsaid'] {
  if (payload.action === 'lifted') return []
  const { reasons, until, alternatives, appeal, action } = payload
  return [
    ...(reasons.every(({ citation }) => citation === undefined) ? (['citation'] as const) : []),
    ...(reasons.every(({ jurisdiction }) => jurisdiction === undefined) ? (['jurisdiction'] as const) : []),
    ...(until === undefined && action !== 'ended' ? (['until'] as const) : []),
    ...(alternatives === undefined ? (['alternatives'] as const) : []),
    ...(appeal === undefined ? (['appeal'] as const) : []),
    ...(isLate ? (['notice'] as const) : []),
  ]
}
