import { mlDsa44FromSeed } from '@comity/crypto'
import { toBase64Url } from '../base64url.ts'
import { toHex } from '../hex.ts'
import { decodeJwk, encodeCoseKey, encodeCoseKeySet, type Jwk, keyThumbprint, type PublicKey } from '../public-key.ts'
import { port, signer } from '../signers.fixture.ts'
import { bytesOf, ed25519, es256, from } from './material.fixture.ts'

function valid(name: string, jwk: Jwk) {
  const key: PublicKey = decodeJwk(jwk)
  return {
    name,
    jwk,
    alg: key.alg,
    raw: toHex(key.bytes),
    kid: toHex(keyThumbprint(key, port)),
    coseKey: toHex(encodeCoseKey(key, port)),
  }
}

const okp = (name: string, code: string, x: string) => ({ name, code, jwk: { kty: 'OKP', crv: 'Ed25519', x } })
const ec = (name: string, code: string, x: string, y: string) => ({
  name,
  code,
  jwk: { kty: 'EC', crv: 'P-256', x, y },
})

/** The key of the examples of RFC 9964: a seed of zeroes. */
const zeroSeed = toBase64Url(mlDsa44FromSeed(new Uint8Array(32)).publicKey)
const akp = (name: string, code: string, pub: string) => ({ name, code, jwk: { kty: 'AKP', alg: 'ML-DSA-44', pub } })

const x9679 = toBase64Url(bytesOf('65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d'))
const y9679 = toBase64Url(bytesOf('1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c'))

export const keys = {
  about:
    'RFC 9679 and RFC 9964 thumbprints, JWK (RFC 7517, 8037) and COSE_Key (RFC 9052 §7); and keys that are refused',
  from: `${from}; the third key and its thumbprint are RFC 9679 §6, the ML-DSA-44 key and its thumbprint RFC 9964 §3`,
  set: toHex(encodeCoseKeySet([ed25519.publicKey, es256.publicKey], port)),
  cases: [
    valid('Ed25519', ed25519.jwk),
    valid('P-256', es256.jwk),
    {
      ...valid('RFC 9679 §6', { kty: 'EC', crv: 'P-256', x: x9679, y: y9679 }),
      kid: '496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec',
    },
    valid('Ed25519, another', signer(2).jwk),
    {
      ...valid('ML-DSA-44, RFC 9964 §3', { kty: 'AKP', alg: 'ML-DSA-44', pub: zeroSeed }),
      kid: 'b8969ab4b37da9f0684e42647eb8a0be8b5b661ebf5d76f0583bf5b8d3a8059a',
    },
    okp('order 1', 'small-order-key', `AQ${'A'.repeat(41)}`),
    okp('order 2', 'small-order-key', '7P_______________________________________38'),
    okp('order 4', 'small-order-key', 'A'.repeat(43)),
    okp('order 4, with sign bit', 'small-order-key', `${'A'.repeat(41)}IA`),
    okp('order 8', 'small-order-key', 'JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU'),
    okp('1, not canonical', 'small-order-key', '7v_______________________________________38'),
    okp('3, not canonical', 'bad-key', '8P_______________________________________38'),
    okp('no point', 'bad-key', `Ag${'A'.repeat(41)}`),
    okp(
      'loose trailing bits',
      'bad-key',
      toBase64Url(ed25519.publicKey.bytes).replace(/.$/, (c) => (c === 'w' ? 'x' : 'z')),
    ),
    ec('no point', 'bad-key', x9679, x9679),
    akp('ML-DSA-44 of 1,311 bytes', 'bad-key', toBase64Url(new Uint8Array(1311))),
    akp('ML-DSA-44 of 1,313 bytes', 'bad-key', toBase64Url(new Uint8Array(1313))),
    akp(
      'ML-DSA-44, loose trailing bits',
      'bad-key',
      zeroSeed.replace(/.$/, (c) => (c === 'Q' ? 'R' : 'z')),
    ),
    ec('point at infinity', 'bad-key', 'A'.repeat(43), 'A'.repeat(43)),
  ],
}
