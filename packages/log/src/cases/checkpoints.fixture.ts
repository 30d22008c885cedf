import { concatBytes, toHex, utf8 } from '../bytes.ts'
import { formatCheckpoint, signCheckpoint } from '../checkpoint.ts'
import { cosignatureV1Message } from '../cosignature.ts'
import { formatSignatureLine, signNote } from '../note.ts'
import { subtreeCosignatureMessage, type SubtreeStatement } from '../subtree-cosignature.ts'
import {
  cosignedAt,
  keyOf,
  logSigner,
  logVkey,
  mlDsaKeyOf,
  mlDsaVkey,
  mlDsaWitness,
  origin,
  otherOrigin,
  rootAt,
  witnessCosigner,
  witnessNames,
  witnessVkey,
} from './cast.fixture.ts'
import { own, type Expectation, type VectorFile } from './file.fixture.ts'

/** A signed checkpoint, who may sign it, and what is found. */
export interface CheckpointCase extends Expectation {
  readonly note: string
  readonly origin: string
  readonly logKeys: readonly string[]
  readonly witnesses: readonly string[]
  readonly size?: number
  readonly root?: string
  readonly extensions?: readonly string[]
  readonly cosigned?: readonly { readonly name: string; readonly at: number }[]
}

const size = 107
const root = rootAt(size)
export const text = formatCheckpoint({ origin, size, root })
export const note = signCheckpoint({ origin, size, root }, [logSigner(origin)])
const [w1, w2] = witnessNames

/** A note with the lines of witnesses added. */
export function cosigned(checkpoint: string, body: string, names: readonly string[], at: number = cosignedAt): string {
  return checkpoint + names.map((name) => formatSignatureLine(witnessCosigner(name).cosign(body, at))).join('')
}

const known = { origin, logKeys: [logVkey(origin)], witnesses: [witnessVkey(w1), witnessVkey(w2)] }
const accepted = { ...known, refused: null, size, root: toHex(root) }
const malformed = (name: string, body: string): CheckpointCase => ({
  name,
  note: signNote(body, [logSigner(origin)]),
  ...known,
  refused: 'malformed-checkpoint',
})
const [, , rootText = ''] = text.split('\n')

/** A cosignature whose line says another time than the message that was signed. */
function withOtherTime(): string {
  const signer = witnessCosigner(w1)
  const line = signer.cosign(text, cosignedAt)
  const signature = Uint8Array.from(line.signature)
  signature[7] = (signature[7] ?? 0) ^ 1
  return note + formatSignatureLine({ ...line, signature })
}

/** A witness's key used on the text alone, as a log would sign. */
function withoutMessage(): string {
  const { name, keyId } = witnessCosigner(w1)
  const signature = concatBytes(new Uint8Array(8), keyOf(w1).sign(utf8(text)))
  return note + formatSignatureLine({ name, keyId, signature })
}

/** A time of 2^53 seconds. */
function withHugeTime(): string {
  const { name, keyId } = witnessCosigner(w1)
  const time = Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0)
  const message = utf8(`cosignature/v1\ntime 9007199254740992\n${text}`)
  return note + formatSignatureLine({ name, keyId, signature: concatBytes(time, keyOf(w1).sign(message)) })
}

const extended = { origin, size, root, extensions: ['first extension', 'second'] }

/** A note with the ML-DSA-44 line of the first witness over the text of a checkpoint. */
function mlDsaCosigned(checkpoint: string, body: string, change = (bytes: Uint8Array) => bytes): string {
  const line = mlDsaWitness(w1).cosign(body, cosignedAt)
  return checkpoint + formatSignatureLine({ ...line, signature: change(Uint8Array.from(line.signature)) })
}

/** An ML-DSA-44 signature by the first witness over a statement that is not about this checkpoint as a whole. */
function mlDsaOver(statement: Partial<SubtreeStatement>): string {
  const { name, keyId } = mlDsaWitness(w1)
  const whole = { cosigner: w1, timestamp: cosignedAt, origin, start: 0, end: size, hash: root }
  const message = subtreeCosignatureMessage({ ...whole, ...statement })
  const time = new Uint8Array(8)
  new DataView(time.buffer).setBigUint64(0, BigInt(statement.timestamp ?? cosignedAt))
  return note + formatSignatureLine({ name, keyId, signature: concatBytes(time, mlDsaKeyOf(w1).sign(message)) })
}

