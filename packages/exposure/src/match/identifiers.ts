/**
 * By what a component and an entry of an advisory find each other: the same key on both sides.
 *
 *     pkg:npm/%40scope/name       a package, by its package URL (`purlKey`)
 *     product:siemens/sinec_nms   a product of a vendor, by a CPE or by the two names
 *
 * Names of vendors and products are folded no further than CPE itself does (NIST IR 7695, 5.3.2): case,
 * and white space and underscores as one underscore, without those at the ends. `Siemens AG` is not
 * `Siemens` and `S7-1200` not `S7 1200`: a key is equal or it is not, and nothing is guessed.
 */
import { type Cpe, parseCpe } from '../cpe/cpe.ts'
import { purlKey } from '../purl/package-key.ts'
import type { Component } from '../sbom/component.ts'

/** What of a component an entry names; the order is the order of trust. */
export const identifierKinds = ['purl', 'cpe', 'name'] as const

export type IdentifierKind = (typeof identifierKinds)[number]

/** One way to find a component. */
export interface Identifier {
  readonly key: string
  readonly by: IdentifierKind
}

/** What of a component finding it rests on. */
export type Identified = Pick<Component, 'purl' | 'cpes' | 'vendor' | 'group'> & { readonly name?: string }

/** The key of a product of a vendor. */
export function productKey(vendor: string, product: string): string {
  return `product:${encodeURIComponent(folded(vendor))}/${encodeURIComponent(folded(product))}`
}

/** The key of the vendor and product of a CPE; undefined where it leaves one of them open. */
export function cpeKey({ vendor, product }: Cpe): string | undefined {
  const isOpen = (value: string): boolean => value === '*' || value === '-' || value === ''
  return isOpen(vendor) || isOpen(product) ? undefined : productKey(vendor, product)
}

/**
 * Every way in which a component can be found, each key once, by the most trusted of its identifiers: its
 * package URL, its CPEs, and its name with its supplier or its group.
 */
export function identifiersOf({ purl, cpes, vendor, group, name }: Identified): readonly Identifier[] {
  const found = new Map<string, Identifier>()
  const add = (by: IdentifierKind, key: string | undefined): void => {
    if (key !== undefined && !found.has(key)) found.set(key, { key, by })
  }
  if (purl !== undefined) add('purl', purlKey(purl))
  for (const text of cpes ?? []) {
    const cpe = parseCpe(text)
    if (cpe !== undefined) add('cpe', cpeKey(cpe))
  }
  if (name !== undefined) {
    for (const by of [vendor, group]) if (by !== undefined) add('name', productKey(by, name))
  }
  return [...found.values()]
}

/** The keys under which rules for a component lie. */
export function keysOfComponent(component: Identified): readonly string[] {
  return identifiersOf(component).map(({ key }) => key)
}

/** In words, for reasons: `its package URL`. */
export const identifierWords: Readonly<Record<IdentifierKind, string>> = {
  purl: 'package URL',
  cpe: 'CPE',
  name: 'vendor and name',
}

function folded(name: string): string {
  return name
    .toWellFormed()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '_')
    .replaceAll(/^_|_$/g, '')
}
