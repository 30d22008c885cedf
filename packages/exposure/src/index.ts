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
export { keyOf, labelOf, type Component } from './sbom/component.ts'
export {
  type Advisory,
  type AffectedPackage,
  type AffectedRange,
  type RangeEvent,
  type Severity,
} from './osv/advisory.ts'
export { parseOsv, readOsv, type OsvDocument } from './osv/read-osv.ts'
export { defaultOsvLimits, type OsvLimits } from './osv/osv-limits.ts'
export { rulesOf, type Rule } from './match/rule.ts'
export { evaluateRule, type MatchReason, type MatchState, type Outcome, type Why } from './match/evaluate-rule.ts'
export { match, versionOf, type Matchable } from './match/match.ts'
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
