/** What each kind demands of the log before it, beyond its schema: one function a kind, none where nothing is demanded. */
import {
  type AcknowledgementPayload,
  type AdherencePayload,
  type AdvisoryPayload,
  type FindingsPayload,
  StatementError,
  type SupplyPayload,
  type TimePayload,
  type TrustPayload,
  digestText,
  parseAdvisoryUrn,
  parseDocumentUrn,
  parseInstrumentUrn,
  parseProductUrn,
  parseReleaseUrn,
  parseStatementUrn,
  parseSupplyUrn,
} from '@comity/statement'
import { sha256 } from '@comity/crypto'
import { isProvisionId, provisionIds } from '@comity/instruments'
import { LogError, parseTlogPolicy } from '@comity/log'
import { NodeError } from '../node-error.ts'
import { advisoriesById, authorById } from '../register/by-id.ts'
import { type Entry, payloadOf } from '../register/entry.ts'
import type { Register } from '../register/register.ts'
import { isThing, thingKey } from '../register/thing.ts'
import { judgeArrival } from './arrival.ts'
import { bondKindOf } from './bond-kind.ts'
import type { Bench } from './judge.ts'

type KindRule = (entry: Entry, register: Register, bench: Bench) => void

function byKeeper(entry: Entry, register: Register, bench: Bench): void {
  const { statement } = entry
  if (statement.iss !== register.keeper) {
    throw new NodeError(
      'not-the-keeper',
      `${statement.kind} is for the keeper of ${bench.origin} alone, not ${statement.iss}`,
    )
  }
  if (statement.sub !== bench.origin) {
    throw new NodeError('wrong-cut', `sub is ${statement.sub}; in this log it is the origin ${bench.origin}`)
  }
}

/** What the seat of a private case makes public: nobody else in this log has the orders. */
function caseRecord({ statement: { iss } }: Entry, register: Register, bench: Bench): void {
  if (iss === register.keeper) return
  throw new NodeError('not-the-keeper', `record is for the keeper of ${bench.origin} alone, not ${iss}`)
}

/** A log continues another by its keeper's word; a party that moves here continues by its own. */
function continuation(entry: Entry, register: Register, bench: Bench): void {
  const { iss } = entry.statement
  const arrival = iss === register.keeper ? undefined : register.book.arrivalOf(iss)
  if (arrival === undefined) byKeeper(entry, register, bench)
  else judgeArrival(entry, arrival, register)
}

function time(entry: Entry, register: Register, bench: Bench): void {
  byKeeper(entry, register, bench)
  const { at } = payloadOf<TimePayload>(entry)
  if (at !== entry.at || at !== entry.statement.iat) {
    throw new NodeError(
      'time-decreases',
      `a time leaf says ${at} where its batch and iat say ${entry.at} and ${entry.statement.iat}`,
    )
  }
}

/** Key IDs take a hash function, which the schema of the kind has not: a wrong one would name a witness that nobody is. */
function trust(entry: Entry): void {
  const { witnesses } = payloadOf<TrustPayload>(entry)
  if (witnesses === '') return
  try {
    parseTlogPolicy(witnesses, sha256)
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new StatementError('schema-violation', `trust/witnesses: ${error.message}`, '/witnesses')
  }
}

/** One for each hour, later ones after earlier ones: two would let a node choose later which of them it shows. */
function commitment(entry: Entry, register: Register, bench: Bench): void {
  byKeeper(entry, register, bench)
  const { iss, iat } = entry.statement
  const before = register.database
    .prepare("SELECT iat FROM entry WHERE party = ? AND kind = 'commitment' ORDER BY position DESC LIMIT 1")
    .get(register.book.numberOf(iss) ?? -1)
  if (before !== undefined && Number(before['iat']) >= iat) {
    throw new NodeError('time-decreases', `this log has a commitment for the hour ${Number(before['iat'])} already`)
  }
  if (iat > entry.at) {
    throw new NodeError('clock-in-future', `the hour ${iat} has not ended at ${entry.at}, the log's time`)
  }
}

