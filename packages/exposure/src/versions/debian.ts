/**
 * Debian and Ubuntu: Debian Policy Manual §5.6.12, https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 *
 *   [epoch:]upstream_version[-debian_revision]        2:1.0.1~rc1+dfsg-3+deb12u1
 *
 * Epochs compare as numbers, and an absent one is 0. Upstream versions, then revisions, compare by
 * turns: a stretch without digits, by letters before other characters and `~` before everything,
 * even the end; then a stretch of digits, as a number. An absent revision equals `0`.
 */
import { compareDigits } from './order.ts'
import { versionScheme } from './version-scheme.ts'

interface DebianVersion {
  readonly epoch: string
  readonly upstream: string
  readonly revision: string
}

const grammar = /^(?:(?<epoch>[0-9]+):)?(?<upstream>[0-9][0-9A-Za-z.+~:-]*?)(?:-(?<revision>[0-9A-Za-z.+~]+))?$/

export const debianScheme = versionScheme<DebianVersion>({
  name: 'Debian Policy §5.6.12',
  kind: 'a Debian version',
  read: (text, refuse) => {
    const { epoch, upstream, revision } = grammar.exec(text)?.groups ?? {}
    if (upstream === undefined) {
      return refuse('it is not [epoch:]upstream[-revision] of letters, digits and . + ~ - that starts with a digit')
    }
    if (revision === undefined && upstream.includes('-')) return refuse('nothing follows its last hyphen')
    // Policy allows a colon in the upstream version only where an epoch comes before it.
    if (epoch === undefined && upstream.includes(':')) return refuse('what stands before its colon is not a number')
    return { epoch: epoch ?? '0', upstream, revision: revision ?? '0' }
  },
  compare: (a, b) =>
    compareDigits(a.epoch, b.epoch) || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision),
})

function compareParts(a: string, b: string): number {
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const order = weight(a, i) - weight(b, j)
      if (order !== 0) return order
      i += 1
      j += 1
    }
    const left = digitsAt(a, i)
    const right = digitsAt(b, j)
    const order = compareDigits(left === '' ? '0' : left, right === '' ? '0' : right)
    if (order !== 0) return order
    i += left.length
    j += right.length
  }
  return 0
}

/** Where a stretch without digits has ended, at a digit or at the end, the weight is 0. */
function weight(text: string, index: number): number {
  const character = text[index]
  if (character === undefined || isDigit(text, index)) return 0
  if (character === '~') return -1
  return character.charCodeAt(0) + (/[A-Za-z]/.test(character) ? 0 : 256)
}

function digitsAt(text: string, index: number): string {
  let end = index
  while (end < text.length && isDigit(text, end)) end += 1
  return text.slice(index, end)
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return code >= 48 && code <= 57
}
