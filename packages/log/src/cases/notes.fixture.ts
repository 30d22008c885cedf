import { toBase64 } from '../base64.ts'
import { concatBytes, toHex } from '../bytes.ts'
import { formatSignatureLine, keyIdBytes, signNote, type NoteSignature } from '../note.ts'
import { keyOf, logSigner, logVkey, origin, otherOrigin, witnessNames, witnessVkey } from './cast.fixture.ts'
import { own, type Expectation, type VectorFile } from './file.fixture.ts'

/** A note, the keys that the reader knows, and what is found. */
export interface NoteCase extends Expectation {
  readonly note: string
  readonly vkeys: readonly string[]
  readonly text?: string
  readonly verified?: readonly string[]
  readonly unverified?: readonly string[]
}

const text = 'Published on Monday.\n\nSecond paragraph, é and 中文.\n'
const good = signNote(text, [logSigner(origin)])
const line = good.slice(text.length + 1)
const signature = lineOf(origin)
const unknown: NoteSignature = { name: 'stranger.example', keyId: 1, signature: new Uint8Array(64) }

function lineOf(name: string): NoteSignature {
  const signer = logSigner(name)
  return { name, keyId: signer.keyId, signature: signer.sign(new TextEncoder().encode(text)) }
}

function noteOf(...signatures: readonly NoteSignature[]): string {
  return `${text}\n${signatures.map(formatSignatureLine).join('')}`
}

function changed(signature: NoteSignature): NoteSignature {
  const bytes = Uint8Array.from(signature.signature)
  bytes[0] = (bytes[0] ?? 0) ^ 1
  return { ...signature, signature: bytes }
}

const vkeys = [logVkey(origin)]
const malformed = (name: string, note: string): NoteCase => ({ name, note, vkeys, refused: 'malformed-note' })

/** Base64 with a bit set that decoders are free to ignore: the same bytes, another text. */
function withLooseBit(base64Line: string): string {
  return base64Line.replace(/([A-Za-z0-9+/])=\n$/, (_, digit: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    return `${alphabet.charAt(alphabet.indexOf(digit) + 1)}=\n`
  })
}

