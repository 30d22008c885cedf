export { ComityNode } from './node.ts'
export type { NodeOptions } from './node-options.ts'
export type { Submitted } from './pipeline/intake.ts'
export { NodeError, type NodeErrorCode } from './node-error.ts'
export { type CheckpointSigner, type NodeKeys } from './pipeline/keys.ts'
export { bytesLimit, queueLimit } from './pipeline/intake.ts'
export { Refused, type Registered, batchLimit } from './pipeline/sequencer.ts'
export type { SignedHead } from './pipeline/ledger.ts'
export { Documents, documentLimit, type DocumentStatus } from './documents.ts'
export { FindingsKeeper } from './findings.ts'
export { type AuditOptions, type AuditProgress, type LogsAuditOptions, audit, auditLogs } from './audit/audit.ts'
export { AuditError, type AuditErrorCode } from './audit/audit-error.ts'
export type { Difference, DifferenceCode, Unchecked } from './audit/difference.ts'
export type { AlongReport, AuditReport, BondsReport, CopyReport, Fork, LogsReport } from './audit/report.ts'
export type { AuditSource, DocumentCheck, MirroredLog } from './audit/source.ts'
export type { Kept } from './audit/kept-check.ts'
export { auditSummary } from './audit/summary.ts'
export { logsSummary } from './audit/logs-summary.ts'
export { FolderSource } from './audit/folder-source.ts'
export { HttpSource, type HttpSourceOptions } from './audit/http-source.ts'
export { type Resumption, type ResumptionReport, type ShownCheckpoint, showCheckpoint } from './restored.ts'
export {
  type AskedPeer,
  type RecoveryOutcome,
  type RecoveryReport,
  type RecoveryRequest,
  recoverTail,
} from './federation/recovery/recover-tail.ts'
export { type DueClock, type DueQuery, dueClocks } from './register/cases.ts'
export { partiesDue } from './register/case-rows.ts'
export {
  type EvidenceSources,
  evidenceOfRelease,
  type ReleasedBuild,
  type ReleaseEvidence,
} from './evidence/release-evidence.ts'
export { releaseGaps } from './evidence/release-gaps.ts'
export { verifyFile } from './audit/verify-file.ts'
export { type ProvenanceMatter, verifyProvenance } from './audit/verify-provenance.ts'
export { signingKeysAtHand } from './audit/known-keys.ts'
export { signingKeys } from './evidence/signing-keys.ts'
export type { VerifyFileOptions } from './audit/known-keys.ts'
export type { FileVerification, Step } from './audit/verification.ts'
export { verificationSummary } from './audit/verification-summary.ts'
export {
  type Changes,
  type ChangedFinding,
  type ChangedStatement,
  type ChangesSource,
  type Moment,
  changes,
} from './changes.ts'
export { changesSummary } from './changes-summary.ts'
export { type Comparison, type Mirror } from './federation/mirror/mirror.ts'
export type { MirrorPace, MirrorState } from './federation/mirror/mirror-state.ts'
export type { FoldListener, MirrorOptions, Mirrors } from './federation/mirror/mirrors.ts'
export type { DocumentChoice } from './federation/mirror/wanted-documents.ts'
export { verifyEquivocation } from './federation/mirror/verify-equivocation.ts'
export { Sources, type SourcesOptions, type SourceState } from './sources/sources.ts'
export { CsafProvider, type CsafProviderOptions } from './csaf/csaf-provider.ts'
export { type CsafFault, csafVersionOf } from './csaf/check-csaf.ts'
export { publishingFaults } from './csaf/examine.ts'
export { createServer, type ServerLog, type ServerOptions } from './http/create-server.ts'
export { Vault, type VaultOptions } from './vault/vault.ts'
export { FederationError, type FederationErrorCode } from './federation/federation-error.ts'
export { CarryFile, type CarryFault } from './federation/carry/carry-file.ts'
export { carriedFetch } from './federation/carry/carried-fetch.ts'
export { type CarryExport, type CarryExported, exportCarry } from './federation/carry/export-carry.ts'
export { type CarryImport, type CarryImported, type ImportedLog, importCarry } from './federation/carry/import-carry.ts'
export type { Fetch, FetchInit, Peer } from './federation/peers/peer.ts'
export type { PeerCondition, PeerRole, PeerState } from './federation/peers/peer-state.ts'
export type { AddedPeer, PeerRequest } from './federation/peers/peers.ts'
export { Telling, type TellingOptions } from './telling/telling.ts'
export { MailRelay, type MailRelayOptions } from './telling/channels/mail-relay.ts'
export { Inbox, type InboxOptions } from './federation/inbox/inbox.ts'
export type { Directory, Route } from './federation/inbox/directory.ts'
export { type CarriedFile, type PdfMessage, leastPassphrase, sealedPdf } from './federation/inbox/links/sealed-pdf.ts'
