/** Reads one range of an OSV advisory: its type, and its events in ascending order. */
import { ExposureError } from '../exposure-error.ts'
import { quoted, type ProblemCollector } from '../problem.ts'
import { isObject } from '../json/json-object.ts'
import { schemeOfEcosystem } from '../versions/ecosystems.ts'
import { goScheme, pubScheme, semverScheme } from '../versions/semver.ts'
import type { VersionScheme } from '../versions/version-scheme.ts'
import type { AffectedRange, RangeEvent } from './advisory.ts'
import type { OsvLimits } from './osv-limits.ts'

const kinds = ['introduced', 'fixed', 'last_affected', 'limit'] as const

/** The scheme that orders the versions of a range, or undefined when it is not known here. */
export function schemeOfRange(type: AffectedRange['type'], ecosystem: string): VersionScheme | undefined {
  if (type === 'GIT') return undefined
  const ofEcosystem = schemeOfEcosystem(ecosystem)
  if (type === 'ECOSYSTEM') return ofEcosystem
  // SEMVER says itself how its versions are ordered; Go and Pub only read or order more of them.
  return ofEcosystem === goScheme || ofEcosystem === pubScheme ? ofEcosystem : semverScheme
}

/** One range, or none with the reason among the problems. */
export function readRange(
  value: unknown,
  ecosystem: string,
  pointer: string,
  limits: OsvLimits,
  problems: ProblemCollector,
): readonly AffectedRange[] {
  if (!isObject(value) || !Array.isArray(value['events'])) {
    throw new ExposureError('bad-osv', 'a range is an object with an array "events"', pointer)
  }
  const type = value['type']
  if (type !== 'SEMVER' && type !== 'ECOSYSTEM' && type !== 'GIT') {
    throw new ExposureError('bad-osv', 'the type of a range is SEMVER, ECOSYSTEM or GIT', `${pointer}/type`)
  }
  if (value['events'].length > limits.events) {
    throw new ExposureError('too-many', `at most ${limits.events} events are read`, `${pointer}/events`)
  }
  const read = value['events'].map((event, index) => readEvent(event, `${pointer}/events/${index}`, limits, problems))
  // With one event unknown the others may say the opposite of what is meant: then none is used.
  const events = read.some((found) => found.length === 0) ? [] : read.flat()
  if (!events.some(({ kind }) => kind === 'introduced')) {
    problems.add('bad-range', `${pointer}/events`, 'a range has at least one "introduced"')
  }
  if (events.some(({ kind }) => kind === 'fixed') && events.some(({ kind }) => kind === 'last_affected')) {
    problems.add(
      'contradicting-range',
      `${pointer}/events`,
      'a range ends by "fixed" or by "last_affected", not by both',
    )
  }
  const scheme = schemeOfRange(type, ecosystem)
  const repo = type === 'GIT' ? value['repo'] : undefined
  return [
    {
      type,
      events: scheme === undefined ? events : inOrder(events, scheme, pointer, problems),
      ...(typeof repo === 'string' && repo.length <= limits.text && { repo }),
    },
  ]
}

/** An event has one kind. Old documents joined several, which is read and reported. */
function readEvent(
  value: unknown,
  pointer: string,
  limits: OsvLimits,
  problems: ProblemCollector,
): readonly RangeEvent[] {
  const found: RangeEvent[] = []
  if (isObject(value)) {
    for (const kind of kinds) {
      const version = value[kind]
      if (typeof version === 'string' && version !== '' && version.length <= limits.text) found.push({ kind, version })
    }
  }
  if (found.length !== 1) {
    const what = found.length === 0 ? 'it has none' : `it has ${found.length}, and each is used`
    problems.add('bad-event', pointer, `an event has one of ${kinds.join(', ')}: ${what}`)
  }
  return found
}

/**
 * Events in ascending order; those at one version stay as the author wrote them. A version that
 * cannot be read leaves the whole range as it was: it will be called undetermined.
 */
function inOrder(
  events: readonly RangeEvent[],
  scheme: VersionScheme,
  pointer: string,
  problems: ProblemCollector,
): readonly RangeEvent[] {
  let readable = true
  const placed = events.map((event, index) => {
    if (isUnbounded(event)) return { event, place: undefined }
    try {
      return { event, place: scheme.placing(event.version) }
    } catch (error) {
      if (!(error instanceof ExposureError)) throw error
      problems.add('bad-version', `${pointer}/events/${index}/${event.kind}`, error.message)
      readable = false
      return { event, place: undefined }
    }
  })
  if (!readable) return events
  try {
    placed.sort((a, b) => {
      if (a.place === undefined || b.place === undefined) return unboundedRank(a.event) - unboundedRank(b.event)
      return a.place(b.event.version)
    })
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    // The ecosystem's rules put two of the bounds in no order, so nothing can be placed among them.
    problems.add('bad-version', `${pointer}/events`, error.message)
    return []
  }
  const ordered = placed.map(({ event }) => event)
  checkContradictions(ordered, scheme, `${pointer}/events`, problems)
  return ordered
}

/**
 * What the author can hardly have meant: an end before any beginning, which leaves everything from the
 * beginning on affected, and an end at the beginning, which leaves nothing. Both are evaluated as they
 * stand.
 */
function checkContradictions(
  ordered: readonly RangeEvent[],
  scheme: VersionScheme,
  pointer: string,
  problems: ProblemCollector,
): void {
  const events = ordered.filter(({ kind }) => kind !== 'limit')
  const [first] = events
  if (first !== undefined && first.kind !== 'introduced' && events.some(({ kind }) => kind === 'introduced')) {
    const message = `it ends at ${quoted(first.version, 40)}, before it begins`
    problems.add('contradicting-range', pointer, message)
  }
  for (const [index, event] of events.entries()) {
    const next = events[index + 1]
    if (event.kind !== 'introduced' || next?.kind !== 'fixed' || isUnbounded(event)) continue
    if (scheme.placing(event.version)(next.version) === 0) {
      problems.add('contradicting-range', pointer, `it begins and ends at ${quoted(event.version, 40)}`)
    }
  }
}

/** `introduced: 0` is before every version and `limit: *` after every one, by the schema. */
export function isUnbounded(event: RangeEvent): boolean {
  return (event.kind === 'introduced' && event.version === '0') || (event.kind === 'limit' && event.version === '*')
}

function unboundedRank(event: RangeEvent): number {
  if (!isUnbounded(event)) return 0
  return event.kind === 'introduced' ? -1 : 1
}
