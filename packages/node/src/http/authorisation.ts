import type { FastifyReply, FastifyRequest } from 'fastify'
import { NodeError } from '../node-error.ts'
import type { Bringer } from '../pipeline/admission.ts'
import type { TokenInfo } from '../vault/token.ts'
import type { HttpContext } from './context.ts'
import { RequestError } from './request-error.ts'

/** What a token permits, by who asks. Each returns a hook that runs before the body is read. */
export function authorisation({ vault, policy, addresses }: Pick<HttpContext, 'vault' | 'policy' | 'addresses'>) {
  const tokenIn = (header: string): TokenInfo | undefined => {
    const token = /^bearer +(\S{1,200}) *$/i.exec(header)?.[1]
    return token === undefined ? undefined : vault.verifyToken(token)
  }

  const strangers = new WeakSet<FastifyRequest>()

  const bearer = (request: FastifyRequest): TokenInfo => {
    const header = request.headers.authorization
    if (header === undefined) {
      throw new NodeError('not-authorised', 'this takes a token: send it as Authorization: Bearer comity_…')
    }
    const found = tokenIn(header)
    if (found === undefined) throw new NodeError('not-authorised', 'the token is unknown, revoked or malformed')
    return found
  }

  /** Anybody, a token or none; but who shows none is held back by his address when he posts without end. */
  const anybody = (request: FastifyRequest): void => {
    const { headers, socket } = request
    if (headers.authorization !== undefined && tokenIn(headers.authorization) !== undefined) return
    // Who came through no proxy is who is connected; the frame would look for proxies all the same.
    const ip = headers['x-forwarded-for'] === undefined ? (socket.remoteAddress ?? request.ip) : request.ip
    const retryAfter = addresses.take(ip)
    if (retryAfter === 0) return
    throw new RequestError(
      'too-many-requests',
      `too many posts from ${ip} without a token: try again in ${retryAfter} s, send batches, or file with a token`,
      { retryAfter },
    )
  }

  return {
    /**
     * Whoever may file. Where the policy in force is `open` that is anybody; where it is `listed` anybody may bring a
     * statement, and the judge takes those of listed parties; else it takes a token.
     */
    filing: (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
      // With a callback, because this runs for every statement and a promise is a turn of the loop more.
      try {
        if (policy.policy === undefined || policy.policy.filing === 'token') bearer(request)
        else anybody(request)
        done()
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },

    /**
     * Whoever may file one statement; where that takes a token, also strangers, whose statements are then no more than
     * copies: see {@link bringer}. A token that is shown has to be right.
     */
    filingOrCopying: (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
      try {
        const takesToken = policy.policy === undefined || policy.policy.filing === 'token'
        if (takesToken && request.headers.authorization !== undefined) bearer(request)
        else anybody(request)
        if (takesToken && request.headers.authorization === undefined) strangers.add(request)
        done()
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },

    /** As whom the node takes what a request brings. */
    bringer: (request: FastifyRequest): Bringer => (strangers.has(request) ? 'stranger' : 'filer'),

    /** Whoever may store a document. Its bytes do not say whose they are, so only an `open` log takes it from anybody. */
    storing: async (request: FastifyRequest): Promise<void> => {
      if (policy.policy?.filing === 'open') anybody(request)
      else bearer(request)
    },

    admin: async (request: FastifyRequest): Promise<void> => {
      if (!bearer(request).admin) throw new RequestError('not-permitted', 'this takes an admin token')
    },

    /** The hosted party of a token that is shown; undefined for everybody else, who sees what is public. */
    partyIfShown: (request: FastifyRequest): string | undefined =>
      tokenIn(request.headers.authorization ?? '')?.party ?? undefined,

    /** The hosted party whose vault partition the token opens. */
    partyOf: (request: FastifyRequest): string => {
      const { party } = bearer(request)
      if (party === null) {
        throw new RequestError(
          'not-permitted',
          'this token opens no vault: it takes one issued for a hosted party, by "comity token issue --party"',
        )
      }
      return party
    },
  }
}

export type Authorisation = ReturnType<typeof authorisation>
