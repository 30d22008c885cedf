/**
 * Asks peers for cosignatures of this node's own head (C2SP tlog-witness), at most once a second each.
 *
 * Witnesses are asked in rounds, all about the same checkpoint: a policy counts cosignatures of one checkpoint, and under
 * load the next one is there before the first witness has answered. A round waits for those that answered last time; one
 * that did not is tried beside it, after a pause that grows. No batch ever waits for any of it.
 */
import { mediaType } from '@comity/contract'
import { sha256 } from '@comity/crypto'
import {
  LogError,
  type NoteSignature,
  type NoteVerifier,
  type VerifierKey,
  cosignatureTime,
  formatAddCheckpoint,
  noteType,
  noteVerifier,
  openNote,
  parseNote,
  parseSignatureLines,
  parseVerifierKey,
} from '@comity/log'
import { noteAlgorithms } from '../../crypto-port.ts'
import type { SignedHead } from '../../pipeline/ledger.ts'
import { FederationError } from '../federation-error.ts'
import { type Fetch, type Peer, witnessPrefix } from '../peers/peer.ts'
import { type CosignedHeads, keyOf } from './cosigned-heads.ts'

/** Witnesses asked at most: those that were added first. */
export const witnessesAsked = 24

/** Seconds between two rounds at the least. */
const roundSeconds = 1

/** Seconds between two writes of what was collected, while there is always more. */
const persistSeconds = 10

/** Milliseconds from a request to the end of its answer: 7 kB over a slow link, and a queue. */
const answerMilliseconds = 15_000

/** Bytes of an answer: some lines of ML-DSA-44. */
const answerBytes = 64 * 1024

/** How far the clock of a witness may be from this node's, in seconds. */
export const clockTolerance = 300

/** After the first failure, and at the most, in seconds. */
const firstRetry = 2
const longestRetry = 600

export interface WitnessAskerParts {
  /** The newest signed head; undefined in a log without entries. */
  readonly head: () => SignedHead | undefined
  readonly consistencyProof: (from: number, to: number) => readonly Uint8Array[]
  readonly peers: { list(): readonly Peer[]; readonly fetch: Fetch }
  readonly cosigned: CosignedHeads
  /** From 0 to below 1: so that fifty nodes that lost the same witness do not all come back at once. */
  readonly random?: () => number
}

interface Answer {
  readonly status: number
  readonly type: string | undefined
  readonly body: string
}

/** How it goes with one witness. */
export interface WitnessState {
  readonly origin: string
  /** Names and keys under which it cosigns. */
  readonly keys: readonly VerifierKey[]
  /** The size of the newest head that it cosigned for this node, and when; 0 if it never did. */
  readonly size: number
  readonly cosignedAt: number
  /** When it is asked again after a failure, in seconds since the epoch; 0 where nothing failed. */
  readonly nextTryAt: number
  readonly lastError?: { readonly code: string; readonly message: string; readonly at: number }
}

export class WitnessAsker {
  readonly #parts: WitnessAskerParts
  readonly #random: () => number
  readonly #witnesses = new Map<string, AskedWitness>()
  readonly #beside = new Set<Promise<void>>()
  #round: Promise<void> | undefined
  #unforeseen: Error | undefined
  #roundAt = 0
  #persistAt = 0

  constructor(parts: WitnessAskerParts) {
    this.#parts = parts
    this.#random = parts.random ?? Math.random
    this.#refresh()
  }

