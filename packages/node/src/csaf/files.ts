/**
 * The files of a provider tree by path. It is laid out as the standard suggests, the metadata beside feeds and folders:
 *
 *     provider-metadata.json  service.json  feed-tlp-white.json  category-white.json
 *     openpgp/<FINGERPRINT>.asc
 *     white/index.txt  white/changes.csv
 *     white/2026/north-1.json  white/2026/north-1.json.sha256  ….sha512  ….asc
 */
import { changesCsv, indexTxt } from './directory.ts'
import type { ListedKey } from './key-book.ts'
import {
  categoryFile,
  feedFile,
  foldersOf,
  providerMetadata,
  serviceFile,
  type TreeAddress,
} from './provider-metadata.ts'
import { rolieCategories, rolieFeed, rolieService } from './rolie.ts'
import type { Folder, Listed, Tree } from './tree.ts'

export type CsafFile =
  /** `at`: whole seconds since the epoch. */
  | { readonly kind: 'text'; readonly type: string; readonly text: string; readonly at: number }
  | { readonly kind: 'document'; readonly listed: Listed }
  | { readonly kind: 'directory'; readonly names: readonly string[]; readonly at: number }
  /** The node does not know at which `https` address the world reaches it, and the file would have to name it. */
  | { readonly kind: 'nameless' }

const type = {
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  key: 'application/pgp-keys',
  signature: 'application/pgp-signature',
} as const

/** A tree and what its files are made of. */
export interface FilesOf {
  readonly tree: Tree
  readonly keys: readonly ListedKey[]
  readonly address: TreeAddress | undefined
}

/** The file at a path below the tree; undefined where there is none. */
export function fileAt(of: FilesOf, path: string): CsafFile | undefined {
  const { tree, keys } = of
  const document = tree.byPath.get(path)
  if (document !== undefined) return { kind: 'document', listed: document }
  const beside = besideDocument(tree, path)
  if (beside !== undefined) return beside
  const key = keys.find(({ fingerprint }) => path === `openpgp/${fingerprint}.asc`)
  if (key !== undefined) return { kind: 'text', type: type.key, text: key.publicKey, at: key.at }
  for (const folder of foldersOf(tree)) {
    const text = (text: string, media: string): CsafFile => ({ kind: 'text', type: media, text, at: tree.updatedAt })
    if (path === `${folder}/index.txt`) return text(indexTxt(tree, folder), type.text)
    if (path === `${folder}/changes.csv`) return text(changesCsv(tree, folder), type.csv)
    if (path === categoryFile(folder)) return text(json(rolieCategories(tree, folder)), type.json)
  }
  return addressed(of, path) ?? directory(of, path)
}

/** Indented for people, as long as it is small: a feed of thousands is for programs. */
function json(value: object): string {
  const text = JSON.stringify(value)
  return `${text.length < 16_384 ? JSON.stringify(value, null, 2) : text}\n`
}

/** Hashes and signature: the document's name with another extension behind it (requirements 18 and 19). */
function besideDocument(tree: Tree, path: string): CsafFile | undefined {
  const dot = path.lastIndexOf('.')
  const listed = tree.byPath.get(path.slice(0, dot))
  if (listed === undefined) return undefined
  const { digest, sha512, facts, signature, updatedAt } = listed
  const text = (text: string, media: string = type.text): CsafFile => ({
    kind: 'text',
    type: media,
    text,
    at: updatedAt,
  })
  switch (path.slice(dot)) {
    case '.sha256':
      return text(`${digest.slice('sha256:'.length)}  ${facts.fileName}\n`)
    case '.sha512':
      return text(`${sha512}  ${facts.fileName}\n`)
    case '.asc':
      return text(signature, type.signature)
    default:
      return undefined
  }
}

/** Files in which there are absolute addresses. */
function addressed({ tree, keys, address }: FilesOf, path: string): CsafFile | undefined {
  const make = makerOf(tree, keys, path)
  if (make === undefined) return undefined
  if (address === undefined) return { kind: 'nameless' }
  const at = Math.max(tree.updatedAt, ...keys.map((key) => key.at))
  return { kind: 'text', type: type.json, text: json(make(address)), at }
}

function makerOf(tree: Tree, keys: readonly ListedKey[], path: string): ((address: TreeAddress) => object) | undefined {
  if (path === 'provider-metadata.json') return (address) => providerMetadata(tree, keys, address)
  if (path === serviceFile) return (address) => rolieService(tree, address)
  const folder: Folder | undefined = foldersOf(tree).find((each) => path === feedFile(each))
  return folder && ((address) => rolieFeed(tree, folder, address))
}

/** A directory ends in a slash; that of the tree itself has no name. */
function directory({ tree, keys }: FilesOf, path: string): CsafFile | undefined {
  if (path !== '' && !path.endsWith('/')) return undefined
  const documents = tree.listed.map(({ path: each }) => each)
  const all = [
    'provider-metadata.json',
    serviceFile,
    ...foldersOf(tree).flatMap((folder) => [
      feedFile(folder),
      categoryFile(folder),
      `${folder}/index.txt`,
      `${folder}/changes.csv`,
    ]),
    ...keys.map(({ fingerprint }) => `openpgp/${fingerprint}.asc`),
    ...documents.flatMap((each) => [each, `${each}.sha256`, `${each}.sha512`, `${each}.asc`]),
  ]
  const names = new Set(
    all
      .filter((each) => each.startsWith(path))
      .map((each) => /^[^/]*\/?/.exec(each.slice(path.length))?.[0] ?? '')
      .filter((name) => name !== ''),
  )
  return names.size === 0 ? undefined : { kind: 'directory', names: [...names].toSorted(), at: tree.updatedAt }
}
