/**
 * `aggregator.json` of a lister (CSAF 2.0, requirements 21 and 22; schema aggregator_json_schema.json): where several
 * parties have their trees on one node, it says where each is. It mirrors nothing.
 */
import { moment } from './provider-metadata.ts'
import type { CsafPublisher } from './facts.ts'

export interface ListedProvider {
  readonly publisher: CsafPublisher
  /** Address of its provider metadata. */
  readonly url: string
  /** Whole seconds since the epoch. */
  readonly updatedAt: number
}

/** Requirement 22: a lister lists at least two issuing parties. */
export const leastProviders = 2

export function listerJson(
  keeper: { readonly name: string; readonly namespace: string; readonly url: string },
  providers: readonly ListedProvider[],
): object {
  const { name, namespace, url } = keeper
  return {
    aggregator: { category: 'lister', name, namespace },
    aggregator_version: '2.0',
    canonical_url: url,
    csaf_providers: providers.map((each) => ({
      metadata: {
        last_updated: moment(each.updatedAt),
        publisher: each.publisher,
        role: 'csaf_trusted_provider',
        url: each.url,
      },
    })),
    last_updated: moment(Math.max(...providers.map(({ updatedAt }) => updatedAt))),
  }
}
