/** What may happen in a federation, drawn at random; `federation.fixture.ts` plays it. */
import fc from 'fast-check'

/** One thing that somebody does in a federation. What it refers to is looked up when it is played. */
export interface FederatedDeed {
  /** Which of all actors. */
  readonly who: number
  readonly what:
    | 'adhere'
    | 'product'
    | 'release'
    | 'advisory'
    | 'acknowledge'
    | 'approve'
    | 'withhold'
    | 'compromise'
    | 'move'
    | 'arrive'
    | 'copy'
    | 'replay'
    | 'forge'
    | 'dispute'
    | 'play'
    | 'file'
  readonly which: number
  /** Seconds that pass before it; the batch under way is closed when some do. */
  readonly pause: number
}

/** How often each comes, beside the others. */
const weights: Readonly<Record<FederatedDeed['what'], number>> = {
  adhere: 4,
  product: 8,
  release: 4,
  advisory: 9,
  acknowledge: 16,
  approve: 8,
  withhold: 3,
  compromise: 2,
  move: 3,
  arrive: 5,
  copy: 1,
  replay: 2,
  forge: 1,
  dispute: 4,
  play: 26,
  file: 8,
}

/** How many logs there are, and what happens in them. */
export interface Scenario {
  readonly logs: number
  readonly deeds: readonly FederatedDeed[]
}

/** `maxLength`: how many deeds at the most, and half as many at the least. */
export function scenarios(options: { readonly maxLength: number }): fc.Arbitrary<Scenario> {
  // Safe: the table has a member for each deed and no other.
  const whats = Object.keys(weights) as FederatedDeed['what'][]
  const deed = fc.record({
    who: fc.nat(9),
    what: fc.oneof(...whats.map((what) => ({ weight: weights[what], arbitrary: fc.constant(what) }))),
    which: fc.nat(5),
    // Now and then a clock runs out.
    pause: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(0, 1, 7, 60) },
      { weight: 1, arbitrary: fc.constant(11 * 86_400) },
    ),
  })
  const { maxLength } = options
  return fc.record({
    logs: fc.integer({ min: 2, max: 5 }),
    deeds: fc.array(deed, { minLength: Math.floor(maxLength / 2), maxLength, size: 'max' }),
  })
}