const pqKnown = { ...known, witnesses: [...known.witnesses, mlDsaVkey(w1)] }
const pqAccepted = { ...accepted, witnesses: pqKnown.witnesses }
const pqRefused = (name: string, body: string): CheckpointCase => ({
  name,
  note: body,
  ...pqKnown,
  refused: 'signature-invalid',
})

const empty = { origin, size: 0, root: rootAt(0) }

export const checkpoints: VectorFile<CheckpointCase> = {
  about: 'C2SP tlog-checkpoint and tlog-cosignature: opening checkpoints',
  from: own,
  cases: [
    { name: 'signed by the log', note, ...accepted, cosigned: [] },
    {
      name: 'cosigned by two witnesses',
      note: cosigned(note, text, [w1, w2]),
      ...accepted,
      cosigned: [
        { name: w1, at: cosignedAt },
        { name: w2, at: cosignedAt },
      ],
    },
    {
      name: 'cosigned at second 0',
      note: cosigned(note, text, [w1], 0),
      ...accepted,
      cosigned: [{ name: w1, at: 0 }],
    },
    {
      name: 'cosigned by a witness that is not known',
      note: cosigned(note, text, [w2]),
      ...accepted,
      witnesses: [],
      cosigned: [],
    },
    {
      name: 'of the empty tree',
      note: signCheckpoint(empty, [logSigner(origin)]),
      ...accepted,
      size: 0,
      root: toHex(empty.root),
      cosigned: [],
    },
    {
      name: 'with extension lines',
      note: signCheckpoint(extended, [logSigner(origin)]),
      ...accepted,
      extensions: extended.extensions,
      cosigned: [],
    },
    { name: 'of another log', note, ...known, origin: otherOrigin, refused: 'wrong-origin' },
    {
      name: 'signed with the key of another log',
      note: signCheckpoint({ origin, size, root }, [logSigner(otherOrigin)]),
      ...known,
      refused: 'signature-missing',
    },
    {
      name: 'cosigned but not signed by the log',
      note: cosigned(`${text}\n`, text, [w1, w2]),
      ...known,
      refused: 'signature-missing',
    },
    {
      name: 'a cosignature over another size',
      note: cosigned(note, formatCheckpoint({ origin, size: 108, root }), [w1]),
      ...known,
      refused: 'signature-invalid',
    },
    { name: 'a cosignature whose time was changed', note: withOtherTime(), ...known, refused: 'signature-invalid' },
    { name: 'a cosignature over the bare text', note: withoutMessage(), ...known, refused: 'signature-invalid' },
    { name: 'a cosignature at 2^53 seconds', note: withHugeTime(), ...known, refused: 'signature-invalid' },
    {
      name: 'cosigned with ML-DSA-44',
      note: mlDsaCosigned(note, text),
      ...pqAccepted,
      cosigned: [{ name: w1, at: cosignedAt }],
    },
    {
      name: 'cosigned by one witness with both algorithms',
      note: mlDsaCosigned(cosigned(note, text, [w1]), text),
      ...pqAccepted,
      cosigned: [
        { name: w1, at: cosignedAt },
        { name: w1, at: cosignedAt },
      ],
    },
    {
      name: 'cosigned with ML-DSA-44 without a time',
      note: mlDsaOver({ timestamp: 0 }),
      ...pqAccepted,
      cosigned: [{ name: w1, at: 0 }],
    },
    pqRefused('ML-DSA-44 over another size', mlDsaOver({ end: size + 1 })),
    pqRefused('ML-DSA-44 over another root', mlDsaOver({ hash: rootAt(size - 1) })),
    pqRefused('ML-DSA-44 over another log', mlDsaOver({ origin: otherOrigin })),
    pqRefused('ML-DSA-44 that names another witness', mlDsaOver({ cosigner: w2 })),
    pqRefused(
      'ML-DSA-44 whose time was changed',
      mlDsaCosigned(note, text, (bytes) => bytes.fill(1, 7, 8)),
    ),
    pqRefused(
      'ML-DSA-44 cut short',
      mlDsaCosigned(note, text, (bytes) => bytes.slice(0, -1)),
    ),
    pqRefused(
      'ML-DSA-44 under extension lines, which it does not cover',
      mlDsaCosigned(signCheckpoint(extended, [logSigner(origin)]), formatCheckpoint(extended)),
    ),
    malformed('two lines', `${origin}\n${size}\n`),
    malformed('an empty origin', `\n${size}\n${rootText}\n`),
    malformed('a leading zero in the size', `${origin}\n0${size}\n${rootText}\n`),
    malformed('a sign before the size', `${origin}\n+${size}\n${rootText}\n`),
    malformed('a size in hex', `${origin}\n0x6b\n${rootText}\n`),
    malformed('a size with a fraction', `${origin}\n107.0\n${rootText}\n`),
    malformed('a size of 2^53', `${origin}\n9007199254740992\n${rootText}\n`),
    malformed('a root of 31 bytes', `${origin}\n${size}\n${'A'.repeat(41)}A==\n`),
    malformed('a root in hex', `${origin}\n${size}\n${toHex(root)}\n`),
    malformed('a space after the root', `${origin}\n${size}\n${rootText} \n`),
    malformed('an empty extension line', `${origin}\n${size}\n${rootText}\n\nextension\n`),
  ],
}

