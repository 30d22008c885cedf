/** What a log has of a party's statements about itself, with the approvals that these needed, in its order. */
import { type Client, eachItem } from '@comity/contract'
import { decodeStatement, type PartyPayload, readPayloadAs, statementUrn } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import { crypto } from '../crypto-port.ts'

/** A log that a party is leaving, and who serves it: its own node, or a copy. */
export interface OldLog {
  readonly origin: string
  /** Lists the statements of that log. */
  readonly register: Client
  /** Serves its checkpoint and tiles. */
  readonly log: Client
}

export interface Copy {
  readonly id: string
  readonly index: number
  readonly bytes: Uint8Array
  /** What a party statement says; absent of an approval. */
  readonly party?: PartyPayload
}

export interface Chain {
  readonly copies: readonly Copy[]
  /** The latest party statement. */
  readonly last: Copy & { readonly party: PartyPayload }
  /** Every log in which the party was at home, the first one first; the one it is moving to may be the last. */
  readonly homes: readonly string[]
}

/** Throws CliError `not-found` where the log has no party statement of that party. */
export async function chainOf({ origin, register }: OldLog, urn: string): Promise<Chain> {
  const statements: (Copy & { readonly party: PartyPayload })[] = []
  for await (const { id, index } of listed(register, { origin, party: urn, kind: 'party' })) {
    const bytes = await register.rawStatement(id)
    statements.push({ id, index, bytes, party: readPayloadAs(decodeStatement(bytes, crypto), 'party') })
  }
  const last = statements.at(-1)
  if (last === undefined) throw new CliError('not-found', `the log ${origin} has no party ${urn}`)
  const wanted = new Set(statements.map(({ id }) => statementUrn(id)))
  const approvals: Copy[] = []
  // Without a threshold nothing was ever approved: a party with many approvals of other things has one.
  for await (const { id, index, sub } of listed(register, { origin, party: urn, kind: 'approval' })) {
    if (wanted.has(sub)) approvals.push({ id, index, bytes: await register.rawStatement(id) })
  }
  return {
    copies: [...statements, ...approvals].toSorted((one, other) => one.index - other.index),
    last,
    homes: [...new Set(statements.map(({ party }) => party.home))],
  }
}

/** Statements of one log in its order. */
export function listed(
  client: Client,
  query: { readonly origin: string; readonly party: string; readonly kind: string },
) {
  return eachItem(client.statements, { ...query, from: 0, limit: 200 })
}
