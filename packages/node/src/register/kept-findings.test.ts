/**
 * What is kept of findings is renewed for those alone whom something has touched. That has to be everybody whose findings
 * are others, at every moment, also where nothing but time went on.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assessParty, type Cut, currentRuleset, type PartyFindings } from '@comity/assessment'
import { procedures } from '@comity/procedures'
import { caseUrn, digestText, instrumentUrn } from '@comity/statement'
import { actor } from '@comity/testkit'
import fc from 'fast-check'
import type { Next } from '../../../assessment/src/legal-play.fixture.ts'
import { disputeOf, moveIn, notification } from '../judge/dispute.fixture.ts'
import { everyDocument } from './every-document.fixture.ts'
import { RegisterFacts } from './facts.ts'
import { addLog } from './open-register.ts'
import { ReadingNode } from './reading-node.fixture.ts'
import { Register } from './register.ts'
import { Stale } from './stale.ts'
import { Table } from './table.fixture.ts'
import { MemoryDatabase, startAt, WritingLog } from './writing-log.fixture.ts'

const day = 86_400

/** A node that keeps findings as one does: it computes them anew for whom its registers have marked. */
class Keeping {
  readonly #database = new MemoryDatabase()
  readonly #stale = new Stale(this.#database)
  readonly #logs: readonly WritingLog[]
  readonly #registers: readonly Register[]
  readonly #node: ReadingNode
  readonly #kept = new Map<string, PartyFindings>()

  constructor(logs: readonly WritingLog[]) {
    this.#logs = logs
    for (const [number, { origin }] of logs.entries()) addLog(this.#database, number, origin)
    this.#registers = logs.map(({ origin }, number) => new Register(this.#database, number, origin, this.#stale))
    this.#node = new ReadingNode(logs, this.#registers)
  }

  /** Reads all there is, batch by batch, and requires after each that what is kept is what would be computed. */
  async requireKept(parties: readonly string[]): Promise<void> {
    for (const { origin } of this.#logs) {
      while (await this.#node.step(origin)) {
        const assess = this.#assessor()
        const marked = this.#stale.parties
        for (const urn of marked) {
          this.#kept.set(urn, assess(urn))
          this.#stale.renewed(urn)
        }
        this.#stale.forget(marked)
        for (const urn of parties)
          assert.deepEqual(this.#kept.get(urn)?.findings ?? [], assess(urn).findings, `${urn} is not computed anew`)
      }
    }
  }

  /** At the time of the own log, over all that is folded. */
  #assessor(): (urn: string) => PartyFindings {
    const cut: Cut = this.#database
      .prepare('SELECT origin, size FROM log WHERE size > 0')
      .all()
      .map((row) => ({
        origin: String(row['origin']),
        size: Number(row['size']),
        root: digestText(new Uint8Array(32)),
      }))
    const { version, digest } = currentRuleset
    const at = this.#registers[0]?.lastAt ?? 0
    const facts = new RegisterFacts(this.#database, cut, everyDocument)
    return (urn) => assessParty(urn, { cut, at, ruleset: { version, digest }, trust: null }, facts)
  }
}

test('kept-findings-are-those-computed-anew: at every moment of random play, whoever moves or only time does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.infiniteStream(fc.nat(1 << 20)),
      fc.integer({ min: 20, max: 120 }),
      fc.constantFrom(...procedures.map(({ name }) => name), 'agreement', 'any'),
      async (stream, length, mostly) => {
        const next: Next = () => Number(stream.next().value)
        const table = new Table(next)
        const keeping = new Keeping(table.logs)
        const among = procedures.filter(({ name }) => mostly === 'any' || name === mostly)
        for (let i = 0; i < length; i++) {
          const procedure = among[next() % among.length]
          if (next() % 10 === 0 && procedure) table.open(procedure)
          else table.move()
          if (next() % 5 > 0) continue
          table.wait(next() % 3 === 0 ? (next() % 200) * day : 3600)
          await keeping.requireKept(table.urns)
        }
        // Long after the last move, day by day at first, then by months.
        for (const days of [1, 1, 1, 9, 30, 60, 90, 200, 400]) {
          table.wait(days * day)
          table.idle()
          await keeping.requireKept(table.urns)
        }
      },
    ),
    { numRuns: 20, endOnFailure: true },
  )
})

test('kept-findings-are-those-computed-anew: where the own log wrote nothing for long, and a case elsewhere has ended since', async () => {
  const [own, seat] = [new WritingLog('behind own'), new WritingLog('behind seat')]
  const claimant = actor('behind claimant', seat.origin, { type: 'state' })
  const respondent = actor('behind respondent', own.origin, { type: 'state' })
  own.submit(respondent.founding(startAt))
  own.submit(respondent.sign('adherence', instrumentUrn('code'), {}, startAt))
  own.close(startAt + 1)
  for (const each of [claimant, respondent]) seat.submit(each.founding(startAt))
  seat.close(startAt + day)
  assert.equal(typeof seat.submit(notification(claimant, seat.origin, [respondent], { iat: startAt })), 'number')
  seat.close(startAt + 100 * day)
  const taken = seat.submit(moveIn(claimant, disputeOf(claimant), seat.origin, 'withdraw', { iat: startAt }))
  assert.equal(typeof taken, 'number', String(taken))
  seat.close(startAt + 101 * day)
  const keeping = new Keeping([own, seat])
  await keeping.requireKept([respondent.urn])
  // Its clocks ran out at the seat before it was withdrawn, and run out here with the next entry of the own log.
  own.close(startAt + 102 * day)
  own.submit(actor('behind another', own.origin).founding(startAt))
  own.close(startAt + 103 * day)
  await keeping.requireKept([respondent.urn])
})

test('kept-findings-are-those-computed-anew: of two notices in one agreement each takes effect at its own time', async () => {
  const log = new WritingLog('notices')
  const [a, b, c] = ['a', 'b', 'c'].map((label) => actor(`notices ${label}`, log.origin, { type: 'state' }))
  assert.ok(a && b && c)
  const all = [a, b, c]
  for (const each of all) {
    log.submit(each.founding(startAt))
    log.submit(each.sign('adherence', instrumentUrn('gids'), {}, startAt))
  }
  const urn = caseUrn(a.urn, 'data')
  const terms = `sha256:${'7e'.repeat(32)}`
  const documents = [{ digest: terms, size: 1, type: 'text/plain' }]
  const keeping = new Keeping([log])
  let now = startAt
  const make = async (author: typeof a, name: string, body = {}): Promise<void> => {
    const made = log.submit(moveIn(author, urn, log.origin, name, { iat: now, procedure: 'agreement/1', body }))
    assert.equal(typeof made, 'number', String(made))
    await pass(1)
  }
  const pass = async (seconds: number): Promise<void> => {
    now += seconds
    log.close(now)
    await keeping.requireKept(all.map((each) => each.urn))
  }
  await make(a, 'propose-terms', { parties: [b.urn, c.urn], subject: 'Requests', terms, documents })
  for (const each of all) await make(each, 'sign', { terms })
  await make(c, 'give-notice')
  await pass(60 * day)
  await make(b, 'give-notice')
  for (const days of [306, 1, 59, 1, 30]) {
    await pass(days * day)
    const another = actor(`notices ${now}`, log.origin)
    log.submit(another.founding(now))
  }
})
