/**
 * Digests by algorithm, as in-toto names them (in-toto attestation framework, DigestSet). A file is known by `sha256`,
 * `sha384` and `sha512`; a commit by `gitCommit` or, as older documents have it, `sha1`. Other algorithms are kept and
 * tie nothing: with MD5 and SHA-1 somebody can make two files that agree.
 */
import type { Fields } from '../json/fields.ts'
import { isObject } from '../json/json-object.ts'
import { quoted } from '../problem.ts'

export type DigestSet = Readonly<Record<string, string>>

/** Algorithms that tie files, and how many hexadecimal digits they have. */
export const fileDigests: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 }

/** What must have a certain length where it stands at all. */
const lengths: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(Object.entries(fileDigests).map(([name, length]) => [name, [length]])),
  sha1: [40],
  md5: [32],
  gitCommit: [40, 64],
}

const hexadecimal = /^(?:[0-9a-f]{2}){1,128}$/

/** Reads a digest set; what is no digest is reported and left out. Undefined where nothing is left. */
export function readDigests(fields: Fields, name: string): DigestSet | undefined {
  const value = fields.value(name)
  if (value === undefined) return undefined
  if (!isObject(value)) {
    fields.report('bad-field', name, `"${name}" is an object of digests by algorithm`)
    return undefined
  }
  const found: [string, string][] = []
  for (const [algorithm, digest] of Object.entries(value).slice(0, 32)) {
    const expected = Object.hasOwn(lengths, algorithm) ? lengths[algorithm] : undefined
    if (typeof digest !== 'string' || (expected !== undefined && !isDigest(digest, expected))) {
      const form = expected === undefined ? 'a text' : `${expected.join(' or ')} lowercase hexadecimal digits`
      fields.problems.add('bad-digest', fields.at(name, algorithm), `${quoted(algorithm, 40)} is ${form}`)
    } else if (algorithm.length <= 64 && digest.length <= 512) found.push([algorithm, digest])
  }
  return found.length === 0 ? undefined : Object.fromEntries(found)
}

function isDigest(text: string, lengthsOf: readonly number[]): boolean {
  return lengthsOf.includes(text.length) && hexadecimal.test(text)
}

/**
 * How two sets of digests of files stand to each other. `different` also where one algorithm agrees and another does
 * not: no file has both. `incomparable` where they share no algorithm that ties files.
 */
export function compareDigests(a: DigestSet, b: DigestSet): 'same' | 'different' | 'incomparable' {
  const shared = Object.keys(fileDigests).filter((name) => Object.hasOwn(a, name) && Object.hasOwn(b, name))
  if (shared.length === 0) return 'incomparable'
  return shared.every((name) => a[name] === b[name]) ? 'same' : 'different'
}

/** The commit that a digest set names, under the name that in-toto gives it or the one that older documents use. */
export function commitOf(digests: DigestSet | undefined): string | undefined {
  const commit = digests?.['gitCommit'] ?? digests?.['sha1']
  return commit !== undefined && lengths['gitCommit']?.includes(commit.length) === true ? commit : undefined
}

/** `sha256:…`, shortened, for people: the strongest that there is of those that tie, else the first. */
export function digestWords(digests: DigestSet): string {
  const name = ['sha256', 'sha512', 'sha384'].find((each) => Object.hasOwn(digests, each)) ?? Object.keys(digests)[0]
  return name === undefined ? 'nothing' : `${name}:${(digests[name] ?? '').slice(0, 16)}…`
}
