import type { Case } from '@comity/procedures'
import type { CaseForkSeen, CaseMailed, CaseMailNoted, KeptDocument, SubmissionEnded } from './case-event.ts'

/** The newest order of a chain: the common one of a case, or that of a thread. */
export interface ChainHead {
  readonly n: number
  /** Id of the order. */
  readonly id: string
}

/** What the sealed column of a case's row holds: the case as its party sees it. */
export interface CaseRow {
  readonly urn: string
  /** `disclosure/1`; empty until the first move. */
  readonly procedure: string
  /** Origin of the log whose node orders it, and the party that keeps the seat. */
  readonly seat: string
  readonly seatParty: string
  /** As the moves that the party sees have left it; undefined until the first has its order. */
  readonly case?: Case
  /** States that it has been in. */
  readonly states: readonly string[]
  /** When it ended, in seconds since the epoch; 0 while it goes on. */
  readonly ended: number
  /** Heads by thread; `''` is the common chain. */
  readonly heads: Readonly<Record<string, ChainHead>>
  /** A move that the seat took, and that the procedure does not allow here. */
  readonly fault?: { readonly order: string; readonly code: string; readonly detail: string }
  /** The seat has given two orders: the order that shows it. */
  readonly fork?: { readonly order: string; readonly why: CaseForkSeen['why'] }
}

/** What the sealed column of a move's row holds, from its author to its answer. */
export interface MoveRow {
  readonly id: string
  readonly name: string
  readonly by: string
  readonly direction: 'sent' | 'received'
  readonly state: 'waiting' | 'taken' | 'refused'
  readonly at: number
  readonly receipt?: string
  readonly code?: string
  readonly detail?: string
  readonly refusedAt?: number
  /** Signed, base64url. */
  readonly refusal?: string
}

/** What the sealed column of an order's row holds: the move as the party sees it. */
export interface OrderRow {
  /** Id of the order. */
  readonly id: string
  /** Empty in the common chain. */
  readonly thread: string
  readonly n: number
  /** Id of the move. */
  readonly move: string
  readonly name: string
  readonly by: string
  readonly iat: number
  readonly at: number
  /** Its author's signature was checked here. */
  readonly verified: boolean
  readonly body: Readonly<Record<string, unknown>>
  /** Fields of it that the party does not see. */
  readonly hidden: readonly string[]
  readonly receipt?: string
}

/** What the sealed column of a mail's row holds. */
export interface MailRow extends Omit<CaseMailed, 'type'> {
  readonly state: 'waiting' | CaseMailNoted['state']
  readonly code?: string
}

/** What the sealed column of a submission's row holds. */
export interface SubmissionRow {
  readonly id: string
  readonly due: number
  readonly at: number
  /** Id of the statement, its kind and what it is about. */
  readonly statement: string
  readonly kind: string
  readonly sub: string
  readonly documents: readonly KeptDocument[]
  readonly state: 'waiting' | SubmissionEnded['state']
  readonly endedAt?: number
  readonly index?: number
  readonly code?: string
  readonly detail?: string
}

/** What the sealed columns are bound to: a ciphertext is worth nothing in another row. */
export const caseRowPlace = {
  case: (row: number) => `private case ${row}`,
  move: (row: number) => `case move ${row}`,
  order: (row: number) => `case order ${row}`,
  mail: (row: number) => `case mail ${row}`,
  submission: (row: number) => `submission ${row}`,
} as const
