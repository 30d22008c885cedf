/**
 * Verifies a sigstore bundle under a pinned trust root: the certificate chains to an authority of the root at a time
 * that a log or timestamp authority of the root vouches for, a log of the root has the entry, the entry is about this
 * very signature, and the signature is that of the certificate's key (sigstore client specification, "verification").
 * Without the network, and without the clock: what was valid when it was signed stays verifiable.
 */
import type { Bundle } from '@sigstore/bundle'
import type { Authentication } from '../provenance/signer.ts'
import type { SigstoreBundle } from '../provenance/sigstore-bundle.ts'
import type { GivenKey } from './given-key.ts'
import { sigstore } from './loaded.ts'
import type { PinnedRoot } from './trusted-root.ts'

/** What a bundle may need beside the trust root. */
export interface BundleMatter {
  /** The file that the bundle signs, where it signs a file itself and not a statement. */
  readonly artifact?: Uint8Array
  /** The key that the bundle is signed with, where it brings no certificate. */
  readonly key?: GivenKey
}

/** What came of it; never throws for what is in the bundle. Codes: `bad-bundle`, `untrusted`, `no-identity`. */
export function verifyBundle(
  bundle: SigstoreBundle,
  pinned: PinnedRoot,
  { artifact, key }: BundleMatter = {},
): Authentication {
  let read: Bundle
  try {
    read = sigstore.bundles.bundleFromJSON(bundle.json)
  } catch {
    return wrong(
      'bad-bundle',
      'the bundle is incomplete, or something in it is not of the form that its version asks for',
    )
  }
  if (read.content.$case === 'messageSignature' && artifact === undefined) {
    return { outcome: 'unchecked', says: 'the bundle signs a file itself, and that is not at hand' }
  }
  try {
    const entity = sigstore.verify.toSignedEntity(read, artifact === undefined ? undefined : Buffer.from(artifact))
    const material =
      key === undefined
        ? pinned.material
        : { ...pinned.material, publicKey: () => ({ publicKey: key.object, validFor: () => true }) }
    const { identity } = new sigstore.verify.Verifier(material).verify(entity)
    if (identity === undefined && key !== undefined) {
      const signer = { kind: 'key', kid: key.kid, owner: key.owner } as const
      return { outcome: 'right', signer, says: `signed with the key of ${key.owner}; a log of your trust root has it` }
    }
    const { subjectAlternativeName: subject, extensions } = identity ?? {}
    if (subject === undefined || extensions?.issuer === undefined) {
      return wrong('no-identity', 'the certificate does not say who signed, or who vouched for that')
    }
    const signer = { kind: 'certificate', issuer: extensions.issuer, subject } as const
    return {
      outcome: 'right',
      signer,
      says: `signed by ${subject}, as ${signer.issuer} told the authority; a log of your trust root has it`,
    }
  } catch (error) {
    if (error instanceof sigstore.verify.VerificationError && error.code === 'PUBLIC_KEY_ERROR') {
      return { outcome: 'unchecked', says: 'it is signed with a key that is not at hand' }
    }
    return wrong('untrusted', reasonOf(error))
  }
}

const reasons: Readonly<Record<string, string>> = {
  TLOG_ERROR: 'no log of the trust root has it',
  TLOG_INCLUSION_PROOF_ERROR: 'the proof that a log has it does not hold',
  TLOG_INCLUSION_PROMISE_ERROR: 'the promise of a log does not hold',
  TLOG_MISSING_INCLUSION_ERROR: 'it brings neither a promise nor a proof of a log',
  TLOG_BODY_ERROR: 'the entry of the log is about another signature, certificate or payload',
  CERTIFICATE_ERROR:
    'the certificate is of no authority of the trust root, or was not valid at the time that was vouched for',
  SIGNATURE_ERROR: 'the signature is not that of the certificate’s key over this payload',
  TIMESTAMP_ERROR: 'nobody of the trust root vouches for when it was signed',
  NOT_IMPLEMENTED_ERROR: 'it is of a form that is not verified',
}

function reasonOf(error: unknown): string {
  const reason = error instanceof sigstore.verify.VerificationError ? reasons[error.code] : undefined
  // Certificates and proofs of strangers make their parsers throw whatever they throw: that is a bundle that fails.
  return reason ?? 'something in it cannot be read'
}

function wrong(code: string, says: string): Authentication {
  return { outcome: 'wrong', code, says }
}
