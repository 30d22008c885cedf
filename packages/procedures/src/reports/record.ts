/**
 * What the record says about a vulnerability, ordered by what reports ask for. Each fact names where it stands, so that
 * whoever signs a report can look it up; what stands nowhere is not there.
 */
import { type AdvisoryPayload, type PartyPayload, type ProductPayload, fields } from '@comity/statement'
import type { ContentName, Happening } from '../clocks/profiles/profile.ts'
import type { Happenings } from '../clocks/duties.ts'
import type { Move } from '../case.ts'
import { type LawDuties, lawDutiesIn, proposedIn } from '../procedures/disclosure-terms.ts'

/** Where a fact stands. */
export type FactSource =
  /** In a statement in the register: its id, 64 hexadecimal digits, and a JSON pointer into its payload. */
  | { readonly in: 'statement'; readonly id: string; readonly pointer: string }
  /** In a move of a case: the id of its statement, and a JSON pointer into its body. */
  | { readonly in: 'move'; readonly id: string; readonly pointer: string }
  /** The officer says it now; it stands nowhere else. */
  | { readonly in: 'word' }

export interface RecordFact {
  readonly text: string
  readonly source: FactSource
}

export interface HandlingRecord {
  /** What it is about, in one line. */
  readonly subject: string
  readonly facts: Readonly<Partial<Record<ContentName, readonly RecordFact[]>>>
  /** What has happened, in seconds since the epoch, and where that is said. */
  readonly happened: Happenings
  readonly happenedIn: Readonly<Record<string, FactSource>>
  /** Laws that the party itself said bind it here. */
  readonly laws: readonly string[]
  /** When the embargo of the disclosure ends, as set or else as proposed; in seconds since the epoch. */
  readonly embargoEndsAt?: number
}

/** A statement in the register. */
export interface Registered<T> {
  readonly id: string
  readonly urn: string
  readonly payload: T
}

/** Whatever is at hand: each part may be missing. */
export interface RecordParts {
  /** The party that reports. */
  readonly party?: Pick<Registered<Pick<PartyPayload, 'names' | 'state' | 'contacts'>>, 'id' | 'urn' | 'payload'>
  readonly advisory?: Registered<AdvisoryPayload>
  readonly products?: readonly Registered<ProductPayload>[]
  /** Moves of a disclosure as far as this party sees them. */
  readonly moves?: readonly Pick<Move, 'statement' | 'name' | 'by' | 'body'>[]
  /** What the officer adds. */
  readonly said?: Readonly<Partial<Record<ContentName, string>>>
  /** Moments that the officer gives; they go before those of the case. */
  readonly happened?: Happenings
}

/** The record of these parts. */
export function recordOf(parts: RecordParts): HandlingRecord {
  const gathered: (readonly [ContentName, RecordFact])[] = [
    ...ofParty(parts),
    ...ofProducts(parts),
    ...ofAdvisory(parts),
    ...ofMoves(parts),
    ...Object.entries(parts.said ?? {}).map(([name, text]): readonly [ContentName, RecordFact] => [
      name as ContentName, // a key of that very type
      { text, source: { in: 'word' } },
    ]),
  ]
  const facts: Partial<Record<ContentName, readonly RecordFact[]>> = {}
  for (const [name, fact] of gathered) facts[name] = [...(facts[name] ?? []), fact]
  const subject = facts.vulnerability?.[0]?.text ?? facts.incident?.[0]?.text ?? 'not named yet'
  const embargo = embargoIn(parts)
  return { subject, facts, ...happenedIn(parts), ...(embargo !== undefined && { embargoEndsAt: embargo }) }
}

type Gathered = readonly (readonly [ContentName, RecordFact])[]

function ofParty({ party }: RecordParts): Gathered {
  if (party === undefined) return []
  const { id, urn, payload } = party
  const { names, state, contacts = [] } = payload
  const name = names[0]?.text ?? urn
  const at = (pointer: string): FactSource => ({ in: 'statement', id, pointer })
  return [
    ['reporter', { text: state === undefined ? name : `${name} (${state})`, source: at('/names/0') }],
    ['reporter', { text: urn, source: at('') }],
    ...contacts.map(({ function: of, ...addresses }, i): readonly [ContentName, RecordFact] => {
      const where = Object.entries(addresses).filter(([kind, each]) => kind !== 'key' && typeof each === 'string')
      const text = [of, ...where.map(([kind, each]) => `${kind} ${String(each)}`)].join(', ')
      return ['contact', { text, source: at(`/contacts/${i}`) }]
    }),
  ]
}

