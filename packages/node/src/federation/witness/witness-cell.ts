import { sha256Hex } from '@comity/crypto'
import { type EquivocationProof, type Witnessed, parseCheckpoint, parseNote } from '@comity/log'
import type { Cells } from '@comity/store'

/** What a witness remembers of a log. The cell holds it as JSON, as it is. */
interface Recorded {
  /** The signed checkpoint that was cosigned last, with the log's own signatures alone. */
  readonly note: string
  /** When it was cosigned, whole seconds since the epoch. Times of one log never decrease. */
  readonly at: number
  /** Two contradicting checkpoints that this log signed. Nothing of it is cosigned any more. */
  readonly fork?: EquivocationProof
}

/** The record of one log, and the version of the cell it was read from. */
export interface WitnessRecord extends Recorded {
  readonly version: number
  readonly witnessed: Witnessed
}

const prefix = 'witness/'

/** Bytes that a cell's name may have. */
const maxNameBytes = 200

/** `witness/<origin>`; `witness/~<SHA-256>` for an origin too long for a cell's name. No origin begins with a tilde. */
export function witnessCellName(origin: string): string {
  const name = prefix + origin
  return Buffer.byteLength(name) <= maxNameBytes ? name : `${prefix}~${sha256Hex(Buffer.from(origin))}`
}

/** What was cosigned last of a log; undefined where nothing was. */
export function readWitnessRecord(cells: Cells, origin: string): WitnessRecord | undefined {
  const cell = cells.get(witnessCellName(origin))
  if (cell === undefined) return undefined
  const recorded: Recorded = JSON.parse(Buffer.from(cell.value).toString())
  const { size, root } = parseCheckpoint(parseNote(recorded.note).text)
  return { ...recorded, version: cell.version, witnessed: { size, root } }
}

/**
 * Replaces the record that was read, if nobody else has done so since. Durable when it resolves; requests for other logs
 * that wait at the same moment share its fdatasync.
 */
export function writeWitnessRecord(
  cells: Cells,
  origin: string,
  read: Pick<WitnessRecord, 'version'> | undefined,
  { note, at, fork }: Recorded,
): Promise<boolean> {
  const value = JSON.stringify({ note, at, ...(fork === undefined ? {} : { fork }) })
  return cells.compareAndSet(witnessCellName(origin), read?.version ?? 0, Buffer.from(value))
}

/** The origins of all logs of which something was cosigned. */
export function witnessedOrigins(cells: Cells): readonly string[] {
  return cells
    .names()
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => {
      const cell = cells.get(name)
      if (cell === undefined) return []
      const { note }: Recorded = JSON.parse(Buffer.from(cell.value).toString())
      return [parseCheckpoint(parseNote(note).text).origin]
    })
}
