import type { FastifyRequest } from 'fastify'
import { addressKey, type RateLimits } from '../federation/peers/rate-limits.ts'
import { RequestError } from './request-error.ts'

/**
 * A hook that runs before the body is read: whoever asks more often than the limit `name` allows is told when to come
 * back. This machine itself is not counted; a proxy on it says for whom it asks (X-Forwarded-For).
 */
export function limitedByAddress<Name extends string>(limits: RateLimits<Name>, name: Name) {
  return async (request: FastifyRequest): Promise<void> => {
    const key = addressKey(request.ip)
    if (key !== undefined) refuseTooOften(limits.take(name, key))
  }
}

/** Throws RequestError `too-many-requests` where there are seconds to wait. */
export function refuseTooOften(seconds: number): void {
  if (seconds === 0) return
  throw new RequestError('too-many-requests', `too often: ask again in ${seconds} s`, { retryAfter: seconds })
}
