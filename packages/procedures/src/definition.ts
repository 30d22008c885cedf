/**
 * What a procedure is: data, and a few small pure functions. Everything else is made from it: checks, forms, clocks,
 * timelines, diagrams, documentation.
 */
import type { Provision } from '@comity/instruments'
import type { TObject } from 'typebox'
import type { ClockStanding } from './case.ts'
import type { Length } from './clocks/length.ts'
import type { Place } from './clocks/place.ts'
import { ProcedureError } from './procedure-error.ts'

/** Who sees a move or one of its fields: everybody, the parties of the case, or nobody but them that it exists. */
export type Visibility = 'public' | 'parties' | 'sealed'

/** Where a clock, a ground or a rule comes from. */
export interface Citation {
  /** Law and article, treaty and paragraph, or practice. */
  readonly text: string
  readonly url?: string
  /** Whether the project has read the source itself. What nobody has read is shown as unverified. */
  readonly verified: boolean
}

/** A part that parties play, bound to them when the case opens or when they join. */
export interface RoleDefinition<R extends string = string> {
  readonly title: string
  /** How many parties may have it; 1 where it says nothing. */
  readonly most?: number
  /** Who comes to it comes by itself, or is one of many: what the others agree on needs no word of its. */
  readonly isBystander?: boolean
  /**
   * Roles whose parties learn who has this one; everybody else in the case sees of it himself alone. All learn it where
   * nothing is said.
   */
  readonly knownTo?: readonly R[]
  /**
   * Who has it may leave by a notice of its own: a fact says when, by party, in seconds; `clock` shows the latest of these
   * notices. With fewer than `least` left the case is in `state`, else in the one that `choose` says, where it says one. All
   * of it happens by itself, at that moment.
   */
  readonly leaves?: {
    readonly fact: string
    readonly clock: string
    readonly least: number
    readonly state: string
    readonly choose?: (left: Pick<GuardLook, 'facts' | 'roles'>, state: string) => string
  }
}

export interface StateDefinition {
  readonly title: string
  /** Nothing follows but replies. */
  readonly isEnd?: boolean
  /** Others rely on it: whoever opened the case cannot take it back any more, and it ends as its own moves say. */
  readonly isSettled?: boolean
  /** What it puts on record, for which provisions. */
  readonly record?: StateRecord | readonly StateRecord[]
}

/** What stands on record for a provision while a case is in a state. */
export interface StateRecord {
  readonly provision: Provision['id']
  readonly text: string
  /** Only in cases in which this fact has this value. */
  readonly where?: { readonly fact: string; readonly is: string }
}

/** What is refused wherever it is filed, whatever the case. */
export interface Refusal {
  /** For people: what may not stand in a move. */
  readonly says: string
  /** Whether its moves bring no documents either. */
  readonly documents: boolean
  /** What is found in a body, or undefined. */
  find(body: Readonly<Record<string, unknown>>): string | undefined
}

/** A condition that a schema cannot say. It sees the facts it names and nothing else. */
export interface Guard {
  /** Names of facts: fields that earlier moves kept. */
  readonly reads: readonly string[]
  /** For people: what has to be so. */
  readonly says: string
  /** What is wrong, or undefined. */
  check(look: GuardLook): string | undefined
}

/** What a guard may look at. */
export interface GuardLook {
  readonly facts: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
  readonly by: string
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** Id of the statement. */
  readonly statement: string
  /** Who has made this move before in this round, of those that each makes or that are made once. */
  readonly made: readonly string[]
  /** How the clocks of the case stand at that moment. */
  readonly clocks: Readonly<Record<string, ClockStanding>>
  /** When it takes effect, in seconds since the epoch. */
  readonly at: number
  /** Where the clocks of the case run. */
  readonly place: Place
}

/** Facts that a move leaves and that no field of it says alone, such as which objections are left. */
export interface Derivation {
  /** Names of the facts that it looks at, as they were before the move. */
  readonly reads: readonly string[]
  /** Names of the facts that it gives, and of no others. */
  readonly facts: readonly string[]
  from(look: GuardLook): Readonly<Record<string, unknown>>
}

