/** What a party keeps to itself. Every call takes a token of that party, and nothing of it appears anywhere else. */
import { type Static, Type } from 'typebox'
import { at, closed, digest, names, oneOf, origin, pageOf, pageQuery, partyUrn, statementId } from './fields.ts'

const hexId = Type.String({ pattern: '^[0-9a-f]{32}$', description: '32 hexadecimal digits' })
const count = Type.Integer({ minimum: 0 })

export const addInventoryQuery = closed({
  name: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'what the inventory is of; one of this name is replaced',
  }),
})
export type AddInventoryQuery = Static<typeof addInventoryQuery>

const inventory = {
  id: hexId,
  name: Type.String(),
  components: { ...count, description: 'components in the document, nested ones and repetitions included' },
  withoutPurl: { ...count, description: 'components without a package URL: nothing can be matched against them' },
  bytes: count,
  digest,
  revision: Type.Integer({ minimum: 1 }),
  addedAt: at,
}

export const inventorySchema = closed({
  ...inventory,
  problems: { ...count, description: 'parts that could not be used' },
})
export type Inventory = Static<typeof inventorySchema>

export const addInventoryResponse = closed({
  ...inventory,
  problems: Type.Array(closed({ pointer: Type.String(), code: Type.String(), message: Type.String() }), {
    description: 'parts of the document that could not be used: the first thousand, `total` counts all',
  }),
  counts: Type.Record(Type.String(), count),
  total: count,
  duplicate: Type.Boolean({ description: 'the very document was there under this name; nothing was written' }),
})
export type AddInventoryResponse = Static<typeof addInventoryResponse>

export const inventoriesResponse = closed({ inventories: Type.Array(inventorySchema) })
export type InventoriesResponse = Static<typeof inventoriesResponse>

export const inventoryParams = closed({ id: hexId })

const matchState = oneOf(['affected', 'under_investigation', 'undetermined', 'fixed', 'not_affected'])

export const matchesQuery = pageQuery({
  state: Type.Optional(matchState),
  inventory: Type.Optional(hexId),
  advisory: Type.Optional(Type.String({ minLength: 1, maxLength: 600, description: 'advisory URN' })),
})
export type MatchesQuery = Static<typeof matchesQuery>

/** Why a match stands as it does: package, range or listed version, and the comparison that decided. */
export interface MatchWhy {
  readonly reason: string
  readonly [member: string]: unknown
}

const standing = {
  state: matchState,
  why: Type.Unsafe<MatchWhy>({ type: 'object', description: 'advisory, package, range and comparison that decided' }),
  since: { ...at, description: 'when this began' },
  cause: oneOf(['inventory', 'advisory'], 'what brought it'),
  statement: { ...statementId, description: 'the advisory statement it was found with' },
  alert: Type.Boolean({ description: 'whether it was news that concerns the party' }),
}

const match = {
  ...standing,
  id: hexId,
  inventory: closed({ id: hexId, name: Type.String() }),
  component: closed({
    purl: Type.String(),
    name: Type.String(),
    version: Type.Optional(Type.String()),
    path: Type.Array(Type.String(), { description: 'from the root of the dependency graph' }),
    occurrences: count,
  }),
  advisory: closed({
    sub: Type.String(),
    statement: { ...statementId, description: 'its latest statement: the one to acknowledge' },
    origin: { ...origin, description: 'the log in which it stands: of this node, or one that it mirrors' },
    party: { ...partyUrn, description: 'who published it' },
    names: { ...names, description: 'what the publisher is called' },
    products: Type.Array(closed({ urn: Type.String(), name: Type.String() }), { description: 'what it is about' }),
    title: Type.String(),
    severity: Type.Optional(Type.String()),
    remedy: Type.Optional(
      closed({ kind: Type.String(), version: Type.Optional(Type.String()), url: Type.Optional(Type.String()) }),
    ),
    withdrawn: Type.Boolean(),
  }),
  alertedAt: Type.Optional(at),
  acknowledged: Type.Optional(
    closed({
      state: oneOf(['affected', 'not_affected', 'mitigated', 'remedied']),
      justification: Type.Optional(Type.String()),
      statement: statementId,
      at,
    }),
  ),
}
export const matchSchema = closed(match)
export type Match = Static<typeof matchSchema>

export const matchesResponse = pageOf(matchSchema)
export type MatchesResponse = Static<typeof matchesResponse>

export const matchParams = closed({ id: hexId })

export const matchResponse = closed({ ...match, history: Type.Array(closed(standing)) })
export type MatchResponse = Static<typeof matchResponse>

export const unreadAdvisoriesResponse = closed({
  advisories: Type.Array(
    closed({
      sub: Type.String(),
      statement: statementId,
      code: Type.Optional(Type.String({ description: 'why nothing of it can be matched; absent when parts can' })),
      problems: count,
    }),
  ),
  failure: Type.Optional(Type.String({ description: 'problem code, while matching stands still' })),
})
export type UnreadAdvisoriesResponse = Static<typeof unreadAdvisoriesResponse>
