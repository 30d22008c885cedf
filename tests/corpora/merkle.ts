/**
 * The proof vectors of transparency-dev/merkle: inclusion and consistency, of trees and of subtrees,
 * each with whether it must be refused.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { treeHasher } from '@comity/crypto'
import {
  LogError,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
} from '@comity/log'

interface MerkleVector {
  readonly desc: string
  readonly wantErr: boolean
  readonly leafIdx: number
  readonly treeSize: number
  readonly start: number
  readonly end: number
  readonly size: number
  readonly size1: number
  readonly size2: number
  readonly leafHash: string
  readonly root: string
  readonly root1: string
  readonly root2: string
  readonly proof: readonly string[] | null
}

const checks: Readonly<Record<string, (vector: MerkleVector) => void>> = {
  inclusion: (v) =>
    verifyInclusion(treeHasher, {
      index: v.leafIdx,
      size: v.treeSize,
      leafHash: bytes(v.leafHash),
      root: bytes(v.root),
      proof: proofOf(v),
    }),
  consistency: (v) =>
    verifyConsistency(treeHasher, {
      from: v.size1,
      to: v.size2,
      fromRoot: bytes(v.root1),
      toRoot: bytes(v.root2),
      proof: proofOf(v),
    }),
  subtreeinclusion: (v) =>
    verifySubtreeInclusion(treeHasher, {
      index: v.leafIdx,
      start: v.start,
      end: v.end,
      leafHash: bytes(v.leafHash),
      root: bytes(v.root),
      proof: proofOf(v),
    }),
  subtreeconsistency: (v) =>
    verifySubtreeConsistency(treeHasher, {
      start: v.start,
      end: v.end,
      size: v.size,
      subtreeRoot: bytes(v.root1),
      root: bytes(v.root2),
      proof: proofOf(v),
    }),
}

/** Runs every vector under `folder`; the first folder in a vector's path says what it is about. */
export async function merkleCorpus(folder: string): Promise<{ passed: number; failed: readonly string[] }> {
  let passed = 0
  const failed: string[] = []
  for (const [kind, check] of Object.entries(checks)) {
    const files = await readdir(join(folder, kind), { recursive: true })
    for (const file of files.filter((name) => name.endsWith('.json')).sort()) {
      // The corpus's own shape; fields that a vector lacks belong to other kinds.
      const vector = JSON.parse(await readFile(join(folder, kind, file), 'utf8')) as MerkleVector
      const difference = compare(vector, check)
      if (difference === undefined) passed += 1
      else failed.push(`${kind}/${file}: ${vector.desc}: ${difference}`)
    }
  }
  return { passed, failed }
}

function compare(vector: MerkleVector, check: (vector: MerkleVector) => void): string | undefined {
  try {
    check(vector)
    return vector.wantErr ? 'accepted, but must be refused' : undefined
  } catch (error) {
    if (!(error instanceof LogError)) return `threw ${String(error)}`
    return vector.wantErr ? undefined : `refused: ${error.message}`
  }
}

function proofOf(vector: MerkleVector): Uint8Array[] {
  return (vector.proof ?? []).map(bytes)
}

function bytes(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}