function ofProducts({ products = [] }: RecordParts): Gathered {
  return products.map(({ id, urn, payload: { name, purls = [] } }) => {
    const text = [name, ...purls, urn].join(', ')
    return ['product', { text, source: { in: 'statement', id, pointer: '/name' } }]
  })
}

function ofAdvisory({ advisory, products: registered = [] }: RecordParts): Gathered {
  if (advisory === undefined) return []
  const { id, payload } = advisory
  const { title, severity, aliases = [], remedy, products } = payload
  const at = (pointer: string): FactSource => ({ in: 'statement', id, pointer })
  const known = products.flatMap((urn, i): Gathered =>
    registered.some((each) => each.urn === urn) ? [] : [['product', { text: urn, source: at(`/products/${i}`) }]],
  )
  return [
    ...known,
    ['vulnerability', { text: title, source: at('/title') }],
    ['vulnerability', { text: [payload.id, ...aliases].join(', '), source: at('/id') }],
    ...(severity === undefined
      ? []
      : [['severity', { text: severity.vector, source: at('/severity/vector') }] as const]),
    ...remedyFacts(remedy, at('/remedy')),
  ]
}

function remedyFacts(remedy: AdvisoryPayload['remedy'], source: FactSource): Gathered {
  if (remedy === undefined || remedy.kind === 'none-planned') return []
  const { kind, version, url } = remedy
  const text = [kind, version === undefined ? undefined : `first version not affected: ${version}`, url]
    .filter((part) => part !== undefined)
    .join(', ')
  return [
    ['remedy', { text, source }],
    ['measures-taken', { text: `published: ${text}`, source }],
    ['measures-for-users', { text, source }],
  ]
}

/** What a disclosure says of it: its opening, its validation, and what a law is said to bind to. */
function ofMoves({ moves = [] }: RecordParts): Gathered {
  return moves.flatMap(({ statement: id, name, body }): Gathered => {
    const fact = (field: string, before = ''): readonly RecordFact[] => {
      const said = body[field]
      if (typeof said !== 'string') return []
      return [{ text: `${before}${said}`, source: { in: 'move', id, pointer: `/${field}` } }]
    }
    const all = (content: ContentName, facts: readonly RecordFact[]): Gathered => facts.map((each) => [content, each])
    if (name === 'report' || name === 'open') {
      const used = body['exploited'] === 'not-known' ? [] : fact('exploited', 'use of it by somebody: ')
      return [
        ...all('vulnerability', [...fact('title'), ...fact('description')]),
        ...all('severity', fact('severity')),
        ...all('exploit', used),
      ]
    }
    if (name === 'validate') return [...all('vulnerability', fact('identifier')), ...all('severity', fact('severity'))]
    return []
  })
}

/** The last date that was set, or, where none is, proposed; none once it was lifted. */
function embargoIn({ moves = [] }: RecordParts): number | undefined {
  let set: string | undefined
  let proposed: string | undefined
  for (const { name, body } of moves) {
    if (name === 'lift') [set, proposed] = [undefined, undefined]
    if (name === 'set-embargo' || name === 'set-embargo-without-all') set = String(body['endsAt'])
    if (name === 'propose-date') proposed = proposedIn(body)?.endsAt
  }
  const end = set ?? proposed
  return end === undefined ? undefined : fields.secondsOf(end)
}

/** What happened: what the party stated last in the case, then what the officer says. */
function happenedIn({ party, moves = [], happened = {} }: RecordParts): Omit<HandlingRecord, 'facts' | 'subject'> {
  const own = moves.filter(({ by }) => party === undefined || by === party.urn)
  const stated = own.findLast(({ name }) => name === 'state-duties')
  const duties: LawDuties | undefined = stated === undefined ? undefined : lawDutiesIn(stated.body)
  const { laws = [], ...times } = duties ?? {}
  const sources: Record<string, FactSource> = {}
  if (stated !== undefined)
    for (const name of Object.keys(times))
      sources[name] = { in: 'move', id: stated.statement, pointer: `/duties/${name}` }
  const sent: Record<string, number> = {}
  for (const { statement: id, name, body } of own) {
    if (name !== 'note-report') continue
    const report = `${String(body['law'])}/${String(body['duty'])}`
    sent[report] = Number(body['sentAt'])
    sources[`sent ${report}`] = { in: 'move', id, pointer: '/sentAt' }
  }
  const said = Object.keys(happened).filter((name): name is Happening => name !== 'sent')
  for (const name of said) sources[name] = { in: 'word' }
  for (const report of Object.keys(happened.sent ?? {})) sources[`sent ${report}`] = { in: 'word' }
  return {
    laws,
    happened: { ...times, ...happened, sent: { ...sent, ...happened.sent } },
    happenedIn: sources,
  }
}
