import { fromBase64, toBase64 } from './base64.ts'
import { equalBytes, fromUtf8 } from './bytes.ts'
import { openCheckpoint, parseCheckpoint, type Checkpoint, type OpenedCheckpoint } from './checkpoint.ts'
import { isCount, parseDecimal } from './decimal.ts'
import { LogError } from './errors.ts'
import { emptyRoot, hashLength, requireHash, type TreeHasher } from './hasher.ts'
import { maxNoteBytes, parseNote, type Note, type NoteVerifier } from './note.ts'
import { verifyConsistency } from './proof.ts'

/**
 * The request by which a log asks a witness for its cosignature (C2SP tlog-witness,
 * *add-checkpoint*), and the witness's decision about it as a pure function.
 *
 *     old 50
 *     T6OSCTffkIxZSkGltsv2qsiu76L3LucDvObxirgy0hI=      consistency proof, at most 63 lines
 *
 *     log.example.org/a                                 the checkpoint, verbatim
 *     107
 *     ZE0KBP3y0DVCt/8Ve/I7UJPNPGfOhq8AqtdTTrKCYwY=
 *
 *     — log.example.org/a zlfh50eJ…
 */
export interface AddCheckpoint {
  /** The size that the log believes the witness cosigned last; 0 for none. */
  readonly old: number
  readonly proof: readonly Uint8Array[]
  /** The signed note, verbatim. */
  readonly checkpoint: string
  /** The same taken apart, where whoever read the request has done so already. */
  readonly note?: Note
}

const maxConsistencyHashes = 63

/** The most bytes of a request: a whole note and the proof. */
export const maxAddCheckpointBytes = maxNoteBytes + 4096

/**
 * The request as it is sent.
 *
 * @throws LogError `malformed-request`, `malformed-hash`, `malformed-note`
 */
export function formatAddCheckpoint(request: AddCheckpoint): string {
  if (!isCount(request.old)) throw new LogError('malformed-request', `old size ${request.old}: must be a whole number`)
  if (request.proof.length > maxConsistencyHashes) {
    throw new LogError('malformed-request', `${request.proof.length} proof lines: at most ${maxConsistencyHashes}`)
  }
  parseNote(request.checkpoint)
  for (const hash of request.proof) requireHash(hash, 'a hash of the consistency proof')
  return headOf(request.old, request.proof) + request.checkpoint
}

/** What stands before the checkpoint: old size, proof, an empty line. */
function headOf(old: number, proof: readonly Uint8Array[]): string {
  return `${[`old ${old}`, ...proof.map(toBase64)].join('\n')}\n\n`
}

/**
 * Reads a request. A witness answers 400 to what is refused here.
 *
 * @throws LogError `malformed-request`, `malformed-note`, `too-large`
 */
export function parseAddCheckpoint(body: string | Uint8Array): AddCheckpoint {
  if (body.length > maxAddCheckpointBytes) {
    throw new LogError('too-large', `the request has over ${maxAddCheckpointBytes} bytes`)
  }
  const whole = typeof body === 'string' ? body : fromUtf8(body)
  if (whole === undefined) throw new LogError('malformed-request', 'the request is not UTF-8')
  const blank = whole.indexOf('\n\n')
  const [first = '', ...lines] = whole.slice(0, Math.max(0, blank)).split('\n', maxConsistencyHashes + 2)
  const old = first.startsWith('old ') ? parseDecimal(first.slice(4)) : undefined
  if (old === undefined) {
    throw new LogError('malformed-request', 'expected "old N", proof lines, an empty line, a checkpoint')
  }
  const proof = lines.map((line) => fromBase64(line) ?? new Uint8Array())
  if (proof.some((hash) => hash.length !== hashLength)) {
    throw new LogError('malformed-request', 'a line of the consistency proof is not 32 bytes in base64')
  }
  if (proof.length > maxConsistencyHashes) {
    throw new LogError('malformed-request', `more than ${maxConsistencyHashes} proof lines`)
  }
  const checkpoint = whole.slice(blank + 2)
  if (headOf(old, proof) + checkpoint !== whole) {
    throw new LogError('malformed-request', 'the request is not in its one canonical form')
  }
  return { old, proof, checkpoint, note: parseNote(checkpoint) }
}

/** What a witness remembers of a log: the size and root it cosigned last. */
export interface Witnessed {
  readonly size: number
  readonly root: Uint8Array
}

/** What to answer; `status` is the HTTP status of tlog-witness. */
export type WitnessDecision =
  /** Persist `opened.checkpoint`, atomically with the check of what was cosigned last; then cosign `opened.text`. */
  | { readonly status: 200; readonly opened: OpenedCheckpoint }
  /** 400: sizes the wrong way round. 403: not signed by the log. 422: not consistent. */
  | { readonly status: 400 | 403 | 422; readonly detail: string; readonly contradicts?: OpenedCheckpoint }
  /** The log is behind: the body is this size and a newline, as `text/x.tlog.size`. */
  | { readonly status: 409; readonly size: number; readonly contradicts?: OpenedCheckpoint }

// `contradicts` is set where the log signed two roots for one size, this one and the one that is remembered: together
// with that note it proves to anybody that the log forked.

/**
 * A witness's decision about a request. Whether the origin is known (else 404) was decided before,
 * by finding its keys.
 *
 * @param last what this witness cosigned last of this origin; undefined for nothing.
 * @throws LogError only for a malformed checkpoint (answer 400).
 */
export function judgeAddCheckpoint(
  hasher: TreeHasher,
  request: AddCheckpoint,
  origin: string,
  logKeys: readonly NoteVerifier[],
  last: Witnessed | undefined,
): WitnessDecision {
  let opened: OpenedCheckpoint
  try {
    opened = openCheckpoint(request.note ?? request.checkpoint, origin, logKeys)
  } catch (error) {
    const isSignature = error instanceof LogError && refusedSignature.has(error.code)
    if (isSignature) return { status: 403, detail: error.message }
    throw error
  }
  const { checkpoint } = opened
  if (request.old > checkpoint.size) {
    return { status: 400, detail: `old size ${request.old} is above the checkpoint's size ${checkpoint.size}` }
  }
  const known = last ?? { size: 0, root: emptyRoot() }
  const isFork = last !== undefined && last.size === checkpoint.size && !equalBytes(last.root, checkpoint.root)
  const proven = isFork ? { contradicts: opened } : {}
  if (request.old !== known.size) return { status: 409, size: known.size, ...proven }
  const problem = inconsistency(hasher, known, checkpoint, request.proof)
  return problem === undefined ? { status: 200, opened } : { status: 422, detail: problem, ...proven }
}

/** The origin that a request is about, to find its keys. Not authenticated. */
export function originOf({ note, checkpoint }: AddCheckpoint): string {
  return parseCheckpoint((note ?? parseNote(checkpoint)).text).origin
}

const refusedSignature: ReadonlySet<string> = new Set(['signature-missing', 'signature-invalid'])

/** Why the checkpoint does not follow from what is known, or undefined if it does. */
function inconsistency(
  hasher: TreeHasher,
  known: Witnessed,
  next: Checkpoint,
  proof: readonly Uint8Array[],
): string | undefined {
  if (next.size === 0 && !equalBytes(next.root, emptyRoot())) return 'the root of the empty tree is SHA-256 of nothing'
  if (known.size === 0) return proof.length === 0 ? undefined : 'a proof from the empty tree must be empty'
  try {
    verifyConsistency(hasher, { from: known.size, to: next.size, fromRoot: known.root, toRoot: next.root, proof })
    return undefined
  } catch (error) {
    if (error instanceof LogError) return error.message
    throw error
  }
}
