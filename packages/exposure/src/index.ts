export { ExposureError, type ExposureErrorCode } from './exposure-error.ts'
export { type Problem, type ProblemCode, type ProblemList } from './problem.ts'
export { formatPurl, maxPurlLength, parsePurl, type Purl, type PurlParts } from './purl/purl.ts'
export { purlKey, type PackageName } from './purl/package-key.ts'
export { compareVersions, schemeOfEcosystem, type Comparison } from './versions/ecosystems.ts'
export { maxVersionLength, type VersionScheme } from './versions/version-scheme.ts'
export { maxVersConstraints, maxVersLength, parseVers, readVers } from './vers/parse-vers.ts'
export {
  formatVers,
  schemeOfVers,
  type VersComparator,
  type VersConstraint,
  type VersRange,
} from './vers/vers-range.ts'
export { simplifyVers, versContains, versTest } from './vers/vers-contains.ts'
export { versFromNative } from './vers/native/from-native.ts'
export { readSbom } from './sbom/read-sbom.ts'
export { type Sbom, type SbomFormat, type SbomMetadata } from './sbom/inventory.ts'
export { sbomMediaType } from './sbom/media-type.ts'
export { defaultSbomLimits, type SbomLimits } from './sbom/sbom-limits.ts'
export { labelOf, type Component } from './sbom/component.ts'
export {
  type Advisory,
  type AffectedPackage,
  type AffectedRange,
  type RangeEvent,
  type Severity,
} from './osv/advisory.ts'
export { parseOsv, parseOsvYaml, readOsv, type OsvDocument } from './osv/read-osv.ts'
export { defaultOsvLimits, type OsvLimits } from './osv/osv-limits.ts'
export { type Alert, alertOf, type Alerting, type AlertReason, followed, type HistoryEntry } from './match/alert.ts'
export { type Coverage } from './match/coverage.ts'
export { evaluateRule } from './match/evaluate-rule.ts'
export { fixesOf } from './match/fixes.ts'
export { type Aliases, canonical, foldAliases, type Named, type NamedVulnerability } from './match/fold-aliases.ts'
export {
  identifiersOf,
  type Identified,
  type Identifier,
  type IdentifierKind,
  keysOfComponent,
  productKey,
} from './match/identifiers.ts'
export { knownOfCsaf, knownOfCve, knownOfOsv, knownOfVex } from './match/known-advisories.ts'
export { type Author, type KnownAdvisory, type StatedSeverity } from './match/known-advisory.ts'
export { match, type Matching } from './match/match.ts'
export { type Matchable, versionOf } from './match/matchable.ts'
export {
  type AdvisoryFormat,
  isHarmless,
  type MatchReason,
  type MatchState,
  matchStates,
  type Outcome,
  strongest,
  type Why,
} from './match/outcome.ts'
export {
  type Candidate,
  comparePriority,
  exploitedByCve,
  type Fact,
  type Knowledge,
  type Priority,
  priorityOf,
} from './match/priority.ts'
export {
  type Claim,
  type ClaimState,
  type Condition,
  isStated,
  type OsvRule,
  type Rule,
  type StatedRule,
} from './match/rule.ts'
export { rulesOf } from './match/rules-of-osv.ts'
export { type Rating, type ReadSeverity, severityReader, type SeverityReader } from './match/severity.ts'
export {
  type SourceWord,
  type OperatorWord,
  type Sources,
  type Standing,
  standingOf,
  type StandingState,
  standingStates,
} from './match/standing.ts'
export { type Surroundings, surroundingsOf } from './match/surroundings.ts'
export {
  sbomFromNpmLockfile,
  type CycloneDxBom,
  type CycloneDxComponent,
  type CycloneDxDependency,
} from './sbom/npm-lockfile.ts'
export { parseCsaf, readCsaf, type CsafDocument } from './csaf/read-csaf.ts'
export { defaultCsafLimits, type CsafLimits } from './csaf/csaf-limits.ts'
export {
  type CsafAdvisory,
  type CsafGroup,
  type CsafProduct,
  type CsafReference,
  type CsafRelationship,
  type CsafRemediation,
  type CsafRevision,
  type CsafScore,
  type CsafStatus,
  type CsafStep,
  type CsafThreat,
  type CsafTracking,
  type CsafVulnerability,
  type Justification,
  type ProductIdentifiers,
  type ProductState,
} from './csaf/csaf-advisory.ts'
export { type ProductVersion } from './csaf/product-version.ts'
export type { CsafDraft, DraftProduct, DraftPublisher, DraftVulnerability } from './csaf/csaf-draft.ts'
export { draftFromOsv } from './csaf/draft-from-osv.ts'
export { writeCsaf } from './csaf/write-csaf.ts'
export { csafFileName } from './csaf/file-name.ts'
export { productResolver, type ResolvedProduct } from './csaf/resolve-product.ts'
export { parseCpe, type Cpe } from './cpe/cpe.ts'
export { readVex } from './vex/read-vex.ts'
export { defaultVexLimits, type VexLimits } from './vex/vex-limits.ts'
export {
  type VexComponent,
  type VexDocument,
  type VexJustification,
  type VexProduct,
  type VexState,
  type VexStatement,
  type VexVersion,
} from './vex/vex-statement.ts'
export { parseCve, readCve, type CveDocument } from './cve/read-cve.ts'
export { defaultCveLimits, type CveLimits } from './cve/cve-limits.ts'
export {
  type CveContainer,
  type CveMetric,
  type CveProduct,
  type CveRecord,
  type CveReference,
  type CveStatus,
  type CveVersion,
} from './cve/cve-record.ts'
export {
  defaultKevLimits,
  parseKev,
  readKev,
  type KevCatalogue,
  type KevEntry,
  type KevLimits,
} from './kev/read-kev.ts'
export { type GivenItem, type RefusedItem, type SourceItem } from './source/source-item.ts'
export { defaultSourceLimits, type SourceLimits } from './source/source-limits.ts'
export { formatOf, formatOfJson, type DocumentFormat, type FormatName } from './source/format-of.ts'
export { knownOf } from './source/known-of.ts'
export {
  readAdvisories,
  readAdvisory,
  type AdvisoryDocument,
  type AdvisoryReader,
  type ReadItem,
  type SourceCounts,
} from './source/read-advisories.ts'
export { fetchFeed } from './feed/fetch-feed.ts'
export {
  defaultFeedLimits,
  type FeedAnswer,
  type FeedLimits,
  type FeedOptions,
  type FeedOutcome,
  type FeedPlace,
  type FeedPort,
  type FeedRequest,
  type FeedState,
} from './feed/feed-state.ts'
export { type Builders, parseBuilders, type TrustedBuilder, type TrustedVerifier } from './provenance/builders.ts'
export { compareDigests, type DigestSet, digestWords } from './provenance/digest-set.ts'
export {
  type DsseEnvelope,
  type DsseKey,
  inTotoPayloadType,
  keysOfEnvelope,
  preAuthEncoding,
} from './provenance/dsse.ts'
export { rawSignature } from './provenance/der-signature.ts'
export { type Evidence, evidenceOf, type EvidenceQuestion } from './provenance/evidence.ts'
export type { InTotoStatement } from './provenance/in-toto.ts'
export { defaultProvenanceLimits, type ProvenanceLimits } from './provenance/provenance-limits.ts'
export {
  looksLikeProvenance,
  type ProvenanceFile,
  type ProvenanceItem,
  readProvenance,
  type RefusedProvenance,
} from './provenance/read-provenance.ts'
export { readSbomRoot, type SbomRoot } from './provenance/sbom-root.ts'
export { type Authentication, type Signer, signerWords } from './provenance/signer.ts'
export type { JudgedItem, LevelFound } from './provenance/slsa-level.ts'
export type { KnownFile, KnownSbom, Tie } from './provenance/tie.ts'
