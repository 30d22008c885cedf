/**
 * What each kind writes into the register when a statement of it takes effect. Pure inserts: a later statement never
 * changes an earlier row, so the register as of any cut is a matter of which rows one looks at.
 */
import {
  type AcknowledgementPayload,
  type AdherencePayload,
  type AdvisoryPayload,
  type FindingsPayload,
  type ProductPayload,
  type ReleasePayload,
  type SupplyPayload,
  type SupportPayload,
  parseReleaseUrn,
} from '@comity/statement'
import { sha256Hex } from '@comity/crypto'
import type { Database } from './database.ts'
import { idColumn } from './by-id.ts'
import { type Effect, payloadOf } from './entry.ts'
import { thingKey } from './thing.ts'
import { noteEarlierWords, noteWord } from './told.ts'

type Reducer = (database: Database, effect: Effect) => void

const seconds = (date: string | undefined): number | null =>
  date === undefined ? null : Math.floor(Date.parse(date) / 1000)

function adherence(database: Database, effect: Effect): void {
  const payload = payloadOf<AdherencePayload & SupportPayload>(effect)
  database
    .prepare(
      'INSERT INTO adherence (effective, position, party, instrument, form, withdrawn_after, payload) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      effect.effective,
      effect.position,
      effect.party,
      effect.statement.sub.slice('urn:comity:instrument:'.length),
      effect.statement.kind,
      seconds(payload.withdrawal?.after),
      text(effect),
    )
}

function product(database: Database, effect: Effect): void {
  const payload = payloadOf<ProductPayload>(effect)
  database
    .prepare(
      'INSERT INTO product (effective, position, party, thing, sub, name, update_policy, support_until, portability, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      effect.effective,
      effect.position,
      effect.party,
      thingKey(effect.statement.sub),
      effect.statement.sub,
      payload.name,
      payload.updatePolicy === undefined ? 0 : 1,
      seconds(payload.updatePolicy?.supportUntil),
      payload.portability === undefined ? 0 : 1,
      text(effect),
    )
}

function release(database: Database, effect: Effect): void {
  const payload = payloadOf<ReleasePayload>(effect)
  database
    .prepare(
      'INSERT INTO release (effective, position, party, thing, sub, product, version, released, sbom, builds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      effect.effective,
      effect.position,
      effect.party,
      thingKey(effect.statement.sub),
      effect.statement.sub,
      parseReleaseUrn(effect.statement.sub)?.product ?? '',
      payload.version,
      payload.released,
      payload.sbom ?? null,
      builds(payload),
    )
}

/** What a release says of how it was built, as the register keeps it. */
function builds({ artifacts = [], provenance = [] }: ReleasePayload): string | null {
  return artifacts.length + provenance.length === 0 ? null : JSON.stringify({ artifacts, provenance })
}

function supply(database: Database, effect: Effect): void {
  const payload = payloadOf<SupplyPayload>(effect)
  database
    .prepare(
      'INSERT INTO supply (effective, position, party, thing, sub, action, since, until, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      effect.effective,
      effect.position,
      effect.party,
      thingKey(effect.statement.sub),
      effect.statement.sub,
      payload.action,
      seconds(payload.from),
      seconds(payload.until),
      text(effect),
    )
}

function advisory(database: Database, effect: Effect): void {
  const payload = payloadOf<AdvisoryPayload>(effect)
  database
    .prepare(
      'INSERT INTO advisory (effective, position, party, thing, sub, advisory, title, modified, remedy, withdrawn, document, severity, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      effect.effective,
      effect.position,
      effect.party,
      thingKey(effect.statement.sub),
      effect.statement.sub,
      payload.id,
      payload.title,
      payload.modified,
      payload.remedy === undefined ? 0 : 1,
      payload.withdrawn === undefined ? 0 : 1,
      payload.document,
      payload.severity?.vector ?? null,
      text(effect),
    )
  noteEarlierWords(database, effect)
}

function acknowledgement(database: Database, effect: Effect): void {
  const payload = payloadOf<AcknowledgementPayload>(effect)
  database
    .prepare(
      'INSERT INTO acknowledgement (effective, position, party, advisory, sub, state, justification) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      effect.effective,
      effect.position,
      effect.party,
      idColumn(payload.advisory),
      effect.statement.sub,
      payload.state,
      payload.justification ?? null,
    )
  noteWord(database, payload.advisory, effect)
}

function endorsement(database: Database, effect: Effect): void {
  database
    .prepare('INSERT INTO endorsement (effective, position, party, subject, payload) VALUES (?, ?, ?, ?, ?)')
    .run(effect.effective, effect.position, effect.party, effect.statement.sub, text(effect))
}

function trust(database: Database, effect: Effect): void {
  database
    .prepare('INSERT INTO trust (effective, position, party, digest, payload) VALUES (?, ?, ?, ?, ?)')
    .run(effect.effective, effect.position, effect.party, `sha256:${sha256Hex(effect.statement.payload)}`, text(effect))
}

function policy(database: Database, effect: Effect): void {
  database
    .prepare('INSERT INTO policy (effective, position, payload) VALUES (?, ?, ?)')
    .run(effect.effective, effect.position, text(effect))
}

function continuation(database: Database, effect: Effect): void {
  database
    .prepare('INSERT INTO continuation (effective, position, party, iat, payload) VALUES (?, ?, ?, ?, ?)')
    .run(effect.effective, effect.position, effect.party, effect.statement.iat, text(effect))
}

function withholding(database: Database, effect: Effect): void {
  database
    .prepare('INSERT INTO withholding (digest, effective, position, payload) VALUES (?, ?, ?, ?)')
    .run(effect.statement.sub.slice('urn:comity:document:'.length), effect.effective, effect.position, text(effect))
}

function findings(database: Database, effect: Effect): void {
  const payload = payloadOf<FindingsPayload>(effect)
  database
    .prepare(
      'INSERT INTO published_findings (effective, position, size, at, digest, payload) VALUES (?, ?, ?, ?, ?, ?)',
    )
    .run(
      effect.effective,
      effect.position,
      // The judge holds the next cut against this log's part of it; `sub` is this log's origin.
      payload.cut.find((prefix) => prefix.origin === effect.statement.sub)?.size ?? 0,
      payload.at,
      payload.digest,
      text(effect),
    )
}

const decoder = new TextDecoder()

/** The payload as it was signed, for pages that show it and rows that keep more than their columns. */
function text(effect: Effect): string {
  return decoder.decode(effect.statement.payload)
}

/** `party`, `approval` and `time` are not here: they change who may sign, what is in effect and when it is. */
export const reducers: Readonly<Record<string, Reducer>> = {
  acknowledgement,
  adherence,
  advisory,
  continuation,
  endorsement,
  findings,
  policy,
  product,
  release,
  supply,
  support: adherence,
  trust,
  withholding,
}
