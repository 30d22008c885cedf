/**
 * The judge decides, at its place in the order, whether a statement enters the log. It reads nothing but the log before
 * that place, so that whoever holds the same prefix comes to the same decision: an audit runs this very function.
 *
 * It does not verify signatures: a `kid` is the thumbprint of its key, so a signature checked at admission stays checked
 * whatever happens to the party in between.
 */
import { type Statement, coreRegistry, maySign, thresholdOf } from '@comity/statement'
import { NodeError } from '../node-error.ts'
import type { Entry } from '../register/entry.ts'
import { indexOf } from '../register/position.ts'
import type { Accepted, Register } from '../register/register.ts'
import { requireArrived } from './arrival.ts'
import { kindRules } from './kind-rules.ts'
import { isAtItsSeat, judgeMove } from './move-rules.ts'
import { judgeParty } from './party-rules.ts'

/** What the judge knows of the log beside the register. */
export interface Bench {
  readonly origin: string
  /** Entries before the batch that is being judged: the longest prefix that a statement in it can name. */
  readonly size: number
  /** The root of the first `size` entries, for statements that name one. */
  root(size: number): Uint8Array
}

/** How far an author's clock may be ahead where the policy in force does not say, in seconds. */
const defaultClockSkew = 300

/** What stands at the beginning of every log, by index. */
const bootstrap = ['party', 'policy', 'time'] as const

/** Throws {@link NodeError} or {@link StatementError} with the reason for a refusal. */
export function judge(entry: Entry, register: Register, bench: Bench): Accepted {
  const { statement } = entry
  const index = indexOf(entry.position)
  checkBootstrap(statement, index)
  const skew = register.policy?.limits?.clockSkewSeconds ?? defaultClockSkew
  if (statement.iat > entry.at + skew) {
    throw new NodeError(
      'clock-in-future',
      `iat ${statement.iat} is ${statement.iat - entry.at} s ahead of the log's time ${entry.at}; at most ${skew} s are allowed`,
    )
  }
  if (entry.at < register.lastAt) {
    throw new NodeError('time-decreases', `time ${entry.at} is before ${register.lastAt}, the time of the batch before`)
  }
  if (index >= bootstrap.length) checkPolicy(statement, register)
  if (statement.kind === 'party') return { threshold: 1, partyState: judgeParty(entry, register, bench) }

  const state = register.book.stateOf(statement.iss)
  if (state === undefined) {
    throw new NodeError('unknown-party', `${statement.iss} has no party statement in this log: register that first`)
  }
  // An approval by a party that is at home elsewhere is a copy, for a copy of its party statement or for a move here; and
  // a move takes effect at its seat, wherever its author is at home.
  const mayComeHere = statement.kind === 'approval' || isAtItsSeat(entry, bench.origin)
  if (state.home !== bench.origin && !mayComeHere) {
    throw new NodeError(
      'not-home',
      `the home log of ${statement.iss} is ${state.home}: file there, this is ${bench.origin}`,
    )
  }
  requireArrived(statement, register)
  maySign(state, statement.kidHex, statement.kind, index)
  kindRules[statement.kind]?.(entry, register, bench)
  const change = statement.kind === 'move' ? judgeMove(entry, register) : undefined
  const threshold = thresholdOf(state, statement.kind)
  if (index < bootstrap.length && threshold > 1) {
    throw new NodeError(
      'wrong-bootstrap',
      `entry ${index} of a log takes effect at once, and its keeper wants ${threshold} keys for kind ${statement.kind}: ask for them in a later party statement`,
    )
  }
  return change === undefined ? { threshold } : { threshold, change }
}

function checkBootstrap(statement: Statement, index: number): void {
  const wanted = bootstrap[index]
  if (wanted !== undefined && statement.kind !== wanted) {
    throw new NodeError('wrong-bootstrap', `entry ${index} of a log is its keeper's ${wanted}, not ${statement.kind}`)
  }
}

/** The filing policy applies from the entry after it; what only this node can know (tokens) is left to admission. */
function checkPolicy(statement: Statement, register: Register): void {
  const { policy } = register
  // Not even the keeper may: what was sealed would lie open for ever.
  if (coreRegistry.get(statement.kind)?.logged === false) {
    throw new NodeError(
      'kind-not-admitted',
      `what is of kind ${statement.kind} is signed and handed over, and never logged`,
    )
  }
  if (policy === undefined) throw new NodeError('wrong-bootstrap', 'the log has no policy yet')
  if (statement.iss === register.keeper) return
  if (!policy.kinds.includes(statement.kind)) {
    throw new NodeError(
      'kind-not-admitted',
      `this log does not admit the kind ${statement.kind || statement.contentType}; it admits ${policy.kinds.join(', ')}`,
    )
  }
  const { parties } = policy.admits
  if (policy.filing !== 'open' && parties !== 'any' && !parties.includes(statement.iss)) {
    throw new NodeError('party-not-admitted', `the policy of this log does not list ${statement.iss}`)
  }
  const limit = policy.limits?.statementBytes
  if (limit !== undefined && statement.leaf.length > limit) {
    throw new NodeError(
      'statement-too-large',
      `the statement has ${statement.leaf.length} bytes; this log admits ${limit}`,
    )
  }
}
