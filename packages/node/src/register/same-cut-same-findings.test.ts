/**
 * The house's invariant over random federations: hosted parties, disputes between them, moves, compromise, withholding,
 * approvals, forgers.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AssessmentRequest, type CasesAsked, type Facts, assess, currentRuleset } from '@comity/assessment'
import { treeHasher } from '@comity/crypto'
import { digestText } from '@comity/statement'
import fc from 'fast-check'
import { everyDocument } from './every-document.fixture.ts'
import { RegisterFacts } from './facts.ts'
import { ReferenceFacts } from './reference-facts.fixture.ts'
import { played } from './federation.fixture.ts'
import { scenarios } from './scenario.fixture.ts'
import { ReadingNode, batchEnds } from './reading-node.fixture.ts'
import { type WritingLog, startAt } from './writing-log.fixture.ts'

/** Numbers that choose, one after the other. */
const choices = fc.infiniteStream(fc.nat(1 << 20))

interface Sight {
  readonly logs: readonly WritingLog[]
  readonly cut: AssessmentRequest['cut']
}

/** Some of the logs, each up to the end of one of its batches. */
function cutOf(logs: readonly WritingLog[], next: () => number): Sight {
  const seen = logs.filter((_, i) => i === 0 || next() % 4 > 0)
  const cut = seen.map((log) => {
    const ends = batchEnds(log)
    const size = ends[ends.length - 1 - (next() % Math.min(ends.length, 4))] ?? 0
    return { origin: log.origin, size, root: digestText(log.tree.root(size)) }
  })
  return { logs: seen, cut }
}

function shuffled<T>(list: readonly T[], next: () => number): readonly T[] {
  return list
    .map((each) => ({ each, rank: next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ each }) => each)
}

/** Folds batches in an order that is chosen, up to these sizes or to the end. */
async function read(logs: readonly WritingLog[], next: () => number, cut?: AssessmentRequest['cut']) {
  const node = new ReadingNode(logs)
  const open = logs.map((log) => log.origin)
  while (open.length > 0) {
    const at = next() % open.length
    const origin = open[at] ?? ''
    const size = cut?.find((prefix) => prefix.origin === origin)?.size
    if (!(await node.step(origin, size))) open.splice(at, 1)
  }
  return node
}

function requestFor(cut: AssessmentRequest['cut'], days: number): AssessmentRequest {
  const { version, digest } = currentRuleset
  return { cut, at: startAt + days * 86_400, ruleset: { version, digest }, trust: null }
}

/** What may be asked about disputes; findings ask for some of it. */
function disputesAsked(at: number): readonly CasesAsked[] {
  const procedure = 'dispute/1'
  return [
    { at, procedure },
    { at, procedure, roles: ['respondent'], without: ['claimant'] },
    { at, procedure, made: ['acknowledge'], unmarked: ['leaving'] },
    { at, procedure, others: ['acknowledge', 'reply'], kept: { urgency: 'urgent' } },
    { at, procedure, states: ['notified', 'acknowledged'] },
    { at, procedure, clock: { name: 'acknowledgement', standings: ['lapsed', 'late'], undone: ['acknowledge'] } },
    { at, procedure, clock: { name: 'settlement', standings: ['kept'], undone: [] } },
  ]
}

/** What a party's record begins with is the beginning of all of it: nothing is passed over for the sake of speed. */
function requireFirst(facts: Facts, urn: string, at: number): void {
  for (const limit of [1, 2, 3]) {
    for (const asked of disputesAsked(at))
      assert.deepEqual(facts.cases(urn, asked, limit), facts.cases(urn, asked, 10_000).slice(0, limit))
    assert.deepEqual(facts.products(urn, limit), facts.products(urn, 10_000).slice(0, limit))
    assert.deepEqual(facts.releases(urn, limit), facts.releases(urn, 10_000).slice(0, limit))
    assert.deepEqual(facts.supplied(urn, limit), facts.supplied(urn, 10_000).slice(0, limit))
    assert.deepEqual(facts.notices(urn, limit), facts.notices(urn, 10_000).slice(0, limit))
    assert.deepEqual(facts.advisories(urn, limit), facts.advisories(urn, 10_000).slice(0, limit))
  }
}

test('same-cut-same-findings: however a node numbers its logs, in whatever order it read them and how far', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ maxLength: 150 }), choices, async (scenario, stream) => {
      const next = (): number => Number(stream.next().value)
      const logs = played(scenario)
      const { logs: seen, cut } = cutOf(logs, next)
      const request = requestFor(cut, [1, 12, 33, 70][next() % 4] ?? 1)
      const nodes = [
        await read(shuffled(logs, next), next),
        await read(shuffled(logs, next), next),
        await read(shuffled(seen, next), next, cut),
      ]
      const documents = nodes.map(({ database }) => {
        const facts = new RegisterFacts(database, cut, everyDocument)
        for (const urn of facts.bound()) requireFirst(facts, urn, request.at)
        return assess(request, facts, treeHasher)
      })
      assert.deepEqual(documents[1], documents[0])
      assert.deepEqual(documents[2], documents[0])
      const [, , prefix] = nodes
      assert.ok(prefix)
      const reference = new ReferenceFacts(prefix.database, logs, cut)
      assert.deepEqual(assess(request, reference, treeHasher), documents[0])
      for (const { database } of nodes) {
        const facts = new RegisterFacts(database, cut, everyDocument)
        for (const urn of facts.bound())
          for (const asked of disputesAsked(request.at))
            assert.deepEqual(facts.cases(urn, asked, 64), reference.cases(urn, asked, 64))
      }
    }),
    { numRuns: 25, endOnFailure: true },
  )
})
