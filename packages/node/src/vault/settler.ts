import { match, type Rule, type Surroundings } from '@comity/exposure'
import type { Database } from '../register/database.ts'
import { AnswerTable, type Answer } from './answer-table.ts'
import { type Belief, isBelieved } from './belief.ts'
import { BeliefTable } from './belief-table.ts'
import { type CitedDocument, DocumentTable } from './document-table.ts'
import { Exploitation } from './exploitation.ts'
import { matchableOf } from './held-component.ts'
import { type Heard, judge } from './judge-match.ts'
import { KnownTable, type Source } from './known-table.ts'
import type { CitedWord, Occasion } from './match-record.ts'
import { type KeptMatch, type MatchSubject, MatchTable } from './match-table.ts'
import type { Partition } from './partition.ts'
import { settleMatch } from './settle-match.ts'

/** What else the inventory holds, under the keys that rules ask for. */
export type Around = (keys: ReadonlySet<string>) => Surroundings

/** A component of a partition, with the keys that it has. */
export interface Settled extends Omit<MatchSubject, 'vulnerability'> {
  readonly partition: Partition
  readonly keys: readonly string[]
  readonly around: Around
}

/**
 * Brings matches to where they stand now, one component and one vulnerability at a time. It remembers what it has read
 * of documents and of whom parties believe, and is to be made anew when one has changed.
 */
export class Settler {
  readonly table: MatchTable
  readonly #known: KnownTable
  readonly #documents: DocumentTable
  readonly #answers: AnswerTable
  readonly #exploitation: Exploitation
  readonly #beliefs: BeliefTable
  readonly #believed = new Map<number, readonly Belief[]>()
  readonly #sources = new Map<string, readonly Source[]>()
  readonly #rules = new Map<string, readonly Rule[]>()
  readonly #read = new Map<number, CitedDocument | undefined>()

  constructor(database: Database) {
    this.table = new MatchTable(database)
    this.#known = new KnownTable(database)
    this.#documents = new DocumentTable(database)
    this.#answers = new AnswerTable(database)
    this.#exploitation = new Exploitation(database)
    this.#beliefs = new BeliefTable(database)
  }

  /** Returns the match there is now, if there is one. */
  async settle(settled: Settled, vulnerability: string, occasion: Occasion): Promise<Uint8Array | undefined> {
    const { partition, inventory, component } = settled
    const subject = { inventory, component, vulnerability }
    const before = this.table.find(partition, subject)
    const heard = this.#heard(settled, vulnerability)
    if (before === undefined && heard.length === 0) return undefined
    const unreadable = (before?.record.cited ?? []).filter((word) => this.#isUnreadable(word))
    const question = {
      id: vulnerability,
      component,
      heard,
      unreadable,
      before: before?.record,
      answer: this.#answer(partition, heard, before),
      isSupplier: this.#supplierIn(partition),
    }
    const judgement = await judge(question, this.#exploitation)
    if (judgement === undefined) return undefined
    const subs = judgement.cited.flatMap(({ advisory }) => this.#document(advisory)?.published?.sub ?? [])
    return settleMatch(this.table, { partition, subject, before, judgement, subs }, occasion)
  }

  /** What documents say of the component, each that has a rule under a key of it. */
  #heard({ keys, component, around }: Settled, vulnerability: string): readonly Heard[] {
    let matchable: ReturnType<typeof matchableOf> | undefined
    return this.#sourcesOf(vulnerability).flatMap((source): readonly Heard[] => {
      const rules = keys.flatMap((key) => this.#rulesUnder(source.known, key))
      const document = this.#document(source.advisory)
      if (rules.length === 0 || document === undefined) return []
      matchable ??= matchableOf(component)
      const asked = keysAround(rules)
      const { body } = source
      const outcome = match(matchable, { document: body.document, rules }, asked.size === 0 ? undefined : around(asked))
      return [{ advisory: body, document, body, rules, outcome }]
    })
  }

  /** The party's latest word about one of the documents, if it was said when the match was there. */
  #answer(partition: Partition, heard: readonly Heard[], before: KeptMatch | undefined): Answer | undefined {
    if (before === undefined || before.record.standing.why.reason === 'not-present') return undefined
    const said = heard.flatMap(({ document: { published } }) =>
      published === undefined ? [] : (this.#answers.get(partition.party, published.sub) ?? []),
    )
    return said
      .filter(({ tick }) => tick >= before.record.began)
      .reduce<Answer | undefined>(
        (last, each) => (last === undefined || each.tick > last.tick ? each : last),
        undefined,
      )
  }

  /** A word counts for what it speaks of by the keys under which it was found. */
  #supplierIn(partition: Partition): (word: Heard) => boolean {
    const beliefs = remembered(this.#believed, partition.number, () => this.#beliefs.of(partition))
    return ({ document, rules }) =>
      document.published?.party === partition.party ||
      isBelieved(
        beliefs,
        document,
        rules.map(({ key }) => key),
      )
  }

  #isUnreadable({ advisory, as }: CitedWord): boolean {
    const code = this.#document(advisory)?.code
    return code !== undefined && code !== 'removed' && as !== 'superseded' && as !== 'withdrawn'
  }

  #sourcesOf(vulnerability: string): readonly Source[] {
    return remembered(this.#sources, vulnerability, () => this.#known.sourcesOf(vulnerability))
  }

  #rulesUnder(known: number, key: string): readonly Rule[] {
    return remembered(this.#rules, `${known} ${key}`, () => this.#known.rulesUnder(known, key))
  }

  #document(advisory: number): CitedDocument | undefined {
    return remembered(this.#read, advisory, () => this.#documents.get(advisory))
  }
}

/** Entries of one kind that are remembered; then they are read again. */
const rememberedAtMost = 50_000

function remembered<K, V>(known: Map<K, V>, key: K, read: () => V): V {
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= rememberedAtMost) known.clear()
  const value = read()
  known.set(key, value)
  return value
}

/** The keys of what rules ask for beside the component. */
function keysAround(rules: readonly Rule[]): ReadonlySet<string> {
  const claims = rules.flatMap((rule) => ('claims' in rule ? rule.claims : []))
  return new Set(claims.flatMap(({ within = [] }) => within.flatMap(({ keys }) => keys)))
}