/** A party files the kind that is for it: see {@link bondKindOf}. */
function adherence(entry: Entry, register: Register): void {
  const { statement } = entry
  const type = register.book.stateOf(statement.iss)?.type
  const instrument = parseInstrumentUrn(statement.sub)
  requireProvisions(entry)
  if (type !== undefined && statement.kind === bondKindOf(type)) return
  throw new NodeError(
    'wrong-party-type',
    statement.kind === 'adherence'
      ? `only States adhere to ${instrument}; a party of type ${type} files a support statement`
      : `a State files a declaration of adherence to ${instrument}, not a support statement`,
  )
}

/** A word about a provision that does not exist would stand in the log for ever. */
function requireProvisions(entry: Entry): void {
  const { declarations = [], reservations = [] } = payloadOf<AdherencePayload>(entry)
  const unknown = [...declarations, ...reservations].find((each) => !isProvisionId(each.provision))
  if (unknown === undefined) return
  const own = provisionIds.filter((id) => id.startsWith(`${parseInstrumentUrn(entry.statement.sub)}-`))
  throw new NodeError(
    'unknown-provision',
    `${unknown.provision} is no provision of this instrument: it has ${own.join(', ')}`,
  )
}

/** An approval may come before what it approves; of what is there, a party approves its own. */
function approval(entry: Entry, register: Register): void {
  const { statement } = entry
  const author = authorById(register.database, parseStatementUrn(statement.sub) ?? '', register.range)
  if (author !== undefined && author !== statement.iss) {
    throw new NodeError('not-yours', `${statement.sub} is a statement of ${author}; a party approves its own`)
  }
}

function product(entry: Entry): void {
  requireOwn(entry, parseProductUrn(entry.statement.sub)?.party, 'product')
}

function release(entry: Entry, register: Register): void {
  const found = parseReleaseUrn(entry.statement.sub)
  requireOwn(entry, found && parseProductUrn(found.product)?.party, 'product')
  requireProduct(register, found?.product ?? '', entry.statement.iss)
}

/** A notice that replaces another one is about the same restriction, so that nobody lifts what was never said. */
function supply(entry: Entry, register: Register): void {
  const { statement } = entry
  requireOwn(entry, parseSupplyUrn(statement.sub)?.party, 'notice')
  const { replaces } = payloadOf<SupplyPayload>(entry)
  if (replaces === undefined) return
  const position = register.positionOf(replaces)
  const row = register.database
    .prepare(`SELECT 1 FROM supply kind_row WHERE ${isThing} AND position = ?`)
    .get(thingKey(statement.sub), statement.sub, position ?? -1)
  if (row !== undefined || register.book.arrivalOf(statement.iss) !== undefined) return
  throw new NodeError('unknown-notice', `replaces ${replaces}, which is no effective notice about ${statement.sub}`)
}

function advisory(entry: Entry, register: Register): void {
  const { statement } = entry
  requireOwn(entry, parseAdvisoryUrn(statement.sub)?.party, 'advisory')
  const payload = payloadOf<AdvisoryPayload>(entry)
  for (const sub of payload.products) requireProduct(register, sub, statement.iss)
  if (payload.revises === undefined) return
  if (advisoriesById(register.database, payload.revises, register.range)[0]?.sub !== statement.sub) {
    throw new NodeError(
      'unknown-advisory',
      `revises ${payload.revises}, which is no effective statement about ${statement.sub}`,
    )
  }
}

/**
 * The advisory may stand in another log, which this judge does not see: whether its author was told is decided over a
 * cut. What does stand here has to be that advisory.
 */
function acknowledgement(entry: Entry, register: Register): void {
  const { statement } = entry
  const { advisory: id } = payloadOf<AcknowledgementPayload>(entry)
  const publisher = parseAdvisoryUrn(statement.sub)?.party ?? ''
  const isElsewhere = !wasAlwaysAtHome(publisher, register) && register.positionOf(id) === undefined
  if (isElsewhere || advisoriesById(register.database, id, register.range)[0]?.sub === statement.sub) return
  throw new NodeError('unknown-advisory', `statement ${id} is no effective advisory ${statement.sub} in this log`)
}

/** Whether all that a party ever stated stands in this log. */
function wasAlwaysAtHome(party: string, register: Register): boolean {
  const isAtHome = register.book.stateOf(party)?.home === register.origin
  return isAtHome && register.book.arrivalOf(party) === undefined
}

