/**
 * Building a Merkle tree over `n` leaf hashes on one core, with the server's hasher and with
 * `createHash`, by the same `Tree` into the same kind of storage, turn by turn so that both meet the
 * same noise. A tree of n leaves has n − 1 nodes. Seconds are those of processor time, user and system
 * of the whole process: what one core needs, whatever else the machine is doing.
 */
import { createHash } from 'node:crypto'
import { treeHasher } from '@comity/crypto'
import { memoryHashStorage, Tree, type TreeHasher } from '@comity/log'
import { median, type Bench, type Figure } from './figure.ts'

const runs = 7
const goalPerSecond = 1_500_000
const goalRatio = 2

/** The peer, written as well as it can be: one input buffer, no allocation but the digest that `createHash` returns. */
const input = Buffer.alloc(65, 1)
const plainHasher: TreeHasher = {
  ...treeHasher,
  pairs(source, count, target, offset) {
    for (let i = 0; i < count; i++) {
      input.set(source.subarray(i * 64, i * 64 + 64), 1)
      target.set(createHash('sha256').update(input).digest(), offset + i * 32)
    }
  },
}

async function run(parameters: Readonly<Record<string, number>>): Promise<Figure[]> {
  const n = Math.max(2, Math.floor(parameters['n'] ?? 0))
  const leaves = leafHashes(n)
  const fast: number[] = []
  const plain: number[] = []
  for (let i = 0; i < runs; i++) {
    fast.push(nodesPerSecond(treeHasher, leaves))
    plain.push(nodesPerSecond(plainHasher, leaves))
  }
  const value = median(fast)
  const peer = median(plain)
  const ratio = value / peer
  return [
    {
      figure: `node hashes, tree of ${n} leaves`,
      value,
      unit: 'hashes/s',
      against: `createHash: ${Math.round(peer)} hashes/s`,
      ratio,
      goal: '≥ 1.5 M/s',
      met: value >= goalPerSecond,
    },
    {
      figure: 'node hashes against createHash',
      value: ratio,
      unit: '×',
      against: 'the same tree with createHash',
      ratio,
      goal: '≥ 2×',
      met: ratio >= goalRatio,
    },
    ...proofFigures(leaves),
  ]
}

/** Reported without a goal: what a node does for each receipt, and what it costs to prove an old entry. */
function proofFigures(leaves: Uint8Array): Figure[] {
  const n = leaves.length / 32
  const tree = Tree.open(treeHasher, memoryHashStorage(), 0)
  tree.append(leaves)
  const newest = rate(20_000, (i) => tree.inclusionProof(n - 1 - (i % Math.min(n, 256))))
  // A step that is coprime to the size walks over all tiles, so nearly every proof expands one anew.
  const scattered = rate(2_000, (i) => tree.inclusionProof((i * 7_919) % n))
  const report = { unit: 'proofs/s', against: '', ratio: null, goal: '', met: null }
  return [
    { figure: 'inclusion proofs, newest 256 entries', value: newest, ...report },
    { figure: 'inclusion proofs, scattered entries', value: scattered, ...report },
  ]
}

function nodesPerSecond(hasher: TreeHasher, leaves: Uint8Array): number {
  const tree = Tree.open(hasher, memoryHashStorage(), 0)
  const seconds = processorSeconds(() => {
    tree.append(leaves)
    tree.root()
  })
  return (tree.size - 1) / seconds
}

function rate(count: number, work: (i: number) => unknown): number {
  const seconds = processorSeconds(() => {
    for (let i = 0; i < count; i++) work(i)
  })
  return count / seconds
}

function processorSeconds(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function leafHashes(n: number): Uint8Array {
  const leaves = new Uint8Array(n * 32)
  const index = new DataView(new ArrayBuffer(8))
  for (let i = 0; i < n; i++) {
    index.setBigUint64(0, BigInt(i))
    leaves.set(treeHasher.leaf(new Uint8Array(index.buffer)), i * 32)
  }
  return leaves
}

const bench: Bench = { name: 'merkle', parameters: { n: 262_144 }, run }
export default bench
