import type { Items, Item } from '../../sources/items.ts'
import type { Sources, SourceState } from '../../sources/sources.ts'
import type { AboutProvider } from '../../sources/source-record.ts'
import type { Source } from '../../sources/source.ts'
import type { KeyBook, ListedKey } from '../key-book.ts'
import { type Listed, type Tree, treeOf } from '../tree.ts'

/** The copy of one provider, as it is served. */
export interface MirroredTree {
  readonly name: string
  readonly tree: Tree
  /** The provider's public keys, and those of this node that signed documents without a signature. */
  readonly keys: readonly ListedKey[]
  readonly about: AboutProvider
  /** Seconds from one look at the provider to the next. */
  readonly every: number
}

/** Copies of CSAF providers, each made again only when something of it has changed. */
export class MirroredTrees {
  readonly #sources: Pick<Sources, 'states' | 'items'>
  readonly #own: Pick<KeyBook, 'listed'>
  readonly #ready = new Map<string, { readonly state: string; readonly tree: MirroredTree | undefined }>()

  constructor(sources: Pick<Sources, 'states' | 'items'>, own: Pick<KeyBook, 'listed'>) {
    this.#sources = sources
    this.#own = own
  }

  /** Those of which there is a document, in the order of the sources. */
  all(): readonly MirroredTree[] {
    return this.#sources.states().flatMap((state) => this.#of(state) ?? [])
  }

  /** By the name of the source; the same object until something changes. */
  find(name: string): MirroredTree | undefined {
    const state = this.#sources.states().find(({ source }) => source.name === name)
    return state === undefined ? undefined : this.#of(state)
  }

  #of({ source, stream }: SourceState): MirroredTree | undefined {
    if (source.kind !== 'csaf') return undefined
    const { items } = this.#sources
    const state = `${stream} ${items.state(stream)} ${this.#own.listed.length}`
    const known = this.#ready.get(source.name)
    if (known?.state === state) return known.tree
    const tree = this.#read(source, stream, items)
    this.#ready.set(source.name, { state, tree })
    return tree
  }

  #read({ name, every }: Source, stream: string, items: Items): MirroredTree | undefined {
    const about = items.about(stream)
    if (about === undefined) return undefined
    const signers = new Set<string>()
    const byName = new Map<string, Listed>()
    for (const item of items.taken(stream)) {
      const listed = listedOf(item)
      // The same document in two lists is one file; of two documents with one name the first by address is it.
      if (listed === undefined || byName.has(listed.path)) continue
      byName.set(listed.path, listed)
      if (item.csaf?.signedBy === 'node') signers.add(item.csaf.key)
    }
    const tree = treeOf(name, [...byName.values()])
    if (tree === undefined) return undefined
    const own = this.#own.listed.filter(({ fingerprint }) => signers.has(fingerprint))
    const { publisher, role } = about
    return { name, tree: { ...tree, publisher, role }, keys: [...about.keys, ...own], about, every }
  }
}

function listedOf({ item, digest, at, firstAt, csaf }: Item & { readonly digest: string }): Listed | undefined {
  if (csaf === undefined) return undefined
  const { facts, sha512, signature } = csaf
  const folder = facts.label === 'WHITE' ? 'white' : 'unlabeled'
  return {
    sub: item,
    digest,
    facts,
    folder,
    path: `${folder}/${facts.year}/${facts.fileName}`,
    sha512,
    signature,
    publishedAt: firstAt,
    updatedAt: at,
    withdrawn: false,
  }
}
