/** What is due in one matter, and drafts of it, as every interface shows them: one function for the API and the command. */
import type { Place } from '../clocks/place.ts'
import { requirePlace } from '../clocks/place.ts'
import { acrossEmbargo, type DutyStanding, dutiesUnder, type DutyView, nextDue } from '../clocks/duties.ts'
import type { Citation } from '../definition.ts'
import { ProcedureError } from '../procedure-error.ts'
import { crossingDuties } from './others-duties.ts'
import { prepareReport, type ReportDraft } from './prepare-report.ts'
import { type HandlingRecord, recordOf, type RecordParts } from './record.ts'

/** What is asked about. */
export interface Matter {
  readonly parts: RecordParts
  /** Laws that bind the party here, beside those that it stated in the case. */
  readonly laws?: readonly string[]
  /** Where days end, instead of the place that each law names. */
  readonly place?: Place
}

/** One report that is demanded. */
export interface DueReport {
  readonly law: string
  readonly duty: string
  readonly title: string
  readonly length: string
  readonly standing: DutyStanding
  /** What it counts from, in words. */
  readonly counts: string
  readonly startedAt?: number
  /** In seconds since the epoch. */
  readonly endsAt?: number
  /** For people, with hour and zone. */
  readonly deadline?: string
  readonly sentAt?: number
  /** `law/duty`. */
  readonly report: string
  readonly lawTitle: string
  readonly binds: string
  readonly article: string
  readonly to: string
  readonly source: Citation
}

/** Everything that these laws demand, the next to be due first. */
export interface DueReports {
  readonly subject: string
  /** `law/duty` of the one that is due next. */
  readonly next?: string
  readonly embargoEndsAt?: number
  /** Those due before the embargo ends. */
  readonly acrossEmbargo?: readonly string[]
  /** Of other parties of the disclosure, as far as the one who asks sees it. */
  readonly others?: readonly {
    readonly party: string
    readonly reports: readonly string[]
    readonly unknown: readonly string[]
  }[]
  readonly reports: readonly DueReport[]
}

/**
 * Throws ProcedureError `no-law` where nobody says which law binds, `unknown-profile` and `unknown-place`.
 *
 * @param at the moment it is looked at, in seconds since the epoch
 */
export function dueReports(matter: Matter, at: number): DueReports {
  const { record, due } = opened(matter, at)
  const { moves = [], party } = matter.parts
  const next = nextDue(due)
  const { embargoEndsAt: end } = record
  const others = crossingDuties(moves, at).filter((each) => each.party !== party?.urn)
  return {
    subject: record.subject,
    ...(next && { next: nameOf(next) }),
    ...(end !== undefined && { embargoEndsAt: end, acrossEmbargo: acrossEmbargo(due, end).map(nameOf) }),
    ...(others.length > 0 && {
      others: others.map(({ party: urn, duties, unknown }) => ({
        party: urn,
        reports: duties.map(nameOf),
        unknown: [...unknown],
      })),
    }),
    reports: due.map(shownOf),
  }
}

/**
 * The draft of one report, `law/duty`; of the one that is due next where none is named. The same matter gives the same
 * draft.
 *
 * Throws ProcedureError `nothing-due`, and what {@link dueReports} throws.
 */
export function draftReport(matter: Matter, at: number, report?: string): ReportDraft {
  const [law, duty] = report?.split('/', 2) ?? []
  const { record, due } = opened(matter, at, law)
  const which = report === undefined ? nextDue(due) : { law: law ?? '', duty: duty ?? '' }
  if (which === undefined) {
    throw new ProcedureError('nothing-due', 'nothing is due: name a report, LAW/REPORT, or say what happened and when')
  }
  return prepareReport(which.law, which.duty, record, at, matter.place)
}

function opened({ parts, laws = [], place }: Matter, at: number, named?: string) {
  const record: HandlingRecord = recordOf(parts)
  const all = [...new Set([...laws, ...record.laws, ...(named === undefined ? [] : [named])])]
  if (all.length === 0 && parts.moves === undefined) {
    throw new ProcedureError('no-law', 'no law is named: name those that bind here, by the ids of the clock profiles')
  }
  if (place !== undefined) requirePlace(place)
  return { record, due: dutiesUnder(all, record.happened, at, place) }
}

function nameOf({ law, duty }: Pick<DutyView, 'law' | 'duty'>): string {
  return `${law}/${duty}`
}

function shownOf(view: DutyView): DueReport {
  const { profile, definition, law, duty, title, length, standing, counts, startedAt, endsAt, deadline, sentAt } = view
  const { article, to, source } = definition
  return {
    law,
    duty,
    title,
    length,
    standing,
    counts,
    ...(startedAt !== undefined && { startedAt }),
    ...(endsAt !== undefined && { endsAt }),
    ...(deadline !== undefined && { deadline }),
    ...(sentAt !== undefined && { sentAt }),
    report: nameOf(view),
    lawTitle: profile.law,
    binds: profile.binds,
    article,
    to,
    source,
  }
}
