/**
 * Signed HTTP messages as Standard Webhooks 1.0.0 has them (standardwebhooks.com, § Signature scheme): HMAC-SHA256 over
 *
 *     webhook-id . webhook-timestamp . body
 *
 * with a secret that the two sides share. The identifier is the same at every attempt: whoever has seen it before has been
 * told before. The time is that of the attempt: whoever refuses an old one cannot be told again by somebody who listened.
 */
import { constantTimeEqual, randomBytes } from '@comity/crypto'
import { createHmac } from 'node:crypto'

/** Octets of a secret; the standard has 24 to 64. */
const secretBytes = 32

/** How far the two clocks may be apart, in seconds. */
export const clockTolerance = 300

/** A fresh secret, as it is handed over: `whsec_` and 44 characters of base64. */
export function mintWebhookSecret(): string {
  return `whsec_${Buffer.from(randomBytes(secretBytes)).toString('base64')}`
}

/** What the headers of a message say. */
export interface Signed {
  readonly id: string
  /** Whole seconds since the epoch. */
  readonly timestamp: number
  readonly body: string
}

/** The three headers of a message. */
export function signatureHeaders(secret: string, message: Signed): Readonly<Record<string, string>> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': `v1,${mac(secret, message).toString('base64')}`,
  }
}

/** Whether a message is whole, by who has the secret, and of now: for receivers, and for tests. */
export function isGenuine(
  secret: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  now: number,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures } = headers
  if (id === undefined || signatures === undefined || !/^\d{1,12}$/.test(time ?? '')) return false
  const timestamp = Number(time)
  if (Math.abs(timestamp - now) > clockTolerance) return false
  const expected = mac(secret, { id, timestamp, body })
  return signatures.split(' ').some((each) => {
    const given = Buffer.from(each.startsWith('v1,') ? each.slice(3) : '', 'base64')
    return given.length === expected.length && constantTimeEqual(given, expected)
  })
}

function mac(secret: string, { id, timestamp, body }: Signed): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest()
}
