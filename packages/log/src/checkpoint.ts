import { fromBase64, toBase64 } from './base64.ts'
import { isCount, parseDecimal } from './decimal.ts'
import { LogError } from './errors.ts'
import { hashLength, requireHash } from './hasher.ts'
import {
  openNote,
  parseNote,
  signNote,
  type Note,
  type NoteSignature,
  type NoteSigner,
  type NoteVerifier,
} from './note.ts'

/**
 * Checkpoints (C2SP tlog-checkpoint): the text of a signed note that says what a log contains.
 *
 *     log.example.org/a                                origin: which log
 *     107                                              size: how many entries
 *     ZE0KBP3y0DVCt/8Ve/I7UJPNPGfOhq8AqtdTTrKCYwY=     root of the Merkle tree, base64
 */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  /** Further lines, opaque and discouraged: nobody can audit them. */
  readonly extensions?: readonly string[]
}

/** A checkpoint whose log signature was verified. */
export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint
  /** What was signed, with its final newline. */
  readonly text: string
  /** Verified lines of the log's keys: at least one. */
  readonly verified: readonly NoteSignature[]
  /** Verified lines of the given witnesses, one each. */
  readonly cosigned: readonly NoteSignature[]
  /** Lines of unknown keys. */
  readonly unverified: readonly NoteSignature[]
}

/**
 * The text of a checkpoint, each line with its newline.
 *
 * @throws LogError `malformed-checkpoint` for an empty line or one with a newline in it.
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions = [] } = checkpoint
  if (!isCount(size)) throw new LogError('malformed-checkpoint', `tree size ${size}: must be a whole number below 2^53`)
  requireHash(root, 'the root of the checkpoint')
  const lines = [origin, String(size), toBase64(root), ...extensions]
  for (const line of lines) {
    if (line === '' || line.includes('\n')) {
      throw new LogError('malformed-checkpoint', 'a line of a checkpoint must not be empty nor hold a newline')
    }
  }
  return `${lines.join('\n')}\n`
}

/**
 * Reads the text of a checkpoint (not the whole note: see `openCheckpoint`).
 *
 * @throws LogError `malformed-checkpoint`
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', sizeText = '', rootText = '', ...rest] = text.split('\n')
  const size = parseDecimal(sizeText)
  const root = fromBase64(rootText)
  if (size === undefined) {
    throw new LogError('malformed-checkpoint', 'line 2 of the checkpoint must be its size, a decimal below 2^53')
  }
  if (root === undefined || root.length !== hashLength) {
    throw new LogError('malformed-checkpoint', 'line 3 of the checkpoint must be its root, 32 bytes in base64')
  }
  const extensions = rest.slice(0, -1)
  const checkpoint = extensions.length > 0 ? { origin, size, root, extensions } : { origin, size, root }
  if (rest.length === 0 || formatCheckpoint(checkpoint) !== text) {
    throw new LogError('malformed-checkpoint', 'the checkpoint must be lines that are not empty, each with its newline')
  }
  return checkpoint
}

/**
 * Signs a checkpoint. A log must never sign two that are not consistent with each other; keeping
 * that promise is the caller's part.
 *
 * @throws LogError `malformed-checkpoint`, `malformed-note`
 */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[]): string {
  return signNote(formatCheckpoint(checkpoint), signers)
}

/**
 * Verifies a checkpoint of the log named `origin`.
 *
 * @param logKeys the keys that may sign for this origin; one of them must have signed. The key name
 * should equal the origin but need not.
 * @param witnesses keys whose cosignatures are of interest; none has to be there.
 * @throws LogError `wrong-origin`, `signature-missing` if no log key signed, `signature-invalid` if
 * the line of any given key does not verify, `malformed-note`, `malformed-checkpoint`,
 * `ambiguous-key`, `too-large`.
 */
export function openCheckpoint(
  note: string | Uint8Array | Note,
  origin: string,
  logKeys: readonly NoteVerifier[],
  witnesses: readonly NoteVerifier[] = [],
): OpenedCheckpoint {
  const parsed = typeof note === 'string' || note instanceof Uint8Array ? parseNote(note) : note
  const checkpoint = parseCheckpoint(parsed.text)
  if (checkpoint.origin !== origin) {
    throw new LogError(
      'wrong-origin',
      `the checkpoint is of log ${JSON.stringify(checkpoint.origin.slice(0, 200))}, not of ${origin}`,
    )
  }
  const opened = openNote(parsed, [...logKeys, ...witnesses])
  const ofLog = (signature: NoteSignature): boolean =>
    logKeys.some((key) => key.name === signature.name && key.keyId === signature.keyId)
  const verified = opened.verified.filter(ofLog)
  if (verified.length === 0) {
    throw new LogError('signature-missing', `the checkpoint of ${origin} carries no signature of the log's own keys`)
  }
  const cosigned = opened.verified.filter((signature) => !ofLog(signature))
  return { checkpoint, text: opened.text, verified, cosigned, unverified: opened.unverified }
}
