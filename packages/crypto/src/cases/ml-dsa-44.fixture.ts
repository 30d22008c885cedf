import { sha256 } from '@noble/hashes/sha2.js'
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js'
import { hex, type SignatureCase, type SignatureFile } from './case.fixture.ts'

const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))

/** Where the parts of a signature are (FIPS 204 Algorithm 26): c̃, four polynomials z, 80 hints, four counts. */
const zAt = 32
const hintsAt = zAt + 4 * 576
const countsAt = hintsAt + 80

const seeded = ml_dsa44.keygen(new Uint8Array(32).fill(7))
/** The key of the examples of RFC 9964. */
const zeroes = ml_dsa44.keygen(new Uint8Array(32))
const deterministic = { extraEntropy: false } as const

/** What the COSE_Sign1 of the examples of draft-ietf-cose-dilithium signs. */
const toBeSigned = fromHex(
  '846a5369676e6174757265315827a20118300458201e1d556de7bec8153526f951c9a4534dedbe9b1ec2384f5bcaffce67a34d9071' +
    '4058384974e280997320612064616e6765726f757320627573696e6573732c2046726f646f2c20676f696e67206f757420796f7572' +
    '20646f6f722e',
)

type Keys = ReturnType<typeof ml_dsa44.keygen>

function signed(name: string, message: Uint8Array, keys: Keys = seeded): SignatureCase {
  const signature = ml_dsa44.sign(message, keys.secretKey, deterministic)
  return {
    name,
    alg: 'ML-DSA-44',
    publicKey: hex(keys.publicKey),
    message: hex(message),
    signature: hex(signature),
    valid: true,
  }
}

const message = new TextEncoder().encode('message')
const good = signed('a signature', message)
const signature = fromHex(good.signature)
const hintCount = signature[countsAt + 3] ?? 0

function variant(name: string, changed: Partial<SignatureCase>): SignatureCase {
  return { ...good, name, valid: false, ...changed }
}

/** The good signature with some bytes replaced. */
function edited(name: string, edit: (bytes: Uint8Array) => void): SignatureCase {
  const bytes = Uint8Array.from(signature)
  edit(bytes)
  return variant(name, { signature: hex(bytes) })
}

function flipped(at: number) {
  return (bytes: Uint8Array): void => {
    bytes[at] = (bytes[at] ?? 0) ^ 1
  }
}

const prehashed = ml_dsa44.prehash(sha256).sign(message, seeded.secretKey, deterministic)
const inContext = ml_dsa44.sign(message, seeded.secretKey, { ...deterministic, context: Uint8Array.of(1) })

export const mlDsa44Cases: SignatureFile = {
  about: 'ML-DSA-44 (FIPS 204, pure, empty context), raw keys of 1,312 and signatures of 2,420 bytes, in hex',
  from: 'made by packages/crypto/src/cases/make.fixture.ts, deterministically; the first has key and message of an example in draft-ietf-cose-dilithium (RFC 9964), whose signature it gives byte for byte',
  cases: [
    signed('the COSE_Sign1 of draft-ietf-cose-dilithium', toBeSigned, zeroes),
    good,
    signed('an empty message', new Uint8Array(0)),
    variant('another message', { message: `${good.message}00` }),
    variant('another key', { publicKey: hex(zeroes.publicKey) }),
    variant('a key with a bit changed', { publicKey: `${good.publicKey.slice(0, -2)}00` }),
    edited('c̃ with a bit changed', flipped(0)),
    edited('z with a bit changed', flipped(zAt + 700)),
    edited('a coefficient of z out of range', (bytes) => bytes.fill(0, zAt, zAt + 3)),
    edited('the hints with a bit changed', flipped(hintsAt)),
    edited('two hints changed about', (bytes) => bytes.set(bytes.slice(hintsAt, hintsAt + 2).reverse(), hintsAt)),
    edited('a hint twice', (bytes) => bytes.copyWithin(hintsAt + 1, hintsAt, hintsAt + 1)),
    edited('something behind the last hint', (bytes) => bytes.fill(1, hintsAt + hintCount, hintsAt + hintCount + 1)),
    edited('counts of hints that decrease', (bytes) => bytes.fill(0, countsAt + 1, countsAt + 2)),
    edited('more hints than there may be', (bytes) => bytes.fill(81, countsAt + 3)),
    variant('signed in a context', { signature: hex(inContext) }),
    variant('HashML-DSA', { signature: hex(prehashed) }),
    variant('a signature of 2,419 bytes', { signature: good.signature.slice(0, -2) }),
    variant('a signature of 2,421 bytes', { signature: `${good.signature}00` }),
    variant('no signature', { signature: '' }),
    variant('a key of 1,311 bytes', { publicKey: good.publicKey.slice(0, -2) }),
    variant('a key of 1,313 bytes', { publicKey: `${good.publicKey}00` }),
    variant('no key', { publicKey: '' }),
    variant('all zeroes', { publicKey: '00'.repeat(1312), signature: '00'.repeat(2420) }),
    variant('the same bytes called EdDSA', { alg: 'EdDSA' }),
  ],
}
