import { randomBytes } from 'node:crypto'
import { newestOf, sealedFieldsOf } from '@comity/procedures'
import { type MovePayload, type SealedField, caseUrn, decodeStatement, sealedFieldDigest } from '@comity/statement'
import { crypto } from '../../crypto-port.ts'
import type { House } from '../inbox/inbox.fixture.ts'
import { commonChain } from './chain/place.ts'
import type { KeptCase } from './record/case-reader.ts'

/** A signed move with what opens its sealed fields. */
export interface SignedMove {
  readonly id: string
  readonly urn: string
  readonly bytes: Uint8Array
  readonly fields: readonly SealedField[]
}

export interface MoveWords {
  readonly seat: House
  readonly urn: string
  readonly move: string
  readonly body?: Readonly<Record<string, unknown>>
  /** Id of the newest common order that its author has; as its node has it where nothing is said. */
  readonly after?: string
  readonly more?: Partial<MovePayload>
}

export function urnOf({ home }: Pick<House, 'home'>, slug: string): string {
  return caseUrn(home.urn, slug)
}

/** A move of a coordinated disclosure, its fields sealed as the definition says. */
export function signedMove(by: House, { seat, urn, move, body = {}, after, more = {} }: MoveWords): SignedMove {
  const procedure = newestOf('disclosure')
  const sealedNames = sealedFieldsOf(procedure, move)
  const fields = sealedNames.flatMap((name): SealedField[] =>
    Object.hasOwn(body, name) ? [{ name, salt: randomBytes(16).toString('base64url'), value: body[name] }] : [],
  )
  const clear = Object.fromEntries(Object.entries(body).filter(([name]) => !sealedNames.includes(name)))
  const seen = after ?? caseOf(by, urn)?.row.heads[commonChain]?.id
  const payload: MovePayload = {
    procedure: 'disclosure/1',
    move,
    seat: seat.home.origin,
    body: clear,
    ...(seen === undefined ? {} : { after: seen }),
    ...(fields.length === 0
      ? {}
      : { sealed: Object.fromEntries(fields.map((field) => [field.name, sealedFieldDigest(field, crypto)])) }),
    ...more,
  }
  const bytes = by.home.sign('move', urn, payload, by.clock.now())
  return { id: decodeStatement(bytes, crypto).id, urn, bytes, fields }
}

/** The case as the vault of a house's keeper has it. */
export function caseOf({ inbox, home }: Pick<House, 'inbox' | 'home'>, urn: string): KeptCase | undefined {
  const { reader } = inbox.cases
  const partition = reader.partitionOf(home.urn)
  return partition && reader.find(partition, urn)
}

export async function file(by: House, words: MoveWords): Promise<SignedMove> {
  const signed = signedMove(by, words)
  await by.inbox.cases.file(by.home.urn, signed.bytes, signed.fields)
  return signed
}

/** Names of the moves that a house's keeper sees, in its order. */
export function seenBy(house: House, urn: string): readonly string[] {
  const found = caseOf(house, urn)
  return found === undefined ? [] : house.inbox.cases.reader.orders(found).map(({ row }) => row.name)
}

export const report = {
  title: 'Requests with two length headers pass the filter',
  description: 'A request with two headers of that name is read differently by the filter and by what is behind it.',
  products: ['Gateway 2.1.0'],
}
