import {
  LogError,
  type NoteVerifier,
  type TlogPolicy,
  noteType,
  noteVerifier,
  parseTlogPolicy,
  parseVerifierKey,
  verifierKey,
} from '@comity/log'
import { sha256 } from '@comity/crypto'
import { type GivenKey, keyOfJwk } from '@comity/exposure/sigstore'
import {
  type PartyPayload,
  type PublicKey,
  StatementError,
  decodeStatement,
  isX25519,
  jwkOf,
  keyThumbprint,
  partyUrn,
  publicKeyOf,
  readPayloadAs,
  toHex,
  verifySignature,
} from '@comity/statement'
import { crypto, noteAlgorithms } from '../crypto-port.ts'
import { AuditError } from './audit-error.ts'

/** What somebody who verifies a file brings along. Everything is optional; what is missing is said. */
export interface VerifyFileOptions {
  /** Statements by which parties founded themselves: each brings the keys of its party. */
  readonly parties?: readonly Uint8Array[]
  /** Public keys and whose they are, where no party statement is at hand. */
  readonly keys?: readonly { readonly key: PublicKey; readonly owner: string }[]
  /** Keys of logs, as C2SP verifier keys (`name+id+key`). */
  readonly logKeys?: readonly string[]
  /** Witnesses and their quorum, as C2SP tlog-policy text. */
  readonly trust?: string
  /** What a receipt or a proof is about: the statement, or the entry. */
  readonly subject?: Uint8Array
}

/** A key with the one whose word says that it is theirs. */
export interface KnownKey {
  readonly key: PublicKey
  readonly owner: string
}

/** The keys at hand, found by thumbprint or by the name in a note. */
export class KnownKeys {
  readonly policy: TlogPolicy | undefined
  readonly #keys = new Map<string, KnownKey>()
  readonly #notes: NoteVerifier[] = []

  /** Throws AuditError `bad-option` for a key, a policy or a party statement that cannot be read. */
  constructor(options: VerifyFileOptions) {
    for (const { key, owner } of options.keys ?? []) this.#add(key, owner)
    for (const bytes of options.parties ?? []) readOption('party statement', () => this.addParty(bytes))
    for (const text of options.logKeys ?? []) this.#addNote(() => parseVerifierKey(text, sha256))
    const { trust } = options
    this.policy =
      trust === undefined || trust === '' ? undefined : readOption('trust policy', () => parseTlogPolicy(trust, sha256))
    for (const { key } of this.policy?.logs ?? []) this.#addNote(() => key)
  }

  /** Takes the keys of a party from the statement by which it founded itself. Throws StatementError. */
  addParty(bytes: Uint8Array): void {
    const statement = decodeStatement(bytes, crypto)
    const payload = readPayloadAs(statement, 'party')
    if (partyUrn(statement.payload, crypto) !== statement.iss) {
      throw new StatementError(
        'wrong-party',
        'it is not the one that founded its party: only that one speaks for itself',
      )
    }
    this.bring(payload, statement.iss)
    const key = this.find(statement.kidHex)
    if (key === undefined) throw new StatementError('unknown-key', 'it is signed with a key that it does not bring')
    verifySignature(statement, key.key, crypto)
  }

  /** Every key at hand. */
  all(): readonly KnownKey[] {
    return [...this.#keys.values()]
  }

  find(kid: string | undefined): KnownKey | undefined {
    return kid === undefined ? undefined : this.#keys.get(kid)
  }

  /** Takes the keys that a party statement brings, once its own signature and name were verified. */
  bring({ keys, recovery, home }: PartyPayload, owner: string): void {
    for (const { jwk, roles } of keys) {
      if (isX25519(jwk)) continue
      const key = publicKeyOf(jwk)
      this.#add(key, owner)
      if (roles.includes('log') && key.alg === 'EdDSA') {
        this.#addNote(() => verifierKey(home, noteType.ed25519, key.bytes, sha256))
      }
    }
    for (const jwk of recovery?.keys ?? []) this.#add(publicKeyOf(jwk), owner)
  }

  /** Verifiers of the log of that name. */
  logs(name: string): readonly NoteVerifier[] {
    return this.#notes.filter((each) => each.name === name)
  }

  /** Verifiers of the witnesses of the trust policy, by the names it gives them. */
  witnesses(): readonly { readonly name: string; readonly verifier: NoteVerifier }[] {
    return (this.policy?.witnesses ?? []).flatMap(({ name, key }) => {
      const verifier = noteVerifier(key, noteAlgorithms)
      return verifier === undefined ? [] : [{ name, verifier }]
    })
  }

  #add(key: PublicKey, owner: string): void {
    this.#keys.set(toHex(keyThumbprint(key, crypto)), { key, owner })
  }

  #addNote(read: () => Parameters<typeof noteVerifier>[0]): void {
    const verifier = readOption('log key', () => noteVerifier(read(), noteAlgorithms))
    if (verifier === undefined) return
    const isKnown = this.#notes.some((each) => each.name === verifier.name && each.keyId === verifier.keyId)
    if (!isKnown) this.#notes.push(verifier)
  }
}

function readOption<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof LogError || error instanceof StatementError)) throw error
    throw new AuditError('bad-option', `the ${what} cannot be used: ${error.message}`, { cause: error })
  }
}

/** The keys at hand that envelopes of provenance can be tried under. Throws AuditError `bad-option` as {@link KnownKeys}. */
export function signingKeysAtHand(options: VerifyFileOptions): readonly GivenKey[] {
  return new KnownKeys(options).all().flatMap(({ key, owner }) => {
    const jwk = jwkOf(key)
    return jwk.kty === 'AKP' ? [] : [keyOfJwk(jwk, owner)]
  })
}
