/**
 * What a product of a CSAF document is made of. Statuses often name a product that consists of
 * others (`openssl` as a part of `Relay OS 9`): what can be found in an inventory is the part, and only
 * where the rest holds too.
 */
import type { CsafAdvisory, CsafProduct } from './csaf-advisory.ts'

export interface ResolvedProduct {
  /** The innermost part: what is vulnerable or not. */
  readonly component: CsafProduct
  /** What it is part of, or runs on, from the nearest outwards. */
  readonly platforms: readonly CsafProduct[]
}

/**
 * Resolves products of one document by their identifiers, which hold in this document only. A product
 * that is not there, lacks one of its ends or consists of itself gives undefined: the reader of the
 * document has reported it.
 */
export function productResolver(advisory: CsafAdvisory): (id: string) => ResolvedProduct | undefined {
  const products = new Map(advisory.products.map((product) => [product.id, product]))
  return (id) => {
    const platforms: CsafProduct[] = []
    const seen = new Set<string>()
    let at = products.get(id)
    while (at?.relationship !== undefined) {
      const { component, steps } = at.relationship
      const outer = steps.flatMap(({ product }) => products.get(product) ?? [])
      if (outer.length < steps.length || seen.has(at.id)) return undefined
      seen.add(at.id)
      platforms.unshift(...outer)
      at = products.get(component)
    }
    return at === undefined ? undefined : { component: at, platforms }
  }
}
