/** Which products a status, remediation, flag, score or threat is about. */
import { ExposureError } from '../exposure-error.ts'
import type { Fields } from '../json/fields.ts'
import { quoted } from '../problem.ts'
import type { ProductTree } from './product-tree.ts'

/**
 * Resolves product and group identifiers against the tree. What is unknown is reported. All uses of a
 * document are counted together, because a few large groups named often would otherwise take more
 * memory than any document could hold.
 */
export class ProductUses {
  readonly #tree: ProductTree
  readonly #most: number
  #used = 0

  constructor(tree: ProductTree, most: number) {
    this.#tree = tree
    this.#most = most
  }

  /** The products named in `member`, and those of the groups named in `group_ids` where the format has it. */
  of(fields: Fields, member: string, hasGroups: boolean): readonly string[] {
    const found = new Set<string>()
    for (const id of fields.texts(member)) {
      if (this.#tree.products.has(id)) found.add(id)
      else fields.report('unknown-product', member, `${quoted(id)} is no product of this document`)
    }
    for (const id of hasGroups ? fields.texts('group_ids') : []) {
      const group = this.#tree.groups.get(id)
      if (group === undefined) fields.report('unknown-product', 'group_ids', `${quoted(id)} is no product group`)
      else this.#count(group.products.length, fields)
      for (const product of group?.products ?? []) found.add(product)
    }
    this.#count(found.size, fields)
    return [...found]
  }

  #count(more: number, fields: Fields): void {
    this.#used += more
    if (this.#used <= this.#most) return
    throw new ExposureError('too-many', `a document may use its products ${this.#most} times`, fields.pointer)
  }
}
