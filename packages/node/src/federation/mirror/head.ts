import { type Checkpoint, LogError, type Note, formatNote, parseCheckpoint, parseNote } from '@comity/log'
import { positionsPerLog } from '../../register/schema.ts'
import { FederationError } from '../federation-error.ts'

/** The most bytes of a head with all its cosignatures. Sixteen of ML-DSA-44 have about 53 KiB. */
export const maxHeadBytes = 128 * 1024

/** The most characters of what a head says: an origin, a size, a root, and some extension lines. */
const maxHeadText = 8192

/** A checkpoint of somebody's log as it was read. Nothing about it is known until its signature was verified. */
export interface Head extends Checkpoint {
  /** The signed note as it came, cosignatures and all. */
  readonly note: string
}

/** Throws FederationError `head-malformed`, `wrong-origin`, `head-too-large`. */
export function readHead(note: string | Uint8Array, origin: string): Head {
  if (note.length > maxHeadBytes)
    throw new FederationError('head-malformed', `the checkpoint of ${origin} has more than ${maxHeadBytes} bytes`)
  const { text, checkpoint } = parse(note, origin)
  if (checkpoint.origin !== origin) {
    const shown = JSON.stringify(checkpoint.origin.slice(0, 200))
    throw new FederationError('wrong-origin', `the checkpoint is of the log ${shown}, not of ${origin}`)
  }
  if (text.length > maxHeadText)
    throw new FederationError('head-malformed', `the checkpoint of ${origin} says more than ${maxHeadText} characters`)
  if (checkpoint.size >= positionsPerLog) {
    throw new FederationError(
      'head-too-large',
      `the checkpoint of ${origin} covers ${checkpoint.size} entries: no log here has more than ${positionsPerLog - 1}`,
    )
  }
  return { ...checkpoint, note: typeof note === 'string' ? note : Buffer.from(note).toString('utf8') }
}

/** A head that is kept here and was verified before. */
export function keptHead(note: string): Head {
  return { ...parseCheckpoint(parseNote(note).text), note }
}

/** The head with the signatures of the log alone: all that evidence needs, whatever else the note carried. */
export function withoutCosignatures({ note, origin }: Head): string {
  const { text, signatures } = parseNote(note)
  return formatNote({ text, signatures: signatures.filter(({ name }) => name === origin).slice(0, 4) })
}

export function hasSameRoot(one: Pick<Checkpoint, 'root'>, root: Uint8Array): boolean {
  return Buffer.compare(one.root, root) === 0
}

function parse(bytes: string | Uint8Array, origin: string): { text: string; checkpoint: Checkpoint } {
  try {
    const note: Note = parseNote(bytes)
    return { text: note.text, checkpoint: parseCheckpoint(note.text) }
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new FederationError(
      'head-malformed',
      `what is served as the checkpoint of ${origin} is none: ${error.message}`,
      {
        cause: error,
      },
    )
  }
}
