import { sha256 } from '@comity/crypto'
import { type Case, type Procedure, isThread, moveOf, seersOf } from '@comity/procedures'
import { canonicalJsonBytes, digestText } from '@comity/statement'
import { commonChain } from './place.ts'

/** What who sees a move depends on. */
export interface SeenMove {
  readonly name: string
  readonly by: string
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * The chain that a move stands in: the common one, or that of a thread. A thread is named by those who are in it beside
 * the roles that see all such threads, so that it stays one when somebody else comes to such a role:
 *
 *     "sha256:" || hex SHA-256 of the canonical JSON (RFC 8785) of ["comity thread 1", case, [party, …]]    parties sorted
 */
export function chainOf(procedure: Procedure, of: Pick<Case, 'roles' | 'urn'>, move: SeenMove): string {
  if (!isThread(procedure, of, move)) return commonChain
  const seers = seersOf(procedure, of, move)
  const keepers = new Set(seeingRoles(procedure, move).flatMap((role) => of.roles[role] ?? []))
  const own = seers.filter((party) => !keepers.has(party))
  const members = (own.length === 0 ? seers : own).toSorted()
  return digestText(sha256(canonicalJsonBytes(['comity thread 1', of.urn, members])))
}

/** Roles that see a move of a thread by their role. A move that every case has is seen as its author is known. */
function seeingRoles(procedure: Procedure, { name }: SeenMove): readonly string[] {
  if (Object.hasOwn(procedure.moves, name)) return moveOf(procedure, name).seenBy ?? []
  return Object.values(procedure.roles).flatMap(({ knownTo = [] }) => knownTo)
}
