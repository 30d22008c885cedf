/** The lists of a directory-based distribution (CSAF 2.0, requirements 12 and 13), with paths from its folder on. */
import type { Folder, Listed, Tree } from './tree.ts'

/** One path on a line. */
export function indexTxt(tree: Tree, folder: Folder): string {
  return within(tree, folder)
    .map(({ inFolder }) => `${inFolder}\n`)
    .join('')
}

/**
 * Path and current release date, the latest first, as the document has it:
 *
 *     "2026/north-1.json","2026-11-20T12:00:00Z"
 *
 * Every field in quotes (RFC 4180, §2), which the standard's examples have and many lists lack.
 */
export function changesCsv(tree: Tree, folder: Folder): string {
  return within(tree, folder)
    .map(({ inFolder, facts }) => `${quoted(inFolder)},${quoted(facts.currentRelease)}\n`)
    .join('')
}

/** Documents of a folder with their paths in it, what was released last first. */
function within({ listed }: Tree, folder: Folder): readonly (Listed & { readonly inFolder: string })[] {
  return listed
    .filter((each) => each.folder === folder)
    .map((each) => ({ ...each, inFolder: each.path.slice(folder.length + 1) }))
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
