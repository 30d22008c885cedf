import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ProvisionId, provisionIds } from '@comity/instruments'
import * as fc from 'fast-check'
import { assessParty } from './assess-party.ts'
import { explain } from './explain.ts'
import { adherent, aRef, memoryFacts, partyUrn, type RecordOfParty, supporter } from './memory-facts.fixture.ts'
import { aRequest, arbitraryRecord } from './record.fixture.ts'

const party = partyUrn('a')

test('an explanation names every part of every rung, also of those not reached', () => {
  const record = supporter({
    products: [{ ref: aRef(10), sub: 'urn:comity:product:a:router', updatePolicy: true }],
    advisories: [{ ref: aRef(12), sub: 'urn:comity:advisory:a:1', document: 'present', told: [] }],
  })
  const explanation = explain(party, 'gids-8', aRequest(), memoryFacts([record]))
  assert.ok(explanation.bound)
  assert.equal(explanation.finding.level, 'declared')
  const [declared, evidenced] = explanation.rungs
  assert.equal(declared?.reached, true)
  assert.equal(declared?.why.says, 'it has registered a product, with a policy that says how updates reach its users')
  assert.deepEqual(
    declared?.why.cites.map((each) => each.index),
    [10],
  )
  assert.equal(evidenced?.reached, false)
  assert.equal(evidenced?.why.considered, 1)
  assert.equal(evidenced?.why.standing, 'unmet')
  assert.match(evidenced?.why.says ?? '', /another party has confirmed that it was told of it/)
})

test('an SBOM that is on record is said to be a file, not to be an SBOM: nobody has judged that', () => {
  const explanation = explain(party, 'gids-1', aRequest(), memoryFacts([supporter()]))
  assert.ok(explanation.bound)
  const says = explanation.rungs.find(({ level }) => level === 'evidenced')?.why.says ?? ''
  assert.match(says, /a file it calls its SBOM, .* whether it is one was not judged/)
})

test('explanations speak in the words of people, not of the register', () => {
  for (const record of [supporter(), adherent()]) {
    for (const provision of provisionIds) {
      const explanation = explain(party, provision, aRequest(), memoryFacts([record]))
      for (const { why } of explanation.bound ? explanation.rungs : []) {
        for (const { says } of [why, ...why.parts])
          assert.doesNotMatch(says, /of the cut|effective|statement/, provision)
      }
    }
  }
})

test('a rung above one that is not reached is not reached, though its own requirement holds', () => {
  const told = [aRef(20, { party: partyUrn('e') })]
  const record = supporter({
    advisories: [{ ref: aRef(12), sub: 'urn:comity:advisory:a:1', document: 'present', told }],
  })
  const explanation = explain(party, 'gids-8', aRequest(), memoryFacts([record]))
  assert.ok(explanation.bound)
  assert.deepEqual(
    explanation.rungs.map(({ reached, why }) => [reached, why.standing]),
    [
      [false, 'unmet'],
      [false, 'met'],
    ],
  )
})

test('the parts of a choice are explained one by one', () => {
  const explanation = explain(party, 'gids-1', aRequest(), memoryFacts([supporter()]))
  assert.ok(explanation.bound)
  const [declared] = explanation.rungs
  assert.equal(declared?.why.says, 'at least one of these')
  assert.deepEqual(
    declared?.why.parts.map((each) => each.standing),
    ['unmet', 'unmet'],
  )
})

function reason(provision: ProvisionId, record: RecordOfParty): string {
  const explanation = explain(party, provision, aRequest(), memoryFacts([record]))
  return explanation.bound ? 'bound' : explanation.because
}

test('why a provision does not bind a party is said', () => {
  const withdrawn = supporter({
    adherences: {
      gids: { ref: aRef(1), form: 'support', withdrawnAfter: 4_999, declarations: [], reservations: [] },
    },
  })
  assert.equal(reason('gids-8', supporter({ adherences: {} })), 'no-adherence')
  assert.equal(reason('code-d', supporter()), 'no-adherence')
  assert.equal(reason('gids-2', supporter()), 'not-addressed')
  assert.equal(reason('gids-8', withdrawn), 'withdrawn')
  assert.equal(reason('gids-8', supporter()), 'bound')
})

test('the-explanation-agrees-with-the-finding', () => {
  fc.assert(
    fc.property(arbitraryRecord('a'), fc.constantFrom(...provisionIds), (record, provision) => {
      const facts = memoryFacts([record])
      const finding = assessParty(party, aRequest(), facts).findings.find((each) => each.provision === provision)
      const explanation = explain(party, provision, aRequest(), facts)
      assert.equal(explanation.bound, finding !== undefined)
      if (!explanation.bound) return
      assert.deepEqual(explanation.finding, finding)
      const highest = explanation.rungs.findLast((each) => each.reached)
      if (explanation.rungs.length > 0) assert.equal(finding?.level, highest?.level ?? 'silent')
    }),
  )
})
