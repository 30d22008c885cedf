import { randomBytes } from '@comity/crypto'
import { digestText, statementUrn } from '@comity/statement'
import { sha256 } from '@comity/crypto'
import { NodeError } from '../../../node-error.ts'
import type { KeyedEvent, VaultDesk, VaultPen } from '../../../vault/desk.ts'
import { nodeKeyId } from '../../../vault/journal.ts'
import type { Partition } from '../../../vault/partition.ts'
import { trafficLeaf } from '../commitment/traffic-leaf.ts'
import type { CaseReception } from '../../cases/post/case-reception.ts'
import { openParcel } from '../../cases/post/parcel.ts'
import type { Directory } from '../directory.ts'
import { type Envelope, openEnvelope } from '../message/envelope.ts'
import { type Opened, checkAuthor } from '../message/opened-message.ts'
import { unseal } from '../message/seal.ts'
import { type Sealed, readSealed } from '../message/sealed-form.ts'
import type { InboxReader, KeptMessage } from '../record/inbox-reader.ts'
import { oldestMessage } from './oldest-message.ts'
import { SealKeyExpired } from './seal-key-expired.ts'

/** What the node signs for the inbox. */
export interface DeliverySigner {
  signFor(
    kind: 'delivery',
    sub: string,
    iat: number,
    payload: {
      digest: string
      sizeClass: number
      at: number
      to?: string
      how: 'inbox' | 'link'
      attachments: string[]
    },
  ): Uint8Array
}

export interface ReceptionParts {
  readonly desk: VaultDesk
  readonly reader: InboxReader
  readonly directory: Directory
  readonly signer: DeliverySigner
  /** Whole seconds since the epoch. */
  readonly now: () => number
}

/** What whoever brought a message is told. */
export interface Taken {
  /** Receipt of delivery, COSE_Sign1. */
  readonly receipt: Uint8Array
  /** Under which tickets its attachments are brought, in their order. */
  readonly attachments: readonly { readonly ticket: string; readonly whole: boolean }[]
  /** It was here already: nothing was written, and the receipt is the one that was given before. */
  readonly duplicate: boolean
}

/** How far an author's clock may be ahead, in seconds. */
const clockSkew = 300

/** How a sealed message comes in: opened, checked against whom it names, written once. */
export class Reception {
  readonly #parts: ReceptionParts
  readonly #cases: () => CaseReception

  /** `cases` takes what belongs to private cases. */
  constructor(parts: ReceptionParts, cases: () => CaseReception) {
    this.#parts = parts
    this.#cases = cases
  }

  /**
   * Takes a sealed message for a party. When it resolves the message is durable and in effect once, however often it is
   * brought.
   *
   * Errors: `unknown-recipient`, `message-too-large`, `not-sealed`, `unknown-seal-key`, {@link SealKeyExpired},
   * `seal-broken`, `malformed-message`, `wrong-recipient`, `unknown-author`, StatementError for what is wrong with the
   * message itself or its signature, `clock-in-future`, `message-too-old`, `erased`; as CaseReception for what belongs to a
   * private case.
   */
  async take(party: string, bytes: Uint8Array): Promise<Taken> {
    const partition = this.#parts.reader.partitionOf(party)
    if (partition === undefined) throw unknownRecipient()
    const sealed = readSealed(bytes)
    const { content, sizeClass } = await this.#unseal(partition, sealed)
    const parcel = openParcel(content)
    if (parcel !== undefined) return this.#cases().take(partition, parcel, sizeClass)
    const envelope = openEnvelope(content)
    await this.#check(party, envelope.opened)
    return this.#parts.desk.write((pen) => this.#write(pen, partition, envelope, sizeClass))
  }

