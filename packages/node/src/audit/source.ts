/** Where an audited log is read from. Nothing that comes out of it is believed: the audit checks it. */
export interface AuditSource {
  /** The address or folder, for the report. */
  readonly name: string
  /** The newest checkpoint, a C2SP signed note. Called first, and again where several logs are read. Throws AuditError `no-log`, `source-unreachable`. */
  checkpoint(): Promise<Uint8Array>
  /**
   * The entries of one bundle, `width` of them, in order. Undefined when the source has none there; throws LogError
   * `malformed-bundle` when the bytes cannot be taken apart, StoreError `damaged`, AuditError `source-unreachable`.
   */
  entries(index: number, width: number): Promise<readonly Uint8Array[] | undefined>
  /**
   * The hashes of one tile; undefined when it is not served. A folder whose tiles were not copied says so with
   * {@link hasTiles}.
   */
  tile(level: number, index: number, width: number): Promise<Uint8Array | undefined>
  readonly hasTiles: boolean
  /** Whether the bytes of a document (`sha256:<hex>`) are there and are what their digest says. */
  document(digest: string): Promise<DocumentCheck>
  /** The bytes of a document of at most `limit` bytes; undefined where it is not there, larger, or other than its digest says. */
  documentBytes(digest: string, limit: number): Promise<Uint8Array | undefined>
  /** The receipt that is given for a statement, by its identifier; undefined where none is served. */
  receipt(id: string): Promise<Uint8Array | undefined>
  /** The logs of others of which a copy is kept beside this one; none where the source is no node. */
  mirrors(): Promise<readonly MirroredLog[]>
  /** How many bundles are worth asking for at a time. */
  readonly concurrency: number
  close(): Promise<void>
}

/** A copy of somebody's log at a node, as the node says. Nothing of it is believed either. */
export interface MirroredLog {
  readonly origin: string
  /** The node says that it caught the log in a contradiction and takes nothing more of it. */
  readonly isQuarantined: boolean
  /** Closed by whoever asked for it. */
  readonly source: AuditSource
  /** The node's proof of that contradiction, if it has one. */
  evidence(): Promise<Uint8Array | undefined>
}

/** `differs`: there are bytes under this name, and they are others. `withheld`: the source says so. */
export type DocumentCheck = 'present' | 'withheld' | 'absent' | 'differs'
