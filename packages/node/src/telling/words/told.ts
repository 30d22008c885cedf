/** What a message says, composed once: each attempt to bring it says the same. */
import { type Priority, comparePriority } from '@comity/exposure'
import { parseAdvisoryUrn } from '@comity/statement'
import type { Match } from '../../vault/match.ts'
import type { Alert } from '../alerts.ts'
import type { Detail } from '../record/telling-event.ts'

/** Alerts that one message describes; the rest it counts. */
const describedAtMost = 30

/** Longest text of somebody else that is passed on, in characters. */
const longestText = 300

/** What a message says. With `detail` none it says nothing but that there is something to look at. */
export interface Told {
  readonly detail: Detail
  /** Those to be looked at first, first. */
  readonly alerts: readonly ToldAlert[]
  /** Alerts in all; 0 where it does not say. */
  readonly total: number
  /** Earlier messages that could not be brought. */
  readonly missed: number
}

/** One alert in a message. Texts of others are on one line and without control characters. */
export interface ToldAlert {
  /** Identifier of the match. */
  readonly match: string
  /** What the vulnerability is called: its CVE identifier, where it has one. */
  readonly vulnerability: string
  readonly state: Match['state']
  /** Whole seconds since the epoch. */
  readonly since: number
  readonly inventory: string
  readonly component: {
    readonly name: string
    readonly version?: string
    readonly purl?: string
    readonly path: readonly string[]
  }
  readonly advisory: {
    /** What its document calls itself. */
    readonly id: string
    /** `urn:comity:advisory:…`, and the statement to acknowledge, where it is one of a log. */
    readonly sub?: string
    readonly statement?: string
    readonly title: string
    readonly by: string
  }
  /** What was compared with what. */
  readonly why: string
  /** What its priority rests on, in the order in which it weighs. */
  readonly priority: readonly string[]
  /** What to do about it. */
  readonly todo: string
}

/** What to say of alerts that arose together, the most urgent first. */
export function toldOf(alerts: readonly Alert[], detail: Detail, missed: number): Told {
  if (detail === 'none') return { detail, alerts: [], total: 0, missed }
  const ordered = alerts.map(({ match }) => match).toSorted(byUrgency)
  return { detail, alerts: ordered.slice(0, describedAtMost).map(toldAlert), total: alerts.length, missed }
}

const rank = {
  affected: 0,
  under_investigation: 1,
  undetermined: 2,
  fixed: 3,
  mitigated: 3,
  remedied: 3,
  not_affected: 3,
}

/** What affects comes first; then what weighs more, by the order of priorities. */
function byUrgency(a: Match, b: Match): number {
  return rank[a.state] - rank[b.state] || comparePriority(weightOf(a), weightOf(b)) || b.since - a.since
}

function weightOf({ vulnerability: { id }, priority }: Match): Priority {
  return { id, facts: priority }
}

/** Nobody has to do anything about it, as it stands now. */
export function isOver({ state }: Pick<Match, 'state'>): boolean {
  return rank[state] === 3
}

/** A match as it is told. */
export function toldAlert(match: Match): ToldAlert {
  const { id, state, since, inventory, component, advisory, why, vulnerability } = match
  const { name, version, purl, path } = component
  const { sub, statement, party, origin, names } = advisory
  return {
    match: id,
    vulnerability: oneLine(vulnerability.id),
    state,
    since,
    inventory: oneLine(inventory.name),
    component: {
      name: oneLine(name),
      ...(version === undefined ? {} : { version: oneLine(version) }),
      ...(purl === undefined ? {} : { purl }),
      path: path.map(oneLine),
    },
    advisory: {
      id: oneLine((sub === undefined ? undefined : parseAdvisoryUrn(sub)?.id) ?? advisory.document),
      ...(sub === undefined ? {} : { sub }),
      ...(statement === undefined ? {} : { statement }),
      title: oneLine(advisory.title),
      by: oneLine(names[0]?.text ?? party ?? origin),
    },
    why: oneLine(why.text),
    priority: match.priority.map(({ text }) => oneLine(text)),
    todo: todoOf(match),
  }
}

function todoOf({ advisory: { remedy, withdrawn }, priority, why, state }: Match): string {
  if (withdrawn) return 'nothing: the advisory was withdrawn'
  if (remedy !== undefined) {
    const { kind, version, url } = remedy
    const parts = [
      kind,
      ...(version === undefined ? [] : [`to ${version}`]),
      ...(url === undefined ? [] : [`(${url})`]),
    ]
    return oneLine(parts.join(' '))
  }
  if (why.action !== undefined) return oneLine(why.action)
  const [version] = priority.flatMap((each) => (each.fact === 'fix' ? each.versions : []))
  if (version !== undefined) return oneLine(`update to ${version}`)
  if (state === 'affected') return 'no remedy is named yet: read the advisory'
  return 'read the advisory, and find out whether it concerns you'
}

/** Somebody else's text on one line: nothing in it ends the line, hides, or turns the direction of what follows. */
export function oneLine(text: string): string {
  const plain = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu, ' ')
    .trim()
  return plain.length <= longestText ? plain : `${plain.slice(0, longestText - 1).toWellFormed()}…`
}
