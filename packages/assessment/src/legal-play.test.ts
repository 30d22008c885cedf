/** Properties over random legal play: whatever parties do in cases, as long as the engine takes it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PartyType, partyTypes, provisionIds } from '@comity/instruments'
import { procedures } from '@comity/procedures'
import * as fc from 'fast-check'
import { assessParty } from './assess-party.ts'
import type { CaseFact } from './case-fact.ts'
import { ladder, type PartyFindings } from './finding.ts'
import { factsOf, type Next, play, type Played, players } from './legal-play.fixture.ts'
import { adherent, aRef, memoryFacts, type RecordOfParty } from './memory-facts.fixture.ts'
import { aRequest } from './record.fixture.ts'

const lengths = fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 8 })
const choices = fc.infiniteStream(fc.nat(1 << 20))
const later = fc.integer({ min: 0, max: 1_500 * 86_400 })

/** When the last move that anybody makes is made, at the latest. */
const allMade = 1_000 + 24 * 100 * 86_400

function nextOf(stream: Iterator<number>): Next {
  return () => Number(stream.next().value)
}

/** A party of a type that adheres, or supports with these declarations, and has these cases. */
function recordOf(party: string, cases: readonly CaseFact[], type: PartyType = 'state'): RecordOfParty {
  const declarations = party.endsWith('a') ? provisionIds : []
  const word = {
    ref: aRef(1, { kind: 'adherence', party }),
    form: 'adherence' as const,
    declarations,
    reservations: [],
  }
  return adherent({ party: { urn: party, type, home: 'a.example' }, adherences: { code: word, gids: word }, cases })
}

function findingsAt(party: string, all: readonly Played[], at: number, type: PartyType = 'state'): PartyFindings {
  const facts = memoryFacts([recordOf(party, factsOf(party, all, at), type)])
  return assessParty(party, aRequest({ at }), facts)
}

type Verdict = readonly (readonly [provision: string, level: string | undefined, flags: readonly string[]])[]

function verdictsOf({ findings }: PartyFindings): Verdict {
  return findings.map(({ provision, level, flags }) => [provision, level, flags])
}

const levelsOf = (found: PartyFindings): readonly unknown[] =>
  verdictsOf(found).map(([provision, level]) => [provision, level])

function withoutTimed(flags: readonly string[]): readonly string[] {
  return flags.filter((flag) => flag !== 'due' && flag !== 'overdue')
}

const named = (found: PartyFindings, provision: string) => found.findings.find((each) => each.provision === provision)

test('silence-under-code-c-costs-nothing, and notices earn nothing: without any restriction each level and flag is the same', () => {
  fc.assert(
    fc.property(lengths, choices, later, (sizes, stream, after) => {
      const all = play(sizes, nextOf(stream))
      const at = allMade + after
      const others = all.filter(({ procedure }) => procedure.name !== 'restriction')
      for (const party of players) {
        const with_ = findingsAt(party, all, at)
        assert.deepEqual(verdictsOf(with_), verdictsOf(findingsAt(party, others, at)))
        const ofC = named(with_, 'code-c')
        assert.deepEqual(ofC, named(findingsAt(party, [], at), 'code-c'), 'no case at all says anything about code-c')
        assert.deepEqual(ofC?.flags, [])
      }
    }),
  )
})

test('silence-under-code-c-costs-nothing: over play of restrictions alone, complete or not, appealed, upheld or reversed', () => {
  const restrictions = procedures.filter(({ name }) => name === 'restriction')
  fc.assert(
    fc.property(lengths, choices, later, (sizes, stream, after) => {
      const all = play(sizes, nextOf(stream), restrictions)
      for (const party of players) {
        const with_ = findingsAt(party, all, allMade + after)
        assert.deepEqual(verdictsOf(with_), verdictsOf(findingsAt(party, [], allMade + after)))
        const listed = named(with_, 'code-f')?.cases ?? []
        assert.ok(
          listed.every(({ missing }) => missing !== undefined),
          'each says what its record lacks',
        )
      }
    }),
  )
})

