/**
 * Everything that can be answered with an error, by its stable code: the HTTP status, the title for people, and the
 * title that the SCITT reference API (draft-ietf-scitt-scrapi-11) uses for the same thing.
 *
 * A code is never renamed and never changes its meaning: clients branch on it, and it stands in signed refusals.
 */
import type { ExposureErrorCode } from '@comity/exposure'
import type { StatementErrorCode } from '@comity/statement'

/** Titles that SCRAPI gives to errors of `/entries` and `/.well-known/scitt-keys`. */
export type ScittTitle =
  | 'Malformed request'
  | 'Bad Signature Algorithm'
  | 'Confirmation Missing'
  | 'Payload Missing'
  | 'Rejected'
  | 'Invalid locator'
  | 'Not Found'
  | 'No such key'
  | 'Too Many Requests'
  | 'Service unavailable'

export interface ProblemKind {
  readonly status: number
  readonly title: string
  readonly scitt: ScittTitle
}

function kind(status: number, title: string, scitt: ScittTitle): ProblemKind {
  return { status, title, scitt }
}

const ofStatements = {
  'not-cbor': kind(400, 'Not CBOR', 'Malformed request'),
  'non-canonical': kind(400, 'CBOR not in deterministic form', 'Malformed request'),
  'wrong-tag': kind(400, 'Not a tagged COSE_Sign1', 'Malformed request'),
  'unknown-algorithm': kind(400, 'Unknown signature algorithm', 'Bad Signature Algorithm'),
  'missing-algorithm': kind(400, 'Missing signature algorithm', 'Bad Signature Algorithm'),
  'payload-missing': kind(400, 'Payload missing', 'Payload Missing'),
  'statement-too-large': kind(413, 'Statement too large', 'Rejected'),
  'missing-claim': kind(400, 'Missing claim', 'Malformed request'),
  'bad-claim': kind(400, 'Malformed claim', 'Malformed request'),
  'bad-subject': kind(400, 'Subject not of the form its kind demands', 'Rejected'),
  'bad-content-type': kind(400, 'Malformed content type', 'Malformed request'),
  'unknown-header': kind(400, 'Unknown critical header', 'Malformed request'),
  'wrong-signature': kind(400, 'Signature does not verify', 'Confirmation Missing'),
  'high-s': kind(400, 'Signature with high S', 'Confirmation Missing'),
  'small-order-key': kind(400, 'Key of small order', 'Rejected'),
  'bad-key': kind(400, 'Malformed key', 'Rejected'),
  'unknown-key': kind(400, 'Unknown key', 'Rejected'),
  'revoked-key': kind(400, 'Key no longer valid', 'Rejected'),
  'not-yet-valid-key': kind(400, 'Key not yet valid', 'Rejected'),
  'key-without-role': kind(400, 'Key without this role', 'Rejected'),
  'key-without-kind': kind(400, 'Key may not sign this kind', 'Rejected'),
  'wrong-party': kind(400, 'Statement of another party', 'Rejected'),
  'threshold-not-met': kind(400, 'Threshold not met', 'Rejected'),
  'key-not-committed': kind(400, 'Keys not committed to', 'Rejected'),
  'wrong-previous': kind(400, 'Not based on the latest party statement', 'Rejected'),
  'unknown-kind': kind(400, 'Unknown kind', 'Rejected'),
  'not-i-json': kind(400, 'Payload is not I-JSON', 'Rejected'),
  'schema-violation': kind(400, 'Payload does not fit its schema', 'Rejected'),
  'bad-receipt': kind(400, 'Malformed receipt', 'Malformed request'),
} satisfies Record<StatementErrorCode, ProblemKind>

