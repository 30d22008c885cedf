/** What each kind demands of the log before it, beyond its schema: one function a kind, none where nothing is demanded. */
import {
  type AcknowledgementPayload,
  type AdherencePayload,
  type AdvisoryPayload,
  type FindingsPayload,
  type TimePayload,
  digestText,
  parseAdvisoryUrn,
  parseDocumentUrn,
  parseInstrumentUrn,
  parseProductUrn,
  parseReleaseUrn,
  parseStatementUrn,
} from '@comity/statement'
import { isProvisionId, provisionIds } from '@comity/instruments'
import { NodeError } from '../node-error.ts'
import type { Entry } from '../register/entry.ts'
import { advisoryById } from '../register/reducers.ts'
import type { Register } from '../register/register.ts'
import type { Bench } from './judge.ts'

type KindRule = (entry: Entry, register: Register, bench: Bench) => void

/** The payload was read against its kind's schema when the statement was decoded, so its type follows from the kind. */
function payloadOf<T>(entry: Entry): T {
  return entry.payload as T
}

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

function time(entry: Entry, register: Register, bench: Bench): void {
  byKeeper(entry, register, bench)
  const { at } = payloadOf<TimePayload>(entry)
  if (at !== entry.at || at !== entry.statement.iat) {
    throw new NodeError(
      'time-decreases',
      `a time leaf says ${at} where its batch and iat say ${entry.at} and ${entry.statement.iat}`,
    )
  }
  if (at < register.lastAt) {
    throw new NodeError('time-decreases', `time ${at} is before ${register.lastAt}, the time of the batch before`)
  }
}

/** States adhere; everybody else supports: a support statement binds nobody as a State. */
function adherence(entry: Entry, register: Register): void {
  const { statement } = entry
  const type = register.book.stateOf(statement.iss)?.type
  const instrument = parseInstrumentUrn(statement.sub)
  const isState = type === 'state'
  requireProvisions(entry)
  if (statement.kind === 'adherence' && !isState) {
    throw new NodeError('wrong-party-type', `only States adhere to ${instrument}; a ${type} files a support statement`)
  }
  if (statement.kind === 'support' && isState) {
    throw new NodeError(
      'wrong-party-type',
      `a State files a declaration of adherence to ${instrument}, not a support statement`,
    )
  }
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
  const row = register.database
    .prepare('SELECT urn FROM entry CROSS JOIN party USING (party) WHERE id = ? LIMIT 1')
    .get(Buffer.from(parseStatementUrn(statement.sub) ?? '', 'hex'))
  if (row !== undefined && row['urn'] !== statement.iss) {
    throw new NodeError(
      'not-yours',
      `${statement.sub} is a statement of ${String(row['urn'])}; a party approves its own`,
    )
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

function advisory(entry: Entry, register: Register): void {
  const { statement } = entry
  requireOwn(entry, parseAdvisoryUrn(statement.sub)?.party, 'advisory')
  const payload = payloadOf<AdvisoryPayload>(entry)
  for (const sub of payload.products) requireProduct(register, sub, statement.iss)
  if (payload.revises === undefined) return
  const row = register.database
    .prepare(`SELECT 1 ${advisoryById} AND advisory.sub = ?`)
    .get(Buffer.from(payload.revises, 'hex'), statement.sub)
  if (row === undefined) {
    throw new NodeError(
      'unknown-advisory',
      `revises ${payload.revises}, which is no effective statement about ${statement.sub}`,
    )
  }
}

function acknowledgement(entry: Entry, register: Register): void {
  const { statement } = entry
  const payload = payloadOf<AcknowledgementPayload>(entry)
  const row = register.database
    .prepare(`SELECT 1 ${advisoryById} AND advisory.sub = ?`)
    .get(Buffer.from(payload.advisory, 'hex'), statement.sub)
  if (row === undefined) {
    throw new NodeError(
      'unknown-advisory',
      `statement ${payload.advisory} is no effective advisory ${statement.sub} in this log`,
    )
  }
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
       WHERE digest = ? ORDER BY document.position LIMIT 1`,
    )
    .get(digest)
  if (first === undefined) throw new NodeError('unknown-document', `no statement in this log refers to ${digest}`)
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
    .prepare('SELECT 1 FROM batch WHERE at = ? AND position < ? LIMIT 1')
    .get(payload.at, own.size)
  if (time === undefined) throw new NodeError('wrong-cut', `at ${payload.at} is the time of no time leaf in the cut`)
  const before = register.database.prepare('SELECT size FROM published_findings ORDER BY effective DESC LIMIT 1').get()
  if (before !== undefined && Number(before['size']) > own.size) {
    throw new NodeError(
      'wrong-cut',
      `cuts never decrease: the findings before had size ${Number(before['size'])}, not ${own.size}`,
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
    .prepare('SELECT 1 FROM product CROSS JOIN party USING (party) WHERE sub = ? AND urn = ? LIMIT 1')
    .get(sub, party)
  if (row === undefined) {
    throw new NodeError('unknown-product', `${sub} is no product that ${party} has registered here with effect`)
  }
}

export const kindRules: Readonly<Record<string, KindRule>> = {
  acknowledgement,
  adherence,
  advisory,
  approval,
  continuation: byKeeper,
  findings,
  policy: byKeeper,
  product,
  release,
  support: adherence,
  time,
  withholding,
}
