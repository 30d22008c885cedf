import { createHash } from 'node:crypto'
import type { CsafFault } from './check-csaf.ts'
import { parsedBytes, publishingFaults, type SignWith } from './examine.ts'
import { csafVersionOf } from './check-csaf.ts'
import { type CsafFacts, factsOf } from './facts.ts'
import { checkDetached, signDetached } from './open-pgp.ts'

/** A document of another provider, with what stands beside it there. */
export interface Copy {
  readonly bytes: Uint8Array
  /** The last part of its address. */
  readonly fileName: string
  /** Hash files, by what their names say: their text as it came. */
  readonly hashes: readonly { readonly algorithm: 'sha256' | 'sha512'; readonly text: string }[]
  /** The signature file, where there is one. */
  readonly signature: string | undefined
  /** Public keys of the provider, in ASCII armor. */
  readonly keys: readonly string[]
  /** A trusted provider has hash and signature with each document (CSAF 2.0, requirements 18 and 19). */
  readonly trusted: boolean
  /** What signs a document that has no signature. */
  readonly signWith: SignWith
}

export type ExaminedCopy =
  | { readonly kind: 'refused'; readonly faults: readonly CsafFault[] }
  | {
      readonly kind: 'good'
      readonly facts: CsafFacts
      readonly sha512: string
      readonly signature: string
      /** The fingerprint of the publisher's key; undefined where this node signed. */
      readonly signedBy: string | undefined
    }

/**
 * Checks a document of somebody else in the order of CSAF 2.0: hash and signature before it is looked into, then schema
 * and mandatory tests, then its label and its name. Bad input is an answer, never an error.
 */
export async function examineCopy(copy: Copy): Promise<ExaminedCopy> {
  const { bytes, fileName, signWith } = copy
  const sha512 = createHash('sha512').update(bytes).digest('hex')
  const before = hashFault(copy, sha512) ?? signatureMissing(copy)
  if (before !== undefined) return refused(before)
  const { signature, keys } = copy
  const checked = signature === undefined ? undefined : await checkDetached(bytes, signature, keys, signWith.at)
  if (checked !== undefined && 'fault' in checked)
    return refused({ test: 'signature', pointer: '', message: checked.fault, right: checked.right })
  const json = parsedBytes(bytes)
  if (csafVersionOf(json) === undefined)
    return refused({
      test: 'schema',
      pointer: '',
      message: 'this is no CSAF document',
      right: 'a document of CSAF 2.0',
    })
  const faults = await publishingFaults(json)
  if (faults.length > 0) return { kind: 'refused', faults }
  const facts = factsOf(json)
  if (facts.fileName !== fileName) return refused(nameFault(facts, fileName))
  const isOwn = signature === undefined
  return {
    kind: 'good',
    facts,
    sha512,
    signature: isOwn ? await signDetached(bytes, signWith.secretKey, signWith.at) : signature,
    signedBy: checked?.signedBy,
  }
}

function hashFault({ bytes, hashes, trusted }: Copy, sha512: string): CsafFault | undefined {
  if (hashes.length === 0 && trusted)
    return {
      test: 'hash',
      pointer: '',
      message: 'there is no hash file',
      right: 'a .sha256 or .sha512 beside each document of a trusted provider',
    }
  for (const { algorithm, text } of hashes) {
    const digits = algorithm === 'sha256' ? 64 : 128
    const said = /^\s*([0-9a-f]{64,128})(?![0-9a-f])/i.exec(text)?.[1]?.toLowerCase()
    const right = `the ${digits} hexadecimal digits of its ${algorithm === 'sha256' ? 'SHA-256' : 'SHA-512'}`
    if (said?.length !== digits)
      return { test: 'hash', pointer: '', message: `the .${algorithm} file begins with no hash`, right }
    const is = algorithm === 'sha512' ? sha512 : createHash('sha256').update(bytes).digest('hex')
    if (said !== is)
      return {
        test: 'hash',
        pointer: '',
        message: `the .${algorithm} file says ${said.slice(0, 16)}…, and it is ${is.slice(0, 16)}…`,
        right,
      }
  }
  return undefined
}

function signatureMissing({ signature, trusted }: Copy): CsafFault | undefined {
  if (signature !== undefined || !trusted) return undefined
  return {
    test: 'signature',
    pointer: '',
    message: 'there is no signature file',
    right: 'an .asc beside each document of a trusted provider',
  }
}

function nameFault({ fileName: right }: CsafFacts, fileName: string): CsafFault {
  return {
    test: 'name',
    pointer: '/document/tracking/id',
    message: `its file is called ${fileName.slice(0, 120)}`,
    right,
  }
}

function refused(fault: CsafFault): ExaminedCopy {
  return { kind: 'refused', faults: [fault] }
}
