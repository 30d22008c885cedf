import type { Database } from '../register/database.ts'
import { logOf } from '../register/position.ts'
import type { RegisteredAnswer } from './register-word.ts'

/** What a party answered to an advisory, as the latest of its answers has it. */
export interface Answer extends Pick<RegisteredAnswer, 'state' | 'justification' | 'at'> {
  /** When it was taken up here: it is about what the party had by then. */
  readonly tick: number
}

/** The latest answer of each party to each advisory, whoever it is: they are public. */
export class AnswerTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Takes an answer up; false where a later one is here already. */
  put(answer: RegisteredAnswer, tick: number): boolean {
    const { party, sub, state, justification, effective, at } = answer
    const held = this.#database.prepare('SELECT effective, at FROM answer WHERE party = ? AND sub = ?').get(party, sub)
    if (held !== undefined && !isLater(answer, Number(held['effective']), Number(held['at']))) return false
    this.#database
      .prepare(
        `INSERT INTO answer (party, sub, state, justification, effective, at, tick) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (party, sub) DO UPDATE SET state = excluded.state, justification = excluded.justification,
         effective = excluded.effective, at = excluded.at, tick = excluded.tick`,
      )
      .run(party, sub, state, justification ?? null, effective, at, tick)
    return true
  }

  get(party: string, sub: string): Answer | undefined {
    const row = this.#database
      .prepare('SELECT state, justification, at, tick FROM answer WHERE party = ? AND sub = ?')
      .get(party, sub)
    if (row === undefined) return undefined
    return {
      // Safe: put() takes nothing else.
      state: String(row['state']) as Answer['state'],
      ...(row['justification'] !== null && { justification: String(row['justification']) }),
      at: Number(row['at']),
      tick: Number(row['tick']),
    }
  }
}

function isLater({ effective, at }: RegisteredAnswer, heldEffective: number, heldAt: number): boolean {
  if (logOf(effective) === logOf(heldEffective) || at === heldAt) return effective > heldEffective
  return at > heldAt
}
