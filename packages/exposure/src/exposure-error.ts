/**
 * Every reason for which this room refuses an input. The labels are stable: they are shown to users,
 * counted in reports and used as problem codes by the HTTP interface.
 */
export type ExposureErrorCode =
  | 'bad-purl'
  | 'bad-version'
  | 'bad-vers'
  | 'bad-native-range'
  | 'unsupported-ecosystem'
  | 'not-json'
  | 'not-utf-8'
  | 'not-yaml'
  | 'not-an-sbom'
  | 'unsupported-sbom-version'
  | 'bad-sbom'
  | 'not-osv'
  | 'bad-osv'
  | 'not-csaf'
  | 'not-vex'
  | 'not-cve'
  | 'not-kev'
  | 'bad-advisory'
  | 'unsupported-advisory-version'
  | 'not-a-lockfile'
  // an item of a source, or the archive that it lies in
  | 'unknown-format'
  | 'unreadable'
  | 'not-a-file'
  | 'path-outside'
  | 'encrypted'
  | 'unsupported-archive'
  | 'nested-archive'
  | 'broken-archive'
  | 'expands-too-far'
  // a feed that is fetched
  | 'not-answered'
  | 'bad-answer'
  | 'cut-off'
  | 'wrong-digest'
  | 'too-many-redirects'
  // provenance, and what it is verified with
  | 'repeated-member'
  | 'not-provenance'
  | 'bad-envelope'
  | 'bad-statement'
  | 'bad-bundle'
  | 'bad-trusted-root'
  | 'bad-builders'
  | 'bad-public-key'
  // the match index
  | 'bad-index'
  | 'not-indexed'
  | 'too-large'
  | 'too-deep'
  | 'too-many'

/**
 * The one error class of this room.
 *
 * `pointer` is an RFC 6901 JSON pointer into the document that was being read; it is empty when the
 * whole input is meant, or when the input is not JSON at all.
 */
export class ExposureError extends Error {
  readonly code: ExposureErrorCode
  readonly pointer: string

  constructor(code: ExposureErrorCode, message: string, pointer = '') {
    super(message)
    this.name = 'ExposureError'
    this.code = code
    this.pointer = pointer
  }
}
