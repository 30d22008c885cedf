import type { Problem, ProblemCode } from '@comity/exposure'

/** An inventory as its owner sees it. */
export interface InventoryInfo {
  /** 32 hex digits. */
  readonly id: string
  readonly name: string
  /** Components in the document, nested ones and repetitions included. */
  readonly components: number
  /** Components without a package URL: they are found by CPE, or by vendor and name, if at all. */
  readonly withoutPurl: number
  /** Parts of the document that could not be used, all of them. */
  readonly problems: number
  /** Octets of the document. */
  readonly bytes: number
  /** Of the document, `sha256:<hex>`. */
  readonly digest: string
  /** 1, and one more each time a document of this name replaced the one before. */
  readonly revision: number
  /** Whole seconds since the epoch. */
  readonly addedAt: number
}

/** The answer to an inventory: what was understood of it, and what was not. */
export interface AddedInventory extends Omit<InventoryInfo, 'problems'> {
  /** The first thousand; `total` counts all. */
  readonly problems: readonly Problem[]
  readonly counts: Readonly<Partial<Record<ProblemCode, number>>>
  readonly total: number
  /** The very document was there under this name; nothing was written. */
  readonly duplicate: boolean
}
