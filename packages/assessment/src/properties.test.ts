import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type PartyType, partyTypes, provisionById } from '@comity/instruments'
import { treeHasherOf } from '@comity/log'
import * as fc from 'fast-check'
import { assess } from './assess.ts'
import { arbitraryCases } from './case.fixture.ts'
import { type CaseFact, isAsked } from './case-fact.ts'
import { listedCaseOf } from './case-word.ts'
import { assessParty } from './assess-party.ts'
import type { AdherenceFact } from './facts.ts'
import { type Finding, ladder, type Level, type PartyFindings, partyFindingsBytes } from './finding.ts'
import { adherent, aRef, memoryFacts, partyUrn, type Rearrange, type RecordOfParty } from './memory-facts.fixture.ts'
import { compareLatest } from './order.ts'
import {
  aRequest,
  arbitraryAdvisory,
  arbitraryProduct,
  arbitraryRecord,
  arbitraryRecords,
  arbitraryRelease,
} from './record.fixture.ts'
import { currentRuleset } from './ruleset.ts'

const party = partyUrn('a')

const hasher = treeHasherOf((data) => createHash('sha256').update(data).digest())

const byOpening = (a: CaseFact, b: CaseFact): number => compareLatest(a.opening, b.opening)

/** A rearrangement from a seed: the same seed, the same order. */
function shuffle(seed: number): Rearrange {
  return (list) =>
    list
      .map((item, position) => ({ item, key: Math.sin(seed + position * 12.9898) }))
      .sort((a, b) => a.key - b.key)
      .map((each) => each.item)
}

function rung(level: Level | undefined): number {
  return level === undefined || level === 'unseen' ? -1 : ladder.indexOf(level)
}

function findings(record: RecordOfParty): PartyFindings {
  return assessParty(party, aRequest(), memoryFacts([record]))
}

/** The same record, of a party of that type that is bound for good and whose home log is in the cut. */
function boundAs(type: PartyType, { adherences, party: { urn }, ...record }: RecordOfParty): RecordOfParty {
  const word: AdherenceFact = {
    ref: aRef(1),
    form: 'support',
    declarations: adherences.gids?.declarations ?? [],
    reservations: [],
  }
  return { ...record, party: { urn, type, home: 'a.example' }, adherences: { code: word, gids: word } }
}

function named(list: PartyFindings, provision: string): Finding | undefined {
  return list.findings.find((each) => each.provision === provision)
}

test('same-cut-same-findings: the order in which facts come leaves no trace in a byte', () => {
  fc.assert(
    fc.property(arbitraryRecords, fc.integer(), fc.integer(), (records, seed, otherSeed) => {
      const once = assess(aRequest(), memoryFacts(records, shuffle(seed)), hasher)
      const again = assess(aRequest(), memoryFacts(shuffle(otherSeed)(records), shuffle(otherSeed)), hasher)
      const turned = assess({ ...aRequest(), cut: aRequest().cut.toReversed() }, memoryFacts(records), hasher)
      assert.deepEqual(again, once)
      assert.deepEqual(turned, once)
      assert.deepEqual(again.parties.map(partyFindingsBytes), once.parties.map(partyFindingsBytes))
    }),
  )
})

test('same-cut-same-findings: nothing but the request and the facts is read, so one party equals its part of all', () => {
  fc.assert(
    fc.property(arbitraryRecords, (records) => {
      const facts = memoryFacts(records)
      const document = assess(aRequest(), facts, hasher)
      for (const each of document.parties) assert.deepEqual(assessParty(each.party, aRequest(), facts), each)
    }),
  )
})

test('only parties bound at the time have findings, and each only for what addresses it', () => {
  fc.assert(
    fc.property(arbitraryRecords, (records) => {
      const request = aRequest()
      for (const { party: urn, findings: list } of assess(request, memoryFacts(records), hasher).parties) {
        const record = records.find((each) => each.party.urn === urn)
        for (const { provision } of list) {
          const { instrument, binds } = provisionById(provision)
          const adherence = record?.adherences[instrument]
          assert.ok(adherence !== undefined && request.at <= (adherence.withdrawnAfter ?? request.at))
          assert.ok(record !== undefined && binds.includes(record.party.type))
        }
      }
    }),
  )
})

test('more-evidence-never-lowers-a-level', () => {
  const more = fc.record({
    products: fc.array(arbitraryProduct(party), { maxLength: 20 }),
    releases: fc.array(arbitraryRelease(party), { maxLength: 20 }),
    advisories: fc.array(arbitraryAdvisory(party), { maxLength: 20 }),
    cases: arbitraryCases(),
  })
  fc.assert(
    fc.property(arbitraryRecord('a'), more, fc.constantFrom(...partyTypes), (any, added, type) => {
      const record = boundAs(type, any)
      const known = new Set(record.cases.map(({ opening }) => opening.id))
      const before = findings(record)
      const after = findings({
        ...record,
        products: [...record.products, ...added.products],
        releases: [...record.releases, ...added.releases],
        advisories: [...record.advisories, ...added.advisories],
        cases: [...record.cases, ...added.cases.filter(({ opening }) => !known.has(opening.id))],
      })
      for (const finding of before.findings) {
        assert.ok(rung(named(after, finding.provision)?.level) >= rung(finding.level), finding.provision)
      }
    }),
  )
})