  async #unseal(partition: Partition, sealed: Sealed) {
    const keys = this.#parts.reader.sealKeys(partition)
    const named = new Set(sealed.recipients.map(({ header }) => header.kid))
    const known = keys.filter(({ kid }) => named.has(kid))
    const opening = known.findLast((each) => each.opening !== undefined)?.opening
    if (opening !== undefined) return unseal(sealed, opening)
    const current = this.#currentKey(partition.party)
    if (known.length > 0 && current !== undefined) throw new SealKeyExpired(current)
    throw new NodeError(
      'unknown-seal-key',
      'this node has no key that the message is sealed to: seal it to the key in the newest statement of the party',
    )
  }

  /** Thumbprint of the key to seal to now. */
  #currentKey(party: string): string | undefined {
    const { reader, directory } = this.#parts
    const partition = reader.partitionOf(party)
    const here = new Set(
      (partition === undefined ? [] : reader.sealKeys(partition)).filter((each) => each.opening).map(({ kid }) => kid),
    )
    return directory.find(party)?.state.keys.findLast(({ kid, to }) => to === undefined && here.has(kid))?.kid
  }

  async #check(party: string, opened: Opened): Promise<void> {
    const { statement, payload } = opened
    if (!payload.to.includes(party)) {
      throw new NodeError(
        'wrong-recipient',
        'the message inside is for somebody else: it was sealed to this party by another than its author',
      )
    }
    const author = this.#parts.directory.find(statement.iss)
    if (author === undefined) {
      throw new NodeError('unknown-author', 'the home log of the author is not known here: its statements are needed')
    }
    await checkAuthor(opened, author)
    const now = this.#parts.now()
    if (statement.iat > now + clockSkew) {
      throw new NodeError('clock-in-future', `the message is dated more than ${clockSkew} s ahead of this node's clock`)
    }
    if (statement.iat < now - oldestMessage) {
      throw new NodeError(
        'message-too-old',
        `the message is more than ${oldestMessage / 86_400} days old: write it anew`,
      )
    }
  }

  async #write(
    pen: VaultPen,
    partition: Partition,
    { message, keys, opened }: Envelope & { readonly opened: Opened },
    sizeClass: number,
  ): Promise<Taken> {
    const { reader } = this.#parts
    const { id, sub } = opened.statement
    const known = reader.message(partition, id)
    if (known !== undefined) return this.#answer(known, true)
    if (reader.isErased(partition, opened.correspondence)) {
      throw new NodeError('erased', `${sub} was erased here, and nothing of it is taken any more`)
    }
    const at = this.#parts.now()
    const receipt = this.#receipt({ id, digest: opened.digest, sizeClass, at, to: partition.party, attachments: [] })
    const { key, opening } = await this.openCorrespondence(partition, opened.correspondence, at)
    const salt = randomBytes(32)
    const leaf = trafficLeaf({ salt, message: opened.digest.slice('sha256:'.length), direction: 'received', at })
    await pen.record([
      ...opening,
      {
        keyId: key,
        event: {
          type: 'message',
          direction: 'received',
          message: base64url(message),
          sizeClass,
          salt: base64url(salt),
          attachments: keys.map((each) => ({ key: base64url(each) })),
          at,
          receipt: base64url(receipt),
        },
      },
      { keyId: nodeKeyId, event: { type: 'traffic', leaf: Buffer.from(leaf).toString('hex') } },
    ])
    const written = reader.message(partition, id)
    if (written === undefined) throw new NodeError('storage-failed', 'the message was written and is not there')
    return this.#answer(written, false)
  }

  /** The key of a correspondence, and the event that opens it if it is new. */
  async openCorrespondence(
    partition: Partition,
    correspondence: string,
    at: number,
  ): Promise<{ readonly key: string; readonly opening: readonly KeyedEvent[] }> {
    const known = this.#parts.reader.correspondence(partition, correspondence)
    if (known !== undefined) return { key: known.key, opening: [] }
    const key = `correspondence/${Buffer.from(randomBytes(16)).toString('hex')}`
    await this.#parts.desk.keyring.createKey(key)
    const event = { type: 'correspondence', correspondence, key, at } as const
    return { key, opening: [{ keyId: partition.keyId, event }] }
  }

  /** Signs that a message is here, with the attachments that are whole. */
  receiptFor(message: KeptMessage, whole: readonly string[], at: number): Uint8Array {
    const { record, partition } = message
    const digest = this.digestOf(message)
    const { id, sizeClass } = record
    return this.#receipt({ id, digest, sizeClass, at, to: partition.party, attachments: [...whole] })
  }

  /** `sha256:<hex>` of a message that is kept here. */
  digestOf(message: KeptMessage): string {
    return digestText(sha256(Buffer.from(this.#parts.reader.content(message).message, 'base64url')))
  }

  #receipt(about: {
    id: string
    digest: string
    sizeClass: number
    at: number
    to: string
    attachments: string[]
  }): Uint8Array {
    const { id, at, ...payload } = about
    return this.#parts.signer.signFor('delivery', statementUrn(id), at, { ...payload, at, how: 'inbox' })
  }

  #answer(message: KeptMessage, duplicate: boolean): Taken {
    const { receipt = '' } = message.record
    return {
      receipt: Buffer.from(receipt, 'base64url'),
      attachments: this.#parts.reader
        .attachments(message)
        .map(({ ticket, whole }) => ({ ticket: Buffer.from(ticket).toString('hex'), whole })),
      duplicate,
    }
  }
}

export function unknownRecipient(): NodeError {
  return new NodeError('unknown-recipient', 'this node takes no sealed messages for that party')
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
