import { NodeError } from '../node-error.ts'

/** One costly computation at a time, for all routes that share it. */
export class Gate {
  #isBusy = false

  /** Throws `too-many-requests` while another computation is under way. */
  async run<T>(compute: () => Promise<T>): Promise<T> {
    if (this.#isBusy) {
      throw new NodeError(
        'too-many-requests',
        'the node computes one answer of this sort at a time, and is at another: try again in a second',
      )
    }
    this.#isBusy = true
    try {
      return await compute()
    } finally {
      this.#isBusy = false
    }
  }
}

/**
 * Answers that cost a pass over many parties. The last few are kept, and who asks what is being computed already waits
 * for the same answer. What a key stands for must never change.
 */
export class CostlyAnswers<T> {
  readonly #gate: Gate
  readonly #kept = new Map<string, T>()
  readonly #limit: number
  #underWay: { readonly key: string; readonly answer: Promise<T> } | undefined

  /** Keeps the last `limit` answers. */
  constructor(gate: Gate, limit: number) {
    this.#gate = gate
    this.#limit = limit
  }

  /** Rejects with `too-many-requests` where another answer is being computed, and with what `compute` fails for. */
  async answer(key: string, compute: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key)
    if (kept !== undefined) return this.#keep(key, kept)
    if (this.#underWay?.key === key) return this.#underWay.answer
    const answer = this.#gate.run(compute)
    const underWay = { key, answer }
    this.#underWay ??= underWay
    try {
      return this.#keep(key, await answer)
    } finally {
      if (this.#underWay === underWay) this.#underWay = undefined
    }
  }

  #keep(key: string, answer: T): T {
    this.#kept.delete(key)
    this.#kept.set(key, answer)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#limit) break
      this.#kept.delete(oldest)
    }
    return answer
  }
}
