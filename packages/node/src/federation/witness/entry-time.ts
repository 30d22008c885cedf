/**
 * What an entry's time rests on, as a pure function of the log and of a trust policy.
 *
 * Every entry has the time of the time leaf that closes its batch, which is its keeper's word. Later time leaves carry
 * checkpoints that witnesses cosigned at a time of theirs. One that covers the entry says that it was there by then; one
 * that an earlier leaf carries says that the entry cannot be older than that. Only witnesses of the relier's own policy
 * count, and only together as its quorum demands.
 */
import {
  LogError,
  type NoteVerifier,
  type TlogPolicy,
  cosignatureTime,
  noteType,
  noteVerifier,
  parseCheckpoint,
  parseNote,
  policySatisfied,
} from '@comity/log'
import { noteAlgorithms } from '../../crypto-port.ts'

/** How far a log's time may lie from what witnesses say, in seconds. */
export const timeTolerance = 300

/**
 * How far from an entry, in seconds of the log's own time, a leaf may stand whose cosignatures count for it. Twice the
 * longest time that a log is without a leaf.
 */
export const timeWindow = 7200

/**
 * `confirmed`: a quorum bounds the time within {@link timeTolerance}. `contested`: it lies outside what a quorum says.
 * `claimed`: no quorum says anything about it, or only much later; it is the keeper's word alone.
 */
export type TimeBasis = 'confirmed' | 'claimed' | 'contested'

/** The time of an entry and what it rests on. */
export interface EntryTime {
  readonly basis: TimeBasis
  /** A quorum of witnesses had seen the entry by then, in whole seconds since the epoch. */
  readonly notAfter?: number
  /** Cosignatures that a quorum made at that time stand in the log before the entry. */
  readonly notBefore?: number
}

/** When one witness of the policy cosigned. */
export interface WitnessTime {
  /** As the policy names it. */
  readonly witness: string
  readonly at: number
}

/** The cosignatures in one note of a time leaf that count for a policy. */
export interface CarriedTimes {
  /** Entries that the cosigned checkpoint covers. */
  readonly size: number
  readonly times: readonly WitnessTime[]
}

/** Reads cosignatures for one policy. */
export class PolicyWitnesses {
  readonly policy: TlogPolicy
  readonly #verifiers: readonly { readonly name: string; readonly verifier: NoteVerifier }[]

  constructor(policy: TlogPolicy) {
    this.policy = policy
    this.#verifiers = policy.witnesses.flatMap(({ name, key }) => {
      const verifier = noteVerifier(key, noteAlgorithms)
      return verifier === undefined ? [] : [{ name, verifier }]
    })
  }

  /** Names of the witnesses that count, as the policy gives them. */
  get names(): readonly string[] {
    return this.#verifiers.map(({ name }) => name)
  }

  /**
   * When the witnesses that count cosigned this checkpoint. A line that does not verify says nothing, nor does one of
   * ML-DSA-44 without a time.
   *
   * @throws LogError `malformed-note`, `malformed-checkpoint`, `too-large`
   */
  timesIn(text: string): CarriedTimes {
    const note = parseNote(text)
    const { size } = parseCheckpoint(note.text)
    const body = Buffer.from(note.text)
    const times = note.signatures.flatMap((signature) => {
      const found = this.#verifiers.find(
        ({ verifier }) => verifier.name === signature.name && verifier.keyId === signature.keyId,
      )
      if (found === undefined || !found.verifier.verify(body, signature.signature)) return []
      const at = cosignatureTime(signature)
      if (at === 0 && found.verifier.type === noteType.mlDsa44) return []
      return [{ witness: found.name, at }]
    })
    return { size, times }
  }

  /** As {@link timesIn}; undefined where the text is no cosigned checkpoint. */
  timesOf(text: string): CarriedTimes | undefined {
    try {
      return this.timesIn(text)
    } catch (error) {
      if (error instanceof LogError) return undefined
      throw error
    }
  }

  /**
   * What the time of an entry rests on.
   *
   * @param at the entry's time.
   * @param after for each witness its first cosignature in the log that covers the entry.
   * @param before for each witness its last cosignature in the log up to the time leaf that closes the entry's batch.
   */
  entryTime(at: number, after: Iterable<WitnessTime>, before: Iterable<WitnessTime>): EntryTime {
    const notAfter = this.#reached([...after].toSorted((a, b) => a.at - b.at))
    const notBefore = this.#reached([...before].toSorted((a, b) => b.at - a.at))
    return {
      basis: basisOf(at, notAfter, notBefore),
      ...(notAfter === undefined ? {} : { notAfter }),
      ...(notBefore === undefined ? {} : { notBefore }),
    }
  }

  /** The time at which the quorum is reached when witnesses are taken in this order; undefined without one. */
  #reached(times: readonly WitnessTime[]): number | undefined {
    const names = new Set<string>()
    return times.find(({ witness }) => policySatisfied(this.policy, names.add(witness)))?.at
  }
}

function basisOf(at: number, notAfter: number | undefined, notBefore: number | undefined): TimeBasis {
  const isLate = notAfter !== undefined && at > notAfter + timeTolerance
  const isEarly = notBefore !== undefined && at < notBefore - timeTolerance
  if (isLate || isEarly) return 'contested'
  return notAfter !== undefined && notAfter - at <= timeTolerance ? 'confirmed' : 'claimed'
}
