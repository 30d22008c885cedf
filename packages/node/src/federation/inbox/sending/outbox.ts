import { randomBytes } from '@comity/crypto'
import { StatementError } from '@comity/statement'
import { NodeError } from '../../../node-error.ts'
import type { VaultPen } from '../../../vault/desk.ts'
import { nodeKeyId } from '../../../vault/journal.ts'
import type { Uploads } from '../attachments/uploads.ts'
import type { SealedFile } from '../attachments/upload.ts'
import { trafficLeaf } from '../commitment/traffic-leaf.ts'
import { encodeEnvelope } from '../message/envelope.ts'
import { type Opened, checkAuthor, openMessage } from '../message/opened-message.ts'
import { pad } from '../message/padding.ts'
import { sealKeysOf } from '../message/seal-keys.ts'
import type { MessageRecorded } from '../record/inbox-event.ts'
import type { KeptMessage } from '../record/inbox-reader.ts'
import { type Reception, type ReceptionParts, unknownRecipient } from '../receiving/reception.ts'

/** A message in the vault of its author. */
export interface Sent {
  readonly message: KeptMessage
  /** It was there already; nothing was written. */
  readonly duplicate: boolean
}

/** How a message goes out: checked as its recipients will check it, and written once; couriers do the rest. */
export class Outbox {
  readonly #parts: ReceptionParts
  readonly #reception: Reception
  readonly #uploads: Uploads

  constructor(parts: ReceptionParts, reception: Reception, uploads: Uploads) {
    this.#parts = parts
    this.#reception = reception
    this.#uploads = uploads
  }

  /**
   * Takes a message that a party signed, with the identifiers of the uploads that are its attachments, in their order.
   *
   * Errors: StatementError, `malformed-message`, `not-yours`, `unknown-author`, `unknown-recipient`,
   * `unknown-seal-key`, `unknown-attachment`, `attachment-incomplete`, `digest-mismatch`, `message-too-large`, `erased`.
   */
  async send(party: string, bytes: Uint8Array, uploadIds: readonly string[]): Promise<Sent> {
    const opened = openMessage(bytes)
    const files = await this.#check(party, opened, uploadIds)
    const sent = await this.#parts.desk.write((pen) => this.#write(pen, party, opened, files))
    for (const id of uploadIds) this.#uploads.end(id)
    return sent
  }

  async #check(party: string, opened: Opened, uploadIds: readonly string[]): Promise<readonly SealedFile[]> {
    const { statement, payload } = opened
    const { directory, now, reader } = this.#parts
    if (statement.iss !== party)
      throw new NodeError('not-yours', 'the message is by another party than the token is for')
    const author = directory.find(party)
    if (author === undefined)
      throw new NodeError('unknown-author', `${party} has no party statement that is known here`)
    await checkAuthor(opened, author)
    const partition = reader.partitionOf(party)
    if (partition !== undefined && reader.message(partition, statement.id) !== undefined) return []
    if (Math.abs(statement.iat - now()) > 3600) {
      throw new StatementError(
        'bad-claim',
        `iat ${statement.iat} is more than an hour from this node's clock: sign it anew`,
      )
    }
    for (const to of payload.to) this.#requireSealKey(to)
    const said = payload.attachments ?? []
    if (uploadIds.length !== said.length) {
      throw new NodeError(
        'unknown-attachment',
        `the message has ${said.length} attachments, and ${uploadIds.length} were named`,
      )
    }
    const files = uploadIds.map((id) => this.#uploads.find(party, id).finish())
    for (const [n, { sealed, size }] of files.entries()) {
      if (said[n]?.sealed !== sealed || said[n]?.size !== size) {
        throw new NodeError('digest-mismatch', `attachment ${n} of the message is not the file that was sent for it`)
      }
    }
    // What does not fit into the largest class is told now and not to a courier.
    pad(encodeEnvelope({ message: statement.leaf, keys: files.map(({ key }) => key) }))
    return files
  }

  #requireSealKey(to: string): void {
    const state = this.#parts.directory.find(to)?.state
    if (state === undefined) {
      throw new NodeError('unknown-recipient', `${to} is not known here: its home log is neither this one nor a peer's`)
    }
    if (sealKeysOf(state).length === 0) {
      throw new NodeError('unknown-seal-key', `${to} has no key in force that a message could be sealed to`)
    }
  }

  async #write(pen: VaultPen, party: string, opened: Opened, files: readonly SealedFile[]): Promise<Sent> {
    const { reader, desk, now } = this.#parts
    const { id, leaf: message } = opened.statement
    const partition = reader.partitionOf(party)
    if (partition === undefined) throw unknownRecipient()
    const known = reader.message(partition, id)
    if (known !== undefined) return { message: known, duplicate: true }
    if (reader.isErased(partition, opened.correspondence)) {
      throw new NodeError('erased', 'this correspondence was erased: begin another')
    }
    const at = now()
    const { key, opening } = await this.#reception.openCorrespondence(partition, opened.correspondence, at)
    const attachments = []
    for (const file of files) {
      attachments.push({ key: base64url(file.key), list: await desk.blobs.putSealed(key, file.list) })
    }
    const salt = randomBytes(32)
    const leaf = trafficLeaf({ salt, message: opened.digest.slice('sha256:'.length), direction: 'sent', at })
    const { length: sizeClass } = pad(encodeEnvelope({ message, keys: files.map((file) => file.key) }))
    const event: MessageRecorded = {
      type: 'message',
      direction: 'sent',
      message: base64url(message),
      sizeClass,
      salt: base64url(salt),
      attachments,
      at,
    }
    await pen.record([
      ...opening,
      { keyId: key, event },
      { keyId: nodeKeyId, event: { type: 'traffic', leaf: Buffer.from(leaf).toString('hex') } },
    ])
    const written = reader.message(partition, id)
    if (written === undefined) throw new NodeError('storage-failed', 'the message was written and is not there')
    return { message: written, duplicate: false }
  }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
