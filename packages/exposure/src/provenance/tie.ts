/**
 * Ties what was released to what is said of it, by digests alone: artifact ↔ subject of the provenance, SBOM ↔ subject
 * or byproduct, root of the SBOM ↔ artifact. Names tie nothing.
 */
import { compareDigests, type DigestSet, digestWords } from './digest-set.ts'
import type { ProvenanceItem } from './read-provenance.ts'
import type { SbomRoot } from './sbom-root.ts'

/** A file that is at hand, or that a statement names. */
export interface KnownFile {
  readonly name: string
  readonly digests: DigestSet
}

export interface KnownSbom extends KnownFile {
  /** What it is an inventory of; absent where it does not say, or was not read. */
  readonly root?: SbomRoot
}

/**
 * `tied`: the digests agree. `contradicted`: something says another digest than the file has. `untied`: nothing that is
 * at hand is about it, or not by a digest that counts.
 */
export interface Tie {
  readonly outcome: 'tied' | 'contradicted' | 'untied'
  readonly says: string
}

/** How one item of provenance is about a file: by a subject with its digests. */
export function tieToSubject({ statement }: ProvenanceItem, file: KnownFile): Tie {
  const subjects = statement?.subjects ?? []
  const compared = subjects.map((subject) => ({ subject, how: compareDigests(subject.digests, file.digests) }))
  const contradiction = compared.find(({ subject, how }) => how === 'different' && agreesInPart(subject.digests, file))
  if (contradiction !== undefined) {
    const says = `a subject has one digest of ${file.name} and another that it has not: no file has both`
    return { outcome: 'contradicted', says }
  }
  const same = compared.find(({ how }) => how === 'same')
  if (same !== undefined) {
    return { outcome: 'tied', says: `${file.name} is its subject, ${digestWords(same.subject.digests)}` }
  }
  const named = compared.find(({ subject, how }) => how === 'different' && baseName(subject.name) === file.name)
  if (named !== undefined) {
    const says = `it is about a ${file.name} with ${digestWords(named.subject.digests)}, and this one has ${digestWords(file.digests)}`
    return { outcome: 'contradicted', says }
  }
  const weak = compared.some(({ subject, how }) => how === 'incomparable' && baseName(subject.name) === file.name)
  const says = weak
    ? `it names ${file.name} by digests that do not tie files (${Object.keys(subjects[0]?.digests ?? {}).join(', ')}), or none of those at hand`
    : `${file.name}, ${digestWords(file.digests)}, is none of its ${subjects.length} subjects`
  return { outcome: 'untied', says }
}

/** How an SBOM hangs together with the rest: every tie that was found, or the one that says why there is none. */
export function tieSbom(
  sbom: KnownSbom,
  artifacts: readonly KnownFile[],
  items: readonly ProvenanceItem[],
): readonly Tie[] {
  const ties: Tie[] = []
  for (const { statement } of items) {
    const { predicate } = statement ?? {}
    const provenance = predicate?.kind === 'provenance' ? predicate.provenance : undefined
    for (const [role, resources] of [
      ['a subject', statement?.subjects],
      ['a byproduct of the build', provenance?.byproducts],
      ['an input of the build', provenance?.dependencies],
    ] as const) {
      if (resources?.some(({ digests }) => digests !== undefined && compareDigests(digests, sbom.digests) === 'same')) {
        ties.push({ outcome: 'tied', says: `the provenance names this SBOM as ${role}` })
      }
    }
  }
  const root = rootTie(sbom, artifacts)
  if (root !== undefined) ties.push(root)
  if (ties.length > 0) return ties
  const says =
    'nothing ties the SBOM to what was released: no provenance names its digest, and its root component gives none of an artifact'
  return [{ outcome: 'untied', says }]
}

function rootTie({ root }: KnownSbom, artifacts: readonly KnownFile[]): Tie | undefined {
  if (root === undefined) return undefined
  const compared = artifacts.map((file) => ({ file, how: compareDigests(root.digests, file.digests) }))
  const same = compared.find(({ how }) => how === 'same')
  if (same !== undefined) return { outcome: 'tied', says: `the SBOM is of ${same.file.name}: its root has that digest` }
  if (!compared.some(({ how }) => how === 'different')) return undefined
  const says = `the SBOM is of something with ${digestWords(root.digests)}, which none of the artifacts has`
  return { outcome: 'contradicted', says }
}

function agreesInPart(digests: DigestSet, { digests: own }: KnownFile): boolean {
  return ['sha256', 'sha384', 'sha512'].some((name) => Object.hasOwn(own, name) && own[name] === digests[name])
}

function baseName(name: string | undefined): string | undefined {
  return name?.slice(name.lastIndexOf('/') + 1)
}
