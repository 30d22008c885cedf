/**
 * `aggregator.json` (CSAF 2.0, requirements 21 to 23; schema aggregator_json_schema.json): where the trees of parties here
 * are, and of which other providers there is a copy.
 */
import type { ProviderRole } from '../sources/source-record.ts'
import type { CsafPublisher } from './facts.ts'
import { moment } from './provider-metadata.ts'

export interface ListedProvider {
  readonly publisher: CsafPublisher
  readonly role: ProviderRole
  /** Address of its provider metadata. */
  readonly url: string
  /** Of the metadata of its copy here, where there is one. */
  readonly mirror?: string
  /** Seconds from one look at it to the next, of a copy. */
  readonly every?: number
  /** Whole seconds since the epoch. */
  readonly updatedAt: number
}

/** Requirement 22: a lister lists at least two issuing parties; requirement 23: an aggregator mirrors two. */
export const leastProviders = 2

/** An aggregator mirrors two parties that are not one another; who mirrors fewer lists (section 7.2.5). */
export function isAggregator(providers: readonly ListedProvider[]): boolean {
  const mirrored = providers.filter(({ mirror }) => mirror !== undefined)
  return new Set(mirrored.map(({ publisher }) => publisher.namespace)).size >= leastProviders
}

export function aggregatorJson(
  keeper: { readonly name: string; readonly namespace: string; readonly url: string },
  providers: readonly ListedProvider[],
): object {
  const { name, namespace, url } = keeper
  const mirrors = isAggregator(providers)
  const entryOf = ({ publisher, role, url: at, mirror, updatedAt }: ListedProvider) => ({
    metadata: { last_updated: moment(updatedAt), publisher, role, url: at },
    ...(mirrors && mirror !== undefined ? { mirrors: [mirror] } : {}),
  })
  const ofPublishers = providers.filter(({ role }) => role === 'csaf_publisher')
  // The schema asks for a copy of each publisher, and for one provider at the least.
  const publishers = mirrors && ofPublishers.length < providers.length ? ofPublishers : []
  return {
    aggregator: { category: mirrors ? 'aggregator' : 'lister', name, namespace },
    aggregator_version: '2.0',
    canonical_url: url,
    csaf_providers: providers.filter((each) => !publishers.includes(each)).map(entryOf),
    ...(publishers.length === 0
      ? {}
      : {
          csaf_publishers: publishers.map((each) => ({
            ...entryOf(each),
            update_interval: `every ${Math.round((each.every ?? 0) / 60)} minutes`,
          })),
        }),
    last_updated: moment(Math.max(...providers.map(({ updatedAt }) => updatedAt))),
  }
}
