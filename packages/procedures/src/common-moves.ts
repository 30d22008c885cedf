/**
 * What the parties of every case may do, whatever its procedure: reply, also after the end; withdraw what one opened;
 * agree to suspend, to go on, and on when a clock ends.
 */
import { fields } from '@comity/statement'
import { type TObject, Type } from 'typebox'
import { type Departure, departuresOf, isEnded, isOfNotices, leavingIn } from './at-time.ts'
import {
  type Agreement,
  type Case,
  type Move,
  type Proposal,
  deadlineOf,
  rolesOf,
  type RunningClock,
  standingOf,
} from './case.ts'
import type { CommonMove, Procedure } from './definition.ts'
import { ProcedureError } from './procedure-error.ts'

const { closed, documents, party, seconds, statementId, text } = fields

const reason = Type.Optional(text(4000, 'why, in words'))

/** What the body of each has to look like. */
export const commonBodies: Readonly<Record<CommonMove, TObject>> = {
  reply: closed({ text: text(16_000), to: Type.Optional(statementId), documents: Type.Optional(documents) }),
  withdraw: closed({ reason }),
  propose: closed({
    what: Type.Union([
      closed({ kind: Type.Literal('suspend') }),
      closed({ kind: Type.Literal('resume') }),
      closed({
        kind: Type.Literal('end-clock-at'),
        clock: text(64, 'name of the clock'),
        at: seconds,
        party: Type.Optional({
          ...party,
          description: 'of a clock of notices: whose notice is to end then; the latest one where nobody is named',
        }),
      }),
    ]),
    reason,
  }),
  accept: closed({ proposal: statementId }),
}

export const commonTitles: Readonly<Record<CommonMove, string>> = {
  reply: 'Reply',
  withdraw: 'Withdraw',
  propose: 'Propose to suspend, to go on, or another end of a clock',
  accept: 'Accept a proposal',
}

export function isCommonMove(name: string): name is CommonMove {
  return Object.hasOwn(commonBodies, name)
}

/** Proposals that wait at a time, of all and of one: who has made more accepts or leaves some first. */
const proposalsKept = 16
const proposalsOfOne = 4

/**
 * Which of these moves a party may make now. Who came unasked, a third party or whoever offers help, replies; what the
 * parties agree on between themselves needs no word of its, and cannot be held up by it.
 */
export function commonMovesOf(procedure: Procedure, of: Case, party: string): readonly CommonMove[] {
  const possible = (): readonly CommonMove[] => {
    if (rolesOf(of, party).length === 0) return []
    if (isEnded(procedure, of)) return ['reply']
    const open: CommonMove[] = ['reply']
    if (isConsenting(procedure, of, party)) {
      open.push('propose')
      if (of.proposals.some(({ by }) => !by.includes(party))) open.push('accept')
    }
    if (of.opener === party && procedure.states[of.state]?.isSettled !== true) open.push('withdraw')
    return open
  }
  const { common } = procedure
  return common === undefined ? possible() : possible().filter((move) => common.includes(move))
}

function isConsenting({ roles }: Procedure, of: Case, party: string): boolean {
  return rolesOf(of, party).some((role) => roles[role]?.isBystander !== true)
}

/** The parties without whose agreement no proposal is carried out. */
function consentingTo({ roles }: Procedure, of: Case): readonly string[] {
  const asked = Object.entries(of.roles).filter(([role]) => roles[role]?.isBystander !== true)
  return [...new Set(asked.flatMap(([, parties]) => parties))]
}

/** The case after one of these moves, which its author may make. Throws ProcedureError `unknown-proposal`, `too-many`. */
export function afterCommonMove(procedure: Procedure, of: Case, move: Move & { readonly name: CommonMove }): Case {
  switch (move.name) {
    case 'reply':
      return of
    case 'withdraw':
      return { ...of, withdrawnAt: move.at, proposals: [] }
    case 'propose':
      return afterProposal(procedure, of, move)
    case 'accept':
      return afterAcceptance(procedure, of, move)
  }
}

function afterProposal(procedure: Procedure, of: Case, { statement, by, body, at }: Move): Case {
  // Safe: the body was read against the schema above.
  const { what } = body as { readonly what: Agreement }
  if (what.kind === 'end-clock-at') requireRunning(procedure, of, what)
  if (what.kind === 'suspend' && of.suspendedAt !== undefined)
    throw new ProcedureError('not-possible-now', 'the case is suspended already')
  if (what.kind === 'resume' && of.suspendedAt === undefined)
    throw new ProcedureError('not-possible-now', 'the case is not suspended: there is nothing to go on from')
  if (of.proposals.length >= proposalsKept)
    throw new ProcedureError('too-many', `${proposalsKept} proposals wait already: accept some of them first`)
  if (of.proposals.filter(({ by: [author] }) => author === by).length >= proposalsOfOne)
    throw new ProcedureError('too-many', `${proposalsOfOne} proposals of ${by} wait already for the others`)
  return settled(procedure, { ...of, proposals: [...of.proposals, { statement, what, by: [by] }] }, statement, at)
}

function afterAcceptance(procedure: Procedure, of: Case, { by, body, at }: Move): Case {
  // Safe: the body was read against the schema above.
  const { proposal: id } = body as { readonly proposal: string }
  const proposal = of.proposals.find(({ statement }) => statement === id)
  if (proposal === undefined) {
    const waiting = of.proposals.map(({ statement }) => statement).join(', ')
    throw new ProcedureError('unknown-proposal', `no proposal ${id} waits: ${waiting === '' ? 'none does' : waiting}`)
  }
  if (proposal.by.includes(by)) throw new ProcedureError('already-made', `${by} has agreed to that proposal already`)
  const agreed: Proposal = { ...proposal, by: [...proposal.by, by] }
  const proposals = of.proposals.map((each) => (each === proposal ? agreed : each))
  return settled(procedure, { ...of, proposals }, id, at)
}