  /** The witnesses that are asked, in the order of the peers. */
  states(): readonly WitnessState[] {
    this.#refresh()
    return [...this.#witnesses.values()].map((witness) => witness.state)
  }

  /**
   * Asks the witnesses that have not cosigned the newest head yet, where their time has come. Resolves when those have
   * answered that usually do, with when it wants to be called next: seconds since the epoch, as `now`.
   *
   * Rejects only with what nobody foresaw; what goes wrong with a witness is in its state.
   */
  async step(now: number): Promise<number> {
    if (this.#round !== undefined) await this.#round
    if (this.#unforeseen !== undefined) throw this.#unforeseen
    this.#refresh()
    const head = this.#parts.head()
    const due = head === undefined ? [] : [...this.#witnesses.values()].filter((each) => each.isDue(head, now))
    if (head === undefined || due.length === 0 || now < this.#roundAt) {
      await this.#persist(now, due.length === 0)
      return Math.max(now + (due.length === 0 ? roundSeconds : 0), this.#roundAt)
    }
    this.#roundAt = now + roundSeconds
    const [usual, failing] = [due.filter((each) => !each.isFailing), due.filter((each) => each.isFailing)]
    for (const witness of failing) this.#askBeside(witness, head, now)
    this.#round = Promise.all(usual.map((witness) => this.#ask(witness, head, now))).then(() => undefined)
    try {
      await this.#round
    } finally {
      this.#round = undefined
    }
    await this.#persist(now, false)
    return this.#roundAt
  }

  /** Resolves when nobody is asked any more, and what was collected is durable. */
  async settled(): Promise<void> {
    await this.#round
    await Promise.all(this.#beside)
    await this.#parts.cosigned.persist()
  }

  async #persist(now: number, isIdle: boolean): Promise<void> {
    if (!isIdle && now < this.#persistAt) return
    this.#persistAt = now + persistSeconds
    await this.#parts.cosigned.persist()
  }

  /** Takes up changes of the list of peers. */
  #refresh(): void {
    const peers = this.#parts.peers.list().filter(({ witnessKeys }) => witnessKeys.length > 0)
    const asked = new Map(peers.slice(0, witnessesAsked).map((peer) => [peer.origin, peer]))
    for (const origin of this.#witnesses.keys()) if (!asked.has(origin)) this.#witnesses.delete(origin)
    for (const [origin, peer] of asked) {
      const known = this.#witnesses.get(origin)
      if (known?.peer === peer) continue
      if (known !== undefined && JSON.stringify(known.peer) === JSON.stringify(peer)) known.peer = peer
      else this.#witnesses.set(origin, new AskedWitness(peer, this.#parts.cosigned))
    }
  }

  #askBeside(witness: AskedWitness, head: SignedHead, now: number): void {
    const asking = this.#ask(witness, head, now).catch((error: unknown) => {
      this.#unforeseen = error instanceof Error ? error : new Error(String(error))
    })
    this.#beside.add(asking)
    void asking.then(() => this.#beside.delete(asking))
  }

  async #ask(witness: AskedWitness, head: SignedHead, now: number): Promise<void> {
    witness.isAsked = true
    try {
      const lines = await this.#cosignaturesOf(witness, head, now)
      witness.hasCosigned(head.size, Math.max(...lines.map(cosignatureTime)))
      this.#parts.cosigned.add(head.note, lines, (line) => this.#isAsked(line))
    } catch (error) {
      witness.hasFailed(failureOf(error, witness.peer), now, this.#random())
    } finally {
      witness.isAsked = false
    }
  }

  /** One request, and one more where the witness remembers another size than this node thought. */
  async #cosignaturesOf(witness: AskedWitness, head: SignedHead, now: number): Promise<readonly NoteSignature[]> {
    for (let isSecond = false; ; isSecond = true) {
      const { status, type, body } = await this.#request(witness, head)
      if (status === 200) return linesIn(body, witness, head, now)
      const remembered = status === 409 && type === mediaType.tlogSize ? sizeIn(body) : undefined
      if (remembered === undefined) throw refused(witness.peer, status, body)
      witness.size = remembered
      if (remembered > head.size) {
        throw new FederationError(
          'witness-ahead',
          `${witness.peer.origin} remembers ${remembered} entries of this log, which has ${head.size}: entries are lost, or it is wrong`,
        )
      }
      if (isSecond) throw refused(witness.peer, status, 'its size changed between two requests')
    }
  }

  async #request({ peer, size }: AskedWitness, head: SignedHead): Promise<Answer> {
    const old = Math.min(size, head.size)
    const proof = old === 0 || old === head.size ? [] : this.#parts.consistencyProof(old, head.size)
    const body = formatAddCheckpoint({ old, proof, checkpoint: head.note })
    try {
      const response = await this.#parts.peers.fetch(`${witnessPrefix(peer)}/add-checkpoint`, {
        method: 'POST',
        headers: { 'content-type': mediaType.text },
        body,
        redirect: 'error',
        maxBytes: answerBytes,
        maxMilliseconds: answerMilliseconds,
      })
      const type = response.headers.get('content-type')?.split(';', 1)[0]?.trim()
      return { status: response.status, type, body: await response.text() }
    } catch (error) {
      if (error instanceof FederationError) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new FederationError('peer-unreachable', `no answer from ${peer.origin}: ${why}`, { cause: error })
    }
  }

  #isAsked(line: NoteSignature): boolean {
    return [...this.#witnesses.values()].some((witness) => witness.keyIds.has(keyOf(line)))
  }
}

