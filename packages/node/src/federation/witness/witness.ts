/**
 * The witness of other logs (C2SP tlog-witness, *add-checkpoint*).
 *
 * What it promises is that it never cosigns two trees of one log of which the larger does not continue the smaller, over
 * crashes too. So requests about one log are decided one after the other; what is cosigned is durable before the answer;
 * and the write is a compare-and-set on what was read, so that nobody else can have moved it in between.
 */
import { sha256Hex, treeHasher, verifyAsync } from '@comity/crypto'
import {
  type AddCheckpoint,
  type Cosigner,
  LogError,
  type Note,
  type NoteVerifier,
  type OpenedCheckpoint,
  type VerifierKey,
  type WitnessDecision,
  equivocationProof,
  formatNote,
  formatSignatureLine,
  formatVerifierKey,
  judgeAddCheckpoint,
  noteType,
  noteVerifier,
  originOf,
  parseAddCheckpoint,
  parseNote,
} from '@comity/log'
import type { Cells } from '@comity/store'
import { noteAlgorithms } from '../../crypto-port.ts'
import { NodeError } from '../../node-error.ts'
import { Turns } from './turns.ts'
import { type WitnessRecord, readWitnessRecord, witnessedOrigins, writeWitnessRecord } from './witness-cell.ts'

/** The log keys that count for an origin at this moment; undefined for a log that this node does not witness. */
export type KnownLogs = (origin: string) => readonly VerifierKey[] | undefined

/** What a witness answers, by its HTTP status. */
export type WitnessAnswer =
  /** `body`: signature lines, one for each key. */
  | { readonly status: 200; readonly body: string }
  /** `size`: of the checkpoint that was cosigned last. */
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422; readonly detail: string }

export interface WitnessParts {
  readonly cells: Cells
  readonly cosigners: readonly Cosigner[]
  readonly knownLogs: KnownLogs
  /** The origin of this node's own log, which it does not witness: it would be its own word for itself. */
  readonly ownOrigin: string
  /** Whole seconds since the epoch. */
  readonly now: () => number
  /** Why nothing may be signed at the moment, if so. */
  readonly stopped?: () => NodeError | undefined
  /** Hears of each head that a log showed and that was cosigned: the signed note. */
  readonly onCosigned?: (origin: string, note: string) => void
  /** Hears of a head that contradicts one that was cosigned before, once the proof of that is durable. */
  readonly onFork?: (origin: string, note: string) => void
}

/** Lines that are given again for the same tree, in seconds: whoever repeats a request costs no signature. */
const linesKept = 60

/** Logs whose record and lines are kept in memory. */
const logsKept = 4096

/** How often a compare-and-set that somebody else won is decided anew. */
const attempts = 4

/** A checkpoint that may be cosigned: it is durable that it was. */
interface Settled {
  readonly text: string
  readonly at: number
}

export class Witness {
  readonly #parts: WitnessParts
  readonly #turns = new Turns()
  /** The lines that were answered last, by origin; the oldest first. */
  readonly #lines = new Map<string, { readonly text: string; readonly at: number; readonly body: string }>()
  /**
   * What was read or written last of each log, the oldest first. It may be outdated where somebody else writes the same
   * cells; then the compare-and-set fails, and it is read anew.
   */
  readonly #records = new Map<string, WitnessRecord>()
  /** Origins by the SHA-256 of their name, as far as they were asked for. */
  readonly #origins = new Map<string, string>()

  constructor(parts: WitnessParts) {
    this.#parts = parts
  }

  /** The keys under which this witness cosigns, as C2SP verifier keys. */
  get verifierKeys(): readonly string[] {
    return this.#parts.cosigners.map(formatVerifierKey)
  }

  /**
   * Answers a request. Rejects with NodeError `frozen` or `closed` where nothing may be signed, and with `storage-failed`
   * where what is to be cosigned could not be made durable: then nothing is.
   */
  async addCheckpoint(body: Uint8Array): Promise<WitnessAnswer> {
    const stopped = this.#parts.stopped?.()
    if (stopped !== undefined) throw stopped
    try {
      const request = parseAddCheckpoint(body)
      const origin = originOf(request)
      const keys = origin === this.#parts.ownOrigin ? undefined : this.#parts.knownLogs(origin)
      if (keys === undefined) return { status: 404, detail: `this witness does not know the log ${shown(origin)}` }
      const logKeys = await verifiedAhead(request, keys)
      const settled = await this.#turns.take(origin, () => this.#settle(request, origin, logKeys))
      return 'status' in settled ? settled : { status: 200, body: await this.#linesOf(origin, settled) }
    } catch (error) {
      if (error instanceof LogError) return { status: 400, detail: error.message }
      throw error
    }
  }

  /**
   * The newest checkpoint of a log that was cosigned here, with this witness's lines (tlog-witness, *Monitor Retrieval
   * Mechanism*); undefined where none was. `originHash`: SHA-256 of the origin, lowercase hex.
   */
  async latest(originHash: string): Promise<string | undefined> {
    const origin = this.#originOf(originHash)
    const record = origin === undefined ? undefined : readWitnessRecord(this.#parts.cells, origin)
    if (origin === undefined || record === undefined) return undefined
    return record.note + (await this.#linesOf(origin, { text: parseNote(record.note).text, at: record.at }))
  }

  /** Decides and makes durable. Runs for one request of a log at a time. */
  async #settle(
    request: AddCheckpoint,
    origin: string,
    logKeys: readonly NoteVerifier[],
  ): Promise<Settled | Exclude<WitnessAnswer, { status: 200 }>> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const record = this.#recordOf(origin)
      const decision = judgeAddCheckpoint(treeHasher, request, origin, logKeys, record?.witnessed)
      if (decision.status === 403) return decision
      if (record?.fork !== undefined) return forked(origin)
      if (decision.status !== 200) {
        if (record !== undefined && 'contradicts' in decision && decision.contradicts !== undefined) {
          await this.#keepFork(origin, record, decision.contradicts)
        }
        return answerOf(decision)
      }
      const { checkpoint, text } = decision.opened
      const at = Math.max(this.#parts.now(), record?.at ?? 0, this.#lines.get(origin)?.at ?? 0)
      // The same tree once more: nothing about it changes, and nothing has to be written.
      if (record !== undefined && record.witnessed.size === checkpoint.size) return this.#again(origin, { text, at })
      const { size, root } = checkpoint
      const next = { note: signedByLog(decision.opened), at, witnessed: { size, root } }
      if (await this.#write(origin, record, next)) {
        this.#parts.onCosigned?.(origin, next.note)
        return { text, at }
      }
    }
    throw new NodeError('storage-failed', `the record of ${shown(origin)} is changed by somebody else all the time`)
  }

  /** Lines that are young enough are given as they were; their time is that of the cosignature, which is still true. */
  #again(origin: string, { text, at }: Settled): Settled {
    const kept = this.#lines.get(origin)
    return { text, at: kept?.text === text && at - kept.at < linesKept ? kept.at : at }
  }