/** Carries a proposal out once every party that is asked agrees to it. */
function settled(procedure: Procedure, of: Case, id: string, at: number): Case {
  const proposal = of.proposals.find(({ statement }) => statement === id)
  const all = consentingTo(procedure, of)
  if (proposal === undefined || !all.every((party) => proposal.by.includes(party))) return of
  const { what } = proposal
  const rest: Case = { ...of, proposals: of.proposals.filter((each) => each !== proposal) }
  if (what.kind === 'suspend') return rest.suspendedAt === undefined ? { ...rest, suspendedAt: at } : rest
  if (what.kind === 'resume') return resumed(procedure, rest, at)
  return what.party === undefined ? endingAt(procedure, rest, what) : leavingAt(procedure, rest, what, what.party)
}

type AnotherEnd = Extract<Agreement, { readonly kind: 'end-clock-at' }>

/** The case with another end of a clock that still runs, and of the notices that run out with it. */
function endingAt(procedure: Procedure, of: Case, { clock: name, at }: AnotherEnd): Case {
  const clock = of.clocks[name]
  if (clock === undefined || clock.stoppedAt !== undefined) return of
  return {
    ...of,
    clocks: { ...of.clocks, [name]: { ...clock, agreedAt: at } },
    facts: leavingAfter(procedure, of, (then) => (then === deadlineOf(clock) ? at : then)),
  }
}

/** The case with another end of one party's notice, whether or not the clock shows that one. One taken back has none. */
function leavingAt(procedure: Procedure, of: Case, { clock: name, at }: AnotherEnd, party: string): Case {
  const own = noticesOf(procedure, of, name).find((each) => each.party === party)
  if (own === undefined) return of
  const facts = leavingAfter(procedure, of, (then, whose) => (whose === party ? at : then))
  const clock = of.clocks[name]
  const isShown = clock !== undefined && clock.stoppedAt === undefined && deadlineOf(clock) === own.at
  // Another notice that runs out at the same moment is shown in its place.
  const isShared = noticesOf(procedure, of, name).some((each) => each.party !== party && each.at === own.at)
  if (!isShown || isShared) return { ...of, facts }
  return { ...of, facts, clocks: { ...of.clocks, [name]: { ...clock, agreedAt: at } } }
}

function noticesOf(procedure: Procedure, of: Case, clock: string): readonly Departure[] {
  return departuresOf(procedure, of).filter((each) => each.clock === clock)
}

/** The facts once the times at which parties leave are others: those of the clock of their notice. */
function leavingAfter({ roles }: Procedure, of: Case, later: (then: number, party: string) => number): Case['facts'] {
  const changed = Object.values(roles).flatMap(({ leaves }) => {
    if (leaves === undefined || of.facts[leaves.fact] === undefined) return []
    const times = Object.entries(leavingIn(of, leaves.fact)).map(([whose, then]) => [whose, later(then, whose)])
    return [[leaves.fact, Object.fromEntries(times)]]
  })
  return changed.length === 0 ? of.facts : { ...of.facts, ...Object.fromEntries(changed) }
}

/** The clocks that stood still run on for as long as they had left. */
function resumed(procedure: Procedure, { suspendedAt, ...of }: Case, at: number): Case {
  if (suspendedAt === undefined) return of
  const stood = at - suspendedAt
  const later = (clock: RunningClock): RunningClock =>
    standingOf(clock, at, suspendedAt) === 'suspended'
      ? {
          ...clock,
          endsAt: clock.endsAt + stood,
          ...(clock.agreedAt === undefined ? {} : { agreedAt: clock.agreedAt + stood }),
        }
      : clock
  const run = (stopped: Readonly<Record<string, RunningClock>>): Record<string, RunningClock> =>
    Object.fromEntries(Object.entries(stopped).map(([name, clock]) => [name, later(clock)]))
  const each = Object.entries(of.eachClocks ?? {}).map(([name, clocks]) => [name, run(clocks)] as const)
  return {
    ...of,
    clocks: run(of.clocks),
    ...(of.eachClocks && { eachClocks: Object.fromEntries(each) }),
    facts: leavingAfter(procedure, of, (then) => then + stood),
  }
}

function requireRunning(procedure: Procedure, of: Case, { clock: name, party: whose }: AnotherEnd): void {
  if (whose !== undefined) return requireNotice(procedure, of, name, whose)
  const { clocks } = of
  const clock = Object.hasOwn(clocks, name) ? clocks[name] : undefined
  if (clock !== undefined && clock.stoppedAt === undefined) return
  const running = Object.entries(clocks).flatMap(([each, { stoppedAt }]) => (stoppedAt === undefined ? [each] : []))
  const notices = noticesOf(procedure, of, name)
  const others = notices.length === 0 ? '' : `; a notice of ${partiesText(notices)} runs: name the party too`
  throw new ProcedureError(
    'not-possible-now',
    `no clock "${name}" runs in this case: ${running.length === 0 ? 'none does' : running.join(', ')}${others}`,
  )
}

function requireNotice(procedure: Procedure, of: Case, name: string, party: string): void {
  const notices = noticesOf(procedure, of, name)
  if (notices.some((each) => each.party === party)) return
  throw new ProcedureError(
    'not-possible-now',
    isOfNotices(procedure, name)
      ? `no notice of ${party} runs in this case: ${notices.length === 0 ? 'none does' : `one of ${partiesText(notices)} does`}`
      : `the clock "${name}" is one for all its parties: leave the party out`,
  )
}

function partiesText(notices: readonly Departure[]): string {
  return notices.map(({ party: of }) => of).join(', ')
}
