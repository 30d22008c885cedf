/** Who signed, once a signature was verified: a name that a certificate vouches for, or a key. */
export type Signer =
  /** `issuer`: who told the certificate authority who this is; `subject`: the name it gave, as sigstore certificates have them. */
  | { readonly kind: 'certificate'; readonly issuer: string; readonly subject: string }
  | { readonly kind: 'key'; readonly kid: string; readonly owner: string }

/** What came of verifying the signature of one item. */
export type Authentication =
  | { readonly outcome: 'right'; readonly signer: Signer; readonly says: string }
  | { readonly outcome: 'wrong'; readonly code: string; readonly says: string }
  /** Nobody signed, or there is nothing to verify it with. */
  | { readonly outcome: 'unchecked'; readonly says: string }

/** A signer as people read it. */
export function signerWords(signer: Signer): string {
  return signer.kind === 'key' ? signer.owner : `${signer.subject} (as ${signer.issuer} told the authority)`
}
