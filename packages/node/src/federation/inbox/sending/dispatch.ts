import { sha256 } from '@comity/crypto'
import { StatementError, digestText } from '@comity/statement'
import { NodeError } from '../../../node-error.ts'
import type { VaultDesk } from '../../../vault/desk.ts'
import { FederationError } from '../../federation-error.ts'
import type { Fetch } from '../../peers/peer.ts'
import type { Directory } from '../directory.ts'
import { encodeEnvelope } from '../message/envelope.ts'
import { type SealKey, sealKeysOf } from '../message/seal-keys.ts'
import { seal } from '../message/seal.ts'
import type { Arrivals } from '../receiving/arrivals.ts'
import { checkReceipt } from '../receiving/receipt.ts'
import type { Reception, Taken } from '../receiving/reception.ts'
import type { DeliveryNoted } from '../record/inbox-event.ts'
import type { InboxReader, KeptMessage } from '../record/inbox-reader.ts'
import { type Destination, DeliveryRefused } from './destination.ts'
import { localInbox } from './local-inbox.ts'
import { remoteInbox } from './remote-inbox.ts'

export interface DispatchParts {
  readonly desk: VaultDesk
  readonly reader: InboxReader
  readonly directory: Directory
  readonly reception: Reception
  readonly arrivals: Arrivals
  readonly fetch: Fetch
}

/** One message on its way to one party. */
export interface Delivery {
  readonly message: KeptMessage
  readonly to: string
}

/** What both ways of sending share: where a party gets its mail, sealing, receipts, and noting what came of it. */
export class Dispatch {
  readonly #parts: DispatchParts

  constructor(parts: DispatchParts) {
    this.#parts = parts
  }

  /** Deliveries that are in this state, oldest first. */
  pending(state: 'waiting' | 'taken'): readonly Delivery[] {
    return this.#parts.reader
      .waiting()
      .flatMap((message) =>
        message.record.deliveries.filter((each) => each.state === state).map((each) => ({ message, to: each.to })),
      )
  }

  /** Throws `unknown-recipient` where nobody has said where the party gets its mail. */
  destination(to: string): Destination {
    const { directory, reception, arrivals, fetch } = this.#parts
    const route = directory.route(to)
    if (route?.isHere === true) return localInbox(to, reception, arrivals)
    if (route?.url === undefined) {
      throw new NodeError(
        'unknown-recipient',
        `it is not known where ${to} gets its mail: make the node of its home log a peer`,
      )
    }
    return remoteInbox({ fetch, url: route.url, party: to, isPublished: route.isPublished })
  }

  /**
   * Seals a message to all that it names and brings it to one of them. Where that one says that the key has expired and
   * names one that is known here, it is sealed once more. Throws DeliveryRefused, FederationError, NodeError.
   */
  async post({ message, to }: Delivery, destination: Destination): Promise<Pick<Taken, 'receipt' | 'attachments'>> {
    const used = this.#keysOf(message)
    try {
      return await destination.deliver(await this.#sealed(message, to, used))
    } catch (error) {
      if (!(error instanceof DeliveryRefused) || error.sealKey === undefined) throw error
      const { sealKey } = error
      if (used.get(to)?.some(({ kid }) => kid === sealKey) === true) throw error
      const anew = this.#keysOf(message)
      if (anew.get(to)?.some(({ kid }) => kid === sealKey) !== true) throw error
      return destination.deliver(await this.#sealed(message, to, anew))
    }
  }

  /** Checks a receipt; returns the attachments it names. Throws StatementError, NodeError, FederationError. */
  check({ message, to }: Delivery, receipt: Uint8Array): readonly string[] {
    const { directory, reader } = this.#parts
    const home = directory.route(to)?.home
    const keeper = home === undefined ? undefined : directory.keeper(home)
    if (keeper === undefined) {
      throw new FederationError('peer-unverified', `the keeper of ${home ?? 'its home log'} is not known here yet`)
    }
    const digest = digestText(sha256(Buffer.from(reader.content(message).message, 'base64url')))
    return checkReceipt(receipt, { keeper, message: message.record.id, digest, to }).attachments
  }

  /** Writes down what became of a delivery; nothing where the message was erased meanwhile, or it is written already. */
  async note(
    { message, to }: Delivery,
    outcome: Pick<DeliveryNoted, 'state' | 'receipt' | 'code' | 'at'>,
  ): Promise<void> {
    const { desk, reader } = this.#parts
    await desk.write(async (pen) => {
      const standing = reader
        .message(message.partition, message.record.id)
        ?.record.deliveries.find((each) => each.to === to)
      if (standing === undefined || standing.state === 'delivered' || standing.state === 'failed') return
      if (standing.state === outcome.state && standing.receipt === outcome.receipt) return
      const event: DeliveryNoted = { type: 'delivery', message: message.record.id, to, ...outcome }
      await pen.record([{ keyId: message.key, event }])
    })
  }

  #keysOf({ record }: KeptMessage): ReadonlyMap<string, readonly SealKey[]> {
    return new Map(
      record.to.map((party) => {
        const state = this.#parts.directory.find(party)?.state
        return [party, state === undefined ? [] : sealKeysOf(state)] as const
      }),
    )
  }

  async #sealed(message: KeptMessage, to: string, keys: ReadonlyMap<string, readonly SealKey[]>): Promise<Uint8Array> {
    if ((keys.get(to) ?? []).length === 0) {
      throw new NodeError('unknown-seal-key', `${to} has no key in force that a message could be sealed to`)
    }
    const content = this.#parts.reader.content(message)
    const envelope = encodeEnvelope({
      message: Buffer.from(content.message, 'base64url'),
      keys: content.attachments.map(({ key }) => Buffer.from(key, 'base64url')),
    })
    return seal(envelope, [...keys.values()].flat())
  }
}

/** Why an attempt failed, as a code; undefined for a defect, which is nobody's answer. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof DeliveryRefused || error instanceof FederationError) return error.code
  if (error instanceof NodeError || error instanceof StatementError) return error.code
  return undefined
}

/** How long the other side asked to be left alone, in seconds. */
export function pauseOf(error: unknown, now: number): number {
  if (error instanceof DeliveryRefused) return error.retryAfter ?? 0
  return error instanceof FederationError && error.retryAt !== undefined ? Math.max(0, error.retryAt - now) : 0
}
