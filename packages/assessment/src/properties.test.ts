import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type PartyType, provisionById } from '@comity/instruments'
import { treeHasherOf } from '@comity/log'
import * as fc from 'fast-check'
import { assess } from './assess.ts'
import { assessParty } from './assess-party.ts'
import type { AdherenceFact } from './facts.ts'
import { type Finding, ladder, type Level, type PartyFindings, partyFindingsBytes } from './finding.ts'
import { aRef, memoryFacts, partyUrn, type Rearrange, type RecordOfParty } from './memory-facts.fixture.ts'
import {
  aRequest,
  arbitraryAdvisory,
  arbitraryProduct,
  arbitraryRecord,
  arbitraryRecords,
  arbitraryRelease,
} from './record.fixture.ts'

const party = partyUrn('a')

const hasher = treeHasherOf((data) => createHash('sha256').update(data).digest())

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
  })
  fc.assert(
    fc.property(arbitraryRecord('a'), more, (any, added) => {
      const record = boundAs('provider', any)
      const before = findings(record)
      const after = findings({
        ...record,
        products: [...record.products, ...added.products],
        releases: [...record.releases, ...added.releases],
        advisories: [...record.advisories, ...added.advisories],
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
      const { products, releases, advisories } = other
      const finding = named(findings(record), 'code-c')
      assert.deepEqual(named(findings({ ...record, products, releases, advisories }), 'code-c'), finding)
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
        ].map((ref) => ref.id),
      )
      for (const { cites } of findings(record).findings) {
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

test('verified is never said by this ruleset', () => {
  fc.assert(
    fc.property(arbitraryRecord('a'), (record) => {
      assert.ok(findings(record).findings.every((each) => each.level !== 'verified'))
    }),
  )
})
