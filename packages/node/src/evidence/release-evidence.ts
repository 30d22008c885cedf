/**
 * What the documents of a release show, computed from them alone: whoever has the statement, its documents and the keys
 * of its author gets the same. Nothing is fetched, and no trust root counts but the one that the statement names or the
 * relier gives.
 */
import {
  type Authentication,
  type Builders,
  type Evidence,
  evidenceOf,
  ExposureError,
  type JudgedItem,
  type KnownSbom,
  readProvenance,
  readSbomRoot,
} from '@comity/exposure'
import { authenticate, type GivenKey, parseTrustedRoot, type PinnedRoot } from '@comity/exposure/sigstore'
import type { ReleasePayload } from '@comity/statement'

/** Larger documents are not read for this, in bytes: what is said of them is that they were not. */
export const readLimits = { provenance: 4 * 1024 * 1024, trustedRoot: 1024 * 1024, sbom: 16 * 1024 * 1024 } as const

/** What of a release statement counts here. */
export type ReleasedBuild = Pick<ReleasePayload, 'sbom' | 'artifacts' | 'provenance'>

export interface EvidenceSources {
  /** The bytes of a document (`sha256:<hex>`) of at most `limit` bytes; undefined where they are not to be had. */
  readonly read: (digest: string, limit: number) => Uint8Array | undefined
  /** Keys of the party whose release it is. */
  readonly keys: readonly GivenKey[]
  /** The relier's own trust root, in place of the one that the statement names. */
  readonly root?: PinnedRoot
  /** Whom the relier trusts to have built; without it no build level above 1 is found. */
  readonly builders?: Builders
}

/** One item of a provenance document, and what came of it. */
export interface BuildItem extends JudgedItem {
  /** The document it stands in, and where there. */
  readonly document: string
}

/** Something that could not be read, with the reason; that is a gap, not an error. */
export interface UnreadDocument {
  readonly document: string
  readonly where: string
  readonly code: string
  readonly says: string
}

export interface ReleaseEvidence {
  readonly evidence: Evidence
  readonly items: readonly BuildItem[]
  readonly unread: readonly UnreadDocument[]
  /** Whether every artifact is a subject of authentic provenance of a build. */
  readonly isAuthentic: boolean
}

/** Looks at everything that a release brings. Never throws for what is in its documents. */
export function evidenceOfRelease(build: ReleasedBuild, sources: EvidenceSources): ReleaseEvidence {
  const items: BuildItem[] = []
  const unread: UnreadDocument[] = []
  for (const named of build.provenance ?? []) {
    const { document } = named
    const bytes = sources.read(document, readLimits.provenance)
    if (bytes === undefined) {
      unread.push({ document, where: '', code: 'unreadable', says: 'the document is withheld, too large, or not here' })
      continue
    }
    try {
      const { items: found, refused } = readProvenance(bytes)
      for (const { where, refused: error } of refused) {
        unread.push({ document, where, code: error.code, says: error.message })
      }
      for (const item of found) items.push({ document, item, authentication: authenticityOf(item, named, sources) })
    } catch (error) {
      if (!(error instanceof ExposureError)) throw error
      unread.push({ document, where: error.pointer, code: error.code, says: error.message })
    }
  }
  const artifacts = (build.artifacts ?? []).map(({ name, digest, sha512 }) => ({
    name,
    digests: { sha256: digest.slice('sha256:'.length), ...(sha512 !== undefined && { sha512 }) },
  }))
  const { builders } = sources
  const sbom = sbomOf(build.sbom, sources.read)
  const shown = { artifacts, sbom, ...(builders !== undefined && { builders }) }
  const authentic = items.filter(({ authentication }) => authentication.outcome === 'right')
  return {
    evidence: evidenceOf({ judged: items, ...shown }),
    items,
    unread,
    isAuthentic: artifacts.length > 0 && evidenceOf({ judged: authentic, ...shown }).build.level > 0,
  }
}

function authenticityOf(
  item: JudgedItem['item'],
  { trustedRoot, signer }: NonNullable<ReleasedBuild['provenance']>[number],
  { read, keys, root: given }: EvidenceSources,
): Authentication {
  if (item.form !== 'bundle' || given !== undefined) {
    return authenticate(item, { keys, ...(given !== undefined && { root: given }) })
  }
  if (trustedRoot === undefined) return authenticate(item, { keys })
  const bytes = read(trustedRoot, readLimits.trustedRoot)
  if (bytes === undefined) return { outcome: 'unchecked', says: 'the trust root is withheld, too large, or not here' }
  let root: PinnedRoot
  try {
    root = parseTrustedRoot(bytes)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return { outcome: 'unchecked', says: `the trust root that the release names cannot be used: ${error.message}` }
  }
  const found = authenticate(item, { root, keys, ...(signer !== undefined && { expected: signer }) })
  if (found.outcome !== 'right' || found.signer.kind === 'key' || signer !== undefined) return found
  // Under a public authority anybody gets a certificate: somebody signed, and nobody said who it should have been.
  return { outcome: 'unchecked', says: 'the release does not say whose signature it bears, so that anybody’s would do' }
}

function sbomOf(digest: string, read: EvidenceSources['read']): KnownSbom {
  const file = { name: 'the SBOM', digests: { sha256: digest.slice('sha256:'.length) } }
  const bytes = read(digest, readLimits.sbom)
  if (bytes === undefined) return file
  try {
    const root = readSbomRoot(bytes)
    return root === undefined ? file : { ...file, root }
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return file
  }
}
