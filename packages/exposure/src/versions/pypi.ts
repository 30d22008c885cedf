/**
 * PyPI: PEP 440, now https://packaging.python.org/en/latest/specifications/version-specifiers/
 *
 *   [N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]        1!2.0rc1.post2.dev3+ubuntu.1
 *
 * Read with every spelling that the specification normalizes: `v1.0`, `1.0-Alpha`, `1.0c1`, `1.0-1`,
 * `1.0.rev4`. Trailing zeros of the release do not count. A developmental release comes before the
 * pre-releases, these before the release, this before its post-releases; a local version after the
 * public one.
 *
 * What PEP 440 calls no version (`2013-01-21T20:33:09+0100`, `trunk`) is refused. Older tools put such
 * texts before every version, which would call them free of anything introduced later.
 */
import { compareDigits, compareLists, comparePadded, compareText, isDigits } from './order.ts'
import { versionScheme } from './version-scheme.ts'

interface PyPiVersion {
  readonly epoch: string
  readonly release: readonly string[]
  /** `dev`, `a`, `b`, `rc`, or `release`: where among the stages of its release it stands. */
  readonly stage: Stage
  readonly stageNumber: string
  readonly post: string | undefined
  readonly dev: string | undefined
  readonly local: readonly string[] | undefined
}

const stages = ['dev', 'a', 'b', 'rc', 'release'] as const
type Stage = (typeof stages)[number]

const spellings: ReadonlyMap<string, Stage> = new Map([
  ['a', 'a'],
  ['alpha', 'a'],
  ['b', 'b'],
  ['beta', 'b'],
  ['c', 'rc'],
  ['rc', 'rc'],
  ['pre', 'rc'],
  ['preview', 'rc'],
])

const grammar = new RegExp(
  [
    /^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\.[0-9]+)*)/,
    /(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|rc|c)[-_.]?(?<preNumber>[0-9]*))?/,
    /(?:-(?<implicit>[0-9]+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>[0-9]*))?/,
    /(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>[0-9]*))?/,
    /(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/,
  ]
    .map(({ source }) => source)
    .join(''),
)

export const pypiScheme = versionScheme<PyPiVersion>({
  name: 'PEP 440',
  kind: 'a PyPI version',
  read: (text, refuse) => {
    const groups = grammar.exec(text.trim().toLowerCase())?.groups
    if (groups === undefined)
      return refuse('it is not N.N.N with pre-, post-, dev- and local parts as PEP 440 has them')
    const { epoch, release = '', pre, preNumber, implicit, post, postNumber, dev, devNumber, local } = groups
    const postRelease = implicit ?? (post === undefined ? undefined : numberOf(postNumber))
    const onlyDev = pre === undefined && postRelease === undefined && dev !== undefined
    return {
      epoch: numberOf(epoch),
      release: release.split('.'),
      stage: spellings.get(pre ?? '') ?? (onlyDev ? 'dev' : 'release'),
      stageNumber: numberOf(preNumber),
      post: postRelease,
      dev: dev === undefined ? undefined : numberOf(devNumber),
      local: local?.split(/[-_.]/),
    }
  },
  compare: (a, b) =>
    compareDigits(a.epoch, b.epoch) ||
    comparePadded(a.release, b.release, '0', compareDigits) ||
    stages.indexOf(a.stage) - stages.indexOf(b.stage) ||
    compareDigits(a.stageNumber, b.stageNumber) ||
    absentFirst(a.post, b.post) ||
    compareDigits(a.post ?? '0', b.post ?? '0') ||
    absentFirst(b.dev, a.dev) ||
    compareDigits(a.dev ?? '0', b.dev ?? '0') ||
    absentFirst(a.local, b.local) ||
    compareLists(a.local ?? [], b.local ?? [], compareLocal),
})

/** A number that is left out is 0. */
function numberOf(digits: string | undefined): string {
  return digits === undefined || digits === '' ? '0' : digits
}

function absentFirst(a: unknown, b: unknown): number {
  return Number(a !== undefined) - Number(b !== undefined)
}

/** Texts, then numbers. */
function compareLocal(a: string, b: string): number {
  const order = Number(isDigits(a)) - Number(isDigits(b))
  return order || (isDigits(a) ? compareDigits(a, b) : compareText(a, b))
}
