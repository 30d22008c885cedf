import { createHash } from 'node:crypto'
import { checkCsaf, type CsafFault, csafVersionOf } from './check-csaf.ts'
import { type CsafFacts, factsOf } from './facts.ts'
import { signDetached } from './open-pgp.ts'

/** Longest file name that the file systems of downloaders take with `.sha512` behind it, in characters. */
const longestFileName = 240

/** What signs a document that is served: see {@link signDetached}. */
export interface SignWith {
  readonly secretKey: Uint8Array
  /** Whole seconds since the epoch. */
  readonly at: number
}

/** What an advisory document was found to be. */
export type Examined =
  /** No CSAF document: an OSV record, or anything else. */
  | { readonly kind: 'other' }
  /** A CSAF document that is not valid, or whose label keeps it from being served to everybody. */
  | { readonly kind: 'refused'; readonly faults: readonly CsafFault[] }
  | { readonly kind: 'listed'; readonly facts: CsafFacts; readonly sha512: string; readonly signature: string }

/**
 * Reads, checks and signs a document that somebody published. Bad input is an answer, never an error; what throws is the
 * program itself.
 */
export async function examine(bytes: Uint8Array, signWith: SignWith): Promise<Examined> {
  const json = parsedBytes(bytes)
  if (json === undefined || csafVersionOf(json) === undefined) return { kind: 'other' }
  const faults = await publishingFaults(json)
  if (faults.length > 0) return { kind: 'refused', faults }
  const facts = factsOf(json)
  const sha512 = createHash('sha512').update(bytes).digest('hex')
  return { kind: 'listed', facts, sha512, signature: await signDetached(bytes, signWith.secretKey, signWith.at) }
}

/** What keeps a CSAF document, as parsed JSON, out of a provider tree that everybody can read; nothing: it is listed. */
export async function publishingFaults(json: unknown): Promise<readonly CsafFault[]> {
  const faults = await checkCsaf(json)
  if (faults.length > 0) return faults
  const unfit = unfitFor(factsOf(json))
  return unfit === undefined ? [] : [unfit]
}

/** Undefined for what is no JSON in UTF-8: a reader of CSAF could not read it either (RFC 8259, §8.1). */
export function parsedBytes(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/** Why a valid document is not put before everybody, if so. */
function unfitFor({ label, fileName }: CsafFacts): CsafFault | undefined {
  if (label !== undefined && label !== 'WHITE') {
    return {
      test: 'tlp',
      pointer: '/document/distribution/tlp/label',
      message: `TLP:${label} is not for everybody, and everybody can read this tree and the log`,
      right: 'TLP:WHITE, or a sealed message to those it is for',
    }
  }
  if (fileName.length > longestFileName) {
    return {
      test: 'name',
      pointer: '/document/tracking/id',
      message: `its file name would have ${fileName.length} characters`,
      right: `an identifier that makes at most ${longestFileName}`,
    }
  }
  return undefined
}
