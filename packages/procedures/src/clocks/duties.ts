/** What laws demand in one matter, and until when: all that bind are shown, the next to be due is named. */
import { momentText, endOf } from './end.ts'
import { lengthText } from './length.ts'
import type { Place } from './place.ts'
import type { ClockProfile, Duty, Happening } from './profiles/profile.ts'
import { dutyOf, profileOf } from './profiles/profiles.ts'

/** What has happened, as far as it is noted; each moment in seconds since the epoch. */
export interface Happenings extends Partial<Readonly<Record<Happening, number>>> {
  /** When reports were sent, by `law/duty`, such as `eu-cra/early-warning`. */
  readonly sent?: Readonly<Record<string, number>>
}

/** How a report stands. What has not begun to run has no end; a lapse says that a moment has passed, and nothing else. */
export type DutyStanding = 'not-begun' | 'running' | 'lapsed' | 'sent' | 'sent-late'

export interface DutyView {
  readonly law: string
  readonly duty: string
  readonly title: string
  readonly profile: ClockProfile
  readonly definition: Duty
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
}

const words: Readonly<Record<Happening, string>> = {
  awareAt: 'awareness of the vulnerability',
  exploitedAt: 'awareness that it is exploited',
  incidentAt: 'awareness of a severe incident',
  remedyAt: 'a corrective or mitigating measure being available',
}

/**
 * Every report that these laws demand, the next to be due first; what has not begun to run stands last.
 *
 * Throws ProcedureError `unknown-profile`.
 *
 * @param at the moment it is looked at, in seconds since the epoch
 * @param place where days end, instead of the place that the profile names
 */
export function dutiesUnder(
  laws: readonly string[],
  happened: Happenings,
  at: number,
  place?: Place,
): readonly DutyView[] {
  return laws
    .map(profileOf)
    .flatMap((profile) => profile.duties.map((duty) => viewOf(profile, duty, happened, at, place)))
    .sort((one, other) => (one.endsAt ?? Infinity) - (other.endsAt ?? Infinity))
}

/** The report that is due next of those that were not sent: the shortest clock, whichever law it is of. */
export function nextDue(duties: readonly DutyView[]): DutyView | undefined {
  return duties.find(({ standing }) => standing === 'running' || standing === 'lapsed')
}

/** Reports that are due before an embargo ends, in seconds since the epoch: they cut across it, and are no breach of it. */
export function acrossEmbargo(duties: readonly DutyView[], endsAt: number): readonly DutyView[] {
  return duties.filter((duty) => duty.endsAt !== undefined && duty.endsAt < endsAt)
}

function viewOf(profile: ClockProfile, duty: Duty, happened: Happenings, at: number, place?: Place): DutyView {
  const startedAt = startOf(profile, duty, happened)
  const sentAt = happened.sent?.[`${profile.id}/${duty.name}`]
  const where = place ?? profile.place
  const endsAt = startedAt === undefined ? undefined : endOf(startedAt, duty.length, regional(where, profile))
  return {
    law: profile.id,
    duty: duty.name,
    title: duty.title,
    profile,
    definition: duty,
    length: lengthText(duty.length),
    standing: standingOf(endsAt, sentAt, at),
    counts: countsText(profile, duty),
    ...(startedAt !== undefined && { startedAt }),
    ...(endsAt !== undefined && { endsAt, deadline: momentText(endsAt, where) }),
    ...(sentAt !== undefined && { sentAt }),
  }
}

/** Working days are those of the State whose law it is, where the place names none. */
function regional(where: Place, { place }: ClockProfile): Place {
  return where.region !== undefined || place.region === undefined ? where : { ...where, region: place.region }
}

function startOf({ id }: ClockProfile, { counts, when }: Duty, happened: Happenings): number | undefined {
  const first = 'from' in counts ? happened[counts.from] : happened.sent?.[`${id}/${counts.afterReport}`]
  if (first === undefined || when === undefined) return first
  const second = happened[when]
  return second === undefined ? undefined : Math.max(first, second)
}

function standingOf(endsAt: number | undefined, sentAt: number | undefined, at: number): DutyStanding {
  if (sentAt !== undefined) return endsAt !== undefined && sentAt > endsAt ? 'sent-late' : 'sent'
  if (endsAt === undefined) return 'not-begun'
  return at > endsAt ? 'lapsed' : 'running'
}

/** `awareness that it is exploited`; `the report incident-notification being sent`. */
export function countsText(profile: ClockProfile, { counts, when }: Duty): string {
  const from = 'from' in counts ? words[counts.from] : `${dutyOf(profile, counts.afterReport).name} being sent`
  return when === undefined || ('from' in counts && counts.from === when)
    ? from
    : `${from}, once there is ${words[when]}`
}