test('a further declaration never lowers a level', () => {
  fc.assert(
    fc.property(
      arbitraryRecord('a'),
      fc.constantFrom('code-c', 'code-d', 'gids-1', 'gids-8', 'gids-9'),
      (record, name) => {
        const declaring = Object.fromEntries(
          Object.entries(record.adherences).map(([instrument, adherence]) => [
            instrument,
            { ...adherence, declarations: [...adherence.declarations, name] },
          ]),
        )
        const after = findings({ ...record, adherences: declaring })
        for (const finding of findings(record).findings) {
          assert.ok(rung(named(after, finding.provision)?.level) >= rung(finding.level))
        }
      },
    ),
  )
})

test('silence-under-code-c-costs-nothing: its finding depends on the party’s own word alone', () => {
  fc.assert(
    fc.property(arbitraryRecord('a'), arbitraryRecord('a'), (any, other) => {
      const record = boundAs('state', any)
      const { products, releases, advisories, cases } = other
      const finding = named(findings(record), 'code-c')
      assert.deepEqual(named(findings({ ...record, products, releases, advisories, cases }), 'code-c'), finding)
      assert.ok(finding?.level === 'silent' || finding?.level === 'declared')
      assert.ok(!finding.flags.includes('due') && !finding.flags.includes('overdue'))
    }),
  )
})

test('an unseen home log never yields a rung, and a seen one never yields unseen', () => {
  fc.assert(
    fc.property(arbitraryRecord('a'), (record) => {
      const seen = record.party.home !== 'elsewhere.example'
      for (const { level } of findings(record).findings) {
        if (level !== undefined) assert.equal(level === 'unseen', !seen)
      }
    }),
  )
})

test('a finding cites at most sixteen statements of a sort, each once, and only statements on record', () => {
  fc.assert(
    fc.property(arbitraryRecord('a'), (record) => {
      const onRecord = new Set(
        [
          ...Object.values(record.adherences).map((each) => each.ref),
          ...record.products.map((each) => each.ref),
          ...record.releases.map((each) => each.ref),
          ...record.advisories.flatMap((each) => [each.ref, ...each.told]),
          ...record.notices,
          ...record.supplied.flatMap(({ ref, release }) => [ref, release?.ref ?? []].flat()),
          ...record.cases.flatMap((each) => [each.opening, ...[...each.moves, ...each.others].map(({ ref }) => ref)]),
        ].map((ref) => ref.id),
      )
      const found = findings(record).findings
      const listed = found.flatMap(({ cases = [] }) => cases)
      const supply = found.flatMap(({ supply: each = [] }) => each.flatMap(({ shown, missing }) => [shown, missing]))
      for (const { cites } of [...found, ...listed, ...supply.map((each) => ({ cites: each }))]) {
        const perSort = new Map<string, Set<string>>()
        for (const { as, id } of cites) {
          const ids = perSort.get(as) ?? new Set()
          assert.ok(onRecord.has(id) && !ids.has(id))
          perSort.set(as, ids.add(id))
          assert.ok(ids.size <= 16)
        }
      }
    }),
  )
})

test('a finding lists the sixteen cases opened last, each once, and says whether there are more', () => {
  fc.assert(
    fc.property(arbitraryCases(60), (cases) => {
      const { adherences, ...rest } = adherent()
      for (const { provision, cases: listed, more } of findings({ ...rest, adherences, cases }).findings) {
        if (listed === undefined) continue
        const rule = currentRuleset.rules.find((each) => each.provision === provision)
        const asked = (rule?.cases ?? []).map((sort) => ({ ...listedCaseOf(sort), at: 5_000 }))
        const all = cases.filter((each) => asked.some((one) => isAsked(each, one))).sort(byOpening)
        assert.deepEqual(
          listed.map(({ urn, state }) => [urn, state]),
          all.slice(0, 16).map(({ urn, state }) => [urn, state]),
        )
        assert.equal(more, all.length > 16 ? true : undefined)
      }
    }),
  )
})

test('what is listed decides nothing: no level and no flag but those of its clocks', () => {
  fc.assert(
    fc.property(arbitraryRecord('a'), (any) => {
      const record = boundAs('state', any)
      const without = findings({ ...record, cases: record.cases.filter(({ procedure }) => procedure !== 'dispute/1') })
      for (const { provision, level, flags } of findings(record).findings) {
        const before = named(without, provision)
        assert.equal(level, before?.level)
        const isOfClock = (flag: string): boolean => provision === 'code-k' && (flag === 'due' || flag === 'overdue')
        assert.deepEqual(
          flags.filter((flag) => !isOfClock(flag)),
          before?.flags,
        )
      }
    }),
  )
})

test('verified is never said by this ruleset', () => {
  fc.assert(
    fc.property(arbitraryRecord('a'), (record) => {
      assert.ok(findings(record).findings.every((each) => each.level !== 'verified'))
    }),
  )
})
