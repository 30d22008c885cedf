import type { ProductPayload } from '@comity/statement'
import { type Static, Type } from 'typebox'
import { at, closed, digest, names, pageOf, pageQuery, partyUrn, place } from './fields.ts'

/** A percent-encoded URN in a path, or as it is in a query. */
const urn = Type.String({ pattern: '^urn:comity:product:[0-9a-f]{64}:[a-z0-9._-]{1,64}$', description: 'product URN' })

export const productParams = closed({ urn })

export const productsQuery = pageQuery({
  party: Type.Optional(partyUrn),
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'part of its name' })),
})
export type ProductsQuery = Static<typeof productsQuery>

const productSummary = {
  urn: Type.String(),
  party: partyUrn,
  name: Type.String(),
  supportUntil: Type.Optional(at),
  portability: Type.Boolean({ description: 'whether it says how users take their data out' }),
  statement: place,
}
export const product = closed(productSummary)
export type ProductSummary = Static<typeof product>

export const productsResponse = pageOf(product)
export type ProductsResponse = Static<typeof productsResponse>

export const release = closed({
  urn: Type.String(),
  product: Type.String(),
  party: partyUrn,
  version: Type.String(),
  released: Type.String(),
  sbom: Type.Optional(digest),
  statement: place,
})
export type ReleaseSummary = Static<typeof release>

export const releasesQuery = pageQuery({ party: Type.Optional(partyUrn), product: Type.Optional(urn) })
export type ReleasesQuery = Static<typeof releasesQuery>

export const releasesResponse = pageOf(release)
export type ReleasesResponse = Static<typeof releasesResponse>

export const productResponse = closed({
  ...productSummary,
  names,
  payload: Type.Unsafe<ProductPayload>({ type: 'object', description: 'payload of the latest `product` statement' }),
  versions: Type.Array(place, { description: 'statements about it that took effect, newest first, at most 100' }),
  releases: Type.Array(release, { description: 'newest first, at most 100; all of them under /api/v1/releases' }),
  advisories: Type.Array(closed({ urn: Type.String(), id: Type.String(), title: Type.String(), statement: place }), {
    description: 'newest first, at most 100',
  }),
})
export type ProductResponse = Static<typeof productResponse>
