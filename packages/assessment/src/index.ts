export { assess, boundParties, findingsDocument, type FindingsDocument } from './assess.ts'
export { assessParty } from './assess-party.ts'
export { AssessmentError, type AssessmentErrorCode } from './assessment-error.ts'
export { caseFactOf, type CaseReading, noticeMoves } from './case-fact-of.ts'
export { type CaseWord, caseWords, type ClockWord, clockWords, flaggedStandings, listedCases } from './case-word.ts'
export { evidenceLimit } from './candidates.ts'
export {
  askedStanding,
  type CaseClock,
  type CaseFact,
  type CaseMove,
  type CasesAsked,
  compareCases,
  firstOfEach,
  isAsked,
} from './case-fact.ts'
export type { Standing } from './standing.ts'
export { explain, type Explanation, type Why } from './explain.ts'
export type {
  AdherenceFact,
  AdvisoryFact,
  DocumentState,
  Facts,
  PartyFact,
  ProductFact,
  Ref,
  ReleaseFact,
  SuppliedFact,
} from './facts.ts'
export {
  type Cite,
  type CitedAs,
  citedAs,
  type Finding,
  type FindingCase,
  type FindingClock,
  findingsBytes,
  type FindingSupply,
  type Flag,
  flags,
  ladder,
  type Level,
  type PartyFindings,
  partyFindingsBytes,
} from './finding.ts'
export { findingsDigest, type FindingsHasher, findingsLeaf, findingsRoot } from './findings-digest.ts'
export {
  type ProductWord,
  productWords,
  type ReleaseWord,
  releaseWords,
  supplyMeanings,
  supplyPhrase,
  type SupplyWord,
} from './supply-words.ts'
export { compareAcknowledgements, compareAdvisories, compareLatest, compareProducts, compareReleases } from './order.ts'
export { type ByCountry, resourcesByCountry } from './indicators/by-country.ts'
export { csvLine } from './indicators/csv.ts'
export { distributionOf, type Measure, measures, measureTitles } from './indicators/distribution.ts'
export { type Indicator, type YearValue } from './indicators/indicator.ts'
export { Problems, type SourceProblem, type SourceProblemCode } from './indicators/problems.ts'
export {
  type CountryReport,
  type MeasureReport,
  type ResourcesReport,
  resourcesReport,
  type ResourcesSource,
} from './indicators/report.ts'
export { readRirStatistics, type RirStatistics } from './indicators/rir-statistics.ts'
export { sampleReport } from './indicators/sample.ts'
export { readWorldBankCsv } from './indicators/world-bank-csv.ts'
export { readWorldBankJson } from './indicators/world-bank-json.ts'
export { type OscalAssessmentPlan, oscalAssessmentPlan } from './oscal/assessment-plan.ts'
export {
  type FindingsToExport,
  type OscalAssessmentResults,
  oscalAssessmentResults,
} from './oscal/assessment-results.ts'
export { type AssessmentRequest, type Cut, orderedCut, type Prefix, type RulesetName } from './request.ts'
export { type Condition, meanings, type Requirement, type Sort, type Word } from './requirement.ts'
export { type Rule, type Rung } from './rule.ts'
export { currentRuleset, type Ruleset, rulesetDescription, rulesetOf, rulesets } from './ruleset.ts'