export const notes: VectorFile<NoteCase> = {
  about: 'C2SP signed-note: opening notes',
  from: `${own}; the last case is the example in the specification`,
  cases: [
    {
      name: 'one signature of a known key',
      note: good,
      vkeys,
      refused: null,
      text,
      verified: [origin],
      unverified: [],
    },
    {
      name: 'unknown keys are ignored',
      note: noteOf(unknown, signature),
      vkeys,
      refused: null,
      text,
      verified: [origin],
      unverified: [unknown.name],
    },
    {
      name: 'an unknown key of the same name is ignored',
      note: noteOf({ ...unknown, name: origin }, signature),
      vkeys,
      refused: null,
      text,
      verified: [origin],
      unverified: [origin],
    },
    {
      name: 'two known keys',
      note: noteOf(signature, lineOf(otherOrigin)),
      vkeys: [...vkeys, logVkey(otherOrigin)],
      refused: null,
      text,
      verified: [origin, otherOrigin],
      unverified: [],
    },
    {
      name: 'a second line of the same key counts once',
      note: noteOf(signature, signature),
      vkeys,
      refused: null,
      text,
      verified: [origin],
      unverified: [],
    },
    {
      name: 'sixteen signatures, the least that must be accepted',
      note: noteOf(...Array.from({ length: 15 }, (_, i) => ({ ...unknown, keyId: i })), signature),
      vkeys,
      refused: null,
      text,
      verified: [origin],
      unverified: Array.from({ length: 15 }, () => unknown.name),
    },
    {
      name: 'sixty-five signatures',
      note: noteOf(...Array.from({ length: 65 }, () => unknown)),
      vkeys,
      refused: 'too-large',
    },
    { name: 'no signature of a known key', note: noteOf(unknown), vkeys, refused: 'signature-missing' },
    { name: 'no known key at all', note: good, vkeys: [], refused: 'signature-missing' },
    {
      name: 'the signature of a known key is wrong',
      note: noteOf(changed(signature)),
      vkeys,
      refused: 'signature-invalid',
    },
    {
      name: 'a wrong signature of a known key spoils a right one of another',
      note: noteOf(lineOf(otherOrigin), changed(signature)),
      vkeys: [...vkeys, logVkey(otherOrigin)],
      refused: 'signature-invalid',
    },
    { name: 'the text was changed', note: good.replace('Monday', 'Friday'), vkeys, refused: 'signature-invalid' },
    {
      name: 'a signature that is too short',
      note: noteOf({ ...signature, signature: signature.signature.subarray(0, 63) }),
      vkeys,
      refused: 'signature-invalid',
    },
    {
      name: 'the same key twice among the known ones',
      note: good,
      vkeys: [...vkeys, ...vkeys],
      refused: 'ambiguous-key',
    },
    malformed('nothing', ''),
    malformed('no blank line', `One line.\n${line}`),
    malformed('no signature lines', `${text}\n`),
    malformed('the last newline is missing', good.slice(0, -1)),
    malformed('a line after the signatures', `${good}x\n`),
    malformed('an empty line after the signatures', `${good}\n`),
    malformed('a carriage return in the text', good.replace('Monday.', 'Monday.\r')),
    malformed('a tab in the text', good.replace('on Monday', 'on\tMonday')),
    malformed('a NUL in the text', good.replace('Monday', 'Mon\0day')),
    malformed('a hyphen for the em dash', good.replace('— ', '- ')),
    malformed('no space after the em dash', good.replace('— ', '—')),
    malformed('two spaces before the name', good.replace('— ', '—  ')),
    malformed('a space at the end of a signature line', good.replace(/\n$/, ' \n')),
    malformed('a plus in the name', good.replace(`— ${origin}`, '— log+a')),
    malformed('a no-break space in the name', good.replace(`— ${origin}`, '— log\u00a0a')),
    malformed('an empty name', good.replace(`— ${origin}`, '— ')),
    malformed('base64 without padding', good.replace(/=+\n$/, '\n')),
    malformed('base64 of the URL alphabet', `${text}\n— ${origin} ____-___\n`),
    malformed('base64 with a bit that no byte needs', withLooseBit(good)),
    malformed(
      'a signature line with the key ID alone',
      `${text}\n— ${origin} ${toBase64(keyIdBytes(signature.keyId))}\n`,
    ),
    {
      name: 'the example of the specification',
      note: 'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
      vkeys: ['example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
      refused: null,
      text: 'This is an example message.\n',
      verified: ['example.com/foo'],
      unverified: [],
    },
  ],
}

/** A verifier key as text, and its parts. */
export interface VerifierKeyCase extends Expectation {
  readonly vkey: string
  readonly keyName?: string
  readonly keyId?: string
  readonly type?: number
  readonly publicKey?: string
}

const vkey = logVkey(origin)
const [, idText = '', material = ''] = vkey.split('+', 3)
const publicKey = keyOf(origin).publicKey
const refusedKey = (name: string, text: string): VerifierKeyCase => ({ name, vkey: text, refused: 'malformed-key' })

export const verifierKeys: VectorFile<VerifierKeyCase> = {
  about: 'C2SP signed-note: verifier keys',
  from: own,
  cases: [
    {
      name: 'a note key',
      vkey,
      refused: null,
      keyName: origin,
      keyId: toHex(keyIdBytes(signature.keyId)),
      type: 1,
      publicKey: toHex(publicKey),
    },
    {
      name: 'a cosignature key',
      vkey: witnessVkey(witnessNames[0]),
      refused: null,
      keyName: witnessNames[0],
      type: 4,
      publicKey: toHex(keyOf(witnessNames[0]).publicKey),
    },
    refusedKey('nothing', ''),
    refusedKey('only a name', origin),
    refusedKey('no key material', `${origin}+${idText}+`),
    refusedKey('an empty name', `+${idText}+${material}`),
    refusedKey('a space in the name', vkey.replace('log', 'l og')),
    refusedKey('the key ID of another name', vkey.replace('log', 'loG')),
    refusedKey('the key ID in capitals', vkey.replace(idText, idText.toUpperCase())),
    refusedKey('a key ID of three bytes', vkey.replace(idText, idText.slice(2))),
    refusedKey(
      'a public key of 31 bytes',
      `${origin}+${idText}+${toBase64(concatBytes(Uint8Array.of(1), publicKey.subarray(1)))}`,
    ),
    refusedKey('an unknown type', `${origin}+${idText}+${toBase64(concatBytes(Uint8Array.of(9), publicKey))}`),
    refusedKey(
      'a note key relabelled as a cosignature key',
      `${origin}+${idText}+${toBase64(concatBytes(Uint8Array.of(4), publicKey))}`,
    ),
    refusedKey('a newline at the end', `${vkey}\n`),
  ],
}
