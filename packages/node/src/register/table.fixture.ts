/** Parties of two logs that open cases of any procedure and make legal moves in them, through the judges of these logs. */
import { type Procedure, procedures } from '@comity/procedures'
import { caseUrn, instrumentUrn } from '@comity/statement'
import { type Actor, actor } from '@comity/testkit'
import { anyMove, anyOpening, type Choice, type Next } from '../../../assessment/src/legal-play.fixture.ts'
import { caseAtSeat } from './case-rows.ts'
import { WritingLog, startAt } from './writing-log.fixture.ts'

export class Table {
  readonly logs = ['one', 'two'].map((label) => new WritingLog(label))
  readonly #parties: readonly { readonly actor: Actor; readonly home: WritingLog }[]
  readonly #cases: { readonly urn: string; readonly seat: WritingLog; readonly procedure: Procedure }[] = []
  readonly #next: Next
  now = startAt
  /** Moves that took effect. */
  taken = 0

  constructor(next: Next) {
    this.#next = next
    this.#parties = this.logs.flatMap((home, i) =>
      (['state', 'organisation'] as const).map((type) => {
        const party = actor(`${type} ${i}`, home.origin, { type })
        home.submit(party.founding(startAt))
        const reservations = [{ provision: 'code-c' as const, text: 'As our constitution allows.' }]
        const word = (instrument: 'code' | 'gids') =>
          party.sign('adherence', instrumentUrn(instrument), instrument === 'code' ? { reservations } : {}, startAt)
        for (const instrument of ['code', 'gids'] as const) home.submit(word(instrument))
        return { actor: party, home }
      }),
    )
    for (const { actor: party, home } of this.#parties) {
      const adherence = procedures.find(({ name }) => name === 'adherence')
      if (adherence) this.#cases.push({ urn: caseUrn(party.urn, 'adherence.code'), seat: home, procedure: adherence })
    }
  }

  get urns(): readonly string[] {
    return this.#parties.map(({ actor: { urn } }) => urn)
  }

  open(procedure: Procedure): void {
    const next = this.#next
    const opener = this.#parties[next() % this.#parties.length]
    if (opener === undefined || procedure.name === 'adherence') return
    const { actor: party, home } = opener
    const urn = caseUrn(party.urn, `c${this.#cases.length}`)
    const made = anyOpening(procedure, party.urn, next, this.urns)
    const whom = procedure.seat === 'opener' ? party.urn : String(made.body[procedure.seat])
    const seat = this.#parties.find(({ actor: { urn: each } }) => each === whom)?.home ?? home
    if (this.#submit(urn, seat, procedure, made)) this.#cases.push({ urn, seat, procedure })
  }

  move(): void {
    const next = this.#next
    const of = this.#cases[next() % Math.max(1, this.#cases.length)]
    const seated = of && caseAtSeat(of.seat.register.database, of.urn, of.seat.register.range)
    if (of === undefined || seated === undefined) return
    const chosen = anyMove(of.procedure, seated.case, this.now, next, this.urns)
    const kinds = chosen && of.procedure.moves[chosen.name]?.kinds
    if (chosen !== undefined && kinds === undefined) this.#submit(of.urn, of.seat, of.procedure, chosen)
  }

  wait(seconds: number): void {
    this.now += seconds
    for (const log of this.logs) log.close(this.now)
  }

  /** Somebody who has nothing to do with any of it says something in each log, so that their batches close. */
  idle(): void {
    for (const log of this.logs) log.submit(actor(`idle at ${this.now}`, log.origin).founding(this.now))
    for (const log of this.logs) log.close(this.now + 1)
    this.now += 1
  }

  #submit(urn: string, seat: WritingLog, procedure: Procedure, { name: move, by, body }: Choice): boolean {
    const author = this.#parties.find(({ actor: each }) => each.urn === by)
    if (author === undefined) return false
    if (author.home !== seat) seat.submit(author.actor.founding(startAt))
    const brought = (procedure.moves[move]?.brings ?? []).flatMap((field) => body[field] ?? [])
    const documents = brought.map((digest) => ({ digest: String(digest), size: 1, type: 'text/plain' }))
    const payload = { procedure: `${procedure.name}/${procedure.version}`, move, seat: seat.origin, body, documents }
    const isTaken = typeof seat.submit(author.actor.sign('move', urn, payload, this.now)) === 'number'
    if (isTaken) this.taken += 1
    return isTaken
  }
}
