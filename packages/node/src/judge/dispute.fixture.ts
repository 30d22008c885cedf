import { type CorePayloads, caseUrn } from '@comity/statement'
import type { Actor } from '@comity/testkit'

/** Moves of disputes, for tests of everything that a case goes through. */

export const disputeOf = (claimant: Actor, slug = 'builds'): string => caseUrn(claimant.urn, slug)

export interface MoveOptions {
  readonly iat: number
  readonly body?: CorePayloads['move']['body']
  readonly procedure?: string
  readonly place?: CorePayloads['move']['place']
  readonly by?: Parameters<Actor['sign']>[4]
}

/** A move of a dispute, in the name of its author. */
export function moveIn(author: Actor, urn: string, seat: string, move: string, options: MoveOptions): Uint8Array {
  const { iat, body = {}, procedure = 'dispute/1', place, by } = options
  return author.sign('move', urn, { procedure, move, seat, body, ...(place && { place }) }, iat, by)
}

export function notification(
  claimant: Actor,
  seat: string,
  respondents: readonly Actor[],
  { slug = 'builds', ...options }: MoveOptions & { readonly slug?: string },
): Uint8Array {
  const body = {
    respondents: respondents.map(({ urn }) => urn),
    subject: 'Updates that differ by place',
    urgency: 'normal',
    basis: 'Two builds of one release differ.',
    ...options.body,
  }
  return moveIn(claimant, disputeOf(claimant, slug), seat, 'notify', { ...options, body })
}
