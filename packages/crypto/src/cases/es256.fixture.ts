import { p256 } from '@noble/curves/nist.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bigEndian32, hex, type SignatureCase, type SignatureFile } from './case.fixture.ts'

const { Point } = p256
const { Fn } = Point
const n = Fn.ORDER
const p = Point.Fp.ORDER
const number = (bytes: Uint8Array): bigint => BigInt(`0x${hex(bytes)}`)
const message = new TextEncoder().encode('message')
const z = number(sha256(message)) % n
const nonce = 0xfedcba0987654321fedcba0987654321fedcba0987654321n
const r = Point.BASE.multiply(nonce).toAffine().x % n

/** A valid signature with a chosen s: the secret key is what solves s·nonce = z + r·secret. */
function withChosenS(name: string, s: bigint, valid: boolean): SignatureCase {
  const secret = Fn.mul(Fn.sub(Fn.mul(s, nonce), z), Fn.inv(r))
  const publicKey = Point.BASE.multiply(secret).toBytes(false)
  return {
    name,
    alg: 'ES256',
    publicKey: hex(publicKey),
    message: hex(message),
    signature: hex(bigEndian32(r)) + hex(bigEndian32(s)),
    valid,
  }
}

const lowS = 0x123456789abcdef0123456789abcdef0n
const good = withChosenS('a signature', lowS, true)
const key = Point.fromHex(good.publicKey)
const { x, y } = key.toAffine()

function variant(name: string, changed: Partial<SignatureCase>): SignatureCase {
  return { ...good, name, valid: false, ...changed }
}

const signature = (r: bigint, s: bigint): string => hex(bigEndian32(r)) + hex(bigEndian32(s))
const point = (prefix: string, x: bigint, y: bigint): string => prefix + hex(bigEndian32(x)) + hex(bigEndian32(y))

/** SEQUENCE { INTEGER r, INTEGER s }, as X.509 writes it. */
function der(): string {
  const integer = (value: bigint): string => {
    const digits = value.toString(16).padStart(64, '0')
    const bytes = /^[89a-f]/.test(digits) ? `00${digits}` : digits.replace(/^(00)+(?=[0-7])/, '')
    return `02${(bytes.length / 2).toString(16).padStart(2, '0')}${bytes}`
  }
  const body = integer(r) + integer(lowS)
  return `30${(body.length / 2).toString(16).padStart(2, '0')}${body}`
}

export const es256Cases: SignatureFile = {
  about: 'ES256: ECDSA with SHA-256 on P-256 (FIPS 186-5 §6.4), key 04 || x || y, signature r || s, low s only; in hex',
  from: 'made by packages/crypto/src/cases/make.fixture.ts',
  cases: [
    good,
    withChosenS('the largest low s: floor(n / 2)', n / 2n, true),
    withChosenS('the smallest high s: floor(n / 2) + 1', n / 2n + 1n, false),
    withChosenS('s = 1', 1n, true),
    withChosenS('s = n − 1', n - 1n, false),
    variant('the high-s twin (r, n − s)', { signature: signature(r, n - lowS) }),
    variant('another message', { message: `${good.message}00` }),
    variant('another key', { publicKey: hex(Point.BASE.toBytes(false)) }),
    variant('the negated key (x, −y)', { publicKey: point('04', x, p - y) }),
    variant('r = 0', { signature: signature(0n, lowS) }),
    variant('s = 0', { signature: signature(r, 0n) }),
    variant('r = n', { signature: signature(n, lowS) }),
    variant('r and s all ones', { signature: 'ff'.repeat(64) }),
    variant('r and s all zeroes', { signature: '00'.repeat(64) }),
    variant('r and s changed about', { signature: signature(lowS, r) }),
    variant('in DER', { signature: der() }),
    variant('a signature of 63 bytes', { signature: good.signature.slice(0, 126) }),
    variant('a signature of 65 bytes', { signature: `${good.signature}00` }),
    variant('no signature', { signature: '' }),
    variant('a compressed key', { publicKey: hex(key.toBytes(true)) }),
    variant('a hybrid key', { publicKey: point(y % 2n === 0n ? '06' : '07', x, y) }),
    variant('a key without its first byte', { publicKey: good.publicKey.slice(2) }),
    variant('a key that is no point of the curve', { publicKey: point('04', x, (y + 1n) % p) }),
    variant('a key with x = p', { publicKey: point('04', p, y) }),
    variant('a key of zeroes', { publicKey: point('04', 0n, 0n) }),
    variant('the point at infinity', { publicKey: '00' }),
    variant('no key', { publicKey: '' }),
    variant('the same bytes called EdDSA', { alg: 'EdDSA' }),
  ],
}
