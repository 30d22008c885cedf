/** Random play: moves that are legal for all that schemas and roles can say, by parties of the case and by newcomers. */
import type { TSchema } from 'typebox'
import type { Case, Move } from './case.ts'
import type { CommonMove, Procedure } from './definition.ts'
import { commonBodies, isCommonMove } from './common-moves.ts'
import { moveBy, partyOf, seat, utc } from './play.fixture.ts'
import { possibleMoves } from './possible.ts'
import { openCase } from './reduce.ts'

/** Whole numbers below a bound, from a list of draws that a property made: the same list gives the same play. */
export type Pick = (below: number) => number

export function picking(draws: readonly number[]): Pick {
  let next = 0
  return (below) => (draws[next++ % Math.max(1, draws.length)] ?? 0) % Math.max(1, below)
}

/** Parties that come and go in random play. */
const pool = ['named', 'named 2', 'named 3', 'newcomer', 'newcomer 2'].map(partyOf)

/** The opening of a case, whichever of the moves that open one. */
export function randomOpening(procedure: Procedure, pick: Pick, at: number): { of: Case; move: Move } {
  const openings = Object.entries(procedure.moves).flatMap(([name, { from }]) => (from === 'opening' ? [name] : []))
  const name = openings[pick(openings.length)] ?? ''
  for (;;) {
    const move = { ...moveBy('opener', name, bodyOf(procedure, name, pick), at), ...kindOf(procedure, name) }
    try {
      return { of: openCase(procedure, move, { seat, place: utc }), move }
    } catch {
      // Its guard wants more than the schema says: the example's opening fits.
      const example = procedure.example[0]
      const bound = Object.keys(procedure.moves[example?.move ?? '']?.binds ?? {})
      const body = Object.fromEntries(
        Object.entries(example?.body ?? {}).map(([field, value]) => [
          field,
          !bound.includes(field) ? value : Array.isArray(value) ? value.map((_, i) => pool[i]) : pool[3],
        ]),
      )
      const first = { ...moveBy('opener', example?.move ?? '', body, at), ...kindOf(procedure, example?.move ?? '') }
      return { of: openCase(procedure, first, { seat, place: utc }), move: first }
    }
  }
}

/** A move that is possible for its author at that time, as far as anybody but its guard can tell; undefined at an end. */
export function randomMove(procedure: Procedure, of: Case, pick: Pick, at: number): Move | undefined {
  const possible = possibleMoves(procedure, of, at)
  const chosen = possible[pick(possible.length)]
  if (chosen === undefined) return undefined
  const by = chosen.parties[pick(chosen.parties.length)] ?? pool[pick(pool.length)] ?? ''
  const body = isCommonMove(chosen.move)
    ? commonBodyOf(chosen.move, of, pick, at)
    : bodyOf(procedure, chosen.move, pick)
  return { ...moveBy('', chosen.move, body, at), ...kindOf(procedure, chosen.move), by, urn: of.urn }
}

/** The kind of statement that makes a move, where it has one of its own. */
export function kindOf({ moves }: Procedure, name: string): { readonly kind?: string } {
  const [kind] = moves[name]?.kinds ?? []
  return kind === undefined ? {} : { kind }
}

function commonBodyOf(name: CommonMove, of: Case, pick: Pick, at: number): Move['body'] {
  if (name === 'accept') return { proposal: of.proposals[pick(of.proposals.length)]?.statement ?? '0'.repeat(64) }
  if (name !== 'propose') return valueOf(commonBodies[name], pick) as Move['body'] // an object, as its schema has it
  const clocks = Object.keys(of.clocks)
  const whose = pick(3) === 0 ? { party: pool[pick(pool.length)] } : {}
  const kinds = [
    { kind: 'suspend' },
    { kind: 'resume' },
    { kind: 'end-clock-at', clock: clocks[pick(clocks.length)] ?? 'none', at: at + pick(1000) * 86_400, ...whose },
  ]
  return { what: kinds[pick(kinds.length)] }
}

/** A body that fits the schema of a move. */
export function bodyOf(procedure: Procedure, name: string, pick: Pick): Move['body'] {
  return valueOf(procedure.moves[name]?.body, pick) as Move['body'] // an object, as its schema has it
}

function valueOf(schema: TSchema | undefined, pick: Pick): unknown {
  const of = { ...schema } as Readonly<Record<string, unknown>> // members of JSON Schema
  const { type, enum: words, pattern, anyOf, minItems } = of
  if (Array.isArray(words)) return words[pick(words.length)]
  if (Array.isArray(anyOf)) return valueOf(anyOf[pick(anyOf.length)] as TSchema, pick)
  if (type === 'object') {
    const required = (of['required'] ?? []) as readonly string[]
    const fields = Object.entries((of['properties'] ?? {}) as Readonly<Record<string, TSchema>>)
    const said = fields.filter(([field]) => required.includes(field) || pick(3) === 0)
    return Object.fromEntries(said.map(([field, each]) => [field, valueOf(each, pick)]))
  }
  if (type === 'array') {
    const length = Math.max(Number(minItems ?? 0), pick(3))
    const items = Array.from({ length }, () => valueOf(of['items'] as TSchema, pick))
    return of['uniqueItems'] === true ? items.filter((each, i) => items.indexOf(each) === i) : items
  }
  if (type === 'integer') return 1_795_219_200 + pick(400) * 86_400
  if (type === 'boolean') return pick(2) === 0
  return textOf(typeof pattern === 'string' ? pattern : '', pick)
}

function textOf(pattern: string, pick: Pick): string {
  if (pattern.includes('urn:comity:party')) return pool[pick(pool.length)] ?? ''
  if (pattern.includes('urn:comity:case')) return `urn:comity:case:${partyOf('newcomer').slice(-64)}:offer`
  if (pattern.includes('sha256')) return `sha256:${['5e', '7e'][pick(2)]?.repeat(32)}`
  if (pattern.includes('T(?:')) return `20${27 + pick(4)}-0${1 + pick(9)}-15T00:00:00Z`
  if (pattern.startsWith('^[0-9a-f]{64}')) return `${pick(10)}`.repeat(64)
  if (pattern.startsWith('^[a-z]{2,16}-')) return ['gids-4', 'gids-5'][pick(2)] ?? ''
  if (pattern.startsWith('^[A-Za-z][A-Za-z0-9_+-]*')) return ['Africa/Nairobi', 'UTC'][pick(2)] ?? ''
  if (pattern === '^[A-Z]{2}$') return ['XA', 'XB'][pick(2)] ?? ''
  if (pattern.startsWith('^[a-z]{2,3}')) return 'fr'
  if (pattern.startsWith('^https?')) return 'https://law.example/act'
  if (pattern.startsWith('^[a-z0-9]') && pattern.includes('/')) return 'application/pdf'
  if (pattern.startsWith('^[a-z][a-z0-9-]')) return `rule-${pick(9)}`
  return 'some words'
}
