/**
 * What the branches `product_version` and `product_version_range` of a product tree say (CSAF 2.0 and
 * 2.1, sections 3.1.2.2 and 3.1.2.3): one version; a version range specifier (`vers:npm/>=1.0|<2.0`);
 * the same without its scheme (`>=1.0|<2.0`); or, in many published documents, words.
 *
 *     vers:all/*                    every version
 *     < V4.5 HF1                    one constraint, as publishers write it
 *     vers:all/>=V2022.4<V2023.1    no scheme of that name has constraints: read without it
 *     All versions prior to the fix words: for people, and undetermined for matching
 */
import { ExposureError } from '../exposure-error.ts'
import { quoted, type ProblemCollector } from '../problem.ts'
import { readVers } from '../vers/parse-vers.ts'
import type { VersConstraint, VersRange } from '../vers/vers-range.ts'

/** Longer ones first, so that `<=` is not taken for `<`. */
const comparators = ['<=', '>=', '!=', '<', '>', '='] as const

/** `text` is always what the document says. */
export type ProductVersion =
  | { readonly kind: 'version'; readonly version: string; readonly text: string }
  | { readonly kind: 'all'; readonly text: string }
  /** With the scheme that orders the versions. */
  | { readonly kind: 'vers'; readonly range: VersRange; readonly text: string }
  /** In the order written, to be read as `vers` reads them; by which scheme, the document does not say. */
  | { readonly kind: 'constraints'; readonly constraints: readonly VersConstraint[]; readonly text: string }
  | { readonly kind: 'words'; readonly text: string }

/** Longest name of a branch that is looked into, in characters; a longer one is words. */
const maxLength = 4096

/** Reads the name of a version branch. A range where one version was expected is read as a range and reported. */
export function readProductVersion(
  category: 'product_version' | 'product_version_range',
  name: string,
  pointer: string,
  problems: ProblemCollector,
): ProductVersion {
  const range = rangeOf(name, pointer, problems)
  if (category === 'product_version') {
    if (range.kind === 'words' || isThisVersion(range)) return { kind: 'version', version: name.trim(), text: name }
    problems.add('bad-field', pointer, `${quoted(name)} is a range, whose category is product_version_range`)
  }
  const constraints =
    range.kind === 'vers' ? range.range.constraints : range.kind === 'constraints' && range.constraints
  if (constraints !== false && constraints !== '*') checkConstraints(constraints, pointer, problems)
  return range
}

/** `1.0`, or several such versions, which no comparator made a range. */
function isThisVersion(range: ProductVersion): boolean {
  return range.kind === 'constraints' && !/[<>=!]/.test(range.text)
}

function rangeOf(name: string, pointer: string, problems: ProblemCollector): ProductVersion {
  const text = name.trim()
  if (text.length > maxLength) return { kind: 'words', text: name }
  const vers = /^vers:(?<scheme>[a-z][a-z0-9.+-]*)\/(?<constraints>.*)$/i.exec(text)?.groups
  if (vers !== undefined && vers['scheme']?.toLowerCase() !== 'all') return versOf(text, pointer, problems)
  const bare = vers?.['constraints'] ?? text
  // Many write "All versions < 2"; the words add nothing to the constraint, and alone they mean every version.
  const rest = bare.replace(/^all (?:[a-z]+ )?versions?(?![a-z0-9]):?/i, '').trim()
  if (rest === '*' || (rest === '' && bare !== '')) return { kind: 'all', text: name }
  const constraints = constraintsOf(rest)
  return constraints === undefined ? { kind: 'words', text: name } : { kind: 'constraints', constraints, text: name }
}

/** A range that cannot be read is as good as words. */
function versOf(text: string, pointer: string, problems: ProblemCollector): ProductVersion {
  try {
    return { kind: 'vers', range: readVers(text), text }
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    // The range is good, and by which scheme its versions are ordered (`generic`) nobody says.
    const list = error.code === 'unsupported-ecosystem' ? constraintsOf(text.slice(text.indexOf('/') + 1)) : undefined
    if (list !== undefined) return { kind: 'constraints', constraints: list, text }
    problems.add('bad-range', pointer, error.message)
    return { kind: 'words', text }
  }
}

/** Constraints one after the other, with or without `|` between them; undefined for anything else. */
function constraintsOf(text: string): readonly VersConstraint[] | undefined {
  const found: VersConstraint[] = []
  let at = 0
  while (at < text.length) {
    if (/[\s|,]/.test(text[at] ?? '')) {
      at += 1
      continue
    }
    const comparator = comparators.find((each) => text.startsWith(each, at))
    at += comparator?.length ?? 0
    const begin = at
    while (at < text.length && !/[<>=!|,]/.test(text[at] ?? '')) at += 1
    const version = text.slice(begin, at).trim()
    // Without a comparator it is this very version (VERS, constraints), unless it may be a sentence.
    if (!isVersion(version) || (comparator === undefined && version.includes(' '))) return undefined
    found.push({ comparator: comparator ?? '=', version })
  }
  return found.length === 0 ? undefined : found
}

/** A number with what publishers put around it: `V4.5 HF1`, `R3.10.00`, `15 Update 2`; no sentence. */
function isVersion(text: string): boolean {
  const [first = '', ...more] = text.replace(/^V (?=\d)/i, 'V').split(' ')
  return (
    text.length <= 64 &&
    /^[a-z]{0,3}[._-]?\d[\w.+~:-]*$/i.test(first) &&
    more.every((word) => /^[a-z]{0,6}\d[\w.+~:-]*$/i.test(word) || addition.test(word))
  )
}

const addition = /^(?:beta|build|hf|hotfix|patch|r|rc|rel|release|rev|revision|sp|upd|update)\.?$/i

/** One version stands once (VERS, constraints): `>=6|<6` says yes and no of the same version. */
function checkConstraints(constraints: readonly VersConstraint[], pointer: string, problems: ProblemCollector): void {
  const seen = new Set<string>()
  for (const { version } of constraints) {
    if (seen.has(version)) {
      problems.add('contradicting-range', pointer, `version ${quoted(version, 40)} stands in it twice`)
      return
    }
    seen.add(version)
  }
}
