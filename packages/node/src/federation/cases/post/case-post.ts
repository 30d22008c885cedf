import { sha256 } from '@comity/crypto'
import { procedureOf, secretFieldsOf } from '@comity/procedures'
import { type SealedField, decodeStatement, digestText, readPayloadAs } from '@comity/statement'
import { crypto } from '../../../crypto-port.ts'
import { NodeError } from '../../../node-error.ts'
import { FederationError } from '../../federation-error.ts'
import { sealKeysOf } from '../../inbox/message/seal-keys.ts'
import { seal } from '../../inbox/message/seal.ts'
import { checkReceipt } from '../../inbox/receiving/receipt.ts'
import type { Delivering } from '../../inbox/sending/courier.ts'
import { DeliveryRefused, type Destination } from '../../inbox/sending/destination.ts'
import type { CaseParts } from '../case-parts.ts'
import type { CaseMoveFiled, CaseMoveOrdered } from '../record/case-event.ts'
import type { KeptCase } from '../record/case-reader.ts'
import { encodeParcel } from './parcel.ts'

/** Something of a case on its way to one party. */
export interface CaseDelivery {
  readonly to: string
  readonly message: {
    readonly row: number
    readonly record: { readonly at: number; readonly attachments: readonly [] }
  }
  readonly case: KeptCase
  /** Number of the record that holds what is brought. */
  readonly content: number
}

/** How what belongs to cases is sealed, brought and receipted: to each party by itself, for no one is to learn of others. */
export class CasePost implements Delivering<CaseDelivery> {
  readonly #parts: CaseParts
  readonly #destination: (to: string) => Destination

  constructor(parts: CaseParts, destination: (to: string) => Destination) {
    this.#parts = parts
    this.#destination = destination
  }

  pending(): readonly CaseDelivery[] {
    return this.#parts.reader.waitingMail().map(({ case: of, mail: { record, row } }) => ({
      to: row.to,
      message: { row: record, record: { at: row.at, attachments: [] } },
      case: of,
      content: row.record,
    }))
  }

  /** What the seat has ordered before has to be there before what comes after it; other cases do not wait for it. */
  lane({ to, case: { number } }: CaseDelivery): string {
    return `${number} ${to}`
  }

  destination(to: string): Destination {
    return this.#destination(to)
  }

  /** Seals and brings it; once more where the key has expired and the new one is known. Throws DeliveryRefused, NodeError. */
  async post(delivery: CaseDelivery, destination: Destination): Promise<{ readonly receipt: Uint8Array }> {
    try {
      return await destination.deliver(await this.#sealed(delivery))
    } catch (error) {
      if (!(error instanceof DeliveryRefused) || error.sealKey === undefined) throw error
      return destination.deliver(await this.#sealed(delivery))
    }
  }

  /** Throws StatementError, NodeError, FederationError. */
  check(delivery: CaseDelivery, receipt: Uint8Array): readonly string[] {
    const { directory } = this.#parts
    const { to } = delivery
    const home = directory.route(to)?.home
    const keeper = home === undefined ? undefined : directory.keeper(home)
    if (keeper === undefined)
      throw new FederationError('peer-unverified', `the keeper of ${home ?? 'its home log'} is not known here yet`)
    const { id, leaf } = decodeStatement(this.#known(delivery), crypto)
    return checkReceipt(receipt, { keeper, message: id, digest: digestText(sha256(leaf)), to }).attachments
  }

  async note(
    { message: { row: mail }, case: of }: CaseDelivery,
    {
      state,
      code,
      at,
    }: { readonly state: 'taken' | 'delivered' | 'failed'; readonly code?: string; readonly at: number },
  ): Promise<void> {
    if (state === 'taken') return
    const { desk, reader } = this.#parts
    await desk.write(async (pen) => {
      if (reader.find(of.partition, of.row.urn)?.key !== of.key) return
      const event = { type: 'case-mail-noted', mail, state, at, ...(code === undefined ? {} : { code }) } as const
      await pen.record([{ keyId: of.key, event }])
    })
  }

  async #sealed(delivery: CaseDelivery): Promise<Uint8Array> {
    const state = this.#parts.directory.find(delivery.to)?.state
    const keys = state === undefined ? [] : sealKeysOf(state)
    if (keys.length === 0)
      throw new NodeError('unknown-seal-key', `${delivery.to} has no key in force that anything could be sealed to`)
    return seal(this.#parcel(delivery), keys)
  }

  #parcel(delivery: CaseDelivery): Uint8Array {
    const content = this.#content(delivery)
    if (content.type === 'case-refusal') return encodeParcel({ refusal: bytesOf(content.refusal) })
    const move = bytesOf(content.move)
    if (content.type === 'case-move') return encodeParcel({ move, fields: content.fields })
    const fields = fieldsFor(delivery.to, content)
    return encodeParcel({ move, fields, order: bytesOf(content.order) })
  }

  /** The statement whose receipt is given. */
  #known(delivery: CaseDelivery): Uint8Array {
    const content = this.#content(delivery)
    if (content.type === 'case-refusal') return bytesOf(content.refusal)
    return bytesOf(content.type === 'case-move' ? content.move : content.order)
  }

  #content({ content: record }: CaseDelivery) {
    const content = this.#parts.reader.content(record)
    if (content === undefined) throw new NodeError('unknown-case', 'this case was erased')
    return content
  }
}

/** Of the sealed fields of a move those that a party sees: its author all of them, others those that are not secret. */
function fieldsFor(to: string, { move, fields }: CaseMoveOrdered | CaseMoveFiled): readonly SealedField[] {
  if (fields.length === 0) return fields
  const statement = decodeStatement(bytesOf(move), crypto)
  if (statement.iss === to) return fields
  const { procedure, move: name } = readPayloadAs(statement, 'move')
  const secret = secretFieldsOf(procedureOf(procedure), name)
  return fields.filter((field) => !secret.includes(field.name))
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'base64url')
}
