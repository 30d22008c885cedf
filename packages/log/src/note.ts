import { fromBase64, toBase64 } from './base64.ts'
import { concatBytes, fromUtf8, utf8 } from './bytes.ts'
import { LogError } from './errors.ts'

/**
 * Signed notes (C2SP signed-note): text, a blank line, and who signed it.
 *
 *     Published on Monday.
 *
 *     — log.example.org/a zlfh55JGrN5F3Pv1nkST/hEk9UIsFIsj8l/+N8yT0fZ1L3PHPT/34fbw2buGiymPrDrR4Z1gbrKDNkZyvH4j5zfNoAA=
 *
 * A signature line is an em dash (U+2014), the key's name, and base64(uint32 key ID || signature).
 * The text ends with its newline; the blank line before the signatures is the last one of the note.
 */

/** The most bytes a note may have. A checkpoint with 16 ML-DSA-44 signatures has about 53 KiB. */
export const maxNoteBytes = 1 << 20

/** The most signatures a note may carry. The specification asks verifiers to accept at least 16. */
export const maxNoteSignatures = 64

/** One signature line. Nothing about it is known until it was verified. */
export interface NoteSignature {
  readonly name: string
  /** The uint32 that, with the name, says which key signed. An identifier, not a fingerprint. */
  readonly keyId: number
  readonly signature: Uint8Array
}

/** A note taken apart, not verified. */
export interface Note {
  /** With its final newline. These are the bytes that are signed (except by cosignatures). */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** Signs the text of notes with one key. */
export interface NoteSigner {
  readonly name: string
  readonly keyId: number
  sign(text: Uint8Array): Uint8Array
}

/** Verifies the signatures of one key, over the text of a note. */
export interface NoteVerifier {
  readonly name: string
  readonly keyId: number
  readonly type: number
  verify(text: Uint8Array, signature: Uint8Array): boolean
}

/** A note with at least one verified signature. */
export interface OpenedNote {
  readonly text: string
  /** One for each known key that signed, in the order of the note. */
  readonly verified: readonly NoteSignature[]
  /** Lines of unknown keys. They say nothing; they may be passed on. */
  readonly unverified: readonly NoteSignature[]
}

/**
 * The note as it is sent.
 *
 * @throws LogError `malformed-note` if the text or a name cannot be in a note, `too-large`.
 */
export function formatNote(note: Note): string {
  requireText(note.text)
  if (note.signatures.length === 0) throw new LogError('malformed-note', 'a note needs at least one signature')
  if (note.signatures.length > maxNoteSignatures) {
    throw new LogError('too-large', `${note.signatures.length} signatures in one note: at most ${maxNoteSignatures}`)
  }
  return `${note.text}\n${note.signatures.map(formatSignatureLine).join('')}`
}

/**
 * Takes a note apart. Nothing in it may be used before a signature was verified: see `openNote`.
 *
 * @throws LogError `malformed-note`, `too-large`
 */
export function parseNote(note: string | Uint8Array): Note {
  if (note.length > maxNoteBytes) {
    throw new LogError('too-large', `the note has over ${maxNoteBytes} bytes`)
  }
  const whole = typeof note === 'string' ? note : fromUtf8(note)
  if (whole === undefined) throw new LogError('malformed-note', 'the note is not UTF-8')
  const blank = whole.lastIndexOf('\n\n')
  if (blank < 0) throw new LogError('malformed-note', 'the note has no blank line between its text and its signatures')
  const text = whole.slice(0, blank + 1)
  const parsed = { text, signatures: parseSignatureLines(whole.slice(blank + 2)) }
  if (formatNote(parsed) !== whole) throw new LogError('malformed-note', 'the note is not in its one canonical form')
  return parsed
}

/**
 * Signature lines without a text, as a witness answers them (C2SP tlog-witness).
 *
 * @throws LogError `malformed-note`, `too-large`
 */
export function parseSignatureLines(lines: string): NoteSignature[] {
  if (lines.length > maxNoteBytes) throw new LogError('too-large', `signature lines of over ${maxNoteBytes} characters`)
  if (!lines.endsWith('\n')) throw new LogError('malformed-note', 'the last signature line does not end with a newline')
  const parts = lines.slice(0, -1).split('\n', maxNoteSignatures + 1)
  if (parts.length > maxNoteSignatures) {
    throw new LogError('too-large', `a note with more than ${maxNoteSignatures} signatures`)
  }
  return parts.map(parseSignatureLine)
}

/**
 * One signature line, with its newline.
 *
 * @throws LogError `malformed-note` if the name or the key ID cannot be in a note.
 */
export function formatSignatureLine(signature: NoteSignature): string {
  requireKeyName(signature.name)
  if (!isKeyId(signature.keyId)) throw new LogError('malformed-note', `key ID ${signature.keyId}: must be a uint32`)
  if (signature.signature.length === 0) throw new LogError('malformed-note', 'a signature of no bytes')
  const bytes = concatBytes(keyIdBytes(signature.keyId), signature.signature)
  return `— ${signature.name} ${toBase64(bytes)}\n`
}

/**
 * Signs a text, or adds signatures to those a note has already.
 *
 * @throws LogError `malformed-note`, `too-large`
 */
export function signNote(
  text: string,
  signers: readonly NoteSigner[],
  existing: readonly NoteSignature[] = [],
): string {
  requireText(text)
  const bytes = utf8(text)
  const added = signers.map((signer) => ({ name: signer.name, keyId: signer.keyId, signature: signer.sign(bytes) }))
  return formatNote({ text, signatures: [...existing, ...added] })
}

/**
 * Verifies a note with the keys that the caller knows. Lines of other keys are ignored, also when
 * they share a name or an ID with a known one. A second line of a key that has signed already is
 * verified and dropped, so that `verified` can be counted.
 *
 * @throws LogError `signature-missing` if no known key signed, `signature-invalid` if the line of a
 * known key does not verify, `ambiguous-key` if two given verifiers cannot be told apart,
 * `malformed-note`, `too-large`.
 */
export function openNote(note: string | Uint8Array | Note, verifiers: readonly NoteVerifier[]): OpenedNote {
  const known = new Map<string, NoteVerifier>()
  for (const verifier of verifiers) {
    const key = keyOf(verifier)
    if (known.has(key)) throw new LogError('ambiguous-key', `two keys named ${verifier.name} with one key ID`)
    known.set(key, verifier)
  }
  const { text, signatures } = isNote(note) ? note : parseNote(note)
  const bytes = utf8(text)
  const verified = new Map<string, NoteSignature>()
  const unverified: NoteSignature[] = []
  for (const signature of signatures) {
    const key = keyOf(signature)
    const verifier = known.get(key)
    if (verifier === undefined) {
      unverified.push(signature)
    } else if (!verifier.verify(bytes, signature.signature)) {
      throw new LogError('signature-invalid', `the signature of ${signature.name} does not verify over this text`)
    } else if (!verified.has(key)) {
      verified.set(key, signature)
    }
  }
  if (verified.size === 0) throw new LogError('signature-missing', 'the note carries no signature of a known key')
  return { text, verified: [...verified.values()], unverified }
}

/** Whether a key's name can stand in a note: not empty, no Unicode space, no plus, no ASCII control character. */
export function isKeyName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return name !== '' && name.isWellFormed() && !/[\p{White_Space}+\u0000-\u001f]/u.test(name)
}

