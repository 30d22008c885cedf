/**
 * Transparency logs (C2SP tlog-tiles, tlog-checkpoint, signed-note, tlog-cosignature, tlog-proof,
 * tlog-policy, tlog-witness) over the Merkle tree of RFC 9162. See README.md.
 */
export { LogError, type LogErrorCode } from './errors.ts'
export { emptyRoot, hashLength, treeHasherOf, type Sha256, type TreeHasher } from './hasher.ts'
export {
  rootFromInclusionProof,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
  type SubtreeConsistencyClaim,
  type SubtreeInclusionClaim,
} from './proof.ts'
export { isSubtree } from './subtree.ts'
export { memoryHashStorage, type HashStorage } from './storage.ts'
export { Tree } from './tree.ts'
export {
  entryBundlePath,
  hashesAtLevel,
  maxTileLevel,
  parseTilePath,
  pathOf,
  tilePath,
  tilesBetween,
  tileWidth,
  widthOfTile,
  type TileCoordinate,
} from './tile-path.ts'
export { decodeEntryBundle, encodeEntryBundle, maxEntryBytes } from './entry-bundle.ts'
export {
  formatNote,
  formatSignatureLine,
  isKeyName,
  maxNoteBytes,
  maxNoteSignatures,
  openNote,
  parseNote,
  parseSignatureLines,
  signNote,
  type Note,
  type NoteSignature,
  type NoteSigner,
  type NoteVerifier,
  type OpenedNote,
} from './note.ts'
export { formatVerifierKey, keyId, noteType, parseVerifierKey, verifierKey, type VerifierKey } from './note-key.ts'
export { ed25519Signer, ed25519Verifier, type Ed25519Key, type SigningKey, type Verify } from './ed25519-note.ts'
export {
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
  type Checkpoint,
  type OpenedCheckpoint,
} from './checkpoint.ts'
export { cosignatureTime, cosignatureV1Message, cosignatureVerifier, cosigner, type Cosigner } from './cosignature.ts'
export {
  mlDsaCosignatureVerifier,
  mlDsaCosigner,
  subtreeCosignatureMessage,
  type SubtreeStatement,
  type VerifyMlDsa,
} from './subtree-cosignature.ts'
export {
  formatTlogProof,
  parseTlogProof,
  verifyTlogProof,
  type TlogProof,
  type TlogProofExpectation,
} from './tlog-proof.ts'
export {
  checkTlogPolicy,
  maxPolicyBytes,
  parseTlogPolicy,
  policySatisfied,
  type PolicyGroup,
  type PolicyLog,
  type PolicyWitness,
  type TlogPolicy,
} from './tlog-policy.ts'
export {
  confirmCheckpoint,
  noteVerifier,
  requireQuorum,
  witnessVerifiers,
  type Algorithms,
  type ConfirmedCheckpoint,
} from './quorum.ts'
export {
  formatAddCheckpoint,
  judgeAddCheckpoint,
  maxAddCheckpointBytes,
  originOf,
  parseAddCheckpoint,
  type AddCheckpoint,
  type WitnessDecision,
  type Witnessed,
} from './witness.ts'
export {
  equivocationFormat,
  equivocationProof,
  isEquivocationProof,
  parseEquivocationProof,
  verifyEquivocation,
  type Equivocation,
  type EquivocationProof,
  type PrefixShown,
} from './equivocation.ts'