const ofDocuments = {
  'bad-purl': kind(400, 'Not a package URL', 'Malformed request'),
  'bad-version': kind(400, 'Version does not parse', 'Malformed request'),
  'bad-vers': kind(400, 'Not a version range', 'Malformed request'),
  'bad-native-range': kind(400, 'Range without a VERS form', 'Malformed request'),
  'unsupported-ecosystem': kind(400, 'Ecosystem not supported', 'Malformed request'),
  'not-json': kind(400, 'Not JSON', 'Malformed request'),
  'not-utf-8': kind(400, 'Not UTF-8', 'Malformed request'),
  'not-yaml': kind(400, 'Not YAML', 'Malformed request'),
  'not-an-sbom': kind(400, 'Not a software bill of materials', 'Malformed request'),
  'unsupported-sbom-version': kind(400, 'Version of the SBOM format not supported', 'Malformed request'),
  'bad-sbom': kind(400, 'Malformed software bill of materials', 'Malformed request'),
  'not-osv': kind(400, 'Not an OSV record', 'Malformed request'),
  'bad-osv': kind(400, 'Malformed OSV record', 'Malformed request'),
  'not-csaf': kind(400, 'Not a CSAF document', 'Malformed request'),
  'not-vex': kind(400, 'Not a VEX document', 'Malformed request'),
  'not-cve': kind(400, 'Not a CVE record', 'Malformed request'),
  'not-kev': kind(400, 'Not a catalogue of known exploited vulnerabilities', 'Malformed request'),
  'bad-advisory': kind(400, 'Malformed advisory', 'Malformed request'),
  'unsupported-advisory-version': kind(400, 'Version of the advisory format not supported', 'Malformed request'),
  'not-a-lockfile': kind(400, 'Not a lockfile', 'Malformed request'),
  'unknown-format': kind(400, 'No known format', 'Malformed request'),
  unreadable: kind(400, 'Not readable', 'Malformed request'),
  'not-a-file': kind(400, 'Not a file', 'Malformed request'),
  'path-outside': kind(400, 'Path leads outside', 'Malformed request'),
  encrypted: kind(400, 'Encrypted', 'Malformed request'),
  'unsupported-archive': kind(400, 'Archive of a kind that is not supported', 'Malformed request'),
  'nested-archive': kind(400, 'Archive within an archive', 'Malformed request'),
  'broken-archive': kind(400, 'Archive is broken', 'Malformed request'),
  'expands-too-far': kind(413, 'Expands too far', 'Malformed request'),
  'not-answered': kind(502, 'Feed not answered', 'Malformed request'),
  'bad-answer': kind(502, 'Feed answered wrongly', 'Malformed request'),
  'cut-off': kind(502, 'Feed was cut off', 'Malformed request'),
  'wrong-digest': kind(502, 'Feed does not have the digest that was said', 'Malformed request'),
  'too-many-redirects': kind(502, 'Feed was redirected too often', 'Malformed request'),
  'repeated-member': kind(400, 'A member stands twice', 'Malformed request'),
  'not-provenance': kind(400, 'Not provenance', 'Malformed request'),
  'bad-envelope': kind(400, 'Malformed envelope', 'Malformed request'),
  'bad-statement': kind(400, 'Malformed in-toto statement', 'Malformed request'),
  'bad-bundle': kind(400, 'Malformed sigstore bundle', 'Malformed request'),
  'bad-trusted-root': kind(400, 'Malformed trust root', 'Malformed request'),
  'bad-builders': kind(400, 'Malformed list of trusted builders', 'Malformed request'),
  'bad-public-key': kind(400, 'Not a public key to verify with', 'Malformed request'),
  'bad-index': kind(503, 'Match index has to be built again', 'Service unavailable'),
  'not-indexed': kind(404, 'Not in the match index', 'Not Found'),
  'too-large': kind(413, 'Document too large', 'Malformed request'),
  'too-deep': kind(400, 'Document nested too deeply', 'Malformed request'),
  'too-many': kind(400, 'Too many items', 'Malformed request'),
} satisfies Record<ExposureErrorCode, ProblemKind>

