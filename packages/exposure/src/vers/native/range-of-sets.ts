/**
 * From the ranges of package managers to VERS. A native range is a choice of sets, and a version has to
 * meet all constraints of one set. VERS has no "and" and no "or": a native range has a VERS form when
 * its constraints, put in the order of their versions, say the same. Any other is refused.
 */
import { ExposureError } from '../../exposure-error.ts'
import { quoted } from '../../problem.ts'
import { stepsOf } from '../vers-contains.ts'
import { inVersionOrder, type VersConstraint, type VersRange } from '../vers-range.ts'

/** Constraints that a version has to meet at once. */
export type ConstraintSet = readonly VersConstraint[]

/** Longest native range that is read, in characters. Real ones are under 500. */
export const maxNativeLength = 4096

export function refuseNative(native: string, reason: string): never {
  throw new ExposureError('bad-native-range', `${quoted(native)} has no VERS form: ${reason}`)
}

/**
 * All constraints in the order of their versions. Throws `ExposureError`: `bad-native-range` when the
 * list would say something else than the sets do, `bad-version`.
 */
export function rangeOfSets(type: string, sets: readonly ConstraintSet[], native: string): VersRange {
  const ordered = inVersionOrder(type, sets.flat())
  if (ordered.length === 0) return refuseNative(native, 'it has no constraint')
  const constraints = ordered.map(({ comparator, version }) => ({ comparator, version }))
  const range: VersRange = { type, constraints }
  const { before, steps } = stepsOf(range)
  // Distinct versions by their step; a set is asked at each of them, and between each and the next.
  const rank = new Map<string, number>()
  let step = -1
  let last: (typeof ordered)[number] | undefined
  for (const constraint of ordered) {
    if (last === undefined || last.place(constraint.version) !== 0) {
      step += 1
      last = constraint
    }
    rank.set(constraint.version, step)
  }
  const wanted = (place: number): boolean =>
    sets.some((set) => set.every((constraint) => holds(constraint, place - (rank.get(constraint.version) ?? 0))))
  const agrees = steps.every(({ at, after }, index) => at === wanted(index) && after === wanted(index + 0.5))
  if (before !== wanted(-0.5) || !agrees) {
    return refuseNative(native, 'its constraints, listed by version, would say something else')
  }
  return range
}

function holds({ comparator }: VersConstraint, distance: number): boolean {
  switch (comparator) {
    case '=':
      return distance === 0
    case '!=':
      return distance !== 0
    case '<':
      return distance < 0
    case '<=':
      return distance <= 0
    case '>':
      return distance > 0
    case '>=':
      return distance >= 0
  }
}
