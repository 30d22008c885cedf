/**
 * Products that consist of others: the `relationships` of CSAF 2.0 and the `product_paths` of 2.1.
 *
 *     { category, product_reference, relates_to_product_reference, full_product_name }           2.0
 *     { beginning_product_reference, subpaths: [ { category, next_product_reference } ], full_product_name }   2.1
 */
import type { Fields } from '../json/fields.ts'
import { quoted, type ProblemCollector } from '../problem.ts'
import type { CsafProduct, CsafRelationship, CsafStep } from './csaf-advisory.ts'

/** A relationship, and the product it makes. */
export interface NamedRelationship {
  readonly relationship: CsafRelationship
  readonly named: Fields
}

export function readRelationships(tree: Fields): readonly NamedRelationship[] {
  return [
    ...tree.objects('relationships').map((fields) => {
      const component = fields.needed('product_reference')
      return named(fields, component, [readStep(fields, 'relates_to_product_reference')])
    }),
    ...tree.objects('product_paths').map((fields) => {
      const component = fields.needed('beginning_product_reference')
      const steps = fields.objects('subpaths').map((each) => readStep(each, 'next_product_reference'))
      if (steps.length === 0) fields.report('missing-field', 'subpaths', 'a product path has at least one step')
      return named(fields, component, steps)
    }),
  ].flat()
}

function readStep(fields: Fields, reference: string): CsafStep | undefined {
  const category = fields.needed('category')
  const product = fields.needed(reference)
  return category === undefined || product === undefined ? undefined : { category, product }
}

/** None, with the reason among the problems, when an end or the name is missing: half a path is another product. */
function named(
  fields: Fields,
  component: string | undefined,
  written: readonly (CsafStep | undefined)[],
): readonly NamedRelationship[] {
  const steps = written.filter((step) => step !== undefined)
  const product = fields.object('full_product_name')
  if (product === undefined) {
    fields.report('missing-field', 'full_product_name', 'a relationship names the product it makes')
  }
  if (component === undefined || product === undefined || steps.length === 0 || steps.length < written.length) return []
  return [{ named: product, relationship: { component, steps } }]
}

/** Every end has to be there, and nothing may be a part of itself. */
export function checkRelationships(products: ReadonlyMap<string, CsafProduct>, problems: ProblemCollector): void {
  const settled = new Set<string>()
  for (const product of products.values()) {
    if (product.relationship === undefined) continue
    for (const id of endsOf(product)) {
      if (products.has(id)) continue
      problems.add('unknown-product', product.pointer, `${quoted(id)}, which it consists of, is no product here`)
    }
    reportCycle(product, products, settled, problems)
  }
}

/** Depth first over all ends; each product is left once, however many lead to it. */
function reportCycle(
  start: CsafProduct,
  products: ReadonlyMap<string, CsafProduct>,
  settled: Set<string>,
  problems: ProblemCollector,
): void {
  const open = new Set<string>()
  const stack: { readonly id: string; readonly leaves: boolean }[] = [{ id: start.id, leaves: false }]
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { id, leaves } = top
    if (leaves) {
      open.delete(id)
      settled.add(id)
      continue
    }
    const product = products.get(id)
    if (open.has(id)) {
      problems.add('product-cycle', product?.pointer ?? '', `product ${quoted(id)} consists of itself`)
    } else if (!settled.has(id) && product !== undefined) {
      open.add(id)
      stack.push({ id, leaves: true })
      for (const end of endsOf(product)) stack.push({ id: end, leaves: false })
    }
  }
}

function endsOf({ relationship }: CsafProduct): readonly string[] {
  if (relationship === undefined) return []
  return [relationship.component, ...relationship.steps.map(({ product }) => product)]
}
