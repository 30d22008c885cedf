/** One procedure, played from its first move to its last by people who type commands at different nodes. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { CaseResponse } from '@comity/contract'
import {
  type Case,
  type ExampleMove,
  newestOf,
  openCase,
  type Procedure,
  reduce,
  versionName,
} from '@comity/procedures'
import { caseUrn } from '@comity/statement'
import type { Person } from './person.ts'
import { type Place, until, type World } from './world.ts'

/** When the examples were written, in seconds since the epoch. */
const written = Date.UTC(2026, 10, 21) / 1000

/** Who plays which role. */
export type Cast = Readonly<Record<string, Person>>

export interface Moved {
  readonly id: string
  readonly taken: boolean
  readonly state?: string
}

/** A case that is being played. */
export class Chapter {
  readonly world: World
  readonly procedure: Procedure
  readonly cast: Cast
  readonly slug: string
  readonly opener: Person
  /** Whose node has the log in which its moves take effect. */
  readonly seat: Place
  readonly #openedAt: number
  #moves = 0

  constructor(world: World, name: string, slug: string, { cast, seat }: { cast: Cast; seat: Place }) {
    this.world = world
    this.procedure = newestOf(name)
    this.cast = cast
    this.slug = slug
    this.seat = seat
    this.#openedAt = world.now()
    const [first] = this.procedure.example
    this.opener = this.playing(first?.by ?? '')
  }

  get urn(): string {
    return caseUrn(this.opener.urn, this.slug)
  }

  /** As lists show it. */
  get shortly(): string {
    return `${this.opener.urn.slice(-64).slice(0, 8)}:${this.slug}`
  }

  playing(role: string): Person {
    return this.cast[role] ?? assert.fail(`nobody plays ${role}`)
  }

  /** Makes a move by command, with fields as they are typed, and waits until its seat has taken it. */
  async make(role: string, move: string, fields: Fields = {}, ...options: readonly string[]): Promise<Moved> {
    const who = this.playing(role)
    const what = this.#typed(who, move, fields)
    const verb =
      this.#moves === 0 ? ['open', this.procedure.name, this.slug, '--move', move] : ['move', this.#named(who), move]
    await this.#seenBy(who)
    const moved = await who.json<Moved>('case', verb, what, options, '--wait', '120')
    this.#moves += 1
    return moved
  }

