import { isCount, parseDecimal } from './decimal.ts'
import { LogError } from './errors.ts'

/**
 * Tile arithmetic (C2SP tlog-tiles, *Merkle Tree*). A tile is 256 hashes side by side:
 *
 *     tile(L, N)[i] = MTH(D[(256·N + i)·256^L : (256·N + i + 1)·256^L])
 *
 * The rightmost tile of a level may be partial; only full tiles are hashed into the level above.
 */

/** Hashes in a full tile. */
export const tileWidth = 256

/** Heights of the tree that one tile spans: 2^8 = 256. */
export const tileHeight = 8

/** The highest tile level a path may name (tlog-tiles: 0 to 63). */
export const maxTileLevel = 63

/** A tile of hashes at a level, or the bundle of the entries themselves. */
export interface TileCoordinate {
  readonly level: number | 'entries'
  readonly index: number
  /** How many hashes or entries: 1 to 256. Below 256 the tile is partial. */
  readonly width: number
}

/**
 * The path of a tile of hashes.
 *
 * @example tilePath(0, 1234067) // 'tile/0/x001/x234/067'
 * @example tilePath(1, 0, 17) // 'tile/1/000.p/17'
 * @throws LogError `out-of-range`
 */
export function tilePath(level: number, index: number, width: number = tileWidth): string {
  if (!isCount(level) || level > maxTileLevel) {
    throw new LogError('out-of-range', `tile level ${level}: must be 0 to ${maxTileLevel}`)
  }
  return `tile/${level}/${indexPath(index, width)}`
}

/**
 * The path of an entry bundle.
 *
 * @example entryBundlePath(0, 3) // 'tile/entries/000.p/3'
 * @throws LogError `out-of-range`
 */
export function entryBundlePath(index: number, width: number = tileWidth): string {
  return `tile/entries/${indexPath(index, width)}`
}

/** The path of either. */
export function pathOf(tile: TileCoordinate): string {
  const { level, index, width } = tile
  return level === 'entries' ? entryBundlePath(index, width) : tilePath(level, index, width)
}

/**
 * The tile that a path names, without a leading slash. Only the one spelling that `pathOf` writes is
 * accepted, so that a tile has one address in every cache.
 *
 * @throws LogError `malformed-path`
 */
export function parseTilePath(path: string): TileCoordinate {
  const match = path.length <= maxPathLength ? pathForm.exec(path) : null
  const [, levelText = '', high = '', low = '', widthText] = match ?? []
  const level = levelText === 'entries' ? 'entries' : parseDecimal(levelText)
  const index = Number(`${high.replaceAll(/[x/]/g, '')}${low}`)
  const width = widthText === undefined ? tileWidth : parseDecimal(widthText)
  if (match !== null && level !== undefined && width !== undefined && isTileIndex(index)) {
    if (level === 'entries' || level <= maxTileLevel) {
      const tile: TileCoordinate = { level, index, width }
      if (width >= 1 && width <= tileWidth && pathOf(tile) === path) return tile
    }
  }
  const shown = path.length <= maxPathLength ? JSON.stringify(path) : `of ${path.length} characters`
  throw new LogError('malformed-path', `tile path ${shown}: expected tile/L/N or tile/L/N.p/W, N like x001/x234/067`)
}

const maxPathLength = 64
const pathForm = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5})(\d{3})(?:\.p\/(\d{1,3}))?$/

/** Entry indexes are safe integers, so tile indexes end at 2^53 / 256. */
function isTileIndex(index: number): boolean {
  return isCount(index) && index <= Math.floor(Number.MAX_SAFE_INTEGER / tileWidth)
}

function indexPath(index: number, width: number): string {
  if (!isTileIndex(index)) throw new LogError('out-of-range', `tile index ${index}: must be a whole number below 2^45`)
  if (!isCount(width) || width < 1 || width > tileWidth) {
    throw new LogError('out-of-range', `tile width ${width}: must be 1 to ${tileWidth}`)
  }
  let path = String(index % 1000).padStart(3, '0')
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`
  }
  return width === tileWidth ? path : `${path}.p/${width}`
}

/** How many hashes a level has in a tree of this size: complete subtrees of 256^level entries. */
export function hashesAtLevel(level: number, size: number): number {
  return Math.floor(size / tileWidth ** level)
}

/** How wide a tile is in a tree of this size: 0 if it does not exist, 256 if it is full. */
export function widthOfTile(level: number, index: number, size: number): number {
  return Math.max(0, Math.min(tileWidth, hashesAtLevel(level, size) - index * tileWidth))
}

/**
 * The tiles of hashes that appear or change when a tree grows: what a log has to publish, or a
 * mirror to fetch. Full tiles once, and the partial tile at the end of each level that grew. The
 * entry bundles are those of level 0.
 *
 * @throws LogError `out-of-range` unless 0 ≤ oldSize ≤ newSize.
 */
export function tilesBetween(oldSize: number, newSize: number): TileCoordinate[] {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) {
    throw new LogError('out-of-range', `no tiles between sizes ${oldSize} and ${newSize}: must be 0 ≤ old ≤ new`)
  }
  const tiles: TileCoordinate[] = []
  for (let level = 0; hashesAtLevel(level, newSize) > 0; level++) {
    const from = hashesAtLevel(level, oldSize)
    const to = hashesAtLevel(level, newSize)
    for (let index = Math.floor(from / tileWidth); index * tileWidth < to; index++) {
      if (to > from) tiles.push({ level, index, width: Math.min(tileWidth, to - index * tileWidth) })
    }
  }
  return tiles
}
