import { fromBase64, toBase64 } from './base64.ts'
import { openCheckpoint, type OpenedCheckpoint } from './checkpoint.ts'
import { fromUtf8 } from './bytes.ts'
import { isCount, parseDecimal } from './decimal.ts'
import { LogError } from './errors.ts'
import { hashLength, requireHash, type TreeHasher } from './hasher.ts'
import { maxNoteBytes, parseNote, type NoteVerifier } from './note.ts'
import { verifyInclusion } from './proof.ts'

/**
 * Offline proofs (C2SP tlog-proof): one text file that shows, without the log, that an entry is in
 * it and who witnessed that.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra AAEC                                        optional, opaque, not authenticated
 *     index 42
 *     wlYv9roSWuIR7mOshSes4oVdtOlbuRh+j/bDhnI+GXg=      inclusion proof, the leaf's sibling first
 *
 *     log.example.org/a                                 the log's checkpoint, verbatim
 *     107
 *     ZE0KBP3y0DVCt/8Ve/I7UJPNPGfOhq8AqtdTTrKCYwY=
 *
 *     — log.example.org/a zlfh50eJ…
 */

const header = 'c2sp.org/tlog-proof@v1'

/** An inclusion proof has a hash for each height, and a tree of 2^53 entries has 53. */
const maxProofHashes = 63

/** The most bytes a proof may have: a whole note, the hashes, and as much again of extra data. */
const maxTlogProofBytes = 2 * maxNoteBytes

/** A proof taken apart, not verified. */
export interface TlogProof {
  /** The entry's position in the log, from 0. */
  readonly index: number
  readonly proof: readonly Uint8Array[]
  /** The signed note, verbatim. */
  readonly checkpoint: string
  /** For the application. Nobody signed it. */
  readonly extra?: Uint8Array
}

/**
 * The proof as text, to be stored as `.tlog-proof`.
 *
 * @throws LogError `malformed-proof`, `malformed-hash`, `malformed-note`
 */
export function formatTlogProof(proof: TlogProof): string {
  if (!isCount(proof.index)) throw new LogError('malformed-proof', `entry index ${proof.index}: must be a whole number`)
  if (proof.proof.length > maxProofHashes) {
    throw new LogError(
      'malformed-proof',
      `${proof.proof.length} hashes in an inclusion proof: at most ${maxProofHashes}`,
    )
  }
  if (proof.extra?.length === 0) throw new LogError('malformed-proof', 'extra data of no bytes: leave it out')
  parseNote(proof.checkpoint)
  const lines = [header]
  if (proof.extra !== undefined) lines.push(`extra ${toBase64(proof.extra)}`)
  lines.push(`index ${proof.index}`)
  for (const hash of proof.proof) {
    requireHash(hash, 'a hash of the inclusion proof')
    lines.push(toBase64(hash))
  }
  return `${lines.join('\n')}\n\n${proof.checkpoint}`
}

/**
 * Reads a proof. It is not verified: see `verifyTlogProof`.
 *
 * @throws LogError `malformed-proof`, `malformed-note`, `too-large`
 */
export function parseTlogProof(text: string | Uint8Array): TlogProof {
  if (text.length > maxTlogProofBytes) throw new LogError('too-large', `the proof has over ${maxTlogProofBytes} bytes`)
  const whole = typeof text === 'string' ? text : fromUtf8(text)
  if (whole === undefined) throw new LogError('malformed-proof', 'the proof is not UTF-8')
  // No line of the proof's own part is empty, so its first empty line begins the checkpoint.
  const blank = whole.indexOf('\n\n')
  const lines = whole.slice(0, Math.max(0, blank)).split('\n', maxProofHashes + 4)
  if (blank < 0 || lines.shift() !== header) {
    throw new LogError(
      'malformed-proof',
      `expected the line "${header}", further lines, an empty line and a checkpoint`,
    )
  }
  const extra = lines[0]?.startsWith('extra ') === true ? fromBase64(lines.shift()?.slice(6) ?? '') : undefined
  const indexLine = lines.shift() ?? ''
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice(6)) : undefined
  if (index === undefined) {
    throw new LogError('malformed-proof', 'expected "extra BASE64" at most once, then "index N" without leading zeroes')
  }
  const proof = lines.map((line) => fromBase64(line) ?? new Uint8Array())
  if (proof.some((hash) => hash.length !== hashLength)) {
    throw new LogError('malformed-proof', 'a line of the inclusion proof is not 32 bytes in base64')
  }
  const checkpoint = whole.slice(blank + 2)
  const parsed: TlogProof = extra === undefined ? { index, proof, checkpoint } : { index, proof, checkpoint, extra }
  if (formatTlogProof(parsed) !== whole) {
    throw new LogError('malformed-proof', 'the proof is not in its one canonical form')
  }
  return parsed
}

/** What the one who relies on a proof brings along. */
export interface TlogProofExpectation {
  /** The hash of the entry, which the application computes: `hasher.leaf(entry)`. */
  readonly leafHash: Uint8Array
  readonly origin: string
  readonly logKeys: readonly NoteVerifier[]
  readonly witnesses?: readonly NoteVerifier[]
}

/**
 * Verifies a proof (tlog-proof, *Verifying a tlog proof*): the log signed the checkpoint, and the
 * entry is under its root. Whether the cosignatures in the result are enough is a matter of policy:
 * see `requireQuorum`.
 *
 * @throws LogError `malformed-proof`, `proof-invalid`, `out-of-range` if the index is not in the
 * tree, or as `openCheckpoint`.
 */
export function verifyTlogProof(
  hasher: TreeHasher,
  text: string | Uint8Array,
  expected: TlogProofExpectation,
): { readonly index: number; readonly opened: OpenedCheckpoint; readonly extra?: Uint8Array } {
  const { index, proof, checkpoint, extra } = parseTlogProof(text)
  const opened = openCheckpoint(checkpoint, expected.origin, expected.logKeys, expected.witnesses ?? [])
  const { size, root } = opened.checkpoint
  verifyInclusion(hasher, { index, size, leafHash: expected.leafHash, root, proof })
  return extra === undefined ? { index, opened } : { index, opened, extra }
}
