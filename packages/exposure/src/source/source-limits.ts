/** What a source may hold at most. An item beyond its own limit is refused and the rest goes on; the others end the source. */
export interface SourceLimits {
  /** Octets of one item; it bounds the memory that reading takes. */
  readonly itemBytes: number
  /** Octets of all items together, as they are once unpacked. */
  readonly totalBytes: number
  /** Items, those that are refused among them. */
  readonly items: number
  /** Octets that one octet of a packed file may become, once {@link freeExpansion} is used up. */
  readonly ratio: number
  /** Levels of folders. */
  readonly folders: number
}

/**
 * Defaults. The largest public advisory has some fifty megabytes, all of OSV some 600,000 records, the CSAF documents of
 * one distribution two gigabytes. Advisories shrink to a tenth, a hundred alike in one stream to a two-hundredth; a bomb
 * of deflate is a thousand times as large as it looks, one of zstd more.
 */
export const defaultSourceLimits: SourceLimits = {
  itemBytes: 64 * 1024 * 1024,
  totalBytes: 32 * 1024 * 1024 * 1024,
  items: 2_000_000,
  ratio: 500,
  folders: 64,
}

/** Octets that a packed file may become whatever its size: small things may shrink as far as they like. */
export const freeExpansion = 16 * 1024 * 1024
