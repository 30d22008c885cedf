/**
 * The door for documents that a node follows without a statement: collections of OSV and CVE records, CSAF documents of
 * providers that have no log, VEX, catalogues of known exploited vulnerabilities.
 *
 * Whoever follows a source puts each document into the public blobs first and then tells the vault of it, by digest. The
 * vault records in its journal what it was told, in that order, and matches it like the document of an advisory
 * statement; its *origin* is the address of the source, where that of a statement is the origin of a log. A document
 * that the vault was told of stays in the blobs: the history of matches is rebuilt from it.
 */

/** One document as the source has it now. */
export interface FollowedDocument {
  /** What the source calls it, the same for all its revisions: a path, an identifier. 1 to 600 characters. */
  readonly name: string
  /** `sha256:<hex>` of its octets, which are in the blobs already. */
  readonly digest: string
}

/** What has changed at a source since the vault was told of it last. */
export interface FollowedChange {
  /** Address of the source, an `https:` or `file:` URL of at most 600 characters. */
  readonly origin: string
  /** New documents, and those whose octets are others; what is known already under this digest is passed over. */
  readonly put: readonly FollowedDocument[]
  /** Names of documents that the source has no more: they say nothing any longer. */
  readonly removed: readonly string[]
}

/** The vault as those see it who follow sources. */
export interface FollowedDoor {
  /**
   * Takes a change up. Resolves once it is durable; matching goes on in the background (`settled`). A change of any size
   * is recorded in parts, so that a kill may leave a beginning of it: tell it again, nothing is done twice.
   *
   * Errors: `bad-name` for an origin, a name or a digest that is none; `missing-document` where a blob is not there, and
   * then nothing is taken; `closed`, `storage-failed`.
   */
  follow(change: FollowedChange): Promise<void>
  /** The documents that the vault was told of and that the source still has, by name. */
  followedDocuments(origin: string): ReadonlyMap<string, string>
  /** Addresses of the sources of which there are documents. */
  followedOrigins(): readonly string[]
}