/** The message under a cosignature. */
export interface CosignatureMessageCase extends Expectation {
  readonly text: string
  readonly at: number
  readonly message: string
}

export const cosignatureMessages: VectorFile<CosignatureMessageCase> = {
  about: 'C2SP tlog-cosignature: the message under an Ed25519 cosignature, as text',
  from: own,
  cases: [
    {
      name: 'of a checkpoint',
      refused: null,
      text,
      at: cosignedAt,
      message: new TextDecoder().decode(cosignatureV1Message(text, cosignedAt)),
    },
  ],
}

/** The message under an ML-DSA-44 cosignature. Bytes are hex. */
export interface SubtreeMessageCase extends Expectation {
  readonly cosigner: string
  readonly timestamp: number
  readonly origin: string
  readonly start: number
  readonly end: number
  readonly hash: string
  readonly message?: string
}

function subtreeMessage(name: string, statement: SubtreeStatement): SubtreeMessageCase {
  const message = toHex(subtreeCosignatureMessage(statement))
  return { name, refused: null, ...statement, hash: toHex(statement.hash), message }
}

const ofCheckpoint = { cosigner: w1, timestamp: cosignedAt, origin, start: 0, end: size, hash: root }
const refusedMessage = (name: string, change: Partial<SubtreeMessageCase>): SubtreeMessageCase => ({
  name,
  refused: 'malformed-cosignature',
  ...ofCheckpoint,
  hash: toHex(root),
  ...change,
})

export const subtreeMessages: VectorFile<SubtreeMessageCase> = {
  about: 'C2SP tlog-cosignature: the cosigned_message under an ML-DSA-44 cosignature',
  from: own,
  cases: [
    subtreeMessage('of a checkpoint', ofCheckpoint),
    subtreeMessage('without a time', { ...ofCheckpoint, timestamp: 0 }),
    subtreeMessage('of a subtree', { ...ofCheckpoint, timestamp: 0, start: 64, end: 96 }),
    subtreeMessage('names of 255 bytes', { ...ofCheckpoint, cosigner: 'c'.repeat(255), origin: 'o'.repeat(255) }),
    refusedMessage('a name of 256 bytes', { cosigner: 'c'.repeat(256) }),
    refusedMessage('no name', { cosigner: '' }),
    refusedMessage('a subtree with a time', { start: 64, end: 96 }),
    refusedMessage('an end before the start', { timestamp: 0, start: 96, end: 64 }),
  ],
}