export interface MoveDefinition<R extends string = string, S extends string = string, C extends string = string> {
  readonly title: string
  /** Who may make it. `anyone` needs `joins`. */
  readonly by: readonly R[] | 'anyone'
  /** From which states; the opening move has none. */
  readonly from: readonly S[] | 'opening'
  /** The state that follows, or those that may: then `decide` says which. */
  readonly to: S | readonly S[] | 'same'
  /** Which of `to` follows. Looks at what a guard may look at, this move's own fields among the facts. */
  readonly decide?: { readonly reads: readonly string[]; choose(look: GuardLook): S }
  /** The role that its author has from then on. */
  readonly joins?: R
  /** Who has that role may make it again. */
  readonly again?: boolean
  /** Kinds of the statements that make it, where those are not of kind `move`. */
  readonly kinds?: readonly string[]
  /** Fields of its body that name parties, and the role which those have from then on: with the last where each makes it. */
  readonly binds?: Readonly<Record<string, R>>
  /** Roles that nobody has any more before it gives them. */
  readonly frees?: readonly R[]
  /** The state changes with the last party of its role that makes it; each makes it once in a round. */
  readonly each?: boolean
  /** Fields in which all of them have to say the same; who says something else begins the round anew with that. */
  readonly agreeOn?: readonly string[]
  /** Each party makes it at most once in the whole case, as long as nothing resets that. */
  readonly once?: boolean
  readonly body: TObject
  /** Fields of the body that guards, clocks and views of the case go on to use, under their own names. */
  readonly keeps?: readonly string[]
  /** Fields that are digests of documents which its statement brings: else they would name what nobody can read. */
  readonly brings?: readonly string[]
  /** Fields that are kept for each of its authors: the fact of that name is a record from party to value. In a thread these are seen in it alone. */
  readonly collects?: readonly string[]
  /** Facts that follow from it, beside what it keeps and collects. */
  readonly derives?: Derivation
  /** Moves and facts that begin anew with it: another round of signatures, another vote. */
  readonly resets?: readonly string[]
  readonly guard?: Guard
  /** Only once this clock has lapsed. */
  readonly after?: C
  /** Only until this clock runs out. */
  readonly within?: C
  readonly visibility?: Visibility
  /** Fields that are seen by fewer than the move, also once that is public. */
  readonly fields?: Readonly<Record<string, Visibility>>
  /** When a move that was not public becomes so, but for its `fields`: with which state of the case. */
  readonly publicWith?: readonly S[]
  /**
   * A thread: of the parties of the case these roles alone see it, its author, and whom it names in `binds` and `names`.
   * It changes nothing that the others see.
   */
  readonly seenBy?: readonly R[]
  /** Fields of the body that name parties of the case whom it is for, beside those whom it binds. */
  readonly names?: readonly string[]
  readonly cites?: readonly Citation[]
}

/** A deadline: what starts it, how long it is, whom it binds, where it comes from, and what opens when it lapses. */
export interface ClockDefinition<R extends string = string, S extends string = string, M extends string = string> {
  readonly title: string
  /** Moves with which it starts. */
  readonly starts: readonly M[]
  /** A field of that move's body in seconds since the epoch: where a law counts from awareness, say. */
  readonly from?: string
  /** A field of that move's body: where it says nothing of it, the clock does not start. */
  readonly when?: string
  /** Only in cases in which this fact has this value. */
  readonly where?: { readonly fact: string; readonly is: string }
  /** Moves with which it ends. One that its author's home log had before the clock ran out is in time. */
  readonly stops: readonly M[]
  readonly length: Length | ChosenLength | SaidLength
  readonly binds: R
  /** One for each party of the role that it binds: it starts and stops with moves by that party, or that name it. */
  readonly isEach?: boolean
  readonly source: Citation
  /** In words: what may be done when it has lapsed. A lapse decides nothing. */
  readonly lapse: string
  /** Moves that are possible only then. */
  readonly opens: readonly M[]
  /**
   * A term: a period that a party's own statement set, such as notice of withdrawal. When it has run out the case is in
   * this state, without anybody's further move. No deadline for somebody else is one.
   */
  readonly term?: S
  /** States in which a term waits: what is pending there is brought to its end before. */
  readonly spares?: readonly S[]
}