test('a-lapse-is-not-a-verdict: time alone changes no level and no flag but due and overdue', () => {
  fc.assert(
    fc.property(lengths, choices, later, fc.constantFrom(...partyTypes), (sizes, stream, after, type) => {
      // A term is not a lapse: notice of withdrawal from an agreement takes effect by the word of who gave it.
      const all = play(sizes, nextOf(stream)).filter(({ moves }) => !moves.some(({ name }) => name === 'give-notice'))
      for (const party of players) {
        const [now, then] = [allMade, allMade + after].map((at) => findingsAt(party, all, at, type))
        assert.ok(now && then)
        assert.deepEqual(levelsOf(then), levelsOf(now))
        assert.deepEqual(
          verdictsOf(then).map(([, , flags]) => withoutTimed(flags)),
          verdictsOf(now).map(([, , flags]) => withoutTimed(flags)),
        )
      }
    }),
  )
})

test('nobody raises, lowers or flags a party by naming it: without a move of its own its levels and flags are those of its word', () => {
  fc.assert(
    fc.property(lengths, choices, later, fc.constantFrom(...partyTypes), (sizes, stream, after, type) => {
      const all = play(sizes, nextOf(stream))
      for (const party of players) {
        const at = allMade + after
        const others = all.filter(({ moves }) => moves.every(({ ref }) => ref.party !== party))
        const alone = verdictsOf(findingsAt(party, [], at, type))
        assert.deepEqual(verdictsOf(findingsAt(party, others, at, type)), alone)
        // Nor do they hide what its own moves show.
        const own = all.filter(({ moves }) => moves.some(({ ref }) => ref.party === party))
        assert.deepEqual(verdictsOf(findingsAt(party, all, at, type)), verdictsOf(findingsAt(party, own, at, type)))
      }
    }),
  )
})

test('a flag of a clock rests on an uncontested move by the party itself, in a case that still waits for it', () => {
  let flagged = 0
  fc.assert(
    fc.property(lengths, choices, (sizes, stream) => {
      const disputes = procedures.filter(({ name }) => name === 'dispute')
      const all = play(sizes, nextOf(stream), disputes)
      for (const party of players) {
        const at = Math.max(1_000, ...all.map(({ of }) => of.movedAt))
        const { flags = [], cites = [] } = named(findingsAt(party, all, at), 'code-k') ?? {}
        const isFlagged = flags.includes('due') || flags.includes('overdue')
        const began = cites.filter(({ as }) => as === 'clock').map(({ id }) => id)
        assert.equal(began.length > 0, isFlagged)
        const moves = all.flatMap((each) => each.moves)
        for (const id of began) {
          flagged += 1
          const move = moves.find(({ ref }) => ref.id === id)
          assert.ok(move !== undefined && move.ref.party === party && !move.ref.contested)
        }
      }
    }),
    { numRuns: 200, seed: 20_261_122 },
  )
  assert.ok(flagged > 0, 'play comes to such cases')
})

test('every level is reached by somebody in play, verified by nobody, and findings stay bounded', () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(lengths, choices, fc.constantFrom(...partyTypes), (sizes, stream, type) => {
      const all = play(sizes, nextOf(stream))
      for (const party of players) {
        for (const { provision, level, cases = [], cites } of findingsAt(party, all, allMade, type).findings) {
          if (level !== undefined) reached.add(`${provision} ${level}`)
          assert.ok(level === undefined || (ladder.slice(0, 3) as readonly string[]).includes(level))
          assert.ok(cases.length <= 16)
          assert.ok(cites.length <= 16 * 8 && cases.every((each) => each.cites.length <= 33))
        }
      }
    }),
    { numRuns: 400, seed: 20_261_122 },
  )
  for (const provision of ['code-g', 'code-h', 'code-i', 'code-j', 'gids-9']) {
    assert.ok(reached.has(`${provision} evidenced`), `${provision}: ${[...reached].join(', ')}`)
  }
})
