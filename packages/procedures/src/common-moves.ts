/**
 * What the parties of every case may do, whatever its procedure: reply, also after the end; withdraw what one opened;
 * agree to suspend, to go on, and on when a clock ends.
 */
import { fields } from '@comity/statement'
import { type TObject, Type } from 'typebox'
import {
  type Agreement,
  type Case,
  type Move,
  type Proposal,
  partiesOf,
  type RunningClock,
  standingOf,
} from './case.ts'
import type { CommonMove } from './definition.ts'
import { ProcedureError } from './procedure-error.ts'

const { closed, documents, seconds, statementId, text } = fields

const reason = Type.Optional(text(4000, 'why, in words'))

/** What the body of each has to look like. */
export const commonBodies: Readonly<Record<CommonMove, TObject>> = {
  reply: closed({ text: text(16_000), to: Type.Optional(statementId), documents: Type.Optional(documents) }),
  withdraw: closed({ reason }),
  propose: closed({
    what: Type.Union([
      closed({ kind: Type.Literal('suspend') }),
      closed({ kind: Type.Literal('resume') }),
      closed({ kind: Type.Literal('end-clock-at'), clock: text(64, 'name of the clock'), at: seconds }),
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

/** Proposals that wait at a time; who has made more accepts or leaves some first. */
const proposalsKept = 16

/** Which of these moves a party may make now. `isEnd`: nothing follows but replies. */
export function commonMovesOf(of: Case, party: string, isEnd: boolean): readonly CommonMove[] {
  if (!partiesOf(of).includes(party)) return []
  if (isEnd || of.withdrawnAt !== undefined) return ['reply']
  const open: CommonMove[] = ['reply', 'propose']
  if (of.proposals.some(({ by }) => !by.includes(party))) open.push('accept')
  if (of.opener === party) open.push('withdraw')
  return open
}

/** The case after one of these moves, which its author may make. Throws ProcedureError `unknown-proposal`, `too-many`. */
export function afterCommonMove(of: Case, move: Move & { readonly name: CommonMove }): Case {
  switch (move.name) {
    case 'reply':
      return of
    case 'withdraw':
      return { ...of, withdrawnAt: move.at, proposals: [] }
    case 'propose':
      return afterProposal(of, move)
    case 'accept':
      return afterAcceptance(of, move)
  }
}

function afterProposal(of: Case, { statement, by, body, at }: Move): Case {
  // Safe: the body was read against the schema above.
  const { what } = body as { readonly what: Agreement }
  if (what.kind === 'end-clock-at') requireRunning(of, what.clock)
  if (what.kind === 'suspend' && of.suspendedAt !== undefined)
    throw new ProcedureError('not-possible-now', 'the case is suspended already')
  if (what.kind === 'resume' && of.suspendedAt === undefined)
    throw new ProcedureError('not-possible-now', 'the case is not suspended: there is nothing to go on from')
  if (of.proposals.length >= proposalsKept)
    throw new ProcedureError('too-many', `${proposalsKept} proposals wait already: accept some of them first`)
  return settled({ ...of, proposals: [...of.proposals, { statement, what, by: [by] }] }, statement, at)
}

function afterAcceptance(of: Case, { by, body, at }: Move): Case {
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
  return settled({ ...of, proposals }, id, at)
}

/** Carries a proposal out once every party of the case agrees to it. */
function settled(of: Case, id: string, at: number): Case {
  const proposal = of.proposals.find(({ statement }) => statement === id)
  if (proposal === undefined || !partiesOf(of).every((party) => proposal.by.includes(party))) return of
  const { what } = proposal
  const rest: Case = { ...of, proposals: of.proposals.filter((each) => each !== proposal) }
  if (what.kind === 'suspend') return rest.suspendedAt === undefined ? { ...rest, suspendedAt: at } : rest
  if (what.kind === 'resume') return resumed(rest, at)
  const clock = rest.clocks[what.clock]
  if (clock === undefined || clock.stoppedAt !== undefined) return rest
  return { ...rest, clocks: { ...rest.clocks, [what.clock]: { ...clock, agreedAt: what.at } } }
}

/** The clocks that stood still run on for as long as they had left. */
function resumed({ suspendedAt, ...of }: Case, at: number): Case {
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
  const clocks = Object.fromEntries(Object.entries(of.clocks).map(([name, clock]) => [name, later(clock)]))
  return { ...of, clocks }
}

function requireRunning({ clocks }: Case, name: string): void {
  const clock = Object.hasOwn(clocks, name) ? clocks[name] : undefined
  if (clock !== undefined && clock.stoppedAt === undefined) return
  const running = Object.entries(clocks).flatMap(([each, { stoppedAt }]) => (stoppedAt === undefined ? [each] : []))
  throw new ProcedureError(
    'not-possible-now',
    `no clock "${name}" runs in this case: ${running.length === 0 ? 'none does' : running.join(', ')}`,
  )
}
