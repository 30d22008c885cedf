/** Sources of documents that a keeper has a node follow: CSAF providers, feeds, folders. */
import { type Static, Type } from 'typebox'
import { at, closed, digest, oneOf, pageOf, pageQuery } from './fields.ts'

const count = Type.Integer({ minimum: 0 })
const name = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,39}$',
  description: 'what the keeper calls it, and the folder of its copy where it is a CSAF provider',
})
const address = Type.String({
  minLength: 1,
  maxLength: 2000,
  description: 'a domain or the address of `provider-metadata.json`; the address of a feed; or an absolute path',
})
const kind = oneOf(
  ['csaf', 'feed', 'folder'],
  '`csaf`: a CSAF provider; `feed`: one file (zip, tar, JSON, JSON lines); `folder`: a folder or file of the node’s machine',
)
const every = Type.Integer({ minimum: 60, maximum: 2_592_000, description: 'seconds from one run to the next' })
const allowPrivate = Type.Boolean({ description: 'whether its address may be in a private network, or plain http' })
const keys = Type.Array(Type.String({ minLength: 40, maxLength: 60 }), {
  maxItems: 16,
  description: 'fingerprints of OpenPGP keys, 40 hexadecimal digits; where there are any, no others count',
})

export const sourceFault = closed({
  test: Type.String({
    description:
      'of a CSAF document `hash`, `signature`, `schema`, the number of a mandatory test (`6.1.11`), `tlp`, `name`, `limits`, `absent`; else a problem code, such as `not-answered`',
  }),
  pointer: Type.String({ description: 'where in the document (RFC 6901), or in the list' }),
  message: Type.String(),
  right: Type.Optional(Type.String({ description: 'what would be right' })),
})
export type SourceFault = Static<typeof sourceFault>

const counts = closed({
  items: { ...count, description: 'documents that it lists' },
  taken: { ...count, description: 'new, or in a new revision' },
  refused: count,
  gone: { ...count, description: 'that it lists no longer' },
  received: { ...count, description: 'octets over the network' },
})

export const sourceRun = closed({
  outcome: oneOf(
    ['done', 'unchanged', 'partly', 'failed'],
    '`unchanged`: the source said so; `partly`: the next run fetches what is missing',
  ),
  begunAt: at,
  at: { ...at, description: 'when it ended, whole seconds since the epoch' },
  counts,
  faults: Type.Array(sourceFault, {
    description: 'why it is not whole, and what of its lists cannot be used; at most 100',
  }),
})
export type SourceRun = Static<typeof sourceRun>

export const sourceSchema = closed({
  name,
  kind,
  address,
  every,
  allowPrivate,
  keys,
  taken: { ...count, description: 'documents that are here' },
  refused: { ...count, description: 'documents that were refused when they were looked at last' },
  octets: { ...count, description: 'of those that are here' },
  running: Type.Optional({
    ...closed({ done: count, total: { ...count, description: '0 while that is not known' } }),
    description: 'a run under way',
  }),
  lastRun: Type.Optional(sourceRun),
  nextAt: { ...at, description: 'when the next run begins at the earliest; 0 for at once' },
  provider: Type.Optional({
    ...closed({
      metadata: Type.String({ description: 'where its metadata was found' }),
      foundBy: oneOf(['address', 'well-known', 'security.txt', 'dns']),
      role: oneOf(['csaf_publisher', 'csaf_provider', 'csaf_trusted_provider']),
      publisher: Type.String(),
      namespace: Type.String(),
      keys: Type.Array(Type.String(), { description: 'fingerprints of keys that count' }),
      signedHere: { ...count, description: 'documents without a signature of their own, signed by this node' },
    }),
    description: 'what a CSAF provider says of itself',
  }),
})
export type SourceSummary = Static<typeof sourceSchema>

export const sourcesResponse = closed({ sources: Type.Array(sourceSchema) })
export type SourcesResponse = Static<typeof sourcesResponse>

export const addSourceBody = closed({
  address,
  name: Type.Optional(name),
  kind: Type.Optional(kind),
  every: Type.Optional({ ...every, default: 3600 }),
  allowPrivate: Type.Optional({ ...allowPrivate, default: false }),
  keys: Type.Optional(keys),
})
export type AddSourceBody = Static<typeof addSourceBody>

export const addSourceResponse = closed({ outcome: oneOf(['added', 'changed', 'unchanged']), source: sourceSchema })
export type AddSourceResponse = Static<typeof addSourceResponse>

export const sourceParams = closed({ source: name })

export const sourceRefusalsQuery = pageQuery({})
export type SourceRefusalsQuery = Static<typeof sourceRefusalsQuery>

/** A document of a source that was refused, and why. */
export const sourceRefusal = closed({
  item: Type.String({ description: 'its address, or its name in the archive or folder' }),
  at,
  faults: Type.Array(sourceFault, { description: 'at most 50' }),
  kept: Type.Optional({ ...digest, description: 'an earlier revision of it, which is still here' }),
})
export type SourceRefusal = Static<typeof sourceRefusal>

export const sourceRefusalsResponse = pageOf(sourceRefusal)
export type SourceRefusalsResponse = Static<typeof sourceRefusalsResponse>
