/**
 * `provider-metadata.json` (CSAF 2.0, requirement 7; schema provider_json_schema.json) and where the files of a tree are.
 * Every address is absolute and begins with `https://`, as the standard demands.
 */
import type { ListedKey } from './key-book.ts'
import { type Folder, folders, type Tree } from './tree.ts'

/** Where a party's tree is, for those who ask from outside. */
export interface TreeAddress {
  /** `https://log.example.org/csaf/<64 hexadecimal digits>`. */
  readonly base: string
  /** Of the provider metadata: that of a keeper is at the well-known place (requirement 9). */
  readonly metadata: string
}

/** Folders in which a tree has documents. */
export function foldersOf({ listed }: Tree): readonly Folder[] {
  return folders.filter((folder) => listed.some((each) => each.folder === folder))
}

export const feedFile = (folder: Folder): string => `feed-tlp-${folder}.json`
export const categoryFile = (folder: Folder): string => `category-${folder}.json`
export const serviceFile = 'service.json'

/** RFC 3339, of whole seconds since the epoch. */
export function moment(at: number): string {
  return new Date(at * 1000).toISOString().replace('.000Z', 'Z')
}

export function providerMetadata(tree: Tree, keys: readonly ListedKey[], { base, metadata }: TreeAddress): object {
  const used = foldersOf(tree)
  return {
    canonical_url: metadata,
    distributions: [
      {
        rolie: {
          categories: used.map((folder) => `${base}/${categoryFile(folder)}`),
          feeds: used.map((folder) => ({
            summary: feedTitle(tree, folder),
            tlp_label: folder.toUpperCase(),
            url: `${base}/${feedFile(folder)}`,
          })),
          services: [`${base}/${serviceFile}`],
        },
      },
      ...used.map((folder) => ({ directory_url: `${base}/${folder}/` })),
    ],
    last_updated: moment(Math.max(tree.updatedAt, ...keys.map(({ at }) => at))),
    list_on_CSAF_aggregators: true,
    metadata_version: '2.0',
    mirror_on_CSAF_aggregators: true,
    // The newest first: clients that take one key take the one that signs.
    public_openpgp_keys: keys
      .toReversed()
      .map(({ fingerprint }) => ({ fingerprint, url: `${base}/openpgp/${fingerprint}.asc` })),
    publisher: tree.publisher,
    role: tree.role ?? 'csaf_trusted_provider',
  }
}

export function feedTitle({ publisher }: Pick<Tree, 'publisher'>, folder: Folder): string {
  return `CSAF documents of ${publisher.name} (${folder === 'white' ? 'TLP:WHITE' : 'without a TLP label'})`
}
