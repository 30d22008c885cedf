import { fromBase64, toBase64 } from './base64.ts'
import { equalBytes, fromUtf8 } from './bytes.ts'
import { openCheckpoint, parseCheckpoint, type Checkpoint } from './checkpoint.ts'
import { LogError } from './errors.ts'
import { emptyRoot, hashLength, type TreeHasher } from './hasher.ts'
import { maxNoteBytes, parseNote, type NoteVerifier } from './note.ts'
import { verifyConsistency } from './proof.ts'

/**
 * Proof that a log equivocated: two checkpoints that it signed and that cannot both be of one append-only log.
 *
 * Where both cover the same number of entries, their roots differ and nothing more is needed. Where `second` covers more,
 * `prefix` is a consistency proof (RFC 9162 §2.1.4) in the tree of `second`: it leads to the root of `second` from the root
 * that *its* first entries have, and that is not the root that `first` signed. Nobody can make one about an honest log,
 * for that would be a second way to the same hash.
 *
 * No standard has a file for this. It is JSON, and holds all that is needed but the log's keys.
 */
export interface EquivocationProof {
  readonly format: typeof equivocationFormat
  readonly origin: string
  /** Two signed notes, verbatim; `first` covers no more entries than `second`. */
  readonly first: string
  readonly second: string
  /** What the tree of `second` has at the size of `first`. Base64. Absent where the sizes are equal. */
  readonly prefix?: { readonly root: string; readonly proof: readonly string[] }
  /** Verifier keys under which the publisher verified both. Not believed: compare them with the keeper's statements. */
  readonly keys?: readonly string[]
  /** The party that keeps the log, as the publisher knows it. Not believed. */
  readonly keeper?: string
}

export const equivocationFormat = 'comity equivocation 1'

/** A proof from one size to another has a hash for each height, and one more. */
const maxConsistencyHashes = 64
const maxKeys = 64
const maxProofBytes = 3 * maxNoteBytes

/** Two checkpoints that were shown to contradict each other. */
export interface Equivocation {
  readonly first: Checkpoint
  readonly second: Checkpoint
}

