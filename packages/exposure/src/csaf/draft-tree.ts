/**
 * The product tree of a draft (CSAF 2.0, section 3.2.2):
 *
 *     vendor or product_family ─ product_name ─ product_version_range  affected
 *                                             ├ product_version        affected, one by one
 *                                             └ product_version        the first that is not any more
 */
import { formatPurl, parsePurl } from '../purl/purl.ts'
import type { DraftProduct } from './csaf-draft.ts'

/** Products that mend others: the identifier of each, its full name, and of what it is the remedy. */
export type TreeIds = ReadonlyMap<string, { readonly name: string; readonly mends: readonly string[] }>

export interface DraftTree {
  readonly tree: object
  /** Product identifiers. */
  readonly affected: readonly string[]
  readonly fixed: TreeIds
}

interface Branch {
  readonly category: string
  readonly name: string
  readonly branches?: Branch[]
  readonly product?: object
}

export function draftTree(products: readonly DraftProduct[]): DraftTree {
  const branches: Branch[] = []
  const affected: string[] = []
  const fixed = new Map<string, { readonly name: string; readonly mends: readonly string[] }>()
  let count = 0
  const newId = (): string => `CSAFPID-${String((count += 1)).padStart(4, '0')}`

  for (const product of products) {
    const { under, name, purl, ranges, versions, fixed: mending } = product
    const versionsOf = below(below(branches, under.category, under.name), 'product_name', name)
    const helper = (version?: string) =>
      purl === undefined
        ? {}
        : { product_identification_helper: { purl: version === undefined ? purl : withVersion(purl, version) } }
    const add = (category: string, version: string, isOne: boolean): { id: string; full: string } => {
      const [id, full] = [newId(), `${name} ${version}`]
      const leaf = { name: full, product_id: id, ...helper(isOne ? version : undefined) }
      versionsOf.push({ category, name: version, product: leaf })
      return { id, full }
    }
    const those = [
      ...ranges.map((range) => add('product_version_range', range, false).id),
      ...versions.map((version) => add('product_version', version, true).id),
    ]
    affected.push(...those)
    for (const version of new Set(mending)) {
      // A version that is listed as affected mends nothing, whatever the range says.
      if (versions.includes(version)) continue
      const { id, full } = add('product_version', version, true)
      fixed.set(id, { name: full, mends: those })
    }
  }
  return { tree: { branches }, affected, fixed }
}

/** The branches below the one of this name, which is made where it is missing. */
function below(branches: Branch[], category: string, name: string): Branch[] {
  const known = branches.find((each) => each.category === category && each.name === name)?.branches
  if (known !== undefined) return known
  const made: Branch[] = []
  branches.push({ category, name, branches: made })
  return made
}

function withVersion(purl: string, version: string): string {
  const { type, namespace, name } = parsePurl(purl)
  return formatPurl({ type, name, version, ...(namespace === undefined ? {} : { namespace }) })
}
