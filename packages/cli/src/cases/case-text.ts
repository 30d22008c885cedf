/** A case in words: at most 80 columns, everything that others wrote made safe to show. */
import type { CaseClock, CaseResponse, PossibleMove } from '@comity/contract'
import { nameOf, short } from '../names.ts'
import { dateText, fields, plain, plural, wrap } from '../terminal/text.ts'
import { caseText } from './case-name.ts'
import { entry, entryFields } from './entry.ts'
import { chainLines, standingLines } from './private-lines.ts'
import { momentWords } from './moment-words.ts'
import { pingLines } from './ping-lines.ts'
import { reservationLines } from './reservations.ts'
import { momentAt } from './zone.ts'

type Named = CaseResponse['opener']

/** `Agency of north (3f2a9c1d…)`; who reads it is `you`. */
export function partyText({ party, names }: Named, own?: string): string {
  const digits = short(party.slice(-64))
  const name = names.length === 0 ? digits : `${plain(nameOf(names))} (${digits})`
  return party === own ? `you, ${name}` : name
}

/** All that is known of a case. `own` is the party that reads, where it is clear which. */
export function caseShown(of: CaseResponse, own?: string): string {
  return [
    wrap(of.subject === undefined ? of.title : `${of.title}: ${plain(of.subject)}`),
    fields([
      ['case', caseText(of.urn)],
      ['procedure', `${of.procedure}, for ${of.provisions.join(', ')}`],
      ['state', stateText(of)],
      ['opened', `${momentAt(of.openedAt, of.place.zone)}\nby ${partyText(of.opener, own)}`],
      ['seat', short(of.seat)],
      ['private', of.private === true ? 'in the vaults of its parties, in no log' : undefined],
      ['its clocks', of.place.region === undefined ? of.place.zone : `${of.place.zone}, days of ${of.place.region}`],
      [
        'on record',
        of.records.length === 0
          ? undefined
          : of.records.map(({ provision, text }) => `${provision}: ${text}`).join('\n'),
      ],
    ]),
    section('Parties', partiesShown(of, own)),
    section(
      'How each stands',
      standingLines(of.standings ?? [], (each) => partyText(each, own)),
    ),
    section('The order of the seat', chainLines(of.chain)),
    section('Reservations', reservationLines(of.reservations ?? [], own)),
    section(
      'Clocks',
      of.clocks.map((clock) => clockShown(clock, of.place.zone)),
    ),
    section(
      `Answers beside the directory of contacts (${of.ping?.function ?? ''})`,
      of.ping === undefined
        ? []
        : pingLines(of.ping, { zone: of.place.zone, nameOf: (party) => partyText(party, own) }),
    ),
    section(
      'Leaving',
      of.leaving.map(({ party, role, deadline }) =>
        entry(`${momentWords(deadline)}  ${partyText(party, own)}`, `${role} until then, by its own notice`),
      ),
    ),
    section(
      'Possible now',
      of.possible.map((each) => possibleShown(each, own)),
    ),
    section('Proposals that wait for others', proposalsShown(of, own)),
    section('Timeline', timelineShown(of, own)),
    section(
      'Filed at home, and not taken by the seat yet',
      of.filed.map((each) => entry(filedText(each, own))),
    ),
    section(
      'Not taken by the seat',
      of.refused.map((each) => entry(filedText(each, own), reasonText(each, of))),
    ),
    section(
      'Without effect',
      of.idle.map((each) => entry(filedText(each, own), reasonText(each, of))),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

type Filed = CaseResponse['filed'][number]

function filedText({ name, by, statement }: Filed, own: string | undefined): string {
  return `${name} by ${partyText(by, own)}, ${dateText(statement.at)}, statement ${short(statement.id)}`
}

function reasonText({ code, detail }: { readonly code: string; readonly detail: string }, of: CaseResponse): string {
  return `${plain(withNames(detail, of))} [${code}]`
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : ['', `${title}:`, ...lines].join('\n')
}

export function stateText({
  state,
  standing,
  suspended,
}: Pick<CaseResponse, 'state' | 'standing' | 'suspended'>): string {
  const now = `${state.title} (${state.name})`
  if (standing === 'withdrawn') return `${now}, withdrawn by who opened it`
  if (standing === 'ended') return `${now}, ended`
  return suspended ? `${now}, suspended by agreement: its clocks stand still` : now
}

function partiesShown({ roles }: CaseResponse, own: string | undefined): readonly string[] {
  const rows = roles
    .filter(({ parties }) => parties.length > 0)
    .map(({ role, parties }) => [role, parties.map((each) => partyText(each, own)).join('\n')] as const)
  return rows.length === 0 ? [] : [fields(rows)]
}

const standings: Readonly<Record<CaseClock['standing'], string>> = {
  running: 'running',
  suspended: 'standing still',
  lapsed: 'lapsed',
  kept: 'kept',
  late: 'answered late',
}

function clockShown(clock: CaseClock, zone: string): string {
  const { title, binds, standing, deadline, length, source, agreedAt, endsAt, lapse, opens, keptBy, stoppedAt } = clock
  const answered = keptBy?.at ?? stoppedAt
  const rows: (readonly [string, string | undefined])[] = [
    ['until', momentWords(deadline)],
    [
      'by source',
      agreedAt === undefined ? undefined : `${momentAt(endsAt, zone)}; the parties agreed on the one above`,
    ],
    ['answered', answered === undefined ? undefined : momentAt(answered, zone)],
    ['length', length],
    ['source', source.verified ? source.text : `${source.text} (unverified)`],
    ['lapse', answered === undefined ? `${lapse}${opens.length === 0 ? '' : `: ${opens.join(', ')}`}` : undefined],
  ]
  return [entry(`${title}, for ${binds}: ${standings[standing]}`), entryFields(rows)].join('\n')
}

/** Names that stand in one place, at most. */
const namedMost = 5

/** Names, who reads first; many are counted. */
function namesShown(parties: readonly Named[], own: string | undefined): string {
  const sorted = parties.toSorted((one, other) => Number(other.party === own) - Number(one.party === own))
  const left = sorted.length - namedMost
  const shown = sorted.slice(0, left > 1 ? namedMost : undefined).map((each) => partyText(each, own))
  return [...shown, ...(left > 1 ? [`and ${left} more`] : [])].join('; ')
}

/** A move that is possible, and for whom. */
function possibleShown({ move, title, by, parties }: PossibleMove, own?: string): string {
  const roles = by.length === 0 ? '' : `${by.join(', ')}: `
  return entry(`${move}  ${title}`, `${roles}${parties.length === 0 ? 'anyone' : namesShown(parties, own)}`)
}

/** What is possible, and for whom, as a list under a refusal: each who may do the same is named once. */
export function possibleList({ possible }: Pick<CaseResponse, 'possible'>, own?: string): string {
  if (possible.length === 0) return '  Nothing is possible in it any more.'
  const byParty = new Map<string, { readonly who: Named; readonly moves: string[] }>()
  for (const { move, parties } of possible) {
    for (const who of parties) {
      const known = byParty.get(who.party)
      if (known === undefined) byParty.set(who.party, { who, moves: [move] })
      else known.moves.push(move)
    }
  }
  const groups = Map.groupBy(byParty.values(), ({ moves }) => moves.join(', '))
  const lines = [...groups].map(([moves, each]) => ({ moves, who: each.map(({ who }) => who) }))
  const isOwn = ({ who }: { readonly who: readonly Named[] }): number => Number(who.some(({ party }) => party === own))
  const open = possible.flatMap(({ move, parties }) => (parties.length === 0 ? [move] : []))
  return [
    '  Possible now:',
    ...lines
      .toSorted((one, other) => isOwn(other) - isOwn(one))
      .map(({ moves, who }) => entry(`for ${namesShown(who, own)}:`, moves)),
    ...(open.length === 0 ? [] : [entry('for anyone:', open.join(', '))]),
  ].join('\n')
}

function proposalsShown(of: CaseResponse, own: string | undefined): readonly string[] {
  const { proposals, urn, place } = of
  const whom = (party: string): string => (party === own ? 'you' : withNames(party, of))
  return proposals.map(({ statement, what, by }) => {
    const wish =
      what.kind === 'end-clock-at'
        ? `end the clock ${what.clock}${what.party === undefined ? '' : ` for ${whom(what.party)}`} at ${momentAt(what.at, place.zone)}`
        : what.kind === 'suspend'
          ? 'suspend the case'
          : 'go on with the case'
    const agreed = by.map((each) => (each === own ? 'you' : short(each.slice(-64)))).join(', ')
    return [
      entry(`${statement.slice(0, 16)}  ${wish}; agreed so far: ${agreed}`),
      ...(own === undefined || by.includes(own)
        ? []
        : [`    comity case move ${caseText(urn)} accept \\`, `      --set proposal=${statement.slice(0, 16)}`]),
    ].join('\n')
  })
}

/** Lines of the history that are shown. */
const newest = 40

function timelineShown({ timeline }: CaseResponse, own: string | undefined): readonly string[] {
  const left = timeline.length - newest
  return [
    ...(left > 0 ? [`  … ${plural(left, 'line')} before these: --json has all`] : []),
    ...timeline
      .slice(-newest)
      .map(({ moment, title, by, statement }) =>
        entry(
          `${momentWords(moment)}  ${title}`,
          by === undefined
            ? undefined
            : `by ${partyText(by, own)}${statement === undefined ? '' : `, statement ${short(statement)}`}`,
        ),
      ),
  ]
}

/** Party URNs in what a node said, as names and short forms. */
export function withNames(text: string, { roles, opener }: Pick<CaseResponse, 'roles' | 'opener'>): string {
  const known = new Map([opener, ...roles.flatMap(({ parties }) => parties)].map((each) => [each.party, each]))
  return text.replaceAll(/urn:comity:party:[0-9a-f]{64}/g, (urn) => {
    const found = known.get(urn)
    return found === undefined ? short(urn.slice(-64)) : partyText(found)
  })
}
