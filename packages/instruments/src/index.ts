export { type Correspondence, correspondencesOf, crosswalk, crosswalkNotice, type Relation } from './crosswalk.ts'
export {
  type Instrument,
  instrumentByUrn,
  instruments,
  isProvisionId,
  provisionById,
  provisions,
} from './instrument.ts'
export {
  knownSymbols,
  type LaterParagraph,
  laterParagraphsOf,
  type LaterRelation,
  type LaterVersion,
  laterVersionNotice,
  laterVersions,
  laterVersionsOf,
} from './later-versions.ts'
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
export { besideEachOther, type CatalogId, type OscalAddresses, servedBelow } from './oscal/addresses.ts'
export { catalogIds, mappingIds, oscalCatalogOf, oscalMappingOf } from './oscal/by-id.ts'
export {
  objectiveId,
  type ObjectiveRung,
  objectiveRungs,
  oscalCatalog,
  type OscalCatalog,
  oscalNormsCatalog,
} from './oscal/catalog.ts'
export { edition, project } from './oscal/edition.ts'
export { laterId, oscalLaterCatalog, oscalLaterMapping } from './oscal/later.ts'
export { oscalMapping } from './oscal/mapping.ts'
export { catalogResource, type OscalMappingCollection } from './oscal/mapping-model.ts'
export { markup, markupLine, oneLine } from './oscal/markup.ts'
export {
  type OscalBackMatter,
  type OscalLink,
  type OscalMetadata,
  type OscalParty,
  type OscalProperty,
  type OscalResource,
  oscalTime,
  oscalVersion,
  ownProperty,
} from './oscal/model.ts'
export {
  type Bond,
  type ExportedParty,
  oscalParty,
  type OscalProfile,
  oscalProfile,
  type Word,
} from './oscal/profile.ts'
export { uuidOf } from './oscal/uuid.ts'
