/** A certificate authority, a log of certificates and a log of signatures of a test's own, and bundles made with them. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { inTotoPayloadType, preAuthEncoding } from '../provenance/dsse.ts'
import { certificate } from './der.fixture.ts'

export const issuer = 'https://id.builder.invalid'
export const workflow = 'https://git.builder.invalid/acme/gateway/build@refs/tags/v2.1.0'
export const builderId = 'https://builder.invalid/hosted'
export const signedAt = new Date('2026-11-20T12:00:00Z')

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

interface Pair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const pair = (): Pair => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const spki = ({ publicKey }: Pair): Buffer => publicKey.export({ type: 'spki', format: 'der' })

/** What a test may do to a bundle, each a lie. */
export interface BundleLies {
  readonly payloadType?: string
  readonly subject?: string
  readonly vouchedBy?: string
  /** When the log says that it took the entry. */
  readonly loggedAt?: Date
  /** The log's entry is about this payload instead. */
  readonly loggedPayload?: Uint8Array
  /** No time and no promise of a log. */
  readonly isUnlogged?: boolean
  /** This payload was signed, and another one is shown. */
  readonly signedPayload?: Uint8Array
}

export class SigstoreWorld {
  readonly #authority = pair()
  readonly #certificates = pair()
  readonly #log = pair()
  readonly #root: Buffer
  readonly #from = new Date('2026-01-01T00:00:00Z')

  constructor() {
    const draft = { subject: 'root', issuer: 'root', key: this.#authority.publicKey, isAuthority: true }
    const to = new Date('2036-01-01T00:00:00Z')
    this.#root = certificate({ ...draft, from: this.#from, to }, this.#authority.privateKey, this.#authority.publicKey)
  }

  /** The trust root that a relier pins. */
  trustedRoot(): Uint8Array {
    const key = (of: Pair) => ({
      rawBytes: base64(spki(of)),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start: this.#from.toISOString() },
    })
    const log = (of: Pair, baseUrl: string) => ({
      baseUrl,
      hashAlgorithm: 'SHA2_256',
      publicKey: key(of),
      logId: { keyId: base64(sha256(spki(of))) },
    })
    return json({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [log(this.#log, 'https://log.builder.invalid')],
      certificateAuthorities: [
        {
          subject: { organization: 'test', commonName: 'root' },
          uri: 'https://ca.builder.invalid',
          certChain: { certificates: [{ rawBytes: base64(this.#root) }] },
          validFor: { start: this.#from.toISOString() },
        },
      ],
      ctlogs: [log(this.#certificates, 'https://ct.builder.invalid')],
      timestampAuthorities: [],
    })
  }

  /** A bundle (v0.3) around a payload, signed with a certificate of ten minutes and logged with a promise and a proof. */
  bundle(payload: Uint8Array, lies: BundleLies = {}): Record<string, unknown> {
    const signer = pair()
    const leaf = certificate(
      {
        subject: 'signer',
        issuer: 'root',
        key: signer.publicKey,
        from: signedAt,
        to: new Date(signedAt.getTime() + 600_000),
        san: lies.subject ?? workflow,
        vouchedBy: lies.vouchedBy ?? issuer,
      },
      this.#authority.privateKey,
      this.#authority.publicKey,
      { id: sha256(spki(this.#certificates)), privateKey: this.#certificates.privateKey },
    )
    const payloadType = lies.payloadType ?? inTotoPayloadType
    const signature = sign('sha256', preAuthEncoding(payloadType, lies.signedPayload ?? payload), signer.privateKey)
    return {
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {
        certificate: { rawBytes: base64(leaf) },
        tlogEntries: [this.#entry(lies.loggedPayload ?? payload, signature, leaf, lies)],
      },
      dsseEnvelope: { payloadType, payload: base64(payload), signatures: [{ sig: base64(signature) }] },
    }
  }

  #entry(payload: Uint8Array, signature: Uint8Array, leaf: Uint8Array, lies: BundleLies): Record<string, unknown> {
    const verifier = base64(Buffer.from(`-----BEGIN CERTIFICATE-----\n${base64(leaf)}\n-----END CERTIFICATE-----\n`))
    const body = json({
      apiVersion: '0.0.1',
      kind: 'dsse',
      spec: {
        payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
        signatures: [{ signature: base64(signature), verifier }],
      },
    })
    const id = sha256(spki(this.#log))
    const at = Math.floor((lies.loggedAt ?? signedAt).getTime() / 1000) + 1
    const promised = JSON.stringify({ body: base64(body), integratedTime: at, logID: id.toString('hex'), logIndex: 0 })
    const rootHash = sha256(Buffer.from([0]), body)
    const note = `log.builder.invalid\n1\n${base64(rootHash)}\n`
    const noteSignature = Buffer.concat([id.subarray(0, 4), sign('sha256', Buffer.from(note), this.#log.privateKey)])
    const checkpoint = `${note}\n— log.builder.invalid ${base64(noteSignature)}\n`
    const promise = sign('sha256', Buffer.from(promised), this.#log.privateKey)
    return {
      logIndex: '0',
      logId: { keyId: base64(id) },
      kindVersion: { kind: 'dsse', version: '0.0.1' },
      integratedTime: lies.isUnlogged === true ? '0' : String(at),
      ...(lies.isUnlogged === true ? {} : { inclusionPromise: { signedEntryTimestamp: base64(promise) } }),
      inclusionProof: {
        logIndex: '0',
        rootHash: base64(rootHash),
        treeSize: '1',
        hashes: [],
        checkpoint: { envelope: checkpoint },
      },
      canonicalizedBody: base64(body),
    }
  }
}

/** SLSA provenance v1 of one file, as the builder of these tests writes it. */
export function provenanceOf(
  files: readonly { readonly name: string; readonly sha256: string }[],
  more: Readonly<Record<string, unknown>> = {},
): Uint8Array {
  return json({
    _type: 'https://in-toto.io/Statement/v1',
    subject: files.map(({ name, sha256: digest }) => ({ name, digest: { sha256: digest } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://builder.invalid/types/make/v1',
        externalParameters: { target: 'all' },
        resolvedDependencies: [
          {
            uri: 'git+https://git.builder.invalid/acme/gateway@refs/tags/v2.1.0',
            digest: { gitCommit: 'c0'.repeat(20) },
          },
        ],
      },
      runDetails: { builder: { id: builderId }, metadata: { invocationId: 'run-7' } },
    },
    ...more,
  })
}

/** A plain envelope signed with a key. */
export function envelope(
  payload: Uint8Array,
  key: KeyObject,
  payloadType: string = inTotoPayloadType,
  digest: 'sha256' | null = key.asymmetricKeyType === 'ec' ? 'sha256' : null,
): Record<string, unknown> {
  const signature = sign(digest, preAuthEncoding(payloadType, payload), key)
  return { payloadType, payload: base64(payload), signatures: [{ sig: base64(signature) }] }
}

export function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}