/** The key ID as it is written: big-endian. */
export function keyIdBytes(keyId: number): Uint8Array {
  return Uint8Array.of(keyId >>> 24, (keyId >>> 16) & 0xff, (keyId >>> 8) & 0xff, keyId & 0xff)
}

/** The key ID in the first four bytes. */
export function keyIdFrom(bytes: Uint8Array): number {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = bytes
  return ((b0 << 24) | (b1 << 16) | (b2 << 8) | b3) >>> 0
}

function parseSignatureLine(line: string): NoteSignature {
  const [dash, name = '', encoded = '', ...rest] = line.split(' ', 4)
  const bytes = fromBase64(encoded)
  if (dash !== '—' || rest.length > 0 || !isKeyName(name) || bytes === undefined || bytes.length < 5) {
    throw new LogError('malformed-note', `signature line ${shorten(line)}: expected "— name base64"`)
  }
  return { name, keyId: keyIdFrom(bytes), signature: bytes.subarray(4) }
}

function requireText(text: string): void {
  if (!text.endsWith('\n')) throw new LogError('malformed-note', 'the text of the note does not end with a newline')
  // U+007F and above are allowed: the specification excludes only what is below U+0020.
  // oxlint-disable-next-line no-control-regex
  if (!text.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/.test(text)) {
    throw new LogError('malformed-note', 'the text of the note holds a control character or a lone surrogate')
  }
}

function requireKeyName(name: string): void {
  if (!isKeyName(name)) {
    throw new LogError('malformed-note', `key name ${shorten(name)}: must not be empty or hold a space or a plus`)
  }
}

function isKeyId(keyId: number): boolean {
  return Number.isInteger(keyId) && keyId >= 0 && keyId <= 0xffffffff
}

function isNote(note: string | Uint8Array | Note): note is Note {
  return typeof note === 'object' && 'signatures' in note
}

/** Names hold no space, so the pair is unambiguous. */
function keyOf(key: { readonly name: string; readonly keyId: number }): string {
  return `${key.name} ${key.keyId}`
}

/** A piece of hostile input, fit for an error message. */
function shorten(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