/** What is known of one witness while this process runs. What it cosigned is kept elsewhere. */
class AskedWitness {
  peer: Peer
  readonly keys: readonly VerifierKey[]
  readonly verifiers: readonly NoteVerifier[]
  readonly keyIds: ReadonlySet<string>
  /** The size that it remembers of this log, as far as is known. */
  size = 0
  isAsked = false
  #cosigned = { size: 0, at: 0 }
  #failures = 0
  #nextTryAt = 0
  #lastError: WitnessState['lastError']

  constructor(peer: Peer, cosigned: CosignedHeads) {
    this.peer = peer
    this.keys = peer.witnessKeys.flatMap(cosigningKey)
    this.verifiers = this.keys.flatMap((key) => noteVerifier(key, noteAlgorithms) ?? [])
    this.keyIds = new Set(this.keys.map(keyOf))
    for (const { size, lines } of cosigned.heads) {
      const own = lines.filter(({ signature }) => this.keyIds.has(keyOf(signature)))
      if (own.length === 0) continue
      this.size = size
      this.#cosigned = { size, at: Math.max(...own.map(({ at }) => at)) }
      break
    }
  }

  get isFailing(): boolean {
    return this.#failures > 0
  }

  get state(): WitnessState {
    return {
      origin: this.peer.origin,
      keys: this.keys,
      size: this.#cosigned.size,
      cosignedAt: this.#cosigned.at,
      nextTryAt: Math.ceil(this.#nextTryAt),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    }
  }

  isDue(head: SignedHead, now: number): boolean {
    return !this.isAsked && this.verifiers.length > 0 && this.#cosigned.size < head.size && this.#nextTryAt <= now
  }

  hasCosigned(size: number, at: number): void {
    this.size = size
    this.#cosigned = { size, at }
    this.#failures = 0
    this.#nextTryAt = 0
    this.#lastError = undefined
  }

  hasFailed({ code, message, retryAt = 0 }: FederationError, now: number, dice: number): void {
    const wait = Math.min(longestRetry, firstRetry * 2 ** this.#failures) * (0.5 + 0.5 * dice)
    this.#failures += 1
    this.#nextTryAt = Math.max(now + wait, retryAt)
    this.#lastError = { code, message, at: Math.floor(now) }
  }
}

/** Keys that cannot be read, or that are no cosigner's, cosign nothing. */
function cosigningKey(text: string): readonly VerifierKey[] {
  try {
    const key = parseVerifierKey(text, sha256)
    return key.type === noteType.ed25519 ? [] : [key]
  } catch (error) {
    if (error instanceof LogError) return []
    throw error
  }
}

/** The witness's lines under this head, verified, each with a time that can be. */
function linesIn(body: string, witness: AskedWitness, head: SignedHead, now: number): readonly NoteSignature[] {
  const { origin } = witness.peer
  const { text } = parseNote(head.note)
  const { verified } = openNote({ text, signatures: parseSignatureLines(body) }, witness.verifiers)
  for (const line of verified) {
    const at = cosignatureTime(line)
    if (Math.abs(at - now) <= clockTolerance) continue
    throw new FederationError(
      'witness-clock',
      `${origin} cosigned at ${at} what it was asked at ${Math.floor(now)}: one of the two clocks is wrong`,
    )
  }
  return verified
}

/** The size in the answer 409; undefined where there is none. */
function sizeIn(body: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})\n$/.test(body)) return undefined
  const size = Number(body)
  return Number.isSafeInteger(size) ? size : undefined
}

function refused({ origin }: Peer, status: number, body: string): FederationError {
  const what = status === 404 ? 'does not witness this log' : 'does not cosign'
  return new FederationError('witness-refuses', `${origin} ${what}: ${status} ${reasonIn(body)}`)
}

/** What a witness says in its own words: the detail of a problem document, or the beginning of a text. */
function reasonIn(body: string): string {
  const text = body.replaceAll(/\s+/g, ' ').trim()
  try {
    const problem: unknown = JSON.parse(body)
    const detail = typeof problem === 'object' && problem !== null && 'detail' in problem ? problem.detail : undefined
    if (typeof detail === 'string') return detail.slice(0, 300)
  } catch {
    // It is text.
  }
  return text.slice(0, 300)
}

/** What went wrong with a witness. What is no fault of its own is thrown. */
function failureOf(error: unknown, { origin }: Peer): FederationError {
  if (error instanceof FederationError) return error
  if (!(error instanceof LogError)) throw error
  return new FederationError('witness-answer-malformed', `${origin} answered with no cosignature: ${error.message}`, {
    cause: error,
  })
}
