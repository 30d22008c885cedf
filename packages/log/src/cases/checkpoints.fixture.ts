import { concatBytes, toHex, utf8 } from '../bytes.ts'
import { formatCheckpoint, signCheckpoint } from '../checkpoint.ts'
import { cosignatureV1Message } from '../cosignature.ts'
import { formatSignatureLine, signNote } from '../note.ts'
import {
  cosignedAt,
  keyOf,
  logSigner,
  logVkey,
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

const empty = { origin, size: 0, root: rootAt(0) }
const extended = { origin, size, root, extensions: ['first extension', 'second'] }

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