/** What a log's judge refuses, and what a node cannot do. */
const ofNodes = {
  'clock-in-future': kind(400, 'Time lies in the future', 'Rejected'),
  'continuation-missing': kind(400, 'Continuation missing', 'Rejected'),
  'duplicate-party': kind(400, 'Party exists already', 'Rejected'),
  'duplicate-statement': kind(400, 'Statement stands in the log already', 'Rejected'),
  'kind-not-admitted': kind(400, 'Kind not admitted by the policy', 'Rejected'),
  'not-home': kind(400, 'Not the home log of this party', 'Rejected'),
  'not-the-keeper': kind(400, 'Only for the keeper of this log', 'Rejected'),
  'not-yours': kind(400, 'Belongs to another party', 'Rejected'),
  'party-not-admitted': kind(400, 'Party not admitted by the policy', 'Rejected'),
  'signed-before-move': kind(400, 'Signed before the party moved here', 'Rejected'),
  'time-decreases': kind(400, 'Time decreases', 'Rejected'),
  'unknown-advisory': kind(400, 'Unknown advisory', 'Rejected'),
  'unknown-notice': kind(400, 'Unknown notice of a supply restriction', 'Rejected'),
  'unknown-document': kind(400, 'Unknown document', 'Rejected'),
  'unknown-party': kind(400, 'Unknown party', 'Rejected'),
  'unknown-product': kind(400, 'Unknown product', 'Rejected'),
  'unknown-provision': kind(400, 'Unknown provision', 'Rejected'),
  'wrong-bootstrap': kind(400, 'Not how a log begins', 'Rejected'),
  'wrong-continuation': kind(400, 'Continuation does not fit', 'Rejected'),
  'wrong-cut': kind(400, 'Not a prefix of this log', 'Rejected'),
  'wrong-party-type': kind(400, 'Not for a party of this type', 'Rejected'),
  'digest-mismatch': kind(400, 'Content does not have this digest', 'Rejected'),
  'document-too-large': kind(413, 'Document too large', 'Rejected'),
  'missing-document': kind(400, 'Document is not here', 'Rejected'),
  'not-authorised': kind(401, 'Not authorised', 'Rejected'),
  'too-many-requests': kind(429, 'Too many requests', 'Too Many Requests'),
  // the vault, to its hosted parties
  'bad-cursor': kind(400, 'Malformed cursor', 'Malformed request'),
  'bad-name': kind(400, 'Malformed name', 'Malformed request'),
  'inventory-too-large': kind(413, 'Inventory too large', 'Malformed request'),
  'too-many-inventories': kind(409, 'Too many inventories', 'Rejected'),
  'too-many-suppliers': kind(409, 'Too many suppliers', 'Rejected'),
  'unknown-inventory': kind(404, 'Unknown inventory', 'Not Found'),
  'unknown-supplier': kind(404, 'Unknown supplier', 'Not Found'),
  'unknown-match': kind(404, 'Unknown match', 'Not Found'),
  'unknown-token': kind(404, 'Unknown token', 'Not Found'),
  // sources of documents, to the keeper
  'bad-source': kind(400, 'Malformed source', 'Malformed request'),
  'source-busy': kind(409, 'Source is being read already', 'Rejected'),
  'unknown-source': kind(404, 'Unknown source', 'Not Found'),
  // telling people, to hosted parties and to the keeper
  'bad-relay': kind(400, 'Not a mail relay', 'Malformed request'),
  'bad-subscription': kind(400, 'Malformed subscription', 'Malformed request'),
  'no-relay': kind(409, 'This node sends no mail', 'Rejected'),
  'too-many-subscriptions': kind(409, 'Too many subscriptions', 'Rejected'),
  'unknown-feed': kind(404, 'Unknown feed', 'Not Found'),
  'unknown-subscription': kind(404, 'Unknown subscription', 'Not Found'),
  // the inbox, to whoever brings a sealed message and to its hosted parties
  'attachment-broken': kind(409, 'Attachment does not open', 'Rejected'),
  'attachment-incomplete': kind(409, 'Attachment is not whole', 'Rejected'),
  'attachment-too-large': kind(413, 'Attachment too large', 'Rejected'),
  'link-expired': kind(410, 'Link has expired', 'Not Found'),
  'malformed-message': kind(400, 'Malformed message', 'Malformed request'),
  'message-too-large': kind(413, 'Message too large', 'Rejected'),
  'message-too-old': kind(400, 'Message too old', 'Rejected'),
  'not-committed': kind(409, 'Not committed to yet', 'Rejected'),
  'not-delivered': kind(409, 'Not delivered in time', 'Rejected'),
  'not-sealed': kind(400, 'Not a sealed message', 'Malformed request'),
  'seal-broken': kind(400, 'Seal is broken', 'Rejected'),
  'seal-key-expired': kind(409, 'Sealed to a key that has expired', 'Rejected'),
  'unknown-attachment': kind(404, 'Unknown attachment', 'Not Found'),
  'unknown-author': kind(409, 'Author is not known here', 'Rejected'),
  'unknown-correspondence': kind(404, 'Unknown correspondence', 'Not Found'),
  'unknown-link': kind(404, 'Unknown link', 'Not Found'),
  'unknown-message': kind(404, 'Unknown message', 'Not Found'),
  'unknown-recipient': kind(404, 'No inbox of this party', 'Not Found'),
  'unknown-seal-key': kind(409, 'Sealed to a key that is not known here', 'Rejected'),
  'wrong-opener': kind(403, 'Not opened with the key of the link', 'Rejected'),
  'wrong-recipient': kind(400, 'Message is for somebody else', 'Rejected'),
  // private cases, and what is to be submitted later
  'case-is-public': kind(400, 'Case is public', 'Rejected'),
  'order-forked': kind(409, 'Seat gave two orders', 'Rejected'),
  'order-gap': kind(409, 'Order before it is missing', 'Rejected'),
  'unknown-case': kind(404, 'Unknown case', 'Not Found'),
  'unknown-order': kind(400, 'Order is none of this seat', 'Rejected'),
  'unknown-submission': kind(404, 'Unknown submission', 'Not Found'),
  'already-founded': kind(409, 'Log exists already', 'Rejected'),
  closed: kind(503, 'Node is shutting down', 'Service unavailable'),
  frozen: kind(503, 'Node is frozen', 'Service unavailable'),
  'log-forked': kind(503, 'Log is damaged', 'Service unavailable'),
  'missing-key': kind(503, 'Node lacks a key for this', 'Service unavailable'),
  'not-founded': kind(503, 'No log is founded here', 'Service unavailable'),
  'storage-failed': kind(503, 'Storage failed', 'Service unavailable'),
  // assessment
  'document-missing': kind(503, 'A cited document is missing', 'Service unavailable'),
  'unknown-ruleset': kind(400, 'Unknown ruleset', 'Rejected'),
  'ambiguous-cut': kind(400, 'Ambiguous cut', 'Rejected'),
} satisfies Record<string, ProblemKind>

