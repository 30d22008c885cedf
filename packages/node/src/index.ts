export { ComityNode, type NodeOptions, type Submitted } from './node.ts'
export { NodeError, type NodeErrorCode } from './node-error.ts'
export { type CheckpointSigner, type NodeKeys } from './pipeline/keys.ts'
export { Refused, type Registered, batchLimit, queueLimit } from './pipeline/sequencer.ts'
export type { SignedHead } from './pipeline/ledger.ts'
export { Documents, documentLimit, type DocumentStatus } from './documents.ts'
export { FindingsKeeper } from './findings.ts'
export { type AuditOptions, type AuditProgress, audit } from './audit/audit.ts'
export { AuditError, type AuditErrorCode } from './audit/audit-error.ts'
export type { Difference, DifferenceCode, Unchecked } from './audit/difference.ts'
export type { AuditReport } from './audit/report.ts'
export type { AuditSource, DocumentCheck } from './audit/source.ts'
export type { Kept } from './audit/kept-check.ts'
export { auditSummary } from './audit/summary.ts'
export { FolderSource } from './audit/folder-source.ts'
export { HttpSource, type HttpSourceOptions } from './audit/http-source.ts'
export { type Resumption, type ResumptionReport, type ShownCheckpoint, showCheckpoint } from './restored.ts'
export { verifyFile } from './audit/verify-file.ts'
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
  changesSummary,
} from './changes.ts'
export { createServer, type ServerLog, type ServerOptions } from './http/create-server.ts'
export { Vault, type VaultOptions } from './vault/vault.ts'