  async #keepFork(origin: string, record: WitnessRecord, opened: OpenedCheckpoint): Promise<void> {
    const { onFork } = this.#parts
    const note = signedByLog(opened)
    const fork = equivocationProof([record.note, note], undefined)
    if (await this.#write(origin, record, { ...record, fork })) onFork?.(origin, note)
  }

  #recordOf(origin: string): WitnessRecord | undefined {
    const known = this.#records.get(origin)
    if (known !== undefined) return known
    const record = readWitnessRecord(this.#parts.cells, origin)
    if (record !== undefined) keepNewest(this.#records, origin, record)
    return record
  }

  async #write(
    origin: string,
    record: WitnessRecord | undefined,
    next: Omit<WitnessRecord, 'version'>,
  ): Promise<boolean> {
    // Until it is known what became of it, nothing is known.
    this.#records.delete(origin)
    try {
      const isSet = await writeWitnessRecord(this.#parts.cells, origin, record, next)
      if (isSet) keepNewest(this.#records, origin, { ...next, version: (record?.version ?? 0) + 1 })
      return isSet
    } catch (cause) {
      throw new NodeError('storage-failed', `what is cosigned of ${shown(origin)} cannot be made durable`, { cause })
    }
  }

  async #linesOf(origin: string, { text, at }: Settled): Promise<string> {
    const kept = this.#lines.get(origin)
    if (kept?.text === text && kept.at === at) return kept.body
    const lines = await Promise.all(this.#parts.cosigners.map((cosigner) => cosigner.cosignAsync(text, at)))
    const body = lines.map(formatSignatureLine).join('')
    const newest = this.#lines.get(origin)
    // Signing ends in any order: what was settled later is newer.
    if (newest === undefined || newest.at <= at) keepNewest(this.#lines, origin, { text, at, body })
    return body
  }

  #originOf(hash: string): string | undefined {
    const known = this.#origins.get(hash)
    if (known !== undefined) return known
    for (const origin of witnessedOrigins(this.#parts.cells)) this.#origins.set(sha256Hex(Buffer.from(origin)), origin)
    return this.#origins.get(hash)
  }
}

/** Sets a value as the newest of a map, and drops the oldest beyond what is kept. */
function keepNewest<T>(map: Map<string, T>, origin: string, value: T): void {
  map.delete(origin)
  map.set(origin, value)
  for (const oldest of map.keys()) {
    if (map.size <= logsKept) break
    map.delete(oldest)
  }
}

/** The checkpoint with the signatures of its log, and nothing else that the request carried. */
function signedByLog({ text, verified }: OpenedCheckpoint): string {
  return formatNote({ text, signatures: verified })
}

/**
 * Verifiers of the log's keys that know their verdict already. Signatures are verified on other threads, before the
 * request waits for its turn, so that one log's requests do not hold up another's.
 */
async function verifiedAhead(
  { note: parsed, checkpoint }: AddCheckpoint,
  keys: readonly VerifierKey[],
): Promise<NoteVerifier[]> {
  const note = parsed ?? parseNote(checkpoint)
  const verifiers = await Promise.all(keys.map((key) => verifierAhead(key, note)))
  return verifiers.filter((verifier) => verifier !== undefined)
}

async function verifierAhead(key: VerifierKey, { text, signatures }: Note): Promise<NoteVerifier | undefined> {
  const verifier = noteVerifier(key, noteAlgorithms)
  const line = signatures.find(({ name, keyId }) => name === key.name && keyId === key.keyId)
  if (verifier === undefined || line === undefined || key.type !== noteType.ed25519) return verifier
  const isValid = await verifyAsync('EdDSA', key.publicKey, Buffer.from(text), line.signature)
  return { ...verifier, verify: (_text, signature) => isValid && Buffer.compare(signature, line.signature) === 0 }
}

function answerOf(decision: Exclude<WitnessDecision, { status: 200 }>): Exclude<WitnessAnswer, { status: 200 }> {
  if (decision.status === 409) return { status: 409, size: decision.size }
  return { status: decision.status, detail: decision.detail }
}

function forked(origin: string): WitnessAnswer & { status: 422 } {
  return {
    status: 422,
    detail: `the log ${shown(origin)} signed two trees that contradict each other: nothing of it is cosigned any more`,
  }
}

function shown(origin: string): string {
  return JSON.stringify(origin.slice(0, 200))
}
