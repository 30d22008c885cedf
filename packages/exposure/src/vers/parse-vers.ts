/**
 * Reads VERS ranges, strictly or leniently.
 *
 * The specification has tools refuse what is not in canonical form. Ranges in advisories seldom are, so
 * there are two readers: `parseVers` for what this house writes, `readVers` for what others wrote.
 */
import { ExposureError } from '../exposure-error.ts'
import { quoted } from '../problem.ts'
import {
  encodeVersion,
  inVersionOrder,
  type VersComparator,
  type VersConstraint,
  type VersRange,
} from './vers-range.ts'

/** Longest range that is read, in characters. */
export const maxVersLength = 65_536

/** Most constraints of a range. The longest lists of affected versions have a few hundred. */
export const maxVersConstraints = 4096

const oneSort = new Set(['all', 'none'])

/**
 * Reads a range in canonical form: no white space, lower case, single pipes between constraints in
 * ascending order, each version once, comparators in a sequence that says something, percent-encoding
 * only where it is needed.
 *
 * Throws `ExposureError`: `bad-vers`, `too-large`, `too-many`; `bad-version` and `unsupported-ecosystem` where there are several
 * constraints and their order cannot be checked.
 */
export function parseVers(text: string): VersRange {
  checkLength(text)
  if (/[^\u0021-\u007e]/.test(text)) return refuse(text, 'it has white space or a character that is not ASCII')
  const [type, list] = typeAndList(text)
  if (!/^[a-z][a-z0-9.-]*$/.test(type)) {
    return refuse(text, 'its type is not lower-case letters, digits, "." and "-", from a letter on')
  }
  if (list === '*') return { type, constraints: '*' }
  if (list === '' || list.startsWith('|') || list.endsWith('|') || list.includes('||')) {
    return refuse(text, 'its constraints are not joined by single "|"')
  }
  if (oneSort.has(type)) return refuse(text, `the only range of type ${type} is vers:${type}/*`)
  const parts = list.split('|')
  checkCount(parts)
  const constraints = parts.map((written): VersConstraint => {
    const { comparator, rest } = split(written)
    const version = decode(rest, text)
    if (encodeVersion(version) !== rest)
      refuse(text, `${quoted(rest)} is to be written ${quoted(encodeVersion(version))}`)
    if (type === 'datetime' && /[tz]/.test(version)) refuse(text, 'a timestamp has an upper-case T and Z')
    return { comparator, version }
  })
  checkSequence(type, constraints, text)
  return { type, constraints }
}

/**
 * Reads a range in whatever form, and returns its constraints in ascending order. White space, the case
 * of the scheme and type, empty constraints, an `=` that may be left out and needless percent-encoding
 * are forgiven; versions that stand there twice are kept.
 *
 * Throws `ExposureError`: `bad-vers`, `too-large`, `too-many`; `bad-version` and `unsupported-ecosystem` where there are several
 * constraints and they cannot be ordered.
 */
export function readVers(text: string): VersRange {
  checkLength(text)
  const [givenType, list] = typeAndList(text.replaceAll(/\s+/g, ''))
  const type = givenType.toLowerCase()
  if (!/^[a-z][a-z0-9.-]*$/.test(type)) return refuse(text, 'its type is not letters, digits, "." and "-"')
  const written = list.split('|').filter((constraint) => constraint !== '')
  if (written.length === 0) return refuse(text, 'it has no constraint')
  if (written.length === 1 && written[0] === '*') return { type, constraints: '*' }
  if (oneSort.has(type)) return refuse(text, `the only range of type ${type} is vers:${type}/*`)
  checkCount(written)
  const constraints = written.map((constraint): VersConstraint => {
    const { comparator, rest } = split(constraint)
    return { comparator, version: decode(rest.replace(/^=/, ''), text) }
  })
  if (constraints.length === 1) return { type, constraints }
  const ordered = inVersionOrder(type, constraints)
  return { type, constraints: ordered.map(({ comparator, version }) => ({ comparator, version })) }
}

function checkLength(text: string): void {
  if (text.length > maxVersLength) {
    throw new ExposureError('too-large', `a version range has at most ${maxVersLength} characters`)
  }
}

function checkCount(constraints: readonly string[]): void {
  if (constraints.length > maxVersConstraints) {
    throw new ExposureError('too-many', `a version range has at most ${maxVersConstraints} constraints`)
  }
}

function typeAndList(text: string): readonly [type: string, list: string] {
  const slash = text.indexOf('/')
  if (!/^vers:/i.test(text) || slash < 0) return refuse(text, 'it does not begin with "vers:", a type and "/"')
  if (!text.startsWith('vers:')) return typeAndList(`vers${text.slice(4)}`)
  return [text.slice('vers:'.length, slash), text.slice(slash + 1)]
}

function split(constraint: string): { readonly comparator: VersComparator; readonly rest: string } {
  const two = constraint.slice(0, 2)
  if (two === '>=' || two === '<=' || two === '!=') return { comparator: two, rest: constraint.slice(2) }
  const one = constraint.slice(0, 1)
  if (one === '>' || one === '<') return { comparator: one, rest: constraint.slice(1) }
  return { comparator: '=', rest: constraint }
}

/** Decodes once. What the comparators are made of cannot stand in a version as it is. */
function decode(written: string, text: string): string {
  if (written === '') return refuse(text, 'a constraint has no version')
  if (/[><=!*|]/.test(written)) return refuse(text, `${quoted(written)} has one of > < = ! * where a version goes on`)
  try {
    return decodeURIComponent(written)
  } catch {
    return refuse(text, `the percent-encoding of ${quoted(written)} is not one of UTF-8`)
  }
}

/** Versions ascend strictly, and no constraint repeats what the one before it says already. */
function checkSequence(type: string, constraints: readonly VersConstraint[], text: string): void {
  if (constraints.length < 2) return
  const ordered = inVersionOrder(type, constraints)
  for (const [index, { version, place }] of ordered.entries()) {
    const next = ordered[index + 1]
    if (next !== undefined && place(next.version) === 0) {
      refuse(text, `${quoted(version)} and ${quoted(next.version)} are one version, which stands in a range once`)
    }
    if (constraints[index]?.version !== version) refuse(text, 'its constraints do not stand in ascending order')
  }
  let open = false
  let last: VersComparator | undefined
  for (const { comparator } of constraints) {
    if (comparator === '!=') continue
    const begins = comparator.startsWith('>')
    const ends = comparator.startsWith('<')
    if (open && !ends) refuse(text, `a stretch that ">" begins is ended by "<" before ${quoted(comparator)}`)
    if (!open && ends && last !== undefined) refuse(text, `${quoted(comparator)} ends no stretch, or says all again`)
    open = begins
    last = comparator
  }
}

function refuse(text: string, reason: string): never {
  throw new ExposureError('bad-vers', `${quoted(text)} is not a version range: ${reason}`)
}
