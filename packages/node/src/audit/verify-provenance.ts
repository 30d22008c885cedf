/**
 * Verification of provenance without a network: `comity verify FILE` for in-toto statements in DSSE envelopes and
 * sigstore bundles. Nothing is trusted but what is given: a pinned trust root, keys, and a list of builders.
 */
import {
  type Builders,
  evidenceOf,
  ExposureError,
  type JudgedItem,
  type KnownFile,
  type KnownSbom,
  type LevelFound,
  readProvenance,
  type Tie,
} from '@comity/exposure'
import { authenticate, type GivenKey, type PinnedRoot } from '@comity/exposure/sigstore'
import { type FileVerification, type Step, Verification } from './verification.ts'

/** What somebody who verifies provenance brings along. Everything is optional; what is missing is said. */
export interface ProvenanceMatter {
  readonly root?: PinnedRoot
  readonly keys: readonly GivenKey[]
  /** Whose signature it should bear. */
  readonly expected?: { readonly issuer: string; readonly subject: string }
  /** Files that it should be about. */
  readonly artifacts: readonly (KnownFile & { readonly bytes: Uint8Array })[]
  readonly sbom?: KnownSbom
  readonly builders?: Builders
}

/** Verifies every item of a file of provenance. Never throws for what is in the file. */
export function verifyProvenance(bytes: Uint8Array, matter: ProvenanceMatter): FileVerification {
  const verification = new Verification()
  const judged = judge(bytes, matter, verification)
  if (judged === undefined) return verification.result('provenance')
  const { artifacts, sbom, builders } = matter
  const { build, source, ...ties } = evidenceOf({
    judged,
    artifacts,
    ...(sbom !== undefined && { sbom }),
    ...(builders !== undefined && { builders }),
  })
  for (const tie of ties.artifacts) sayTie(verification, 'artifact', tie)
  for (const tie of ties.sbom) sayTie(verification, 'sbom', tie)
  const isAboutStatements = judged.some(({ item }) => item.statement !== undefined)
  if (artifacts.length === 0 && isAboutStatements) {
    verification.unchecked('artifact', 'no file is at hand that it could be about: give it with --artifact')
  }
  if (judged.some(({ item }) => item.statement?.predicate.kind === 'provenance')) {
    sayLevel(verification, 'slsa-build', 'build', build)
    sayLevel(verification, 'slsa-source', 'source', source)
    verification.beyond('parameters', 'that it was built from what you expect, and in the way you expect: read it')
  }
  return verification.result('provenance')
}

function judge(bytes: Uint8Array, matter: ProvenanceMatter, verification: Verification): JudgedItem[] | undefined {
  try {
    const { items, refused } = readProvenance(bytes)
    for (const { where, refused: error } of refused) {
      verification.wrong('form', `${where}: ${error.message}`, error.code)
    }
    return items.map((item) => {
      const [file] = matter.artifacts
      const authentication = authenticate(item, { ...matter, ...(file !== undefined && { artifact: file.bytes }) })
      sayItem(verification, { item, authentication }, matter)
      return { item, authentication }
    })
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    const place = error.pointer === '' ? '' : ` (at ${error.pointer})`
    verification.wrong('form', `${error.message}${place}`, error.code)
    return undefined
  }
}

const forms = {
  bundle: 'a sigstore bundle',
  envelope: 'a DSSE envelope',
  statement: 'a bare in-toto statement',
} as const

function sayItem(
  verification: Verification,
  { item, authentication }: JudgedItem,
  { expected, builders }: ProvenanceMatter,
): void {
  const { where, form, statement, total } = item
  const place = where === '' ? '' : `${where}: `
  const states = statement === undefined ? 'that signs a file itself' : `that states ${statement.predicateType}`
  const left = total === 0 ? '' : `; ${total === 1 ? 'one part of it was' : `${total} parts of it were`} left out`
  verification.right('form', `${place}${forms[form]} ${states}${left}`)
  const says = `${place}${authentication.says}`
  switch (authentication.outcome) {
    case 'right':
      verification.right('signature', says)
      verification.restsOn(
        authentication.signer.kind === 'key'
          ? `${authentication.signer.owner}: that the key is theirs, and that nobody else has it`
          : `the authorities and logs of your trust root, and ${authentication.signer.issuer}`,
      )
      if (expected === undefined && builders === undefined) {
        verification.beyond('signer', 'that this is who should have signed: say so with --signer and --issuer')
      }
      break
    case 'wrong':
      verification.wrong('signature', says, authentication.code)
      break
    case 'unchecked':
      verification.unchecked('signature', says)
  }
}

function sayTie(verification: Verification, check: 'artifact' | 'sbom', { outcome, says }: Tie): void {
  if (outcome === 'tied') verification.right(check, says)
  else if (check === 'sbom' && outcome === 'untied') verification.unchecked(check, says)
  else verification.wrong(check, says, outcome === 'contradicted' ? 'contradicted' : 'not-its-subject')
}

function sayLevel(
  verification: Verification,
  check: Extract<Step['check'], 'slsa-build' | 'slsa-source'>,
  track: string,
  { level, because, next }: LevelFound,
): void {
  const more = next.length === 0 ? '' : `. For level ${level + 1}: ${next.join('; ')}`
  const says = `SLSA ${track} level ${level}: ${because.join('; ')}${more}`
  if (level > 0) verification.right(check, says)
  else verification.beyond(check, says)
}
