import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { ed25519FromSeed } from '../private-key.ts'
import { hex, littleEndian32, type SignatureCase, type SignatureFile } from './case.fixture.ts'

const { Point } = ed25519
type EdwardsPoint = InstanceType<typeof Point>

const L = Point.Fn.ORDER
const p = Point.Fp.ORDER
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))
const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))

/** k of RFC 8032 §5.1.7, reduced as every implementation reduces it. */
function challenge(encodedR: Uint8Array, encodedA: Uint8Array, message: Uint8Array): bigint {
  const digest = sha512(concat(encodedR, encodedA, message))
  return BigInt(`0x${hex(digest.toReversed())}`) % L
}

/** A point of order 8: half of half of the point (…, 0) of order 4. */
const order8 = Point.fromBytes(fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'))
const secret = 0x1234567890abcdef1234567890abcdef1234567890abcdefn
const nonce = 0xfedcba0987654321fedcba0987654321fedcba0987654321n
const A = Point.BASE.multiply(secret)

/** A signature with chosen encodings of A and R; S solves the equation for the parts of prime order. */
function forge(
  name: string,
  valid: boolean,
  encodedA: Uint8Array,
  secretOfA: bigint,
  encodedR: Uint8Array,
  nonceOfR: bigint,
  accept: (k: bigint) => boolean = () => true,
): SignatureCase {
  for (let i = 0; ; i++) {
    const message = utf8(`message ${i}`)
    const k = challenge(encodedR, encodedA, message)
    if (!accept(k)) continue
    const signature = concat(encodedR, littleEndian32((nonceOfR + k * secretOfA) % L))
    return { name, alg: 'EdDSA', publicKey: hex(encodedA), message: hex(message), signature: hex(signature), valid }
  }
}

/** The equation holds with and without the cofactor. */
const clearsTorsion = (k: bigint): boolean => k % 8n === 0n
/** It holds only when multiplied by the cofactor. */
const keepsTorsion = (k: bigint): boolean => k % 8n !== 0n
/** The part of order 8 of k·A cancels that of R. */
const cancels = (k: bigint): boolean => k % 8n === 7n

const R = Point.BASE.multiply(nonce)
const mixedA = A.add(order8)
const mixedR = R.add(order8)
const good = forge('a signature', true, A.toBytes(), secret, R.toBytes(), nonce)

function variant(name: string, changed: Partial<SignatureCase>): SignatureCase {
  return { ...good, name, valid: false, ...changed }
}

function smallOrderKeys(): SignatureCase[] {
  const cases: SignatureCase[] = []
  let point: EdwardsPoint = Point.ZERO
  for (let i = 0; i < 8; i++) {
    const name = `a public key of small order, ${i} times the point of order 8`
    cases.push(forge(name, false, point.toBytes(), 0n, R.toBytes(), nonce, clearsTorsion))
    point = point.add(order8)
  }
  return cases
}

function smallOrderRs(): SignatureCase[] {
  const cases: SignatureCase[] = []
  let point: EdwardsPoint = Point.ZERO
  for (let i = 1; i < 8; i++) {
    point = point.add(order8)
    const R = point
    const name = `R of small order, ${i} times the point of order 8, and the equation holds`
    const holds = (k: bigint): boolean => R.add(order8.multiplyUnsafe(k % 8n)).is0()
    cases.push(forge(name, false, mixedA.toBytes(), secret, R.toBytes(), 0n, holds))
  }
  return cases
}

/** y + p, or y with the sign of an x that is 0: other spellings of the neutral element (0, 1). */
const looseNeutral = littleEndian32(p + 1n)
const signedNeutral = littleEndian32(1n | (1n << 255n))
const signedMinusOne = littleEndian32((p - 1n) | (1n << 255n))

const S = BigInt(`0x${hex(fromHex(good.signature).subarray(32).toReversed())}`)
const withS = (value: bigint): string => good.signature.slice(0, 64) + hex(littleEndian32(value))
const seeded = ed25519FromSeed(new Uint8Array(32).fill(7))
const signed = (name: string, message: Uint8Array): SignatureCase => ({
  name,
  alg: 'EdDSA',
  publicKey: hex(seeded.publicKey),
  message: hex(message),
  signature: hex(seeded.sign(message)),
  valid: true,
})

export const ed25519Cases: SignatureFile = {
  about: 'Ed25519 (RFC 8032 §5.1.7, cofactorless), raw keys and signatures in hex; not strict enough is not valid',
  from: 'made by packages/crypto/src/cases/make.fixture.ts; the three named so are RFC 8032 §7.1',
  cases: [
    {
      name: 'RFC 8032 §7.1 TEST 1',
      alg: 'EdDSA',
      publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      message: '',
      signature:
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
      valid: true,
    },
    {
      name: 'RFC 8032 §7.1 TEST 2',
      alg: 'EdDSA',
      publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      message: '72',
      signature:
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      valid: true,
    },
    {
      name: 'RFC 8032 §7.1 TEST 3',
      alg: 'EdDSA',
      publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      message: 'af82',
      signature:
        '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
      valid: true,
    },
    signed('a message of 1,000 bytes', new Uint8Array(1000).fill(0x5a)),
    good,
    variant('another message', { message: `${good.message}00` }),
    variant('another key', { publicKey: hex(seeded.publicKey) }),
    variant('R with a bit changed', {
      signature: `${good.signature.startsWith('0') ? '1' : '0'}${good.signature.slice(1)}`,
    }),
    variant('S + L: the same number modulo L', { signature: withS(S + L) }),
    variant('S + 8 L', { signature: withS((S + 8n * L) % (1n << 256n)) }),
    variant('S = L', { signature: withS(L) }),
    variant('−S', { signature: withS(L - S) }),
    variant('a signature of 63 bytes', { signature: good.signature.slice(0, 126) }),
    variant('a signature of 65 bytes', { signature: `${good.signature}00` }),
    variant('no signature', { signature: '' }),
    variant('a key of 31 bytes', { publicKey: good.publicKey.slice(0, 62) }),
    variant('a key of 33 bytes', { publicKey: `${good.publicKey}00` }),
    variant('no key', { publicKey: '' }),
    variant('a key that is no point of the curve: y = 2', { publicKey: hex(littleEndian32(2n)) }),
    variant('a key with y = p', { publicKey: hex(littleEndian32(p)) }),
    variant('a key of ones', { publicKey: 'ff'.repeat(32) }),
    variant('all zeroes', { publicKey: '00'.repeat(32), signature: '00'.repeat(64) }),
    ...smallOrderKeys(),
    forge('the neutral element as key, spelt y = p + 1', false, looseNeutral, 0n, R.toBytes(), nonce),
    forge('the neutral element as key, spelt with the sign of −0', false, signedNeutral, 0n, R.toBytes(), nonce),
    forge(
      'the point of order 2 as key, spelt with the sign of −0',
      false,
      signedMinusOne,
      0n,
      R.toBytes(),
      nonce,
      clearsTorsion,
    ),
    forge(
      'a mixed-order key, the equation holds without the cofactor',
      true,
      mixedA.toBytes(),
      secret,
      R.toBytes(),
      nonce,
      clearsTorsion,
    ),
    forge(
      'a mixed-order key, the equation holds only with the cofactor',
      false,
      mixedA.toBytes(),
      secret,
      R.toBytes(),
      nonce,
      keepsTorsion,
    ),
    forge(
      'a mixed-order R, the equation holds only with the cofactor',
      false,
      A.toBytes(),
      secret,
      mixedR.toBytes(),
      nonce,
    ),
    forge(
      'a small-order R, the equation holds only with the cofactor',
      false,
      A.toBytes(),
      secret,
      order8.toBytes(),
      0n,
    ),
    forge(
      'a mixed-order key and R, the equation holds without the cofactor',
      true,
      mixedA.toBytes(),
      secret,
      mixedR.toBytes(),
      nonce,
      cancels,
    ),
    forge('R is the neutral element, and the equation holds', false, A.toBytes(), secret, Point.ZERO.toBytes(), 0n),
    ...smallOrderRs(),
    forge('R is the neutral element, spelt y = p + 1', false, A.toBytes(), secret, looseNeutral, 0n),
    forge('R is the neutral element, spelt with the sign of −0', false, A.toBytes(), secret, signedNeutral, 0n),
  ],
}
