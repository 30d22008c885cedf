/** A group of people and what it has of something, shared equally inside the group. */
export interface Share {
  readonly population: number
  readonly amount: number
}

/** A point of the curve: the share of people that has at most this share of the whole, each from 0 to 1. */
export interface LorenzPoint {
  readonly population: number
  readonly amount: number
}

export interface Inequality {
  /** From (0, 0) to (1, 1), groups with the least for each person first. */
  readonly points: readonly LorenzPoint[]
  /** 0 where everybody has the same; towards 1 where nearly nobody has all. */
  readonly gini: number
}

/** How {@link lorenz} computes, in words, to stand beside every figure of it. */
export const lorenzMethod =
  'Countries are put in order of what they have for each inhabitant, the least first. The Lorenz curve adds up inhabitants and amounts in that order, each as a share of the whole, with straight lines between the points. The Gini coefficient is twice the area between the curve and the diagonal. Inhabitants of one country count as if they had equal shares, so inequality inside countries is not in it: the figure is a lower bound. A country with inhabitants and nothing registered counts with 0 where the files of all five registries were read. One whose population is not known, or whose registry was not read, is left out and named.'

/**
 * The Lorenz curve and the Gini coefficient of what groups of people have, weighted by their numbers.
 *
 * Undefined where there is nobody, or nothing to share. Groups of nobody are left out.
 */
export function lorenz(shares: readonly Share[]): Inequality | undefined {
  const groups = shares.filter(({ population, amount }) => population > 0 && amount >= 0)
  const people = sum(groups.map(({ population }) => population))
  const whole = sum(groups.map(({ amount }) => amount))
  if (people === 0 || whole === 0) return undefined
  const ordered = groups.toSorted((a, b) => a.amount / a.population - b.amount / b.population)
  const points: LorenzPoint[] = [{ population: 0, amount: 0 }]
  let [peopleSoFar, amountSoFar, twiceBelow] = [0, 0, 0]
  for (const { population, amount } of ordered) {
    // The trapezium below one straight piece, twice, as a share of the unit square.
    twiceBelow += (population / people) * ((2 * amountSoFar + amount) / whole)
    peopleSoFar += population
    amountSoFar += amount
    points.push({ population: peopleSoFar / people, amount: amountSoFar / whole })
  }
  return { points, gini: Math.max(0, 1 - twiceBelow) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0)
}
