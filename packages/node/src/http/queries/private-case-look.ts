import { type Case, type Procedure, atTime, clocksOf, deadlineOf, procedureOf } from '@comity/procedures'
import { Sight } from '../../register/sight.ts'
import type { KeptCase } from '../../federation/cases/record/case-reader.ts'
import type { HttpContext } from '../context.ts'
import { Names } from './names.ts'

/** What an answer about the private cases of one party is made from. */
export interface PrivateLook {
  readonly inbox: HttpContext['inbox']
  /** Whose vault it is. */
  readonly party: string
  readonly names: Names
  /** In seconds since the epoch. */
  readonly at: number
}

/** A private case as it is at a moment. */
export interface PrivateRecord {
  readonly kept: KeptCase
  readonly procedure: Procedure
  readonly case: Case
  /** When it ended; 0 while it goes on. */
  readonly ended: number
}

export function privateLook({ node, inbox }: Pick<HttpContext, 'node' | 'inbox'>, party: string): PrivateLook {
  return { inbox, party, names: new Names(node.reader, new Sight(node.reader)), at: node.now() }
}

/** Undefined where the party has no such case, or its first move has no order yet. */
export function privateRecord(look: PrivateLook, urn: string): PrivateRecord | undefined {
  const { reader } = look.inbox.cases
  const partition = reader.partitionOf(look.party)
  const kept = partition && reader.find(partition, urn)
  return kept && recordOf(kept, look.at)
}

/** All private cases of the party, the last that came first. */
export function privateRecords({ inbox, party, at }: PrivateLook): readonly PrivateRecord[] {
  const { reader } = inbox.cases
  const partition = reader.partitionOf(party)
  return partition === undefined ? [] : reader.all(partition).flatMap((kept) => recordOf(kept, at) ?? [])
}

function recordOf(kept: KeptCase, at: number): PrivateRecord | undefined {
  const { row } = kept
  if (row.case === undefined) return undefined
  const procedure = procedureOf(row.procedure)
  return { kept, procedure, case: atTime(procedure, row.case, at), ended: row.ended }
}

/** The clocks of a case but those that still ran when it ended: nobody waits for them. */
export function clocksShown({ procedure, case: of, ended }: PrivateRecord, at: number) {
  return clocksOf(procedure, of, at).filter(
    (clock) => ended === 0 || clock.stoppedAt !== undefined || deadlineOf(clock) < ended,
  )
}
