/** What findings ask of cases, over random legal play of every procedure through the judges of several logs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  assess,
  type CasesAsked,
  caseWords,
  clockWords,
  currentRuleset,
  flaggedStandings,
  listedCases,
} from '@comity/assessment'
import { treeHasher } from '@comity/crypto'
import { type Procedure, procedures } from '@comity/procedures'
import { caseUrn, digestText, instrumentUrn } from '@comity/statement'
import { type Actor, actor } from '@comity/testkit'
import fc from 'fast-check'
import { anyMove, anyOpening, type Choice, type Next } from '../../../assessment/src/legal-play.fixture.ts'
import { caseAtSeat } from './case-rows.ts'
import { RegisterFacts } from './facts.ts'
import { ReadingNode } from './reading-node.fixture.ts'
import { ReferenceFacts } from './reference-facts.fixture.ts'
import { WritingLog, startAt } from './writing-log.fixture.ts'

const day = 86_400

/** Every question that a rule of the current ruleset has. */
function questions(at: number): readonly CasesAsked[] {
  const carrying = Object.values(caseWords).map((word): CasesAsked => {
    const { as: _, ...asked } = word
    return { ...asked, at }
  })
  const listed = Object.values(listedCases).map((asked): CasesAsked => ({ ...asked, at }))
  const flagging = Object.values(flaggedStandings).flatMap((standings) =>
    Object.values(clockWords).map(({ clock, ...asked }): CasesAsked => ({
      ...asked,
      clock: { ...clock, standings },
      at,
    })),
  )
  return [...carrying, ...listed, ...flagging]
}

class Table {
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

  #submit(urn: string, seat: WritingLog, procedure: Procedure, { name: move, by, body }: Choice): boolean {
    const author = this.#parties.find(({ actor: each }) => each.urn === by)
    if (author === undefined) return false
    if (author.home !== seat) seat.submit(author.actor.founding(startAt))
    const payload = { procedure: `${procedure.name}/${procedure.version}`, move, seat: seat.origin, body }
    const isTaken = typeof seat.submit(author.actor.sign('move', urn, payload, this.now)) === 'number'
    if (isTaken) this.taken += 1
    return isTaken
  }
}

test('same-cut-same-findings: of every procedure the register answers what each rule asks as a plain reading does', async () => {
  const answered = new Set<string>()
  let taken = 0
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(1 << 20)), fc.integer({ min: 20, max: 240 }), async (stream, length) => {
      const next: Next = () => Number(stream.next().value)
      const table = new Table(next)
      for (let i = 0; i < length; i++) {
        const procedure = procedures[next() % procedures.length]
        if (next() % 10 === 0 && procedure) table.open(procedure)
        else table.move()
        if (next() % 5 === 0) table.wait(next() % 4 === 0 ? (next() % 40) * day : 3600)
      }
      table.wait(1)
      table.wait(1)
      taken += table.taken
      const { logs, now } = table
      const node = new ReadingNode(logs)
      for (const { origin } of logs) while (await node.step(origin));
      const cut = logs.map(({ origin, size, tree }) => ({ origin, size, root: digestText(tree.root(size)) }))
      const facts = new RegisterFacts(node.database, cut, () => true)
      const reference = new ReferenceFacts(node.database, logs, cut)
      const at = now + (next() % 2) * (next() % 400) * day
      for (const asked of questions(at)) {
        for (const urn of table.urns) {
          const found = facts.cases(urn, asked, 16)
          assert.deepEqual(found, reference.cases(urn, asked, 16))
          if (found.length > 0) answered.add(JSON.stringify({ ...asked, at: 0 }))
        }
      }
      const { version, digest } = currentRuleset
      const request = { cut, at, ruleset: { version, digest }, trust: null }
      assert.deepEqual(assess(request, facts, treeHasher), assess(request, reference, treeHasher))
    }),
    { numRuns: 20, seed: 20_261_122 },
  )
  assert.ok(answered.size * 2 > questions(0).length, `${taken} moves come to ${answered.size} of the questions`)
})
