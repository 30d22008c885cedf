/**
 * Which SLSA levels the evidence shows (slsa.dev/spec/v1.2: build track L0 to L3, source track L1 to L4), each with its
 * reasons and with what the next one would need. A level is what can be shown to this relier now, not a quality of
 * whoever built: what is missing, or could not be checked, gives no level.
 *
 * - Build L1: there is provenance about the artifact, and it says by whom and how it was built.
 * - Build L2: it is authentic, and the relier trusts this signer to speak for this builder up to level 2 or more.
 * - Build L3: the relier trusts it up to level 3: that builds are isolated no provenance can show by itself.
 * - Source L1 to L4: the summary of a verifier whom the relier trusts, about the commit that was built.
 */
import { type Builders, isTrustedVerifier, trustedLevel } from './builders.ts'
import { commitOf } from './digest-set.ts'
import type { ProvenanceItem } from './read-provenance.ts'
import { type Authentication, signerWords } from './signer.ts'
import { type KnownFile, tieToSubject } from './tie.ts'
import { levelInSummary } from './verification-summary.ts'

/** An item and what came of its signature. */
export interface JudgedItem {
  readonly item: ProvenanceItem
  readonly authentication: Authentication
}

export interface LevelFound {
  readonly level: number
  /** Why it is that level. */
  readonly because: readonly string[]
  /** What the next level would need; empty at the highest. */
  readonly next: readonly string[]
}

const noList = 'a list of the builders that you trust, with the level of each: nobody else can say that for you'

/** The build level of a release: that of the artifact for which least is shown. */
export function buildLevel(
  judged: readonly JudgedItem[],
  artifacts: readonly KnownFile[],
  builders: Builders | undefined,
): LevelFound {
  const [first, ...rest] = artifacts.map((file) =>
    best(
      judged.map((each) => levelFor(each, file, builders)),
      file,
    ),
  )
  if (first === undefined) {
    return { level: 0, because: ['no artifact is at hand that provenance could be about'], next: ['an artifact'] }
  }
  return rest.reduce((lowest, each) => (each.level < lowest.level ? each : lowest), first)
}

/** The source level of the commits that authentic provenance of these artifacts names. */
export function sourceLevel(
  judged: readonly JudgedItem[],
  artifacts: readonly KnownFile[],
  builders: Builders | undefined,
): LevelFound {
  const commits = new Set(
    judged.flatMap(({ item, authentication }) => {
      const provenance = provenanceOf(item)
      if (provenance === undefined || authentication.outcome !== 'right') return []
      if (!artifacts.some((file) => tieToSubject(item, file).outcome === 'tied')) return []
      return commitOf(provenance.source?.digests) ?? []
    }),
  )
  if (commits.size === 0) {
    return {
      level: 0,
      because: ['no authentic provenance of an artifact names the commit that it was built from'],
      next: ['authentic provenance that names the commit among its resolved dependencies'],
    }
  }
  const found = judged.flatMap((each) => summaryFor(each, 'SOURCE', builders, (item) => namesCommit(item, commits)))
  const highest = found.toSorted((a, b) => b.level - a.level)[0]
  if (highest !== undefined && highest.level > 0) return highest
  const next = 'a verification summary about the commit, with a SLSA_SOURCE_LEVEL, by a verifier on your list'
  return {
    level: 0,
    because: found[0]?.because ?? ['nothing is at hand about how the source was kept'],
    next: [next],
  }
}

function best(found: readonly LevelFound[], { name }: KnownFile): LevelFound {
  const [highest] = found.toSorted((a, b) => b.level - a.level)
  if (highest !== undefined) return highest
  return { level: 0, because: [`there is no provenance of ${name}`], next: [`provenance that names ${name} by digest`] }
}

function levelFor(judged: JudgedItem, file: KnownFile, builders: Builders | undefined): LevelFound {
  const { item, authentication } = judged
  if (authentication.outcome === 'wrong') {
    return {
      level: 0,
      because: [`the signature does not hold: ${authentication.says}`],
      next: ['a signature that holds'],
    }
  }
  const tie = tieToSubject(item, file)
  if (tie.outcome !== 'tied')
    return { level: 0, because: [tie.says], next: [`provenance that names ${file.name} by digest`] }
  const [summary] = summaryFor(judged, 'BUILD', builders, () => true)
  if (summary !== undefined) return summary
  const provenance = provenanceOf(item)
  if (provenance === undefined) {
    const type = item.statement?.predicateType ?? 'nothing'
    return { level: 0, because: [`it states ${type}, which is no provenance of a build`], next: ['SLSA provenance'] }
  }
  const { builder, buildType } = provenance
  if (builder === undefined || buildType === undefined) {
    const missing = builder === undefined ? 'who built it' : 'how it was built (buildType)'
    return { level: 0, because: [`the provenance does not say ${missing}`], next: [`provenance that says ${missing}`] }
  }
  const because = [tie.says, `it says that ${builder} built it`]
  if (authentication.outcome === 'unchecked')
    return { level: 1, because, next: [`a signature that holds: ${authentication.says}`] }
  because.push(`signed by ${signerWords(authentication.signer)}`)
  if (builders === undefined) return { level: 1, because, next: [noList] }
  const level = trustedLevel(builders, builder, authentication.signer)
  if (level < 2) {
    const next = `this builder with this signer on your list at level 2 or 3; it is ${level === 1 ? 'there at level 1' : 'not on it'}`
    return { level: 1, because, next: [next] }
  }
  because.push(`your list trusts this signer for this builder up to level ${level}`)
  return { level, because, next: level === 3 ? [] : ['this builder with this signer on your list at level 3'] }
}

/** The level in a summary of a verifier that counts; empty where the item is no summary or not about the thing. */
function summaryFor(
  { item, authentication }: JudgedItem,
  track: 'BUILD' | 'SOURCE',
  builders: Builders | undefined,
  isAbout: (item: ProvenanceItem) => boolean,
): readonly LevelFound[] {
  const predicate = item.statement?.predicate
  if (predicate?.kind !== 'summary' || !isAbout(item)) return []
  const { summary } = predicate
  const { verifier } = summary
  const refused = (why: string): readonly LevelFound[] => [
    { level: 0, because: [why], next: ['a summary that passed, signed by a verifier on your list'] },
  ]
  if (authentication.outcome !== 'right') return refused(`the summary is not authentic: ${authentication.says}`)
  if (verifier === undefined || builders === undefined) return refused(`a summary counts by your list alone`)
  if (!isTrustedVerifier(builders, verifier, authentication.signer)) return refused(`${verifier} is not on your list`)
  const level = levelInSummary(summary, track)
  if (level === 0) return refused(`${verifier} gives no level of the ${track.toLowerCase()} track, or it did not pass`)
  const highest = track === 'BUILD' ? 3 : 4
  return [
    {
      level,
      because: [`${verifier}, whom your list trusts, found it at that level`],
      next: level === highest ? [] : [`a summary with SLSA_${track}_LEVEL_${level + 1}`],
    },
  ]
}

function namesCommit({ statement }: ProvenanceItem, commits: ReadonlySet<string>): boolean {
  return statement?.subjects.some(({ digests }) => commits.has(commitOf(digests) ?? '')) === true
}

function provenanceOf({ statement }: ProvenanceItem) {
  const predicate = statement?.predicate
  return predicate?.kind === 'provenance' ? predicate.provenance : undefined
}
