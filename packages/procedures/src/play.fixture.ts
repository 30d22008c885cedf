import { createHash } from 'node:crypto'
import { type Case, type Move } from './case.ts'
import type { Place } from './clocks/place.ts'
import type { ExampleMove, Procedure } from './definition.ts'
import { openCase, reduce } from './reduce.ts'

export const start = 1_795_219_200 // 2026-11-21T00:00:00Z
export const urn = `urn:comity:case:${'ca'.repeat(32)}:one`
export const seat = 'seat.example'
/** With a State: a procedure may count working days. */
export const utc: Place = { zone: 'UTC', region: 'KE' }

/** The party that plays a role in tests and examples. */
export function partyOf(role: string): string {
  return `urn:comity:party:${createHash('sha256').update(role).digest('hex')}`
}

let statements = 0

/** A move by whom a role names, in time. */
export function moveBy(role: string, name: string, body: Move['body'] = {}, at = start): Move {
  const statement = createHash('sha256').update(String(statements++)).digest('hex')
  return { statement, name, by: partyOf(role), urn, body, at, filedAt: at }
}

/** The example of a procedure, with the parties' URNs in the place of the roles that bodies name. */
export function exampleMoves({ example, moves }: Procedure): readonly Move[] {
  let at = start
  return example.map(({ by, move, after, body }: ExampleMove) => {
    at += after
    const bound = Object.keys(moves[move]?.binds ?? {})
    const named = Object.entries(body).map(([field, value]) => {
      if (!bound.includes(field)) return [field, value]
      return [field, Array.isArray(value) ? value.map((role) => partyOf(String(role))) : partyOf(String(value))]
    })
    const [kind] = moves[move]?.kinds ?? []
    return { ...moveBy(by, move, Object.fromEntries(named), at), ...(kind === undefined ? {} : { kind }) }
  })
}

export function played(procedure: Procedure, moves: readonly Move[], place = utc): Case {
  const [first, ...rest] = moves
  if (first === undefined) throw new RangeError('nothing was played')
  let of = openCase(procedure, first, { seat, place })
  for (const move of rest) of = reduce(procedure, of, move)
  return of
}
