import { sha256Hex } from '@comity/crypto'

/** Tables whose rows concern the thing named in `sub`, which only its own party speaks about. */
export type Thing = 'product' | 'release' | 'supply' | 'advisory'

/**
 * What the column `thing` holds: the first 48 bits of the SHA-256 of the name in `sub`. An index over names would be
 * five times as large, and most of what the register writes for a product. Who looks for a name compares that as well.
 */
export function thingKey(sub: string): number {
  return Number.parseInt(sha256Hex(Buffer.from(sub)).slice(0, 12), 16)
}

/** A row concerns this thing; the parameters are {@link thingKey} of its name and the name. */
export const isThing = 'kind_row.thing = ? AND kind_row.sub = ?'

/** Two rows concern the same thing. */
export const isSameThing = 'later.thing = kind_row.thing AND later.sub = kind_row.sub'
