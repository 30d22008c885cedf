import type { SMTPTransportOptions } from 'nodemailer/lib/smtp-transport'
import { NodeError } from '../../node-error.ts'
import { type Outcome, never, untold } from './outcome.ts'

/** The mail server that takes the node's mail, as its keeper configured it. */
export interface MailRelayOptions {
  /** `smtps://host:465`, TLS from the first byte, or `smtp://host:587`, STARTTLS before anything else; with a user or without. */
  readonly url: string
  /** The sender of all mail: `alerts@node.example`. */
  readonly from: string
  /** For the user in `url`. */
  readonly password?: string
  /** Certificates to trust in place of the machine's, PEM. */
  readonly ca?: string | Buffer
}

/** One mail, plain text. */
export interface Mail {
  readonly to: string
  /** The same at each attempt to bring the same mail: it is its Message-ID, by which mailboxes know a second copy. */
  readonly id: string
  readonly subject: string
  readonly text: string
}

/** Longest waits, in milliseconds: for a connection, for the greeting, and for an answer (RFC 5321 §4.5.3.2 has minutes). */
const patience = { connectionTimeout: 30_000, greetingTimeout: 30_000, socketTimeout: 120_000 }

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Local part, and a domain with a dot or an address of this machine: what people have, not all that RFC 5321 allows. */
const mailPattern =
  /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)*[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i

/** Whether a text is one mail address, without a name or anything beside it. */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && mailPattern.test(text) && !text.includes('..')
}

/**
 * Hands mail to the keeper's relay (SMTP submission, RFC 6409). Without TLS it hands over nothing, unless the relay is on
 * this very machine. The relay alone decides where mail goes on to.
 */
export class MailRelay {
  readonly #options: SMTPTransportOptions
  readonly #from: string

  /** Throws NodeError `bad-subscription` for what is no relay or no sender. */
  constructor({ url: text, from, password, ca }: MailRelayOptions) {
    const url = URL.parse(text)
    if (url === null || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
      throw new NodeError('bad-relay', 'the mail relay is no address such as smtps://alerts@mail.example:465')
    }
    if (url.password !== '') {
      throw new NodeError(
        'bad-relay',
        'the address of the mail relay holds a password: give it in a file, or by the environment',
      )
    }
    if (!isMailAddress(from))
      throw new NodeError('bad-relay', 'the sender is no mail address such as alerts@node.example')
    const isTls = url.protocol === 'smtps:'
    const isPlain = !isTls && loopback.test(url.hostname) && ca === undefined
    const user = decodeURIComponent(url.username)
    this.#from = from
    this.#options = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
      secure: isTls,
      requireTLS: !isTls && !isPlain,
      ignoreTLS: isPlain,
      tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
      ...(user === '' ? {} : { auth: { user, pass: password ?? '' } }),
      ...patience,
      disableFileAccess: true,
      disableUrlAccess: true,
    }
  }

  /** Makes one attempt. Never rejects: what an error of a relay says may repeat the mail, so only its numbers are kept. */
  async send({ to, id, subject, text }: Mail): Promise<Outcome> {
    // Most nodes send no mail: what does is loaded when there is one.
    const { createTransport } = await import('nodemailer')
    const transport = createTransport(this.#options)
    try {
      await transport.sendMail({
        from: this.#from,
        to: { name: '', address: to },
        envelope: { from: this.#from, to: [to] },
        messageId: `<${id}@${this.#from.slice(this.#from.lastIndexOf('@') + 1)}>`,
        subject,
        text,
        // No vacation notice answers it (RFC 3834 §5.1).
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      return { told: true }
    } catch (error) {
      return failureOf(error)
    } finally {
      transport.close()
    }
  }
}

/** By the codes of nodemailer and the reply of the relay: 4yz is for now, 5yz for good (RFC 5321 §4.2.1). */
function failureOf(error: unknown): Outcome {
  // nodemailer's errors carry both members; of anything else they are missing.
  const { code, responseCode: status } = error as { readonly code?: unknown; readonly responseCode?: unknown }
  const said = typeof status === 'number' ? { status } : {}
  if (code === 'EAUTH' || code === 'ENOAUTH') return untold('not-authorised', said)
  if (code === 'ETLS') return untold('not-trusted', said)
  if (typeof status === 'number') return status >= 500 ? never('refused', status) : untold('refused', said)
  return untold(isCertificateError(error) ? 'not-trusted' : 'not-reached')
}

function isCertificateError(error: unknown): boolean {
  // nodemailer hands the error of the socket on, with a code of its own in place of that of TLS.
  return error instanceof Error && /certificate|self.signed|unable to verify|tls|ssl/i.test(error.message)
}
