export { type Correspondence, correspondencesOf, crosswalk, crosswalkNotice, type Relation } from './crosswalk.ts'
export {
  type Instrument,
  instrumentByUrn,
  instruments,
  isProvisionId,
  provisionById,
  provisions,
} from './instrument.ts'
export { type Norm, type NormId, norms } from './norms.ts'
export { type PartyType, partyTypes } from './party-type.ts'
export {
  type Citation,
  type Duty,
  type InstrumentId,
  type Provision,
  type ProvisionId,
  provisionIds,
} from './provision.ts'
