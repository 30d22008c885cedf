/** What has to hold between honest nodes once everything has arrived. Each throws AssertionError where it does not. */
import { sha256, treeHasher, verify } from '@comity/crypto'
import { ed25519Verifier, parseVerifierKey, verifyEquivocation } from '@comity/log'
import assert from 'node:assert/strict'
import type { Published } from './deeds.ts'
import type { ForkingNode } from './forking-node.ts'
import type { MovingParty } from './moving-party.ts'
import { registerRows } from './register-rows.ts'
import type { SimulatedNode } from './simulated-node.ts'

/** Pairs of nodes whose findings are compared at most: each costs two assessments of all that both hold. */
const pairsCompared = 24

export function checkAcknowledged({ node, acknowledged, host }: SimulatedNode): void {
  for (const [id, index] of acknowledged)
    assert.equal(node.find(id)?.index, index, `${host} acknowledged ${id} at ${index} and does not have it there`)
}

/** The witnesses of a node that are no liars. */
export function honestWitnesses({ node }: SimulatedNode, honest: readonly SimulatedNode[]) {
  const known = new Set(honest.map(({ keeper }) => keeper.origin))
  return node.witnessing.witnesses().filter(({ origin }) => known.has(origin))
}

/** In calm weather its witness has cosigned its newest head, unless the witness is a liar. */
export function checkCosigned(node: SimulatedNode, honest: readonly SimulatedNode[]): void {
  for (const { size, lastError } of honestWitnesses(node, honest)) {
    const what = `${node.host}: its witness has not cosigned its head: ${JSON.stringify(lastError)}`
    assert.equal(size, node.node.head.size, what)
  }
}

/** Copies of honest logs are whole, are those logs, and were reduced to the same rows. Returns how many were compared. */
export function checkMirrors(honest: readonly SimulatedNode[]): number {
  const rows = new Map(honest.map((node) => [node, registerRows(node.node, node.keeper.origin)]))
  let compared = 0
  for (const node of honest) {
    for (const other of honest) {
      const mirror = node === other ? undefined : node.node.mirrors.find(other.keeper.origin)
      if (mirror === undefined) continue
      const what = `${other.host} as ${node.host} has it`
      checkWhole(node, other)
      checkPrefix(node, other)
      const own = rows.get(other) ?? []
      assert.deepEqual(registerRows(node.node, other.keeper.origin), own, `${what}: the registers differ`)
      compared += 1
    }
  }
  return compared
}

/** Who follows a log has all of it. */
export function checkWhole(node: SimulatedNode, other: SimulatedNode): void {
  const mirror = node.node.mirrors.find(other.keeper.origin)
  if (mirror === undefined) return
  const what = `${other.host} as ${node.host} has it`
  assert.equal(mirror.isQuarantined, false, `${what}: an honest log is quarantined`)
  const state = JSON.stringify(mirror.state(node.now()))
  assert.equal(mirror.copy.complete?.size, other.node.head.size, `${what}: ${state}`)
}

/** What is held of a log is how it begins. */
export function checkPrefix(node: SimulatedNode, other: SimulatedNode): void {
  const mirror = node.node.mirrors.find(other.keeper.origin)
  const size = mirror?.copy.complete?.size ?? 0
  if (mirror === undefined || size === 0) return
  const what = `${other.host} as ${node.host} has it`
  assert.equal(mirror.isQuarantined, false, `${what}: a log that never contradicted itself is quarantined`)
  const { tree } = other.node.ledger
  assert.ok(size <= tree.size, `${what}: it never had ${size} entries`)
  assert.deepEqual(mirror.copy.tree.root(size), tree.root(size), `${what}: another root`)
  const held = mirror.copy.leaves(0, size)
  const own = other.node.ledger.leaves(0, size)
  for (const [index, leaf] of held.entries())
    assert.ok(Buffer.from(leaf).equals(own[index] ?? new Uint8Array()), `${what}: entry ${index} differs`)
}

/** Who follows a log has the documents it cites, or that they are withheld. */
export function checkDocuments(honest: readonly SimulatedNode[], published: readonly Published[]): void {
  for (const { node, host } of honest)
    for (const { origin, id, digest } of published)
      if (node.mirrors.find(origin) !== undefined)
        assert.notEqual(node.documents.status(digest), 'absent', `${host} lacks ${digest}, which ${id} cites`)
}

/** A party that moved is at home where it went, for all who follow both logs. */
export function checkMoved({ party, to, isAtHome }: MovingParty, honest: readonly SimulatedNode[]): void {
  assert.ok(isAtHome, `${party.label} did not get to ${to.host}`)
  for (const node of honest.filter((each) => holds(each, to))) {
    const what = `where ${party.label} is at home, as ${node.host} has it`
    assert.equal(node.node.findParty(party.urn)?.home, to.keeper.origin, what)
  }
}

/** `same-cut-same-findings`: any two nodes compute the same bytes on all that both hold. */
export async function checkFindings(honest: readonly SimulatedNode[]): Promise<void> {
  const pairs = honest.flatMap((one, i) => honest.slice(i + 1).map((other) => [one, other] as const))
  const step = Math.max(1, Math.floor(pairs.length / pairsCompared))
  for (const [one, other] of pairs.filter((_, i) => i % step === 0)) {
    const shared = honest.filter((each) => holds(one, each) && holds(other, each))
    if (shared.length === 0) continue
    const cut = shared
      .map(({ node: { origin, head } }) => ({ origin, size: head.size, root: `sha256:${hex(head.root)}` }))
      .toSorted((a, b) => (a.origin < b.origin ? -1 : 1))
    const at = Math.max(...shared.map(({ node }) => node.head.at))
    const [first, second] = await Promise.all(
      [one, other].map(({ node }) => node.findings.assess({ ...one.node.findings.request(), cut, at })),
    )
    const what = `${one.host} and ${other.host} differ on the findings of ${shared.map(({ host }) => host).join()}`
    assert.deepEqual(JSON.stringify(first?.parties), JSON.stringify(second?.parties), what)
    assert.equal(first?.digest, second?.digest, what)
  }
}

/** Whoever could see both sides of a forger has a proof that anyone can check. Returns how many have one. */
export function checkForger(forger: ForkingNode, honest: readonly SimulatedNode[]): number {
  const keys = [ed25519Verifier(parseVerifierKey(forger.logKey, sha256), verify)]
  const followers = honest.flatMap(({ node, host }) => {
    const mirror = node.mirrors.find(forger.origin)
    return mirror === undefined ? [] : [{ mirror, host }]
  })
  for (const { mirror, host } of followers) {
    const { evidence } = mirror
    if (evidence === undefined) assert.fail(`${host} was shown one of two trees and has no proof of it`)
    verifyEquivocation(treeHasher, evidence, keys)
  }
  return followers.length
}

function holds({ node }: SimulatedNode, { keeper }: SimulatedNode): boolean {
  return keeper.origin === node.origin || node.mirrors.find(keeper.origin) !== undefined
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
