/** What a party shows at its new home: that the log it left has the statement of its move, under a signed checkpoint. */
import type { Client } from '@comity/contract'
import { treeHasher } from '@comity/crypto'
import {
  formatNote,
  formatTlogProof,
  type HashStorage,
  hashLength,
  LogError,
  parseCheckpoint,
  parseNote,
  tileWidth,
  Tree,
  verifyInclusion,
  widthOfTile,
} from '@comity/log'
import { type ContinuationPayload, digestText } from '@comity/statement'
import { CliError } from '../cli-error.ts'

/** A proof looks at two tiles a level, and there are seven levels at the most. */
const tilesForOneProof = 32

/** An entry of a log. */
export interface Placed {
  readonly origin: string
  readonly index: number
  /** Its bytes as they stand there. */
  readonly leaf: Uint8Array
}

/**
 * The payload of a party's continuation: `log` serves checkpoint and tiles of the log that has the move.
 *
 * Throws CliError `refused` where what is served does not prove it, `not-found` where its checkpoint does not cover it yet.
 */
export async function continuationPayload(log: Client, { origin, index, leaf }: Placed): Promise<ContinuationPayload> {
  const served = parseNote(await log.checkpoint())
  const { size, root, origin: named } = parseCheckpoint(served.text)
  if (named !== origin) throw new CliError('refused', `the checkpoint that is served is of ${named}, not of ${origin}`)
  if (size <= index) {
    throw new CliError('not-found', `the checkpoint covers ${size} entries, and the move is entry ${index}: try again`)
  }
  // Cosignatures prove nothing about the move, and a dozen of them would be more than a statement takes.
  const checkpoint = formatNote({ ...served, signatures: served.signatures.filter(({ name }) => name === origin) })
  try {
    const proof = await inclusionProof(log, index, size)
    verifyInclusion(treeHasher, { index, size, leafHash: treeHasher.leaf(leaf), root, proof })
    return {
      predecessor: { origin, size, root: digestText(root) },
      reason: 'moved',
      checkpoint,
      proof: formatTlogProof({ index, proof, checkpoint }),
    }
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new CliError('refused', `the tiles of ${origin} do not show the move: ${error.message}`, {
      inner: error.code,
      cause: error,
    })
  }
}

/** Computes it from the tiles (C2SP tlog-tiles), fetching those that it turns out to need. */
async function inclusionProof(log: Client, index: number, size: number): Promise<Uint8Array[]> {
  const tiles = new Map<string, Uint8Array>()
  const storage: HashStorage = {
    read: (level, from, count) => {
      const tile = Math.floor(from / tileWidth)
      const hashes = tiles.get(`${level}/${tile}`)
      if (hashes === undefined) throw new MissingTile(level, tile)
      const start = (from % tileWidth) * hashLength
      return hashes.slice(start, start + count * hashLength)
    },
    write: () => {
      throw new Error('the tree of another log is only read')
    },
  }
  for (let fetched = 0; ; fetched++) {
    try {
      return Tree.open(treeHasher, storage, size, { cachedTiles: 1 }).inclusionProof(index, size)
    } catch (error) {
      if (!(error instanceof MissingTile)) throw error
      if (fetched === tilesForOneProof) throw new LogError('proof-invalid', 'the tiles do not fit together')
      const { level, tile } = error
      tiles.set(`${level}/${tile}`, await log.tile(level, tile, widthOfTile(level, tile, size)))
    }
  }
}

/** A tile that has to be fetched before the computation can go on. */
class MissingTile extends Error {
  readonly level: number
  readonly tile: number

  constructor(level: number, tile: number) {
    super(`tile ${level}/${tile} is not at hand`)
    this.level = level
    this.tile = tile
  }
}
