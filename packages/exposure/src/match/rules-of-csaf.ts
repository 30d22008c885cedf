/**
 * The rules of a CSAF document, for one vulnerability of it: each product status as a claim, under every key of the
 * product. A product that is a part of others (`openssl` as a component of `Relay OS 9`) is claimed of the part, inside
 * the others; and when the part does harm, of what has it by default as well.
 */
import type { CsafAdvisory, CsafProduct, CsafVulnerability, ProductState } from '../csaf/csaf-advisory.ts'
import { productResolver, type ResolvedProduct } from '../csaf/resolve-product.ts'
import type { ClaimBudget } from './claim-budget.ts'
import { CollectedRules, type Said } from './collected-rules.ts'
import { plainNumbers } from './coverage.ts'
import { coverageOf, namedProducts, openCondition, type NamedProduct } from './named-product.ts'
import { wordsOf } from './remediation.ts'
import type { Condition } from './rule.ts'

/** The rules, and the products that have no key. Several products of one key give one rule with several claims. */
export function rulesOfCsaf(
  advisory: CsafAdvisory,
  vulnerability: CsafVulnerability,
  id: string,
  budget: ClaimBudget,
): CollectedRules {
  const { pointer } = vulnerability
  const head = { format: 'CSAF', advisory: advisory.tracking.id, vulnerability: id, pointer } as const
  const collected = new CollectedRules(head, budget)
  const { named, resolve, products } = readerOf(advisory)
  for (const state of vulnerability.states) {
    const resolved = resolve(state.product)
    // The reader of the document has reported a product that is not there or consists of itself.
    if (resolved === undefined) continue
    const { component, platforms } = resolved
    const claim = claimOf(state, vulnerability)
    const inside = [...traitsOf(component), ...platforms.flatMap((each) => [conditionOf(each, named)])]
    collected.add(labelOf(component), named(component), { ...claim, within: inside })
    const [whole, ...outer] = platforms
    if (whole === undefined || !isPartByDefault(products.get(state.product)) || !doesHarm(state)) continue
    const around = [...traitsOf(whole), ...outer.map((each) => conditionOf(each, named))]
    collected.add(labelOf(whole), named(whole), { ...claim, within: around })
  }
  return collected
}

interface Reader {
  readonly named: (product: CsafProduct) => readonly NamedProduct[]
  readonly resolve: (id: string) => ResolvedProduct | undefined
  readonly products: ReadonlyMap<string, CsafProduct>
}

const readers = new WeakMap<CsafAdvisory, Reader>()

/** What is the same for every vulnerability of a document is made once. */
function readerOf(advisory: CsafAdvisory): Reader {
  const known = readers.get(advisory)
  if (known !== undefined) return known
  const byProduct = new Map<string, readonly NamedProduct[]>()
  const named = (product: CsafProduct): readonly NamedProduct[] => {
    const before = byProduct.get(product.id)
    if (before !== undefined) return before
    const { purls, cpe } = product.identifiers
    const { vendor, product: name, version } = product
    const found = namedProducts({ purls, cpes: cpe === undefined ? [] : [cpe], vendor, product: name, version })
    byProduct.set(product.id, found)
    return found
  }
  const products = new Map(advisory.products.map((product) => [product.id, product]))
  const reader = { named, products, resolve: productResolver(advisory) }
  readers.set(advisory, reader)
  return reader
}

function claimOf(state: ProductState, { remediations, pointer }: CsafVulnerability): Said {
  const toDo = state.remediations.flatMap((index) => remediations[index] ?? [])
  const actions = toDo.flatMap(({ details, url }) => (details === '' ? (url ?? []) : details))
  return {
    state: state.state,
    ...(state.justifications.length > 0 && { justifications: state.justifications }),
    ...(state.impact !== undefined && { impact: shortened(state.impact) }),
    ...(actions.length > 0 && { action: shortened(actions.join(' ')) }),
    pointer: `${pointer}/product_status`,
    words: toDo.map(wordsOf),
  }
}

/** Longest text that a rule repeats, in characters; the whole stands in the document. */
const longest = 400

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text
}

/** What narrows a product down further than its name and version. A family does not, nor the architecture of a package. */
function traitsOf({ traits, identifiers }: CsafProduct): readonly Condition[] {
  const isPackage = identifiers.purls.length > 0
  return traits.flatMap(({ category, name }) => {
    if (category === 'product_family' || (category === 'architecture' && isPackage)) return []
    return [openCondition(`${category.replaceAll('_', ' ')} ${name}`)]
  })
}

function conditionOf(platform: CsafProduct, named: Reader['named']): Condition {
  const found = named(platform)
  const covers = found[0]?.covers ?? coverageOf(platform.version, plainNumbers)
  return { label: platform.name, keys: found.map(({ key }) => key), covers }
}

function labelOf({ vendor, product, name }: CsafProduct): string {
  return vendor === undefined || product === undefined ? name : `${vendor} ${product}`
}

function isPartByDefault(product: CsafProduct | undefined): boolean {
  return product?.relationship?.steps[0]?.category === 'default_component_of'
}

function doesHarm({ state }: ProductState): boolean {
  return state === 'affected' || state === 'under_investigation'
}
