/**
 * Whether a VERS range contains a version, and the shortest list of constraints that says the same.
 *
 * Both follow "Checking if a version is contained within a range" and "Constraints simplification" of
 * the VERS specification, and both come from one picture: the versions that the range names cut the
 * line into steps, and each step is inside or outside.
 */
import { ExposureError } from '../exposure-error.ts'
import { quoted } from '../problem.ts'
import type { VersionScheme } from '../versions/version-scheme.ts'
import {
  formatVers,
  inOrderOf,
  type PlacedConstraint,
  schemeOfVers,
  type VersConstraint,
  type VersRange,
} from './vers-range.ts'

/** A version that the range names: whether it, and what follows up to the next step, is inside. */
interface Step {
  readonly version: string
  readonly at: boolean
  readonly after: boolean
}

interface Steps {
  /** Whether what comes before the first step is inside. */
  readonly before: boolean
  /** Ascending, each version once. */
  readonly steps: readonly Step[]
}

/** The same for any number of versions: reads the range once. Throws as `versContains` does. */
export function versTest(range: VersRange): (version: string) => boolean {
  if (range.type === 'all' || range.type === 'none') return () => range.type === 'all'
  return testOf(stepsOf(range), schemeOfVers(range.type))
}

/**
 * The same for constraints whose versions are ordered by a scheme that no type of VERS stands for. Throws `ExposureError`
 * as `versContains` does, and nothing for a list without constraints, which contains nothing.
 */
export function testConstraints(
  constraints: readonly VersConstraint[],
  scheme: VersionScheme,
): (version: string) => boolean {
  if (constraints.length === 0) return () => false
  return testOf(stepsOfConstraints(constraints, scheme), scheme)
}

function testOf({ before, steps }: Steps, scheme: VersionScheme): (version: string) => boolean {
  return (version) => {
    const place = scheme.placing(version)
    let inside = before
    for (const step of steps) {
      const order = place(step.version)
      if (order === 0) return step.at
      if (order < 0) return inside
      inside = step.after
    }
    return inside
  }
}

/**
 * Whether the range contains the version. A range of exclusions only (`!=5`) contains everything else.
 *
 * Throws `ExposureError`: `bad-version` for a version that cannot be placed, also one of the range;
 * `unsupported-ecosystem`; `bad-vers` for a range without constraints or one that both names and
 * leaves out a version.
 */
export function versContains(range: VersRange, version: string): boolean {
  return versTest(range)(version)
}

/**
 * The shortest range that contains the same versions; `parseVers` reads how it is written. Throws as
 * `versContains` does.
 */
export function simplifyVers(range: VersRange): VersRange {
  if (range.constraints === '*') return range
  const { before, steps } = stepsOf(range)
  const constraints: VersConstraint[] = []
  let inside = before
  for (const { version, at, after } of steps) {
    if (at !== inside || after !== inside) constraints.push({ comparator: comparatorOf(inside, at, after), version })
    inside = after
  }
  // A list that has constraints contains something, so that without a change it contains everything.
  return { type: range.type, constraints: constraints.length > 0 ? constraints : '*' }
}

/** How one version is written, by whether what comes before it, it, and what follows are inside. */
function comparatorOf(before: boolean, at: boolean, after: boolean): VersConstraint['comparator'] {
  if (before === after) return at ? '=' : '!='
  if (after) return at ? '>=' : '>'
  return at ? '<=' : '<'
}

/** The steps of a range. */
export function stepsOf(range: VersRange): Steps {
  if (range.constraints === '*') return { before: range.type !== 'none', steps: [] }
  if (range.constraints.length === 0) throw new ExposureError('bad-vers', 'a version range has a constraint')
  return stepsOfConstraints(range.constraints, schemeOfVers(range.type), quoted(formatVers(range)))
}

function stepsOfConstraints(constraints: readonly VersConstraint[], scheme: VersionScheme, shown = 'the range'): Steps {
  const ordered = inOrderOf(scheme, constraints)
  const bounds = neededBounds(ordered)
  const first = ordered.find((constraint) => bounds.has(constraint))
  const before = first === undefined ? ordered.every(({ comparator }) => comparator === '!=') : isEnd(first)
  const steps: Step[] = []
  let inside = before
  for (const group of groupsOf(ordered)) {
    const has = (comparator: string): boolean => group.some((constraint) => constraint.comparator === comparator)
    const named = has('=') || has('<=') || has('>=')
    const [{ version }] = group
    if (named && has('!=')) {
      throw new ExposureError('bad-vers', `${shown} both names and leaves out version ${quoted(version)}`)
    }
    const kept = group.filter((constraint) => bounds.has(constraint))
    const at = named || (!has('!=') && kept.length === 0 && inside)
    if (kept.length > 0) inside = kept.some((constraint) => !isEnd(constraint))
    steps.push({ version, at, after: inside })
  }
  return { before, steps }
}

/** Of several beginnings in a row the first is needed, and of several ends the last. */
function neededBounds(ordered: readonly PlacedConstraint[]): ReadonlySet<PlacedConstraint> {
  const needed: PlacedConstraint[] = []
  for (const constraint of ordered) {
    if (constraint.comparator === '=' || constraint.comparator === '!=') continue
    const last = needed.at(-1)
    if (last === undefined || isEnd(last) !== isEnd(constraint)) needed.push(constraint)
    else if (isEnd(constraint)) needed.splice(-1, 1, constraint)
  }
  return new Set(needed)
}

function isEnd({ comparator }: VersConstraint): boolean {
  return comparator.startsWith('<')
}

/** Neighbours on equal versions, together. */
function groupsOf(
  ordered: readonly PlacedConstraint[],
): readonly (readonly [PlacedConstraint, ...PlacedConstraint[]])[] {
  const groups: [PlacedConstraint, ...PlacedConstraint[]][] = []
  for (const constraint of ordered) {
    const last = groups.at(-1)
    if (last !== undefined && last[0].place(constraint.version) === 0) last.push(constraint)
    else groups.push([constraint])
  }
  return groups
}
