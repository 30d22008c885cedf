/**
 * Cases: a procedure is data that reads like the law it carries out, and everything else is made from it. Imports neither
 * clock nor network: whoever plays a move says when it took effect.
 */
export { ProcedureError, type ProcedureErrorCode, type PossibleMove } from './procedure-error.ts'
export {
  type ChosenLength,
  type Citation,
  type ClockDefinition,
  type CommonMove,
  defineProcedure,
  type Derivation,
  type ExampleMove,
  type Guard,
  type GuardLook,
  type MoveDefinition,
  moveOf,
  type Procedure,
  type Refusal,
  type RoleDefinition,
  type StateDefinition,
  type StateRecord,
  versionName,
  type Visibility,
  visibilityOf,
} from './definition.ts'
export {
  type Agreement,
  type Case,
  type ClockStanding,
  deadlineOf,
  type Move,
  partiesOf,
  type Proposal,
  rolesOf,
  type RunningClock,
  standingOf,
} from './case.ts'
export { type Opening, openCase, reduce } from './reduce.ts'
export { requireBrought, requireForm } from './require-form.ts'
export { atTime, type Departure, departuresOf, isOfNotices, isEnded, recordsIn, recordsOf } from './at-time.ts'
export { possibleFor, possibleMoves } from './possible.ts'
export {
  concernedBy,
  isThread,
  knowsOf,
  moveVisibilityIn,
  partOf,
  seersOf,
  seesMove,
  type SightedMove,
  visibilityIn,
} from './sight.ts'
export { sealedFieldsOf, secretFieldsOf } from './sealed-fields.ts'
export { type EachClockView, type PartyStanding, standingsOf, type StandingsAsked } from './party-standings.ts'
export { type Filing, standingWith, type StandingWith } from './standing-with.ts'
export { commonBodies, commonTitles } from './common-moves.ts'
export { formOf, type FormField, type FormInput } from './form.ts'
export { bodySchemaOf, isMadeByMove, type JsonSchema, schemasByName } from './schemas.ts'
export { faultsOf, requireSound } from './check-definition.ts'
export { clocksOf, type ClockView, dueBy, type TimelineEntry, timelineOf, titleOfMove } from './timeline.ts'
export { diagramOf } from './diagram.ts'
export { pageOf } from './page.ts'
export { type Calendars, calendars } from './clocks/calendars.ts'
export { endOf, momentText } from './clocks/end.ts'
export { type HolidayBooks, useHolidays } from './clocks/holidays.ts'
export { type Length, lengthText } from './clocks/length.ts'
export { type Place, requirePlace } from './clocks/place.ts'
export {
  adherenceCase,
  adherenceProcedure,
  adherenceSlugs,
  adherenceVersion,
  moveOfKind,
  type MoveOfKind,
} from './move-of-kind.ts'
export {
  type AdvisoryAnswer,
  type AdvisoryCase,
  advisoryCaseOf,
  advisoryProcedure,
  type AdvisoryWord,
  answersIn,
} from './advisory-case.ts'
export {
  acrossEmbargo,
  countsText,
  dutiesUnder,
  type DutyStanding,
  type DutyView,
  type Happenings,
  nextDue,
} from './clocks/duties.ts'
export type { ClockProfile, Content, ContentName, Duty, Happening, Region } from './clocks/profiles/profile.ts'
export { clockProfiles, dutyOf, profileOf } from './clocks/profiles/profiles.ts'
export {
  type FactSource,
  type HandlingRecord,
  type RecordFact,
  recordOf,
  type RecordParts,
  type Registered,
} from './reports/record.ts'
export { crossingDuties, type CrossingDuties } from './reports/others-duties.ts'
export { type DueReport, type DueReports, draftReport, dueReports, type Matter } from './reports/matter.ts'
export { contentTitles } from './reports/contents.ts'
export { prepareReport, type ReportDraft, type ReportItem } from './reports/prepare-report.ts'
export { reportText, sourceText } from './reports/report-text.ts'
export { isUnmet } from './procedures/capacity.ts'
export { type CapacityTerms, misfits, offersFor } from './procedures/capacity-terms.ts'
export { type AgreementRule, ruleFault } from './procedures/agreement-rules.ts'
export {
  comparedWith,
  covers,
  type Likeness,
  type PingAnswer,
  type PingComparison,
  pingResults,
  type PingResult,
} from './procedures/ping.ts'
export { newestOf, procedureOf, procedures } from './registry.ts'
export {
  type Condition,
  conditions,
  missingConditions,
  type Notice,
  personalDataIn,
} from './procedures/restriction-conditions.ts'
