/**
 * Whether a version is affected, after the evaluation algorithm of the OSV schema: it is listed, or
 * some range contains it.
 *
 * Two things differ on purpose. A range that cannot be evaluated (commits, an ecosystem whose order
 * is unknown, a version that does not parse) is passed over and remembered, and does not end the
 * search. And "no" is said only when every range could be evaluated: otherwise the answer is
 * *undetermined*, with the reason.
 */
import { ExposureError } from '../exposure-error.ts'
import type { AffectedRange, RangeEvent } from '../osv/advisory.ts'
import { isUnbounded, schemeOfRange } from '../osv/read-range.ts'
import { schemeOfEcosystem, unsupported } from '../versions/ecosystems.ts'
import type { VersionScheme } from '../versions/version-scheme.ts'
import type { MatchReason, MatchState, Outcome, Why } from './outcome.ts'
import type { OsvRule } from './rule.ts'

/** Evaluates a rule for one version of its package, as if the advisory stood. Never throws. */
export function evaluateOsvRule(rule: OsvRule, version: string | undefined): Outcome {
  const outcome = outcomeOf(rule, version)
  if (version === undefined || version === '') {
    return outcome('undetermined', 'no-version', 'the component has no version')
  }
  const bare = withoutPrefix(version)
  const listed = rule.versions.find((entry) => withoutPrefix(entry) === bare)
  if (listed !== undefined) {
    return outcome('affected', 'listed', `${version} is listed as affected`, { listed })
  }
  if (rule.ranges.length === 0 && rule.versions.length === 0) {
    return outcome('undetermined', 'no-ranges', 'the advisory gives neither ranges nor versions')
  }
  return outcomeOfRanges(rule, version)
}

function outcomeOfRanges(rule: OsvRule, version: string): Outcome {
  const outcome = outcomeOf(rule, version)
  let unknown: Outcome | undefined
  const outside: string[] = []
  for (const range of rule.ranges) {
    if (range.type === 'GIT') continue
    const scheme = schemeOfRange(range.type, rule.ecosystem)
    if (scheme === undefined) {
      unknown ??= outcome('undetermined', 'unsupported-ecosystem', unsupported(rule.ecosystem))
      continue
    }
    if (!range.events.some(({ kind }) => kind === 'introduced')) {
      unknown ??= outcome('undetermined', 'bad-range', 'a range has no "introduced"', { range: shown(range) })
      continue
    }
    try {
      const { inside, text } = evaluateRange(range, version, scheme)
      if (inside) return outcome('affected', 'in-range', text, { range: shown(range) })
      outside.push(text)
    } catch (error) {
      if (!(error instanceof ExposureError)) throw error
      unknown ??= outcome('undetermined', 'bad-version', error.message, { range: shown(range) })
    }
  }
  if (unknown !== undefined) return unknown
  if (outside.length > 0) return outcome('not_affected', 'outside-ranges', outside.slice(0, maxTexts).join('; '))
  return outcomeOfList(rule, version)
}

/** Nothing but a list of versions, or commits, which a version cannot be placed against. */
function outcomeOfList(rule: OsvRule, version: string): Outcome {
  const outcome = outcomeOf(rule, version)
  const scheme = schemeOfEcosystem(rule.ecosystem)
  if (rule.versions.length === 0) {
    return outcome('undetermined', 'no-ranges', 'the advisory gives commits only, and no versions')
  }
  if (scheme === undefined) {
    // The same version may be written in another way, and only the ecosystem's rules could tell.
    return outcome('undetermined', 'unsupported-ecosystem', unsupported(rule.ecosystem))
  }
  let undecided: string | undefined
  try {
    const place = scheme.placing(version)
    for (const entry of rule.versions) {
      const order = orderOf(place, entry, scheme)
      if (order === 0) return outcome('affected', 'listed', `${version} is listed as ${entry}`, { listed: entry })
      if (typeof order === 'string') undecided ??= order
    }
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    undecided = error.message
  }
  if (undecided !== undefined) return outcome('undetermined', 'bad-version', undecided)
  return outcome('not_affected', 'not-listed', `${version} is none of the ${rule.versions.length} listed versions`)
}

/** At most this many comparisons are written out. */
const maxTexts = 4

/** The loop of the OSV schema over events in ascending order, with what was compared. */
function evaluateRange(
  range: AffectedRange,
  version: string,
  scheme: VersionScheme,
): { readonly inside: boolean; readonly text: string } {
  const place = scheme.placing(version)
  const limits = range.events.filter(({ kind }) => kind === 'limit')
  const beforeLimit = limits.length === 0 || limits.some((limit) => isUnbounded(limit) || place(limit.version) < 0)
  let inside = false
  let last: RangeEvent | undefined
  let next: RangeEvent | undefined
  for (const event of range.events) {
    if (event.kind === 'limit') continue
    const order = isUnbounded(event) ? 1 : place(event.version)
    const passed = event.kind === 'last_affected' ? order > 0 : order >= 0
    if (passed) {
      inside = event.kind === 'introduced'
      last = event
    } else {
      next ??= event
    }
  }
  if (!beforeLimit) return { inside: false, text: `${version} is not before ${limits.map(shownEvent).join(', ')}` }
  return { inside, text: `${version} is ${sides(last, next)}` }
}

/** `at or after introduced 1.2.0 and before fixed 1.2.5`. */
function sides(last: RangeEvent | undefined, next: RangeEvent | undefined): string {
  const below =
    next === undefined ? undefined : `${next.kind === 'last_affected' ? 'not after' : 'before'} ${shownEvent(next)}`
  if (last === undefined) return below ?? 'in no range'
  if (isUnbounded(last)) {
    return below === undefined ? 'in a range of all versions' : `${below}, in a range from the first version on`
  }
  const above = `${last.kind === 'last_affected' ? 'after' : 'at or after'} ${shownEvent(last)}`
  return below === undefined ? above : `${above} and ${below}`
}

function outcomeOf(
  rule: OsvRule,
  version: string | undefined,
): (state: MatchState, reason: MatchReason, text: string, more?: Pick<Why, 'range' | 'listed'>) => Outcome {
  return (state, reason, text, more = {}) => ({
    state,
    why: {
      reason,
      advisory: rule.advisory,
      package: { ecosystem: rule.ecosystem, name: rule.name },
      version,
      ...more,
      text,
    },
  })
}

/** Listed versions are compared as written; only a leading `v`, which Go's tools add, is ignored. */
function withoutPrefix(version: string): string {
  return version.startsWith('v') ? version.slice(1) : version
}

/**
 * Where the version stands to an entry of a list: a number, undefined for an entry that is no version
 * and so is not this one, or why two versions have no order.
 */
function orderOf(place: (other: string) => number, entry: string, scheme: VersionScheme): number | string | undefined {
  try {
    scheme.placing(entry)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return undefined
  }
  try {
    return place(entry)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return error.message
  }
}

function shown(range: AffectedRange): string {
  const events = range.events.slice(0, 2 * maxTexts).map(shownEvent)
  return range.events.length > events.length ? `${events.join(', ')}, …` : events.join(', ')
}

function shownEvent({ kind, version }: RangeEvent): string {
  return `${kind === 'last_affected' ? 'last affected' : kind} ${version}`
}
