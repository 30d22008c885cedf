/** What of the register concerns matching: advisories, and what their readers answered, in the order of the logs. */
import type { AdvisoryPayload } from '@comity/statement'
import type { Database } from '../register/database.ts'

interface WordHead {
  /** The position at which the statement took effect. */
  readonly effective: number
  /** Of the advisory: `urn:comity:advisory:…` */
  readonly sub: string
  /** Identifier of the statement, hex. */
  readonly statement: string
  /** The log's time when it took effect, in whole seconds. */
  readonly at: number
}

/** An advisory statement that took effect. */
export interface RegisteredAdvisory extends WordHead {
  readonly what: 'advisory'
  readonly payload: AdvisoryPayload
}

/** An acknowledgement that took effect: what a party answers to an advisory. */
export interface RegisteredAnswer extends WordHead {
  readonly what: 'answer'
  readonly party: string
  readonly state: 'affected' | 'not_affected' | 'mitigated' | 'remedied'
  readonly justification?: string
}

export type RegisteredWord = RegisteredAdvisory | RegisteredAnswer

/**
 * Advisories and answers of one log in the order in which they took effect, from the position `from` up to before `to`,
 * at most `limit` of them.
 */
export function wordsBetween(register: Database, from: number, to: number, limit: number): readonly RegisteredWord[] {
  if (from >= to) return []
  return [...advisories(register, from, to, limit), ...answers(register, from, to, limit)]
    .toSorted((a, b) => a.effective - b.effective)
    .slice(0, limit)
}

/** How many there are. */
export function countBetween(register: Database, from: number, to: number): number {
  const row = register
    .prepare(
      `SELECT (SELECT count(*) FROM advisory WHERE effective >= :from AND effective < :to)
            + (SELECT count(*) FROM acknowledgement WHERE effective >= :from AND effective < :to) AS n`,
    )
    .get({ from, to })
  return Number(row?.['n'] ?? 0)
}

function advisories(register: Database, from: number, to: number, limit: number): RegisteredAdvisory[] {
  return register
    .prepare(
      `SELECT advisory.effective AS effective, advisory.sub AS sub, advisory.payload AS payload, entry.id AS id, closing.at AS at
       FROM advisory JOIN entry ON entry.position = advisory.position JOIN entry closing ON closing.position = advisory.effective
       WHERE advisory.effective >= ? AND advisory.effective < ? ORDER BY advisory.effective LIMIT ?`,
    )
    .all(from, to, limit)
    .map((row) => ({ what: 'advisory', ...headOf(row), payload: JSON.parse(String(row['payload'])) }))
}

function answers(register: Database, from: number, to: number, limit: number): RegisteredAnswer[] {
  return register
    .prepare(
      `SELECT acknowledgement.effective AS effective, acknowledgement.sub AS sub, acknowledgement.state AS state,
              acknowledgement.justification AS justification, party.urn AS party, entry.id AS id, closing.at AS at
       FROM acknowledgement JOIN party ON party.party = acknowledgement.party
       JOIN entry ON entry.position = acknowledgement.position
       JOIN entry closing ON closing.position = acknowledgement.effective
       WHERE acknowledgement.effective >= ? AND acknowledgement.effective < ? ORDER BY acknowledgement.effective LIMIT ?`,
    )
    .all(from, to, limit)
    .map((row) => ({
      what: 'answer',
      ...headOf(row),
      party: String(row['party']),
      // Safe: the column holds what the kind's schema admits.
      state: String(row['state']) as RegisteredAnswer['state'],
      ...(row['justification'] !== null && { justification: String(row['justification']) }),
    }))
}

function headOf(row: Readonly<Record<string, unknown>>): WordHead {
  return {
    effective: Number(row['effective']),
    sub: String(row['sub']),
    // Safe: the column is a BLOB of 32 bytes.
    statement: Buffer.from(row['id'] as Uint8Array).toString('hex'),
    at: Number(row['at']),
  }
}
