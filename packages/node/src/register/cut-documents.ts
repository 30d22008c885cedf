/** The documents that statements of a cut refer to, as whoever computes facts has them. Digests are bare hexadecimal. */
export interface CutDocuments {
  /** Whether the bytes are here. */
  stored(hex: string): boolean
  /** The bytes of a document that is here and has at most `limit` of them; undefined otherwise. */
  read(hex: string, limit: number): Uint8Array | undefined
}

/** What a node keeps documents in. */
interface KeptDocuments {
  has(digest: string): boolean
  sizeOf(digest: string): number | undefined
  read(digest: string): Uint8Array
}

/** The documents of a node. */
export function documentsOf(kept: KeptDocuments): CutDocuments {
  return {
    stored: (hex) => kept.has(`sha256:${hex}`),
    read: (hex, limit) => {
      const size = kept.sizeOf(`sha256:${hex}`)
      return size === undefined || size > limit ? undefined : kept.read(`sha256:${hex}`)
    },
  }
}