  /** Nobody moves in a case before it has arrived at home. */
  async #seenBy(who: Person): Promise<void> {
    if (this.#moves === 0) return
    const place = this.world.homeOf(who)
    await until(`${place.keeper.alias} knows it`, () =>
      this.#movesAt(place).then(
        (moves) => moves.length >= this.#moves,
        () => false,
      ),
    )
  }

  /** The same for moves of an example: bodies that name roles name parties. */
  async playExample(): Promise<void> {
    for (const each of this.procedure.example) {
      this.world.pass(each.after)
      const moved = await this.make(each.by, each.move, this.#bodyOf(each))
      assert.equal(moved.taken, true, `${each.move} by ${each.by}`)
    }
  }

  /** The case as a node shows it. */
  async at({ client }: Place): Promise<CaseResponse> {
    return client.case(this.urn)
  }

  /**
   * Every node shows the same case, and what its register has is what the engine makes of the moves that it serves: the
   * same state, roles, facts and clocks.
   */
  async requireSameEverywhere(): Promise<CaseResponse> {
    const moves = await this.#movesAt(this.seat)
    for (const place of this.world.places) {
      await until(
        `${place.keeper.alias} has every move`,
        async () => (await this.#movesAt(place)).length === moves.length,
      )
      assert.deepEqual(await this.#movesAt(place), moves)
    }
    const shown = await this.at(this.seat)
    for (const place of this.world.places) assert.deepEqual(known(await this.at(place)), known(shown))
    const made = this.#replayed(moves, shown)
    assert.equal(made.state, shown.state.name)
    assert.deepEqual(made.facts, shown.facts)
    const roles = shown.roles.filter(({ parties }) => parties.length > 0)
    assert.deepEqual(
      Object.fromEntries(roles.map(({ role, parties }) => [role, parties.map(({ party }) => party)])),
      made.roles,
    )
    assert.equal(made.moves, moves.length)
    return shown
  }

  async #movesAt({ client }: Place) {
    return (await client.caseMoves(this.urn, { limit: 200 })).items
  }

  #replayed(moves: Awaited<ReturnType<Chapter['movesServed']>>, { seat, place }: CaseResponse): Case {
    let of: Case | undefined
    for (const { name, by, body, statement } of moves) {
      const move = {
        statement: statement.id,
        name,
        by: by.party,
        urn: this.urn,
        body,
        at: statement.at,
        filedAt: statement.at,
      }
      of = of === undefined ? openCase(this.procedure, move, { seat, place }) : reduce(this.procedure, of, move)
    }
    return of ?? assert.fail('no move was made')
  }

  /** What the seat serves of its moves. */
  async movesServed() {
    return this.#movesAt(this.seat)
  }

  /** The name under which somebody knows it: who opened it says its name alone. */
  #named(who: Person): string {
    return who === this.opener ? this.slug : this.#moves % 2 === 0 ? this.urn : this.shortly
  }

  /** Examples have dates of the year in which they were written: here they are as far from the present. */
  #shifted(value: unknown): unknown {
    if (typeof value === 'string' && /^[0-9]{4}-[0-9-]{5}T[0-9:]{8}Z$/.test(value))
      return `${new Date(Date.parse(value) + (this.#openedAt - written) * 1000).toISOString().slice(0, 19)}Z`
    if (Array.isArray(value)) return value.map((each) => this.#shifted(each))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.#shifted(each)]))
  }

  #bodyOf({ move, body }: ExampleMove): Fields {
    const bound = Object.keys(this.procedure.moves[move]?.binds ?? {})
    return Object.fromEntries(
      Object.entries(body).map(([field, value]) => {
        if (!bound.includes(field)) return [field, this.#shifted(value)]
        const party = (role: unknown): string => this.playing(String(role)).name
        return [field, Array.isArray(value) ? value.map(party) : party(value)]
      }),
    )
  }

  /** Plain fields by `--set`, where parties are named as people name them; what is nested in a file. */
  #typed(who: Person, move: string, fields: Fields): readonly string[] {
    const entries = Object.entries(fields)
    const nested = entries.filter(([, value]) => isNested(value))
    const file =
      nested.length === 0 ? [] : ['--body', who.file(`${this.slug}-${move}.json`, Object.fromEntries(nested))]
    const set = entries
      .filter(([, value]) => !isNested(value))
      .flatMap(([field, value]) =>
        (Array.isArray(value) ? value : [value]).flatMap((each) => [
          '--set',
          `${field}=${this.#document(who, move, field, each)}`,
        ]),
      )
    return [...file, ...set]
  }

  /** A digest of an example stands for a document: whoever brings it has the file, whoever names it the digest of that. */
  #document(who: Person, move: string, field: string, value: unknown): unknown {
    const { moves } = this.procedure
    if (!Object.values(moves).some(({ brings = [] }) => brings.includes(field))) return value
    if (typeof value !== 'string' || !value.startsWith('sha256:')) return value
    const text = `What the example calls ${value}.`
    if (moves[move]?.brings?.includes(field) === true) return `@${who.file(`${value.slice(7, 15)}.txt`, text)}`
    return `sha256:${createHash('sha256').update(text).digest('hex')}`
  }

  get version(): string {
    return versionName(this.procedure)
  }
}

export type Fields = Readonly<Record<string, unknown>>

function isNested(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isNested)
  return typeof value === 'object' && value !== null
}

/** What every node knows of a case: what was refused is known at the seat, and time passes between two questions. */
function known(of: CaseResponse): object {
  const { refused: _refused, filed: _filed, at: _at, ...rest } = of
  return rest
}
