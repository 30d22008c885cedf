/**
 * The product tree of a CSAF document (section 3.2.2 of 2.0, 3.2.3 of 2.1). Products are defined in
 * three places, and their identifiers share one space:
 *
 *     full_product_names: [ product ]                  a product by its name alone
 *     branches: vendor ─ product_name ─ product_version ─ product      by what stands above it
 *     relationships, in 2.1 product_paths: a product that consists of others
 */
import { parseCpe } from '../cpe/cpe.ts'
import { ExposureError } from '../exposure-error.ts'
import { present, type Fields } from '../json/fields.ts'
import { quoted } from '../problem.ts'
import { parsePurl } from '../purl/purl.ts'
import type { CsafGroup, CsafProduct, ProductIdentifiers } from './csaf-advisory.ts'
import type { CsafLimits } from './csaf-limits.ts'
import { checkRelationships, readRelationships } from './product-relationships.ts'
import { readProductVersion, type ProductVersion } from './product-version.ts'

export interface ProductTree {
  readonly products: ReadonlyMap<string, CsafProduct>
  readonly groups: ReadonlyMap<string, CsafGroup>
}

/** What the branches above a product say. */
interface Above {
  readonly vendor?: string
  readonly product?: string
  readonly version?: ProductVersion
  readonly traits: readonly { readonly category: string; readonly name: string }[]
}

export function readProductTree(tree: Fields | undefined, limits: CsafLimits): ProductTree {
  const products = new Map<string, CsafProduct>()
  const groups = new Map<string, CsafGroup>()
  if (tree === undefined) return { products, groups }
  const add = (product: CsafProduct | undefined, fields: Fields): void => {
    if (product === undefined) return
    if (products.has(product.id)) {
      fields.report('duplicate-product', 'product_id', `another product has the product_id ${quoted(product.id)}`)
      return
    }
    if (products.size >= limits.products) {
      throw new ExposureError('too-many', `at most ${limits.products} products are read`, fields.pointer)
    }
    products.set(product.id, product)
  }
  for (const fields of tree.objects('full_product_names')) add(readProduct(fields, { traits: [] }), fields)
  walkBranches(tree, limits, add)
  for (const { named, relationship } of readRelationships(tree)) {
    const product = readProduct(named, { traits: [] })
    add(product === undefined ? undefined : { ...product, relationship }, named)
  }
  checkRelationships(products, tree.problems)
  for (const fields of tree.objects('product_groups')) readGroup(fields, products, groups)
  return { products, groups }
}

function walkBranches(
  tree: Fields,
  limits: CsafLimits,
  add: (product: CsafProduct | undefined, fields: Fields) => void,
): void {
  const walk = (parent: Fields, above: Above, level: number): void => {
    if (level > limits.branches) {
      throw new ExposureError('too-deep', `branches may nest ${limits.branches} levels`, parent.pointer)
    }
    for (const branch of parent.objects('branches')) {
      const here = extended(above, branch)
      const product = branch.object('product')
      if (product !== undefined) add(readProduct(product, here), product)
      walk(branch, here, level + 1)
    }
  }
  walk(tree, { traits: [] }, 1)
}

function extended(above: Above, branch: Fields): Above {
  const category = branch.needed('category')
  const name = branch.needed('name')
  if (category === undefined || name === undefined) return above
  switch (category) {
    case 'vendor':
      return { ...above, vendor: name }
    case 'product_name':
      return { ...above, product: name }
    case 'product_version':
    case 'product_version_range':
      return { ...above, version: readProductVersion(category, name, branch.at('name'), branch.problems) }
    default:
      return { ...above, traits: [...above.traits, { category, name }] }
  }
}

function readProduct(fields: Fields, above: Above): CsafProduct | undefined {
  const id = fields.needed('product_id')
  if (id === undefined) return undefined
  const name = fields.needed('name') ?? id
  const identifiers = readIdentifiers(fields.object('product_identification_helper'))
  return { id, name, ...above, identifiers, pointer: fields.pointer }
}

const noIdentifiers: ProductIdentifiers = {
  purls: [],
  hashes: [],
  modelNumbers: [],
  serialNumbers: [],
  skus: [],
  uris: [],
}

function readIdentifiers(helper: Fields | undefined): ProductIdentifiers {
  if (helper === undefined) return noIdentifiers
  const cpe = helper.text('cpe')
  const named = cpe === undefined ? undefined : parseCpe(cpe)
  if (cpe !== undefined && named === undefined) helper.report('bad-cpe', 'cpe', `${quoted(cpe)} is no CPE`)
  // One in 2.0, several in 2.1.
  const single = helper.text('purl')
  const written = [
    ...(single === undefined ? [] : [{ purl: single, at: 'purl' }]),
    ...helper.texts('purls').map((purl) => ({ purl, at: 'purls' })),
  ]
  return {
    purls: written.flatMap(({ purl, at }) => readPurl(purl, at, helper)),
    ...(named !== undefined && cpe !== undefined && { cpe }),
    hashes: helper.objects('hashes').flatMap(readHashes),
    modelNumbers: helper.texts('model_numbers'),
    serialNumbers: helper.texts('serial_numbers'),
    skus: helper.texts('skus'),
    uris: helper.objects('x_generic_uris').flatMap((each) => {
      const namespace = each.needed('namespace')
      const uri = each.needed('uri')
      return namespace === undefined || uri === undefined ? [] : [{ namespace, uri }]
    }),
  }
}

function readPurl(text: string, at: string, helper: Fields): readonly string[] {
  try {
    parsePurl(text)
    return [text]
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    helper.report('bad-purl', at, error.message)
    return []
  }
}

function readHashes(file: Fields): ProductIdentifiers['hashes'] {
  const filename = file.needed('filename')
  if (filename === undefined) return []
  return file.objects('file_hashes').flatMap((hash) => {
    const algorithm = hash.needed('algorithm')
    const value = hash.needed('value')
    return algorithm === undefined || value === undefined ? [] : [{ filename, algorithm, value: value.toLowerCase() }]
  })
}

function readGroup(fields: Fields, products: ReadonlyMap<string, CsafProduct>, groups: Map<string, CsafGroup>): void {
  const id = fields.needed('group_id')
  if (id === undefined) return
  if (groups.has(id)) {
    fields.report('duplicate-product', 'group_id', `another group has the group_id ${quoted(id)}`)
    return
  }
  const members = [...new Set(fields.texts('product_ids'))].filter((product) => {
    if (products.has(product)) return true
    fields.report('unknown-product', 'product_ids', `${quoted(product)} is no product of this document`)
    return false
  })
  groups.set(id, { id, ...present({ summary: fields.text('summary') }), products: members })
}
