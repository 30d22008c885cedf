/** Where a party is at home, and what counts, over cuts of several logs: cases that no honest party makes by chance. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assessParty, currentRuleset } from '@comity/assessment'
import { sha256Hex } from '@comity/crypto'
import { formatTlogProof } from '@comity/log'
import {
  type CorePayloads,
  advisoryUrn,
  decodeStatement,
  digestText,
  documentUrn,
  instrumentUrn,
  jwkOf,
  productUrn,
} from '@comity/statement'
import { type Actor, actor, keyFor, signerOf } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import { everyDocument } from './every-document.fixture.ts'
import { MissingDocument, RegisterFacts } from './facts.ts'
import { bytesOfDocument } from './federation.fixture.ts'
import { ReadingNode } from './reading-node.fixture.ts'
import { WritingLog, startAt } from './writing-log.fixture.ts'

const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const
const digest = `sha256:${sha256Hex(bytesOfDocument(0))}`
const idOf = (bytes: Uint8Array): string => decodeStatement(bytes, crypto).id

function accepted(outcome: number | string): number {
  assert.equal(typeof outcome, 'number', String(outcome))
  return Number(outcome)
}

function logs(count: number): readonly [WritingLog, WritingLog, WritingLog] {
  const [a, b, c] = Array.from({ length: 3 }, (_, i) => new WritingLog(`home ${count} ${i}`))
  assert.ok(a && b && c)
  return [a, b, c]
}

function moveOf(party: Actor, home: string, iat: number, previous = idOf(party.founding(startAt))): Uint8Array {
  return party.sign('party', party.urn, { ...party.payload, previous, home }, iat)
}

/** Brings a party that left one log to another: copies, then the continuation. */
function arrive(party: Actor, move: Uint8Array, from: WritingLog, to: WritingLog, iat: number): void {
  from.close(iat)
  const index = from.register.positionOf(idOf(move)) ?? 0
  const { size, tree } = from
  const proof = { index, proof: tree.inclusionProof(index, size), checkpoint: from.note(size) }
  const payload: CorePayloads['continuation'] = {
    predecessor: { origin: from.origin, size, root: digestText(tree.root(size)) },
    reason: 'moved',
    proof: formatTlogProof(proof),
  }
  for (const each of [party.founding(startAt), move]) accepted(to.submit(each))
  accepted(to.submit(party.sign('continuation', to.origin, payload, iat)))
}

async function factsOver(cut: readonly WritingLog[], all: readonly WritingLog[] = cut, stored = true) {
  for (const log of all) log.close(startAt + 10_000)
  const node = new ReadingNode(all)
  for (const { origin } of all) while (await node.step(origin));
  const prefixes = cut.map(({ origin, size, tree }) => ({ origin, size, root: digestText(tree.root(size)) }))
  const { version, digest: rules } = currentRuleset
  const request = { cut: prefixes, at: startAt + 10_000, ruleset: { version, digest: rules }, trust: null }
  const facts = new RegisterFacts(node.database, prefixes, { ...everyDocument, stored: () => stored })
  const levels = (urn: string) =>
    new Set(assessParty(urn, request, facts).findings.flatMap(({ level }) => (level === undefined ? [] : [level])))
  return { facts, levels }
}

const support = (party: Actor, iat: number) => party.sign('support', instrumentUrn('gids'), {}, iat)
const product = (party: Actor, name: string, iat: number) =>
  party.sign('product', productUrn(party.urn, 'gateway'), { name, updatePolicy }, iat)

test('a party that signs two moves from one statement is at home where its former log agrees', async () => {
  const [a, b, c] = logs(1)
  const party = actor('torn', a.origin)
  accepted(a.submit(party.founding(startAt)))
  accepted(a.submit(support(party, startAt)))
  const toB = moveOf(party, b.origin, startAt + 1)
  const toC = moveOf(party, c.origin, startAt + 1)
  accepted(a.submit(toB))
  arrive(party, toB, a, b, startAt + 10)
  accepted(b.submit(product(party, 'At B', startAt + 11)))
  // Log c has but the party's word for it, and a proof of an entry that the log it left does not have.
  for (const each of [party.founding(startAt), toC]) accepted(c.submit(each))
  c.force(decodeStatement(product(party, 'At C', startAt + 12), crypto).leaf)
  for (const order of [[a, b, c] as const, [c, b, a] as const]) {
    const { facts } = await factsOver([a, b, c], order)
    assert.equal(facts.party(party.urn)?.home, b.origin)
    assert.deepEqual(
      facts.products(party.urn, 16).map(({ ref }) => ref.origin),
      [b.origin],
    )
  }
})