/** Why a move takes no effect at its seat, and why a case is not opened there. */
const ofCases = {
  'wrong-seat': kind(400, 'Not the seat of this case', 'Rejected'),
  'not-public': kind(400, 'Not all of it is public', 'Rejected'),
  'unknown-procedure': kind(400, 'Unknown procedure', 'Rejected'),
  'wrong-procedure': kind(400, 'Not the procedure of this case', 'Rejected'),
  'reserved-slug': kind(400, 'Name of a case that is reserved', 'Rejected'),
  'wrong-kind': kind(400, 'Not made by a statement of this kind', 'Rejected'),
  'unknown-move': kind(400, 'Unknown move', 'Rejected'),
  'bad-body': kind(400, 'Body does not fit the move', 'Rejected'),
  'no-case': kind(400, 'No such case', 'Rejected'),
  'case-exists': kind(400, 'Case is open already', 'Rejected'),
  'not-possible-now': kind(400, 'Not possible now', 'Rejected'),
  'not-your-move': kind(400, 'Not a move of this party', 'Rejected'),
  'already-made': kind(400, 'Made already', 'Rejected'),
  guarded: kind(400, 'A condition of the move is not met', 'Rejected'),
  'unknown-proposal': kind(400, 'Unknown proposal', 'Rejected'),
  'unknown-place': kind(400, 'Unknown place', 'Rejected'),
  'unknown-profile': kind(400, 'Unknown clock profile', 'Rejected'),
  'no-law': kind(400, 'No law is named', 'Rejected'),
  'nothing-due': kind(400, 'Nothing is due', 'Rejected'),
  'bad-definition': kind(500, 'Procedure is unsound', 'Service unavailable'),
} satisfies Record<string, ProblemKind>

