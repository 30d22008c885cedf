import { emptyRoot, type TreeHasher } from '@comity/log'
import { AssessmentError } from './assessment-error.ts'
import { type PartyFindings, partyFindingsBytes } from './finding.ts'

/** The two hashes of RFC 9162, section 2.1.1. */
export type FindingsHasher = Pick<TreeHasher, 'leaf' | 'node'>

/** The leaf hash of one party's findings, 32 bytes; a node may keep it until the party's record changes. */
export function findingsLeaf(findings: PartyFindings, hasher: FindingsHasher): Uint8Array {
  return hasher.leaf(partyFindingsBytes(findings))
}

/**
 * The RFC 9162 root over leaf hashes that are already in ascending order of party, as
 * `sha256:<hex>`. It holds one pending hash per level, whatever the number of parties.
 */
export function findingsRoot(leaves: Iterable<Uint8Array>, hasher: FindingsHasher): string {
  // `pending[height]` is a complete subtree of 2^height leaves still waiting for its right sibling.
  const pending: (Uint8Array | undefined)[] = []
  for (const leaf of leaves) {
    let carried = leaf
    let height = 0
    for (let left = pending[height]; left !== undefined; left = pending[height]) {
      carried = hasher.node(left, carried)
      pending[height] = undefined
      height += 1
    }
    pending[height] = carried
  }
  const [smallest, ...larger] = pending.filter((hash) => hash !== undefined)
  const root = smallest === undefined ? emptyRoot() : larger.reduce((right, left) => hasher.node(left, right), smallest)
  return `sha256:${hex(root)}`
}

/**
 * The digest of findings: the RFC 9162 root over the canonical bytes of each party's findings.
 *
 * @throws AssessmentError `out-of-order` when parties are not strictly ascending by URN
 */
export function findingsDigest(parties: readonly PartyFindings[], hasher: FindingsHasher): string {
  for (const [position, { party }] of parties.entries()) {
    const before = parties[position - 1]?.party
    if (before !== undefined && before >= party) {
      throw new AssessmentError(
        'out-of-order',
        `findings of ${party} follow those of ${before}; each party must come once, in ascending order of its URN`,
      )
    }
  }
  return findingsRoot(
    parties.map((each) => findingsLeaf(each, hasher)),
    hasher,
  )
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
