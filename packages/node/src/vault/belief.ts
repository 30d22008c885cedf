/**
 * Whom a party believes as the supplier of which packages. It is the party's own list, and nobody else's: no document
 * says who speaks for a supplier, and no default says it.
 */
import { parsePurl, productKey, purlKey } from '@comity/exposure'
import { isPartyUrn } from '@comity/statement'
import { NodeError } from '../node-error.ts'
import type { CitedDocument } from './document-table.ts'
import { checkPlace } from './vault-names.ts'

export interface Belief {
  /** 32 hex digits. */
  readonly id: string
  /** The party whose statements are believed, as URN, or the address of a source that the node follows. */
  readonly supplier: string
  /**
   * Of what it is believed to be the supplier, as keys of components: `pkg:npm/left`, `product:acme/relay`; with a slash
   * at the end whatever lies below, `pkg:npm/%40acme/`. None: of everything.
   */
  readonly packages: readonly string[]
  /** Whole seconds. */
  readonly since: number
}

/** Patterns that one belief may name, and beliefs that one party may keep. */
export const packagesPerBelief = 256
export const beliefsPerParty = 256

/** Longest pattern, in characters. */
const patternLength = 600

/** Whether a document is by whom the party believes, for something that has these keys. */
export function isBelieved(beliefs: readonly Belief[], document: CitedDocument, keys: readonly string[]): boolean {
  return beliefs.some((belief) => isBy(belief.supplier, document) && coversAny(belief, keys))
}

/** Whether a supplier of a belief has said this. */
export function isBy(supplier: string, { published, followed }: CitedDocument): boolean {
  return supplier === (published?.party ?? followed?.origin)
}

function coversAny({ packages }: Belief, keys: readonly string[]): boolean {
  if (packages.length === 0) return true
  return packages.some((each) => keys.some((key) => (each.endsWith('/') ? key.startsWith(each) : key === each)))
}

/** Errors: `bad-name` for what is neither a party nor an address. */
export function checkSupplier(supplier: string): void {
  if (isPartyUrn(supplier)) return
  checkPlace('a supplier', supplier)
  if (/^[a-z][a-z0-9+.-]*:\/\/|^[a-z0-9][a-z0-9.-]*$/i.test(supplier)) return
  throw new NodeError(
    'bad-name',
    'a supplier is a party, urn:comity:party: and 64 hexadecimal digits, or the address of a source as "origin" of a match has it',
  )
}

/** Patterns as they are kept, each once, in order. Errors: `bad-name`, with which of them is none and what would be right. */
export function patternsOf(texts: readonly string[]): readonly string[] {
  if (texts.length > packagesPerBelief)
    throw new NodeError('bad-name', `at most ${packagesPerBelief} packages are named at once: end one with "/"`)
  return [...new Set(texts.map(patternOf))].toSorted()
}

function patternOf(text: string, index: number): string {
  const found = text.length > patternLength ? undefined : (purlPattern(text) ?? productPattern(text))
  if (found !== undefined) return found
  throw new NodeError(
    'bad-name',
    `/packages/${index} is no package without a version: it is like pkg:npm/left, pkg:npm/%40acme/ or product:acme/relay; a slash at the end stands for all below`,
  )
}

function purlPattern(text: string): string | undefined {
  if (!text.startsWith('pkg:')) return undefined
  const isAbove = text.endsWith('/')
  try {
    // Any name below it: what is above is folded as in the key of a package there.
    const purl = parsePurl(isAbove ? `${text}x` : text)
    if (purl.version !== undefined || Object.keys(purl.qualifiers).length > 0 || purl.subpath !== undefined)
      return undefined
    const key = purlKey(purl)
    return isAbove ? key.slice(0, key.lastIndexOf('/') + 1) : key
  } catch {
    return undefined
  }
}

function productPattern(text: string): string | undefined {
  const [, vendor, product] = /^product:([^/]+)\/([^/]*)$/.exec(text) ?? []
  if (vendor === undefined || product === undefined) return undefined
  try {
    const key = productKey(decodeURIComponent(vendor), decodeURIComponent(product))
    return key.startsWith('product:/') ? undefined : key
  } catch {
    return undefined
  }
}
