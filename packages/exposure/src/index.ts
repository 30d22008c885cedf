export { ExposureError, type ExposureErrorCode } from './exposure-error.ts'
export { type Problem, type ProblemCode, type ProblemList } from './problem.ts'
export { formatPurl, maxPurlLength, parsePurl, type Purl, type PurlParts } from './purl/purl.ts'
export { purlKey, type PackageName } from './purl/package-key.ts'
export { compareVersions, schemeOfEcosystem, type Comparison } from './versions/ecosystems.ts'
export { maxVersionLength, type VersionScheme } from './versions/version-scheme.ts'
export { readSbom, type Sbom, type SbomMetadata } from './sbom/read-sbom.ts'
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