/** What the tree of the larger checkpoint has at the size of the smaller. */
export interface PrefixShown {
  readonly root: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/**
 * The proof as an object that is ready to be written as JSON. It is put together, not verified.
 *
 * @param notes two signed notes of one log, in any order.
 * @param prefix needed where their sizes differ.
 * @throws LogError `malformed-note`, `malformed-checkpoint`
 */
export function equivocationProof(
  notes: readonly [string, string],
  prefix: PrefixShown | undefined,
  known: { readonly keys?: readonly string[]; readonly keeper?: string } = {},
): EquivocationProof {
  const [one, other] = notes.map((note) => ({ note, checkpoint: parseCheckpoint(parseNote(note).text) }))
  if (one === undefined || other === undefined) throw new LogError('malformed-note', 'two notes are needed')
  const isOrdered = one.checkpoint.size <= other.checkpoint.size
  const [first, second] = isOrdered ? [one, other] : [other, one]
  const shown = prefix && { root: toBase64(prefix.root), proof: prefix.proof.map(toBase64) }
  return {
    format: equivocationFormat,
    origin: first.checkpoint.origin,
    first: first.note,
    second: second.note,
    ...(shown === undefined || first.checkpoint.size === second.checkpoint.size ? {} : { prefix: shown }),
    ...known,
  }
}

/** Whether these bytes say of themselves that they are such a proof: to tell them from other files. */
export function isEquivocationProof(bytes: Uint8Array): boolean {
  const value = readJson(bytes)
  return isRecord(value) && value['format'] === equivocationFormat
}

/**
 * Reads a proof. It is not verified: see `verifyEquivocation`.
 *
 * @throws LogError `malformed-proof`, `too-large`
 */
export function parseEquivocationProof(bytes: Uint8Array): EquivocationProof {
  if (bytes.length > maxProofBytes) throw new LogError('too-large', `the proof has over ${maxProofBytes} bytes`)
  const value = readJson(bytes)
  if (!isRecord(value) || value['format'] !== equivocationFormat) {
    throw malformed(`expected a JSON object with "format": "${equivocationFormat}"`)
  }
  const { origin, first, second, prefix, keys, keeper, format: _, ...rest } = value
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    throw malformed(`it has a member ${JSON.stringify(unknown.slice(0, 80))}, which is unknown`)
  if (typeof origin !== 'string' || typeof first !== 'string' || typeof second !== 'string') {
    throw malformed('origin, first and second must be texts')
  }
  if (keys !== undefined && !isTexts(keys, maxKeys)) throw malformed('keys must be at most 64 texts')
  if (keeper !== undefined && typeof keeper !== 'string') throw malformed('keeper must be a text')
  return {
    format: equivocationFormat,
    origin,
    first,
    second,
    ...(prefix === undefined ? {} : { prefix: readPrefix(prefix) }),
    ...(keys === undefined ? {} : { keys }),
    ...(keeper === undefined ? {} : { keeper }),
  }
}

/**
 * Checks that a log signed two checkpoints that contradict each other, and returns them. Pure: whoever holds the log's
 * keys comes to the same, without asking anybody.
 *
 * @param logKeys the keys that the log had when it signed, from its keeper's own statements. Keys in the proof are not
 * used: whoever made the proof may have made them too.
 * @throws LogError `proof-invalid` if the two do not contradict each other, or it is not shown that they do;
 * `signature-missing` or `signature-invalid` if the log did not sign both; `wrong-origin`, `malformed-proof`,
 * `malformed-note`, `malformed-checkpoint`, `malformed-hash`.
 */
export function verifyEquivocation(
  hasher: TreeHasher,
  proof: EquivocationProof,
  logKeys: readonly NoteVerifier[],
): Equivocation {
  const { checkpoint: first } = openCheckpoint(proof.first, proof.origin, logKeys)
  const { checkpoint: second } = openCheckpoint(proof.second, proof.origin, logKeys)
  if (first.size > second.size)
    throw malformed(`first covers ${first.size} entries and second ${second.size}: swap them`)
  const shown = prefixOf(proof, first, second)
  if (equalBytes(shown.root, first.root)) {
    const what = first.size === second.size ? 'both have the same root' : 'the larger continues the smaller'
    throw new LogError('proof-invalid', `the two checkpoints do not contradict each other: ${what}`)
  }
  if (first.size > 0 && first.size < second.size) {
    verifyConsistency(hasher, {
      from: first.size,
      to: second.size,
      fromRoot: shown.root,
      toRoot: second.root,
      proof: shown.proof,
    })
  }
  return { first, second }
}

/** The root that the tree of `second` has at the size of `first`, with what shows it. */
function prefixOf(proof: EquivocationProof, first: Checkpoint, second: Checkpoint): PrefixShown {
  if (first.size === second.size) return { root: second.root, proof: [] }
  // Every log begins with nothing, and nothing has one root.
  if (first.size === 0) return { root: emptyRoot(), proof: [] }
  if (proof.prefix === undefined) {
    throw new LogError(
      'proof-invalid',
      `${first.size} and ${second.size} entries: prefix must show what the larger tree has at the smaller size`,
    )
  }
  return {
    root: hashFrom(proof.prefix.root, 'the root of the prefix'),
    proof: proof.prefix.proof.map((hash) => hashFrom(hash, 'a hash of the prefix')),
  }
}

function readPrefix(value: unknown): NonNullable<EquivocationProof['prefix']> {
  const { root, proof, ...rest } = isRecord(value) ? value : {}
  if (typeof root !== 'string' || !isTexts(proof, maxConsistencyHashes) || Object.keys(rest).length > 0) {
    throw malformed('prefix must have a root and a proof of at most 64 hashes, in base64')
  }
  return { root, proof }
}

function hashFrom(text: string, what: string): Uint8Array {
  const hash = fromBase64(text)
  if (hash?.length === hashLength) return hash
  throw malformed(`${what} is not 32 bytes in base64`)
}

function readJson(bytes: Uint8Array): unknown {
  const text = bytes.length > maxProofBytes ? undefined : fromUtf8(bytes)
  if (text === undefined || !text.trimStart().startsWith('{')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined // whoever asked for a proof says that this is none
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTexts(value: unknown, most: number): value is readonly string[] {
  return Array.isArray(value) && value.length <= most && value.every((each) => typeof each === 'string')
}

function malformed(what: string): LogError {
  return new LogError('malformed-proof', `the proof of equivocation: ${what}`)
}
