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
import { procedures } from '@comity/procedures'
import { digestText } from '@comity/statement'
import fc from 'fast-check'
import type { Next } from '../../../assessment/src/legal-play.fixture.ts'
import { everyDocument } from './every-document.fixture.ts'
import { RegisterFacts } from './facts.ts'
import { ReadingNode } from './reading-node.fixture.ts'
import { ReferenceFacts } from './reference-facts.fixture.ts'
import { Table } from './table.fixture.ts'

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
      const facts = new RegisterFacts(node.database, cut, everyDocument)
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
