/** Whose word an item of provenance is: by a bundle under a pinned trust root, or by an envelope under keys at hand. */
import { type DsseEnvelope, type DsseKey, keysOfEnvelope } from '../provenance/dsse.ts'
import type { ProvenanceItem } from '../provenance/read-provenance.ts'
import { type Authentication, signerWords } from '../provenance/signer.ts'
import type { GivenKey } from './given-key.ts'
import type { PinnedRoot } from './trusted-root.ts'
import { verifyBundle } from './verify-bundle.ts'

/** What there is to verify with. What is missing makes `unchecked`, never `right`. */
export interface Reliance {
  readonly root?: PinnedRoot
  /** Whose signature a bundle should bear: a certificate that anybody can have proves nobody in particular. */
  readonly expected?: { readonly issuer: string; readonly subject: string }
  /** Keys that plain envelopes, and bundles without a certificate, are tried under. */
  readonly keys: readonly GivenKey[]
  /** The file that a bundle signs, where it signs a file itself. */
  readonly artifact?: Uint8Array
}

/** What comes of verifying an item; never throws for what is in it. */
export function authenticate({ form, bundle, envelope }: ProvenanceItem, reliance: Reliance): Authentication {
  if (bundle !== undefined) return ofBundle(bundle, reliance)
  if (envelope !== undefined) return ofEnvelope(envelope, reliance.keys)
  return { outcome: 'unchecked', says: form === 'statement' ? 'nobody signed it' : 'it bears no signature' }
}

function ofBundle(
  bundle: NonNullable<ProvenanceItem['bundle']>,
  { root, expected, keys, artifact }: Reliance,
): Authentication {
  if (root === undefined) {
    return { outcome: 'unchecked', says: 'no trust root is at hand that the bundle could be verified with' }
  }
  const [key] = bundle.envelope === undefined ? keys : keysOfEnvelope(bundle.envelope, keys)
  const found = verifyBundle(bundle, root, {
    ...(artifact !== undefined && { artifact }),
    ...(key !== undefined && { key }),
  })
  if (found.outcome !== 'right' || expected === undefined || found.signer.kind === 'key') return found
  const { issuer, subject } = found.signer
  if (issuer === expected.issuer && subject === expected.subject) return found
  return {
    outcome: 'wrong',
    code: 'other-signer',
    says: `it was signed by ${signerWords(found.signer)}, and should be by ${expected.subject} (${expected.issuer})`,
  }
}

function ofEnvelope(envelope: DsseEnvelope, keys: readonly DsseKey[]): Authentication {
  const [key] = keysOfEnvelope(envelope, keys)
  if (key === undefined) {
    const tried = keys.length === 0 ? 'no key is at hand' : `none of the ${keys.length} keys at hand fits`
    return { outcome: 'unchecked', says: `it is signed, and ${tried}` }
  }
  const { kid, owner } = key
  return { outcome: 'right', signer: { kind: 'key', kid, owner }, says: `signed with a key of ${owner}` }
}