/** What a node's keeper is told about other nodes. */
const ofPeers = {
  'bad-peer-url': kind(400, 'Not the address of a node', 'Malformed request'),
  'bad-verifier-key': kind(400, 'Malformed verifier key', 'Malformed request'),
  'not-a-peer': kind(403, 'Address of no peer', 'Rejected'),
  'private-address': kind(400, 'Address of a private network', 'Rejected'),
  'peer-unreachable': kind(502, 'Peer cannot be reached', 'Service unavailable'),
  'peer-too-slow': kind(504, 'Peer answers too slowly', 'Service unavailable'),
  'peer-answer-too-large': kind(502, "Peer's answer is too large", 'Service unavailable'),
  'peer-answer-malformed': kind(502, "Peer's answer is malformed", 'Service unavailable'),
  'peer-redirects': kind(502, 'Peer sends elsewhere', 'Service unavailable'),
  'peer-busy': kind(502, 'Peer asked to be left alone for a while', 'Service unavailable'),
  'peer-answers-otherwise': kind(502, 'Peer answers otherwise than a node', 'Service unavailable'),
  'no-log': kind(502, 'No log is served there', 'Service unavailable'),
  'head-malformed': kind(502, "Peer's checkpoint is none", 'Service unavailable'),
  'head-too-large': kind(502, "Peer's log is too large", 'Service unavailable'),
  'head-unsigned': kind(502, "Peer's checkpoint is not signed", 'Service unavailable'),
  'entries-missing': kind(502, 'Peer does not serve its entries', 'Service unavailable'),
  'entries-malformed': kind(502, "Peer's entries are malformed", 'Service unavailable'),
  'peer-unverified': kind(502, 'What the peer serves does not verify', 'Service unavailable'),
  'wrong-keeper': kind(409, 'Peer is kept by another party', 'Rejected'),
  'wrong-log-key': kind(409, 'Peer signs with another log key', 'Rejected'),
  'own-log': kind(409, 'This is the own log', 'Rejected'),
  'unknown-peer': kind(404, 'Unknown peer', 'Not Found'),
  'too-many-peers': kind(409, 'Too many peers', 'Rejected'),
} satisfies Record<string, ProblemKind>

/** Why a witness does not cosign (C2SP tlog-witness). */
const ofWitnesses = {
  'log-not-witnessed': kind(404, 'Log is not witnessed here', 'Not Found'),
  'checkpoint-unsigned': kind(403, 'Checkpoint is not signed by its log', 'Rejected'),
  'checkpoint-inconsistent': kind(422, 'Checkpoint does not continue the last one', 'Rejected'),
} satisfies Record<string, ProblemKind>

/** What is wrong with a request itself. */
const ofRequests = {
  'bad-request': kind(400, 'Malformed request', 'Malformed request'),
  'range-not-satisfiable': kind(416, 'Range not satisfiable', 'Malformed request'),
  'malformed-http': kind(400, 'Not HTTP', 'Malformed request'),
  'bad-locator': kind(400, 'Malformed locator', 'Invalid locator'),
  'body-truncated': kind(400, 'Body ended early', 'Malformed request'),
  'body-too-large': kind(413, 'Body too large', 'Malformed request'),
  'headers-too-large': kind(431, 'Headers too large', 'Malformed request'),
  'request-timeout': kind(408, 'Request took too long', 'Malformed request'),
  'wrong-content-type': kind(415, 'Wrong content type', 'Malformed request'),
  'not-permitted': kind(403, 'Not permitted to this token', 'Rejected'),
  'not-found': kind(404, 'Not found', 'Not Found'),
  'no-such-key': kind(404, 'No such key', 'No such key'),
  // where a backup goes
  'target-not-empty': kind(409, 'Target folder is not empty', 'Rejected'),
  'target-not-writable': kind(409, 'Target folder cannot be written', 'Rejected'),
  'target-full': kind(409, 'No room for the backup', 'Rejected'),
  'backup-running': kind(409, 'A backup is being made', 'Rejected'),
  withheld: kind(410, 'Withheld', 'Not Found'),
  erased: kind(410, 'Erased', 'Not Found'),
  'not-available': kind(501, 'Not available on this node', 'Service unavailable'),
  'internal-error': kind(500, 'Error inside the node', 'Service unavailable'),
} satisfies Record<string, ProblemKind>

/** Every problem code. */
export const problemKinds = {
  ...ofStatements,
  ...ofDocuments,
  ...ofNodes,
  ...ofCases,
  ...ofPeers,
  ...ofWitnesses,
  ...ofRequests,
} as const

export type ProblemCode = keyof typeof problemKinds

/** Whether `code` is one of the codes of this version. */
export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemKinds, code)
}
