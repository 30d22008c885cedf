/**
 * Where parties are at home as of a cut, in the plainest way: from what took effect, in the order of entries. Whoever's
 * words count, and which of them are contested, follows from that.
 */
import type { Ref } from '@comity/assessment'
import { type PartyPayload, partyUrn, type Statement } from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import { type Entry, payloadOf } from './entry.ts'

/** A statement that took effect in the cut. */
export interface Done extends Pick<Entry, 'payload'> {
  readonly origin: string
  readonly index: number
  readonly effective: number
  readonly at: number
  /** The time at which it took effect. */
  readonly doneAt: number
  readonly statement: Statement
}

export interface Stay {
  readonly origin: string
  /** The party statements of the stay, the move at its end included. */
  readonly parties: readonly Done[]
  readonly last: number
}

export class ReferenceHomes {
  readonly #done: readonly Done[]
  readonly #origins: ReadonlySet<string>
  /** The first party statement of each party, wherever it was read first. */
  readonly #founding = new Map<string, Done>()
  readonly #stays = new Map<string, readonly Stay[]>()

  /** `done` in the order of entries; `origins` are the logs of the cut. */
  constructor(done: readonly Done[], origins: ReadonlySet<string>) {
    this.#done = done
    this.#origins = origins
    for (const each of done.toReversed()) this.#founding.set(partyUrn(each.statement.payload, crypto), each)
  }

  ref(done: Done): Ref {
    const { origin, index, at, statement } = done
    const { id, kind, iss, iat, kidHex } = statement
    const contested = this.stays(iss)
      .flatMap(({ parties }) => parties)
      .some((each) => payloadOf<PartyPayload>(each).compromise?.some((m) => m.kid === kidHex && m.since <= iat))
    return { origin, index, id, kind, party: iss, iat, at, contested }
  }

  /** Whether something its author stated counts: in one of the stays, and only if their beginning is seen. */
  counts({ origin, effective, statement }: Done): boolean {
    return this.isRooted(statement.iss) && this.#stayOf(statement.iss, origin, effective) >= 0
  }

  counting(urn: string, ...kinds: readonly string[]): readonly Done[] {
    return this.isRooted(urn) ? this.statements(urn, ...kinds) : []
  }

  /** What a party stated while at home, in the order of its stays and of effect. */
  statements(urn: string, ...kinds: readonly string[]): readonly Done[] {
    const stay = (done: Done) => this.#stayOf(urn, done.origin, done.effective)
    return this.#done
      .filter(({ statement }) => statement.iss === urn && kinds.includes(statement.kind))
      .filter((done) => stay(done) >= 0)
      .sort((a, b) => stay(a) - stay(b) || a.effective - b.effective)
  }

  #stayOf(urn: string, origin: string, effective: number): number {
    return this.stays(urn).findIndex((stay) => {
      const first = stay.parties[0]?.index ?? 0
      return stay.origin === origin && effective >= first && effective <= stay.last
    })
  }

  partyStatements(urn: string, origin: string): readonly Done[] {
    return this.#done.filter(
      (each) => each.origin === origin && each.statement.iss === urn && each.statement.kind === 'party',
    )
  }

  firstHome(urn: string): string {
    const first = this.#founding.get(urn)
    return first === undefined ? '' : payloadOf<PartyPayload>(first).home
  }

  isRooted(urn: string): boolean {
    return this.partyStatements(urn, this.firstHome(urn)).length > 0
  }

  stays(urn: string): readonly Stay[] {
    const known = this.#stays.get(urn) ?? this.#staysOf(urn)
    this.#stays.set(urn, known)
    return known
  }

  #staysOf(urn: string): readonly Stay[] {
    const firstHome = this.firstHome(urn)
    if (this.#origins.has(firstHome)) return this.#follow(this.partyStatements(urn, firstHome))
    // Nobody can tell where it is at home: what each log says by itself, by when it came there.
    return [...this.#origins]
      .flatMap((origin) => {
        const all = this.partyStatements(urn, origin)
        const homes = all.filter((each, i) => homeOf(each) === origin && homeOf(all[i - 1]) !== origin)
        return homes.map((each) => stayFrom(all.slice(all.indexOf(each))))
      })
      .sort((a, b) => {
        const [one, other] = [a.parties[0], b.parties[0]]
        if (one === undefined || other === undefined) return 0
        return one.at - other.at || (a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : one.index - other.index)
      })
  }

  #follow(all: readonly Done[]): readonly Stay[] {
    if (all.length === 0) return []
    const stay = stayFrom(all)
    const move = stay.parties.at(-1)
    const home = homeOf(move)
    if (move === undefined || home === undefined || home === stay.origin) return [stay]
    const there = this.partyStatements(move.statement.iss, home)
    const arrived = there.findIndex(({ statement }) => statement.id === move.statement.id)
    return [stay, ...(arrived < 0 ? [] : this.#follow(there.slice(arrived)))]
  }
}

/** From a party statement on to the one that names another home. */
function stayFrom(all: readonly Done[]): Stay {
  const origin = all[0]?.origin ?? ''
  const left = all.findIndex((each) => homeOf(each) !== origin)
  if (left < 0) return { origin, parties: all, last: Number.MAX_SAFE_INTEGER }
  return { origin, parties: all.slice(0, left + 1), last: all[left]?.index ?? 0 }
}

export function homeOf(done: Done | undefined): string | undefined {
  return done && payloadOf<PartyPayload>(done).home
}
