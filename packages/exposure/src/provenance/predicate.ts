/** What in-toto statements can state, as far as it is understood here; anything else is `other`, never an error. */
import type { Fields } from '../json/fields.ts'
import { readSlsaV02, readSlsaV1, type SlsaProvenance } from './slsa-provenance.ts'
import { readVerificationSummary, type VerificationSummary } from './verification-summary.ts'

export type Predicate =
  | { readonly kind: 'provenance'; readonly provenance: SlsaProvenance }
  | { readonly kind: 'summary'; readonly summary: VerificationSummary }
  /** An SBOM about the subject, inside the statement. */
  | { readonly kind: 'sbom' }
  | { readonly kind: 'other' }

const readers: Readonly<Record<string, (fields: Fields) => Predicate>> = {
  'https://slsa.dev/provenance/v1': (fields) => ({ kind: 'provenance', provenance: readSlsaV1(fields) }),
  'https://slsa.dev/provenance/v0.2': (fields) => ({ kind: 'provenance', provenance: readSlsaV02(fields) }),
  'https://slsa.dev/verification_summary/v1': (fields) => ({
    kind: 'summary',
    summary: readVerificationSummary(fields),
  }),
  'https://cyclonedx.org/bom': () => ({ kind: 'sbom' }),
  'https://spdx.dev/Document': () => ({ kind: 'sbom' }),
}

/** Reads the predicate of that type; without one, or of a type that is not known, `other`. */
export function readPredicate(type: string, fields: Fields | undefined): Predicate {
  // Every 1.x has the type of 1 (SLSA, provenance, "versioning"); some SBOM types carry their version behind.
  const reader = Object.hasOwn(readers, type)
    ? readers[type]
    : Object.entries(readers).find(([known]) => !known.includes('slsa.dev') && type.startsWith(`${known}/`))?.[1]
  return reader === undefined || fields === undefined ? { kind: 'other' } : reader(fields)
}
