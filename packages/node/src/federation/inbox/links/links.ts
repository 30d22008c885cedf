import { constantTimeEqual, randomBytes, sha256 } from '@comity/crypto'
import { statementUrn } from '@comity/statement'
import { NodeError } from '../../../node-error.ts'
import { chunkCount } from '../attachments/chunk-cipher.ts'
import type { Directory } from '../directory.ts'
import { openMessage } from '../message/opened-message.ts'
import type { KeptLink, KeptMessage } from '../record/inbox-reader.ts'
import type { Reception, ReceptionParts } from '../receiving/reception.ts'
import { type LinkContent, sealLink } from './link-seal.ts'

/** A link just made. The secret in it is known to nobody but whom it is given to. */
export interface MadeLink {
  /** Where it is found: 32 hex digits. */
  readonly link: string
  /** What comes behind the `#`. */
  readonly secret: string
  readonly expiresAt: number
}

/** Seconds that a link may last: ninety days. */
const longestLink = 90 * 86_400

/** Messages for those who have no node: behind a link, to be opened in a browser. */
export class Links {
  readonly #parts: ReceptionParts
  readonly #reception: Reception

  constructor(parts: ReceptionParts, reception: Reception) {
    this.#parts = parts
    this.#reception = reception
  }

  /** Puts a message that its party has written behind a link. Errors: `not-yours`, `link-expired`. */
  async make(message: KeptMessage, expiresAt: number): Promise<MadeLink> {
    const { desk, now } = this.#parts
    const at = now()
    if (message.record.direction !== 'sent')
      throw new NodeError('not-yours', 'only what a party wrote itself goes behind a link')
    if (expiresAt <= at || expiresAt > at + longestLink) {
      throw new NodeError(
        'link-expired',
        `a link lasts for ${longestLink / 86_400} days at the most, and ends in the future`,
      )
    }
    const { secret, ciphertext, opener } = sealLink(this.#content(message))
    const link = Buffer.from(randomBytes(16)).toString('hex')
    await desk.write(async (pen) => {
      const blob = await desk.blobs.putCiphertext(ciphertext)
      const event = { type: 'link', link, message: message.record.id, blob, opener, expiresAt, at } as const
      await pen.record([{ keyId: message.key, event }])
    })
    return { link, secret, expiresAt }
  }

  /** Errors: `unknown-link`, `link-expired`. */
  find(link: string): KeptLink {
    const found = this.#parts.reader.link(link)
    if (found === undefined) throw new NodeError('unknown-link', 'there is no link of that name')
    if (found.expiresAt <= this.#parts.now()) throw new NodeError('link-expired', 'the link has expired')
    return found
  }

  /** What the page decrypts. */
  sealed(link: string): Uint8Array {
    return this.#parts.desk.blobs.getCiphertext(this.find(link).blob)
  }

  /** A sealed chunk of a file behind a link. Errors: `unknown-attachment`. */
  chunk(link: string, n: number, index: number): Uint8Array {
    const { reader, desk } = this.#parts
    const { message } = this.find(link)
    const attachment = reader.attachments(message).find((each) => each.n === n)
    const digest = attachment && reader.listOf(message, attachment)?.chunks[index]
    if (digest === undefined) throw new NodeError('unknown-attachment', 'the message has no such attachment or chunk')
    return desk.blobs.getCiphertext(digest)
  }

  /**
   * Notes that a link was opened, by what only an opened one can show, and gives the receipt: the same however often.
   * Errors: `wrong-opener`.
   */
  async opened(link: string, opener: Uint8Array): Promise<{ readonly receipt: Uint8Array; readonly at: number }> {
    const { desk, now, signer } = this.#parts
    const { record } = this.find(link)
    if (!constantTimeEqual(sha256(opener), Buffer.from(record.opener, 'hex'))) {
      throw new NodeError('wrong-opener', 'this does not show that the link was opened')
    }
    return desk.write(async (pen) => {
      const { message, record } = this.find(link)
      if (record.receipt !== undefined && record.openedAt !== undefined) {
        return { receipt: Buffer.from(record.receipt, 'base64url'), at: record.openedAt }
      }
      const at = now()
      const { id, sizeClass, attachments } = message.record
      const digest = this.#reception.digestOf(message)
      const receipt = signer.signFor('delivery', statementUrn(id), at, {
        digest,
        sizeClass,
        at,
        how: 'link',
        attachments: attachments.map(({ sealed }) => sealed),
      })
      const text = Buffer.from(receipt).toString('base64url')
      await pen.record([{ keyId: message.key, event: { type: 'link-opened', link, receipt: text, at } }])
      return { receipt, at }
    })
  }

  /** Drops what is behind links that have expired. */
  async sweep(): Promise<void> {
    const { desk, now } = this.#parts
    const rows = desk.view.prepare('SELECT blob FROM link WHERE expires <= ?').all(now())
    for (const { blob } of rows) await desk.blobs.deleteSealed(String(blob))
  }

  #content(message: KeptMessage): LinkContent {
    const { reader, directory } = this.#parts
    const content = reader.content(message)
    const { statement, payload } = openMessage(Buffer.from(content.message, 'base64url'))
    return {
      author: { urn: statement.iss, name: nameOf(directory, statement.iss) },
      ...(payload.other === undefined ? {} : { other: payload.other }),
      ...(payload.subject === undefined ? {} : { subject: payload.subject }),
      text: payload.text,
      iat: statement.iat,
      message: content.message,
      attachments: (payload.attachments ?? []).map(({ name, type, size, digest }, n) => ({
        name,
        type,
        size,
        digest,
        key: content.attachments[n]?.key ?? '',
        count: chunkCount(size),
      })),
    }
  }
}

function nameOf(directory: Directory, party: string): string {
  const names = directory.find(party)?.state.names ?? []
  return (names.find(({ language }) => language === 'en') ?? names[0])?.text ?? party
}
