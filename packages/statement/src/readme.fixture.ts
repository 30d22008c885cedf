import * as crypto from '@comity/crypto'
import {
  canonicalJsonBytes,
  decodeStatement,
  encodeReceipt,
  jwkOf,
  keyThumbprint,
  partyUrn,
  readPayload,
  signRoot,
  signStatement,
  type Signer,
  verifyReceipt,
  verifySignature,
} from '@comity/statement'

// a key, and the party that its first statement founds
const key = crypto.ed25519FromSeed(new Uint8Array(32).fill(1))
const publicKey = { alg: key.alg, bytes: key.publicKey }
const signer: Signer = { alg: key.alg, kid: keyThumbprint(publicKey, crypto), sign: (message) => key.sign(message) }
const payload = {
  names: [{ language: 'en', text: 'North Gateways (fictitious)' }],
  type: 'provider',
  home: 'log.north.invalid',
  keys: [{ jwk: jwkOf(publicKey), roles: ['sign'] }],
}
const iss = partyUrn(canonicalJsonBytes(payload), crypto)
const bytes = signStatement({ kind: 'party', iss, sub: iss, iat: 1_795_219_200, payload, signer })

// what a log does with it: form, signature, payload; then a receipt, here in a log of one entry
export const statement = decodeStatement(bytes, crypto)
verifySignature(statement, publicKey, crypto)
export const read = readPayload(statement)
const root = crypto.treeHasher.leaf(statement.leaf)
const signedRoot = signRoot(signer, { iss, origin: 'log.north.invalid', iat: 1_795_219_201 }, root)
const receipt = encodeReceipt(signedRoot, { size: 1, index: 0, path: [] })

// what anybody does with the receipt
export const { index, size } = verifyReceipt(receipt, statement.leaf, publicKey, crypto)
