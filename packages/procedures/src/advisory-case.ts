/**
 * Statements of kinds `advisory` and `acknowledgement` are moves of the procedure `advisory`. Its case is computed when
 * somebody looks, from rows that the register has anyway: a million advisories cost no case that is stored.
 */
import type { AcknowledgementPayload, AdvisoryPayload } from '@comity/statement'
import type { Case, Move } from './case.ts'
import type { Procedure } from './definition.ts'
import { ProcedureError } from './procedure-error.ts'
import { advisory } from './procedures/advisory.ts'
import { openCase, reduce } from './reduce.ts'

/** The procedure of such cases. */
export const advisoryProcedure: Procedure = advisory

/** A statement about an advisory, as it took effect. */
export interface AdvisoryWord {
  /** Id of the statement. */
  readonly statement: string
  readonly kind: 'advisory' | 'acknowledgement'
  readonly by: string
  /** URN of the advisory. */
  readonly sub: string
  readonly payload: AdvisoryPayload | AcknowledgementPayload
  /** When it took effect, in seconds since the epoch. */
  readonly at: number
}

/** The case of an advisory and its moves; words that nobody can say in it are left out, as void. */
export interface AdvisoryCase {
  readonly case: Case
  readonly moves: readonly Move[]
}

/**
 * The case of an advisory after these words, in their order; undefined before its first statement. Total: what comes before
 * the advisory itself, or from another publisher, is left out.
 *
 * @param seat origin of the log where its publisher is at home
 */
export function advisoryCaseOf(words: Iterable<AdvisoryWord>, seat: string): AdvisoryCase | undefined {
  let of: Case | undefined
  const moves: Move[] = []
  for (const word of words) {
    const move = moveOfWord(word, of)
    const after = move === undefined ? undefined : taken(move, of, seat)
    if (move === undefined || after === undefined) continue
    of = after
    moves.push(move)
  }
  return of === undefined ? undefined : { case: of, moves }
}

/** The move that a word makes in the case as it is; undefined where the case is not open yet. */
function moveOfWord(word: AdvisoryWord, of: Case | undefined): Move | undefined {
  const { statement, kind, by, sub, at } = word
  const move = { statement, kind, by, urn: sub, at, filedAt: at }
  if (kind === 'acknowledgement') {
    // Safe: the payload was read against the schema of its kind.
    const { state, justification, advisory: revision, release } = word.payload as AcknowledgementPayload
    const body = { state, revision, ...(justification && { justification }), ...(release && { release }) }
    return of === undefined ? undefined : { ...move, name: 'answer', body }
  }
  // Safe: the payload was read against the schema of its kind.
  const { title, modified, remedy, withdrawn } = word.payload as AdvisoryPayload
  const body = { title, modified, ...(remedy && { remedy: remedy.kind }) }
  if (of === undefined) return { ...move, name: 'publish', body }
  return withdrawn === undefined
    ? { ...move, name: 'revise', body }
    : { ...move, name: 'retract', body: { ...body, withdrawn } }
}

function taken(move: Move, of: Case | undefined, seat: string): Case | undefined {
  try {
    return of === undefined ? openCase(advisory, move, { seat, place: { zone: 'UTC' } }) : reduce(advisory, of, move)
  } catch (error) {
    if (error instanceof ProcedureError) return undefined
    throw error
  }
}

/** What each party answered last, by party; nobody who is silent is in it. */
export function answersIn({ facts }: Case): Readonly<Record<string, AdvisoryAnswer>> {
  // Safe: nothing but the procedure writes the fact of that name.
  return (facts['answers'] ?? {}) as Readonly<Record<string, AdvisoryAnswer>>
}

export interface AdvisoryAnswer {
  readonly state: AcknowledgementPayload['state']
  readonly justification?: string
  /** Statement of the advisory that it answers: another than the latest is an answer to an earlier revision. */
  readonly revision: string
  readonly release?: string
  /** In seconds since the epoch. */
  readonly at: number
}
