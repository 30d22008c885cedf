/**
 * What several sources together say about one component and one vulnerability, and which of them
 * prevails. In this order:
 *
 * 1. What the operator says of its own system, which it alone can know: *remedied*, *mitigated*, …
 * 2. What was taken back says nothing, unless everything was. Of the revisions of one document the latest
 *    counts, and of the VEX statements of one author about this component the latest.
 * 3. The supplier, where it has an answer: its VEX goes before the range of a database. Who speaks for a
 *    supplier is not for a document to claim; whoever asks says whom it believes. That nothing is wrong settles
 *    what the supplier itself names: not what somebody else's alias joins to it.
 * 4. Everybody else, and a supplier without an answer. Among equals what may do harm prevails: *affected*,
 *    *under investigation*, *undetermined*, *fixed*, *not affected*.
 *
 * Who says the contrary is shown beside: nothing that was said is dropped.
 */
import { canonical } from './fold-aliases.ts'
import type { KnownAdvisory } from './known-advisory.ts'
import { isHarmless, type Outcome, strongerState } from './outcome.ts'

/** What one advisory says about one component. */
export interface SourceWord {
  readonly advisory: Pick<KnownAdvisory, 'format' | 'document' | 'author' | 'id' | 'aliases' | 'revision' | 'modified'>
  readonly outcome: Outcome
}

/** What the operator says of its own system. */
export interface OperatorWord {
  readonly state: 'remedied' | 'mitigated' | 'affected' | 'not_affected'
  /** RFC 3339. */
  readonly at: string
  readonly reason?: string
}

/** What somebody has to do something about before what waits for an answer of others, and that before what is settled. */
export const standingStates = [
  'affected',
  'under_investigation',
  'undetermined',
  'mitigated',
  'remedied',
  'fixed',
  'not_affected',
] as const

export type StandingState = (typeof standingStates)[number]

export interface Standing {
  readonly state: StandingState
  /** Who prevails: the operator, or the source of the state. */
  readonly by: 'operator' | 'supplier' | 'others'
  /** What says so; with the word of an operator what stands without it. */
  readonly deciding: SourceWord
  /** What stands beside it, contrary or not, in the order of precedence. */
  readonly others: readonly SourceWord[]
  /** Those of the others that say the contrary. */
  readonly contradicting: readonly SourceWord[]
  /** Replaced by a later word of the same author. */
  readonly superseded: readonly SourceWord[]
  /** What came after the operator's word and speaks of harm: reason to look again. */
  readonly news: readonly SourceWord[]
}

export interface Sources {
  /** What the vulnerability is called. */
  readonly vulnerability: string
  /** Whether this source speaks for the supplier of the component, in the eyes of whoever asks. */
  readonly isSupplier: (word: SourceWord) => boolean
  readonly operator?: OperatorWord
}

/** Where the words come to; undefined of none. The order in which they are given does not matter. */
export function standingOf(said: readonly SourceWord[], sources: Sources): Standing | undefined {
  const { operator } = sources
  const all = said.toSorted(inFixedOrder)
  const live = all.filter((word) => !isSuperseded(word, all))
  const standing = live.filter(({ outcome }) => outcome.why.reason !== 'withdrawn')
  const speaking = standing.filter(({ outcome }) => !silent.has(outcome.why.reason))
  const heard = [speaking, standing, live].find((each) => each.length > 0)
  if (heard === undefined) return undefined
  const answers = answersIn(heard, sources)
  const pool = answers.length > 0 ? answers : heard
  const deciding = pool.reduce((a, b) => (strongerState(b.outcome.state, a.outcome.state) < 0 ? b : a))
  const others = [...pool, ...heard.filter((each) => !pool.includes(each))].filter((each) => each !== deciding)
  return {
    state: operator?.state ?? deciding.outcome.state,
    by: operator === undefined ? (answers.length > 0 ? 'supplier' : 'others') : 'operator',
    deciding,
    others,
    contradicting: others.filter(({ outcome }) => isContrary(outcome, deciding.outcome)),
    superseded: all.filter((each) => !live.includes(each)),
    news: operator === undefined ? [] : heard.filter((each) => isNews(each, operator)),
  }
}

/** What suppliers answer; nothing where they see no harm, and somebody does in what they do not speak of. */
function answersIn(heard: readonly SourceWord[], { vulnerability, isSupplier }: Sources): readonly SourceWord[] {
  const answers = heard.filter((each) => each.outcome.state !== 'undetermined' && isSupplier(each))
  if (answers.some(({ outcome }) => !isHarmless(outcome.state))) return answers
  const harm = heard.filter(({ outcome }) => !isHarmless(outcome.state) && !silent.has(outcome.why.reason))
  const isMet = (word: SourceWord): boolean => answers.some((each) => namesTheSame(each, word, vulnerability))
  return harm.every(isMet) ? answers : []
}

/**
 * Whether two words are about one vulnerability by what each of them says itself. A CVE that both name is another one
 * where they are looked at for this: a bulletin names several.
 */
function namesTheSame(one: SourceWord, other: SourceWord, vulnerability: string): boolean {
  const names = namesOf(one)
  const asked = canonical(vulnerability)
  return [...namesOf(other)].some((name) => names.has(name) && (name === asked || !name.startsWith('CVE-')))
}

function namesOf({ advisory: { id, aliases } }: SourceWord): ReadonlySet<string> {
  return new Set([id, ...aliases].map(canonical))
}

/** Says nothing about this component in this version. */
const silent: ReadonlySet<string> = new Set(['not-named', 'no-purl', 'no-identifier', 'not-covered'])

const vexFormats: ReadonlySet<string> = new Set(['CSAF', 'OpenVEX', 'CycloneDX'])

function isSuperseded(word: SourceWord, all: readonly SourceWord[]): boolean {
  return all.some((other) => {
    if (other === word || timeOf(other) === undefined || timeOf(word) === undefined) return false
    if ((timeOf(other) ?? 0) <= (timeOf(word) ?? 0)) return false
    const [a, b] = [word.advisory, other.advisory]
    if (a.author.name !== b.author.name) return false
    if (a.format === b.format && a.document !== '' && a.document === b.document) return true
    // One that is silent about the component does not take back what was said of it.
    const isVex = vexFormats.has(a.format) && vexFormats.has(b.format)
    return isVex && a.author.name !== '' && !silent.has(other.outcome.why.reason)
  })
}

function timeOf({ advisory }: SourceWord): number | undefined {
  const at = Date.parse(advisory.modified ?? '')
  return Number.isNaN(at) ? undefined : at
}

function isContrary(a: Outcome, b: Outcome): boolean {
  return a.state !== 'undetermined' && b.state !== 'undetermined' && isHarmless(a.state) !== isHarmless(b.state)
}

function isNews(word: SourceWord, { at }: OperatorWord): boolean {
  const said = Date.parse(at)
  const since = timeOf(word)
  return !isHarmless(word.outcome.state) && since !== undefined && since > said
}

/** By author, document and revision, so that the same words give the same standing. */
function inFixedOrder(a: SourceWord, b: SourceWord): number {
  const [left, right] = [placeOf(a), placeOf(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function placeOf({ advisory: { format, author, document, revision }, outcome }: SourceWord): string {
  return JSON.stringify([format, author.name, document, revision, outcome.state, outcome.why.text])
}
