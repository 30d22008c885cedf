/** Reports that laws demand, prepared from the record: an officer reads, completes and signs them; nothing is sent from here. */
import type { Place } from '../clocks/place.ts'
import { type DutyStanding, type DutyView, dutiesUnder } from '../clocks/duties.ts'
import { dutyOf, profileOf } from '../clocks/profiles/profiles.ts'
import type { Content, ContentName, Happening } from '../clocks/profiles/profile.ts'
import type { Citation } from '../definition.ts'
import { contentTitles, happeningTitles } from './contents.ts'
import type { FactSource, HandlingRecord, RecordFact } from './record.ts'

/** One part of a report, with what the record says about it. */
export interface ReportItem {
  readonly name: ContentName
  readonly title: string
  /** `demanded`: the law asks for it at least; `where-available`: as far as one knows. */
  readonly need: Content['need']
  readonly facts: readonly RecordFact[]
  /** The record says nothing of it. Nothing is made up: the officer fills it, or leaves it. */
  readonly isGap: boolean
}

export interface ReportDraft {
  readonly law: string
  readonly lawTitle: string
  readonly duty: string
  readonly title: string
  readonly article: string
  readonly binds: string
  readonly to: string
  readonly subject: string
  readonly source: Citation
  readonly remark?: string
  readonly standing: DutyStanding
  /** What its clock counts from, in words, and how long it is. */
  readonly counts: string
  readonly length: string
  /** In seconds since the epoch; none where its clock has not begun. */
  readonly endsAt?: number
  /** For people, with hour and zone. */
  readonly deadline?: string
  readonly happened: readonly {
    readonly name: Happening
    readonly title: string
    readonly at: number
    readonly source: FactSource
  }[]
  readonly items: readonly ReportItem[]
  /** Parts that the law demands and the record does not have. */
  readonly missing: readonly ContentName[]
  /** When it was prepared, in seconds since the epoch. */
  readonly preparedAt: number
}

/**
 * A report as the record gives it. The same record gives the same draft.
 *
 * Throws ProcedureError `unknown-profile`.
 *
 * @param at when it is prepared, in seconds since the epoch
 * @param place where days end, instead of the place that the profile names
 */
export function prepareReport(
  law: string,
  duty: string,
  record: HandlingRecord,
  at: number,
  place?: Place,
): ReportDraft {
  const definition = dutyOf(profileOf(law), duty)
  const views = dutiesUnder([law], record.happened, at, place)
  const view = views.find((each) => each.definition === definition)
  if (view === undefined) throw new RangeError(`${law} has no view of ${duty}`)
  return draftOf(view, record, at)
}

function draftOf(view: DutyView, { subject, facts, happened, happenedIn }: HandlingRecord, at: number): ReportDraft {
  const { profile, definition, standing, counts, length, endsAt, deadline } = view
  const items = definition.contents.map(({ name, need }): ReportItem => {
    const own = facts[name] ?? []
    return { name, title: contentTitles[name], need, facts: own, isGap: own.length === 0 }
  })
  // Safe: the keys of that very record.
  const names = Object.keys(happeningTitles) as Happening[]
  return {
    law: profile.id,
    lawTitle: profile.law,
    duty: definition.name,
    title: definition.title,
    article: definition.article,
    binds: profile.binds,
    to: definition.to,
    subject,
    source: definition.source,
    ...(profile.remark !== undefined && { remark: profile.remark }),
    standing,
    counts,
    length,
    ...(endsAt !== undefined && { endsAt }),
    ...(deadline !== undefined && { deadline }),
    happened: names.flatMap((name) => {
      const then = happened[name]
      if (then === undefined) return []
      return [{ name, title: happeningTitles[name], at: then, source: happenedIn[name] ?? { in: 'word' } }]
    }),
    items,
    missing: items.filter(({ need, isGap }) => isGap && need === 'demanded').map(({ name }) => name),
    preparedAt: at,
  }
}
