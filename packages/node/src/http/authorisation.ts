import type { FastifyReply, FastifyRequest } from 'fastify'
import { NodeError } from '../node-error.ts'
import type { TokenInfo } from '../vault/token.ts'
import type { HttpContext } from './context.ts'
import { RequestError } from './request-error.ts'

/** What a token permits, by who asks. Each returns a hook that runs before the body is read. */
export function authorisation({ vault, policy }: Pick<HttpContext, 'vault' | 'policy'>) {
  const bearer = (request: FastifyRequest): TokenInfo => {
    const header = request.headers.authorization
    if (header === undefined) {
      throw new NodeError('not-authorised', 'this takes a token: send it as Authorization: Bearer comity_…')
    }
    const token = /^bearer +(\S{1,200}) *$/i.exec(header)?.[1]
    const found = token === undefined ? undefined : vault.verifyToken(token)
    if (found === undefined) throw new NodeError('not-authorised', 'the token is unknown, revoked or malformed')
    return found
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
        done()
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },

    /** Whoever may store a document. Its bytes do not say whose they are, so only an `open` log takes it from anybody. */
    storing: async (request: FastifyRequest): Promise<void> => {
      if (policy.policy?.filing !== 'open') bearer(request)
    },

    admin: async (request: FastifyRequest): Promise<void> => {
      if (!bearer(request).admin) throw new RequestError('not-permitted', 'this takes an admin token')
    },

    /** The hosted party whose vault partition the token opens. */
    partyOf: (request: FastifyRequest): string => {
      const { party } = bearer(request)
      if (party === null) {
        throw new RequestError('not-permitted', 'this token opens no vault: it takes one issued for a hosted party')
      }
      return party
    },
  }
}

export type Authorisation = ReturnType<typeof authorisation>