test('a party whose first log is not in the cut is unseen: it is bound, and nothing else counts', async () => {
  const [a, b, c] = logs(2)
  const party = actor('moved', a.origin)
  accepted(a.submit(party.founding(startAt)))
  const move = moveOf(party, b.origin, startAt + 1)
  accepted(a.submit(move))
  arrive(party, move, a, b, startAt + 10)
  accepted(b.submit(support(party, startAt + 11)))
  accepted(b.submit(product(party, 'At B', startAt + 12)))
  const alone = await factsOver([b], [a, b, c])
  assert.deepEqual([...alone.facts.bound()], [party.urn])
  assert.equal(alone.facts.party(party.urn)?.home, a.origin)
  assert.deepEqual([...alone.levels(party.urn)], ['unseen'])
  assert.deepEqual(alone.facts.products(party.urn, 16), [])
  const both = await factsOver([a, b], [c, b, a])
  assert.equal(both.facts.products(party.urn, 16).length, 1)
  assert.ok(both.levels(party.urn).has('declared'))
  // It has left, and where it went is not seen.
  const left = await factsOver([a], [a, b])
  assert.deepEqual([...left.facts.bound()], [])
})

test('a party that left for a log outside the cut is unseen, and one that is under way is not', async () => {
  const [a, b] = logs(3)
  const party = actor('leaving', a.origin)
  accepted(a.submit(party.founding(startAt)))
  accepted(a.submit(support(party, startAt)))
  accepted(a.submit(moveOf(party, b.origin, startAt + 1)))
  const outside = await factsOver([a], [a, b])
  assert.deepEqual([...outside.levels(party.urn)], ['unseen'])
  const underWay = await factsOver([a, b])
  assert.equal(underWay.facts.party(party.urn)?.home, b.origin)
  assert.ok(underWay.levels(party.urn).has('silent'))
})

test('whoever cites another party’s evidence in a log of his own does not withhold it there', async () => {
  const [a, b] = logs(4)
  const publisher = actor('publisher', a.origin)
  const stranger = actor('stranger', b.origin)
  const advisory = advisoryUrn(publisher.urn, 'A')
  const documents = [{ digest, size: bytesOfDocument(0).length, type: 'text/plain' }]
  const date = '2026-11-20T12:00:00Z'
  const fault = { title: 'A fault', published: date, modified: date, document: digest, documents }
  for (const [log, party] of [[a, publisher] as const, [b, stranger] as const]) {
    accepted(log.submit(party.founding(startAt)))
    accepted(log.submit(product(party, 'Gateway', startAt)))
    const payload = { id: 'A', products: [productUrn(party.urn, 'gateway')], ...fault }
    accepted(log.submit(party.sign('advisory', advisoryUrn(party.urn, 'A'), payload, startAt)))
  }
  const sub = documentUrn(digest.slice('sha256:'.length))
  accepted(b.submit(stranger.sign('withholding', sub, { ground: 'data-protection' }, startAt)))
  const { facts } = await factsOver([a, b])
  assert.deepEqual(
    facts.advisories(publisher.urn, 16).map(({ sub: each, document }) => [each, document]),
    [[advisory, 'present']],
  )
  assert.deepEqual(
    facts.advisories(stranger.urn, 16).map(({ document }) => document),
    ['withheld'],
  )
  const { facts: without } = await factsOver([a, b], [b, a], false)
  assert.throws(
    () => without.advisories(publisher.urn, 16),
    (error) => error instanceof MissingDocument && error.origin === a.origin && error.code === 'document-missing',
  )
})

test('a compromise that a party declares at its new home is one for all that its key signed', async () => {
  const [a, b] = logs(5)
  const key = (name: string) => ({
    jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor(name).publicKey }),
    roles: ['sign' as const],
  })
  const party = actor('careful', a.origin, { party: { keys: [key('careful'), key('lost')] } })
  accepted(a.submit(party.founding(startAt)))
  const lost = signerOf(keyFor('lost'))
  accepted(a.submit(party.sign('product', productUrn(party.urn, 'x'), { name: 'X', updatePolicy }, startAt, lost)))
  accepted(a.submit(product(party, 'Y', startAt)))
  const move = moveOf(party, b.origin, startAt + 1)
  accepted(a.submit(move))
  arrive(party, move, a, b, startAt + 10)
  const before = await factsOver([a, b])
  assert.deepEqual(
    before.facts.products(party.urn, 16).map(({ ref }) => ref.contested),
    [false, false],
  )
  const compromise = [{ kid: Buffer.from(lost.kid).toString('hex'), since: startAt }]
  const payload = { ...party.payload, previous: idOf(move), home: b.origin, compromise }
  accepted(b.submit(party.sign('party', party.urn, payload, startAt + 20)))
  const { facts } = await factsOver([a, b], [b, a])
  assert.deepEqual(
    facts.products(party.urn, 16).map(({ sub, ref }) => [sub.split(':').at(-1), ref.contested]),
    [
      ['gateway', false],
      ['x', true],
    ],
  )
  // The uncontested one comes first, also where there is room for but one.
  assert.equal(facts.products(party.urn, 1)[0]?.ref.contested, false)
})