/**
 * Who published a document, that is who referred to it first, may withhold it; so may the keeper, on whose node it lies.
 * Who refers to it later may not: else anybody could take a document out of another party's record.
 */
function withholding(entry: Entry, register: Register): void {
  const { statement } = entry
  const digest = `sha256:${parseDocumentUrn(statement.sub)}`
  const first = register.database
    .prepare(
      `SELECT urn FROM document CROSS JOIN entry USING (position) CROSS JOIN party USING (party)
       WHERE digest = ? AND document.position >= ? AND document.position < ? ORDER BY document.position LIMIT 1`,
    )
    .get(digest, register.range.from, register.range.to)
  if (first === undefined) {
    // One that moved here may have published it in the log that it left; for nobody else's statement does that count.
    if (register.book.arrivalOf(statement.iss) !== undefined) return
    throw new NodeError('unknown-document', `no statement in this log refers to ${digest}`)
  }
  if (statement.iss !== register.keeper && first['urn'] !== statement.iss) {
    throw new NodeError(
      'not-yours',
      `${digest} was published by ${String(first['urn'])}; only they or the keeper may withhold it`,
    )
  }
}

function findings(entry: Entry, register: Register, bench: Bench): void {
  byKeeper(entry, register, bench)
  const payload = payloadOf<FindingsPayload>(entry)
  const own = payload.cut.find((prefix) => prefix.origin === bench.origin)
  if (own === undefined) throw new NodeError('wrong-cut', `the cut does not name this log, ${bench.origin}`)
  if (own.size > bench.size) {
    throw new NodeError('wrong-cut', `the cut names ${own.size} entries where ${bench.size} stand before this batch`)
  }
  const root = digestText(bench.root(own.size))
  if (own.root !== root) throw new NodeError('wrong-cut', `the root at size ${own.size} is ${root}, not ${own.root}`)
  const time = register.database
    .prepare('SELECT 1 FROM batch WHERE log = ? AND at = ? AND position < ? LIMIT 1')
    .get(register.log, payload.at, register.range.from + own.size)
  if (time === undefined) throw new NodeError('wrong-cut', `at ${payload.at} is the time of no time leaf in the cut`)
  const before = register.database
    .prepare(
      'SELECT payload FROM published_findings WHERE effective >= ? AND effective < ? ORDER BY effective DESC LIMIT 1',
    )
    .get(register.range.from, register.range.to)
  const earlier: FindingsPayload['cut'] = before === undefined ? [] : JSON.parse(String(before['payload'])).cut
  for (const { origin, size } of payload.cut) {
    const known = earlier.find((prefix) => prefix.origin === origin)?.size ?? 0
    if (known <= size) continue
    throw new NodeError(
      'wrong-cut',
      `cuts never decrease: the findings before had ${known} entries of ${origin}, not ${size}`,
    )
  }
}

function requireOwn(entry: Entry, owner: string | undefined, what: string): void {
  if (owner !== entry.statement.iss) {
    throw new NodeError(
      'not-yours',
      `the ${what} ${entry.statement.sub} belongs to ${owner}, not to ${entry.statement.iss}`,
    )
  }
}

function requireProduct(register: Register, sub: string, party: string): void {
  const row = register.database
    // CROSS JOIN: from the product's name, not through everything that the party has registered.
    .prepare(
      `SELECT 1 FROM product kind_row CROSS JOIN party USING (party) WHERE ${isThing} AND effective >= ? AND effective < ? AND urn = ? LIMIT 1`,
    )
    .get(thingKey(sub), sub, register.range.from, register.range.to, party)
  if (row === undefined) {
    throw new NodeError('unknown-product', `${sub} is no product that ${party} has registered here with effect`)
  }
}

export const kindRules: Readonly<Record<string, KindRule>> = {
  acknowledgement,
  adherence,
  advisory,
  approval,
  commitment,
  continuation,
  findings,
  policy: byKeeper,
  product,
  record: caseRecord,
  release,
  supply,
  support: adherence,
  time,
  trust,
  withholding,
}
