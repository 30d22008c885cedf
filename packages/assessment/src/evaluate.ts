import { candidates, type Rest, type Subject } from './candidates.ts'
import type { Requirement, Sort } from './requirement.ts'
import { type Standing, strongest, weakest } from './standing.ts'

/** A requirement after evaluation: how it stands, what it rests on, how many things were looked at. */
export interface Evaluated {
  readonly requirement: Requirement
  readonly standing: Standing
  /** The least contested statements that carry it; empty when it is unmet. */
  readonly rests: readonly Rest[]
  readonly considered: number
  readonly parts: readonly Evaluated[]
}

function evaluateSome(requirement: Extract<Requirement, { readonly some: Sort }>, subject: Subject): Evaluated {
  const judged = candidates(requirement.some, subject).map(({ standing: itself, on, rests }) => {
    const conditions = requirement.with.map((condition) => on[condition] ?? 'unmet')
    return { rests, standing: weakest([itself, ...conditions]) }
  })
  const standing = strongest(judged.map((each) => each.standing))
  const carrying = standing === 'unmet' ? [] : judged.filter((each) => each.standing === standing)
  return {
    requirement,
    standing,
    rests: carrying.flatMap((each) => each.rests),
    considered: judged.length,
    parts: [],
  }
}

/** Evaluates a requirement; the evaluated tree is also its explanation. */
export function evaluate(requirement: Requirement, subject: Subject): Evaluated {
  if ('some' in requirement) return evaluateSome(requirement, subject)
  const conjunction = 'all' in requirement
  const parts = (conjunction ? requirement.all : requirement.oneOf).map((part) => evaluate(part, subject))
  const standing = (conjunction ? weakest : strongest)(parts.map((part) => part.standing))
  const carrying = conjunction ? parts : parts.filter((part) => part.standing === standing)
  return {
    requirement,
    standing,
    rests: standing === 'unmet' ? [] : carrying.flatMap((part) => part.rests),
    considered: parts.length,
    parts,
  }
}
