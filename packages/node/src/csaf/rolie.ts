/** ROLIE documents (RFC 8322 in the JSON form of CSAF 2.0, requirements 15 to 17). */
import { feedFile, feedTitle, foldersOf, moment, type TreeAddress } from './provider-metadata.ts'
import type { Folder, Listed, Tree } from './tree.ts'

const csafCategory = { scheme: 'urn:ietf:params:rolie:category:information-type', term: 'csaf' } as const

/** What an entry of a withdrawn advisory bears beside: the document stays, and so does its signature. */
const withdrawnCategory = { scheme: 'urn:comity:csaf:status', term: 'withdrawn' } as const

/** All documents of one TLP level in one feed, what was released last first. */
export function rolieFeed(tree: Tree, folder: Folder, { base }: TreeAddress): object {
  const listed = tree.listed.filter((each) => each.folder === folder)
  return {
    feed: {
      id: `csaf-${tree.name}-tlp-${folder}`,
      title: feedTitle(tree, folder),
      link: [{ rel: 'self', href: `${base}/${feedFile(folder)}` }],
      category: [csafCategory],
      updated: moment(Math.max(...listed.map(({ updatedAt }) => updatedAt))),
      entry: listed.map((each) => entryOf(each, base)),
    },
  }
}

function entryOf({ facts, path, publishedAt, updatedAt, withdrawn }: Listed, base: string): object {
  const href = `${base}/${path}`
  return {
    id: facts.trackingId,
    title: facts.title,
    link: [
      { rel: 'self', href },
      { rel: 'hash', href: `${href}.sha256` },
      { rel: 'hash', href: `${href}.sha512` },
      { rel: 'signature', href: `${href}.asc` },
    ],
    published: moment(publishedAt),
    updated: moment(updatedAt),
    ...(facts.summary === undefined ? {} : { summary: { content: facts.summary } }),
    content: { type: 'application/json', src: href },
    format: { schema: 'https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json', version: '2.0' },
    ...(withdrawn ? { category: [withdrawnCategory] } : {}),
  }
}

/** Which feeds there are. */
export function rolieService(tree: Tree, { base }: TreeAddress): object {
  return {
    service: {
      workspace: [
        {
          title: `CSAF documents of ${tree.publisher.name}`,
          collection: foldersOf(tree).map((folder) => ({
            title: feedTitle(tree, folder),
            href: `${base}/${feedFile(folder)}`,
            categories: { category: [csafCategory] },
          })),
        },
      ],
    },
  }
}

/** By what the documents of a feed are told apart: categories, languages, vendors and products. */
export function rolieCategories({ listed }: Tree, folder: Folder): object {
  const terms = new Set(listed.flatMap((each) => (each.folder === folder ? each.facts.categories : [])))
  return { categories: { category: [...terms].toSorted().map((term) => ({ term })) } }
}
