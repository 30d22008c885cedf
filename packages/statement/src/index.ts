/**
 * Signed statements: COSE_Sign1 (RFC 9052) with CWT claims (RFC 9597), receipts (RFC 9942), parties
 * and their keys, and the core kinds. Runs in browsers: cryptography is injected. See README.md.
 */
export { StatementError, type StatementErrorCode, statementErrorCodes } from './statement-error.ts'
export type { Algorithm, KeyAlgorithm, Signer, StatementCrypto } from './crypto-port.ts'
export { MAX_JSON_DEPTH, MAX_LEAF_BYTES, MAX_RECEIPTS, MAX_STATEMENT_BYTES } from './limits.ts'

export { decodeStatement, type Statement } from './statement.ts'
export { signStatement, type StatementDraft } from './sign-statement.ts'
export { checkPayload, readPayload, readPayloadAs } from './read-payload.ts'
export { checkSignatureForm, verifySignature, verifySignatureAsync } from './signature.ts'
export { sigStructure } from './cose-sign1.ts'
export { contentTypeOf, FOREIGN, HASH_ENVELOPE, kindOf } from './content-type.ts'

export { parseIJson } from './i-json.ts'
export { canonicalJson, canonicalJsonBytes } from './canonical-json.ts'
export { fromHex, toHex } from './hex.ts'
export { type SealedField, sealedFieldDigest, sealedFieldSchema } from './sealed-field.ts'

export {
  checkPublicKey,
  decodeCoseKey,
  decodeCoseKeySet,
  encodeCoseKey,
  encodeCoseKeySet,
  type Jwk,
  jwkOf,
  jwkSchema,
  keyThumbprint,
  type PublicKey,
  publicKeyOf,
} from './public-key.ts'
export { isX25519, type PartyJwk, partyJwkSchema, partyKeyThumbprint, type X25519Jwk, x25519KeyOf } from './seal-key.ts'

export {
  advisoryUrn,
  caseUrn,
  correspondenceUrn,
  digestText,
  documentUrn,
  instrumentIds,
  instrumentUrn,
  isHex64,
  isOrigin,
  isPartyUrn,
  parseAdvisoryUrn,
  parseCaseUrn,
  parseCorrespondenceUrn,
  parseDigest,
  parseDocumentUrn,
  parseInstrumentUrn,
  parseProductUrn,
  parseReleaseUrn,
  parseStatementUrn,
  parseSupplyUrn,
  partyHex,
  partyUrn,
  percentEncode,
  productUrn,
  releaseUrn,
  statementUrn,
  supplyUrn,
} from './identifiers.ts'

export {
  type ConsistencyProof,
  encodeConsistencyReceipt,
  encodeReceipt,
  type InclusionProof,
  type ReceiptClaims,
  receiptToBeSigned,
  type SignedRoot,
  signRoot,
} from './receipts/encode.ts'
export { decodeReceipt, type Receipt } from './receipts/decode.ts'
export {
  type VerifiedConsistency,
  type VerifiedInclusion,
  verifyConsistencyReceipt,
  verifyReceipt,
} from './receipts/verify.ts'
export { attachReceipt, attachReceipts } from './receipts/attach.ts'

export { foundParty, type PartyStatement } from './parties/found-party.ts'
export { type ApprovedBy, changeOf, type PartyChange, updateParty } from './parties/update-party.ts'
export {
  isContested,
  isRecoveryKey,
  keyAt,
  type KeyStatus,
  maySign,
  partyStatementKey,
  publicKeyFor,
  roleFor,
} from './parties/party-keys.ts'
export {
  type Compromise,
  keysDigest,
  kidOf,
  type PartyKey,
  type PartyState,
  rawKey,
  type RecoveryKey,
} from './parties/party-state.ts'
export { countRecoverers, countSigners, thresholdOf, thresholdOfChange } from './parties/thresholds.ts'

export {
  defineKind,
  type Kind,
  type KindDefinition,
  type PayloadProblem,
  type Role,
  roles,
  type SubjectContext,
  type SubjectForm,
} from './kinds/kind.ts'
export { coreKinds, type CorePayloads, coreRegistry, kindRegistry, type KindRegistry } from './kinds/registry.ts'
export { type DocumentReference, type LogPrefix, MAX_DOCUMENT_BYTES, secondsOf } from './kinds/fields.ts'
export * as fields from './kinds/fields.ts'
export * as subjects from './kinds/subjects.ts'
export { type Contact, contactFunctions, type PartyPayload, type PartyType, partyTypes } from './kinds/party.ts'
export type { EndorsementPayload } from './kinds/endorsement.ts'
export type { TrustPayload } from './kinds/trust.ts'
export type { ApprovalPayload } from './kinds/approval.ts'
export type { PolicyPayload } from './kinds/policy.ts'
export type { TimePayload } from './kinds/time.ts'
export type { ContinuationPayload } from './kinds/continuation.ts'
export type { AdherencePayload } from './kinds/adherence.ts'
export type { SupportPayload } from './kinds/support.ts'
export type { ProductPayload } from './kinds/product.ts'
export type { ReleasePayload } from './kinds/release.ts'
export type { SupplyPayload } from './kinds/supply.ts'
export type { AdvisoryPayload } from './kinds/advisory.ts'
export type { MovePayload } from './kinds/move.ts'
export type { OrderPayload } from './kinds/order.ts'
export type { RecordPayload } from './kinds/record.ts'
export type { AcknowledgementPayload } from './kinds/acknowledgement.ts'
export type { FindingsPayload } from './kinds/findings.ts'
export type { WithholdingPayload } from './kinds/withholding.ts'
export type { RefusalPayload } from './kinds/refusal.ts'
export type { CommitmentPayload } from './kinds/commitment.ts'
export type { MessagePayload } from './kinds/message.ts'
export type { DeliveryPayload } from './kinds/delivery.ts'