/** To the moment that a field of the move which starts it says, RFC 3339 in UTC; it does not start where that says none. */
export interface SaidLength {
  readonly until: string
  /** What the source asks for at least: what was said is shown beside it, and stands also where it is shorter. */
  readonly usual?: Length
}

/** A length that depends on a fact with a word for value. */
export interface ChosenLength {
  readonly by: string
  readonly lengths: Readonly<Record<string, Length>>
}

/** A procedure with the names of its roles, states, moves and clocks checked against each other by the compiler. */
export interface Procedure<
  R extends string = string,
  S extends string = string,
  M extends string = string,
  C extends string = string,
> {
  /** `dispute`: file name, and the first part of a version's name. */
  readonly name: string
  /** A running case keeps the version that it was opened with. */
  readonly version: number
  readonly title: string
  readonly purpose: string
  readonly provisions: readonly Provision['id'][]
  readonly roles: Readonly<Record<R, RoleDefinition<NoInfer<R>>>>
  /** Whose log orders the moves: that of whoever opens it, or of the party that the opening move binds to a role. */
  readonly seat: 'opener' | NoInfer<R>
  readonly states: Readonly<Record<S, StateDefinition>>
  readonly moves: Readonly<Record<M, MoveDefinition<NoInfer<R>, NoInfer<S>, NoInfer<C>>>>
  readonly clocks: Readonly<Record<C, ClockDefinition<NoInfer<R>, NoInfer<S>, NoInfer<M>>>>
  /** What none of its moves may say, replies among them, in whichever log they are filed. */
  readonly refuses?: Refusal
  /** Which of the moves that cases have in common it has; all where it says nothing. */
  readonly common?: readonly CommonMove[]
  /** Who sees moves that say nothing of it. */
  readonly visibility: Visibility
  readonly sources: readonly Citation[]
  /** A case from the first move to the last, shown in the documentation and played by tests. */
  readonly example: readonly ExampleMove<NoInfer<R>, NoInfer<M>>[]
}

/** One move of an example: who makes it, how many seconds after the one before, and what it says. */
export interface ExampleMove<R extends string = string, M extends string = string> {
  /** A role and, where several parties have it, which of them: `member`, `member 2`. */
  readonly by: R | `${R} ${number}`
  readonly move: M | CommonMove
  readonly after: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Moves that every procedure has. */
export type CommonMove = 'reply' | 'withdraw' | 'propose' | 'accept'

/** Writes a procedure down. The compiler checks that every name which it uses is one that it defines. */
export function defineProcedure<
  const R extends string,
  const S extends string,
  const M extends string,
  const C extends string = never,
>(definition: Procedure<R, S, M, C>): Procedure {
  // Narrower names in a wider record: nothing writes to it.
  return definition as unknown as Procedure
}

/** The definition of a move. Throws ProcedureError `unknown-move`. */
export function moveOf(procedure: Procedure, name: string): MoveDefinition {
  const move = Object.hasOwn(procedure.moves, name) ? procedure.moves[name] : undefined
  if (move !== undefined) return move
  const known = Object.keys(procedure.moves).join(', ')
  throw new ProcedureError('unknown-move', `procedure ${procedure.name} has no move "${name.slice(0, 80)}": ${known}`)
}

/** `dispute/1`. */
export function versionName({ name, version }: Pick<Procedure, 'name' | 'version'>): string {
  return `${name}/${version}`
}

export function visibilityOf(procedure: Procedure, move: MoveDefinition): Visibility {
  return move.visibility ?? procedure.visibility
}

/** The states that may follow a move made in `state`. */
export function following(move: MoveDefinition, state: string): readonly string[] {
  if (move.to === 'same') return [state]
  return typeof move.to === 'string' ? [move.to] : move.to
}
