/** What a party keeps to itself. Every call takes a token of that party, and nothing of it appears anywhere else. */
import { type Static, Type } from 'typebox'
import { at, closed, digest, names, oneOf, pageOf, pageQuery, partyUrn, statementId } from './fields.ts'

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
  withoutPurl: {
    ...count,
    description: 'components without a package URL: found by CPE, or by vendor and name, if at all',
  },
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

const packagesText =
  'of what it is the supplier, as keys: `pkg:npm/left`, `product:acme/relay`; with a slash at the end whatever lies below, `pkg:npm/%40acme/`; none: of everything'

const supplier = Type.String({
  minLength: 1,
  maxLength: 600,
  description: 'URN of the party whose statements are believed, or address of a source, as `origin` of a match has it',
})

export const believeSupplierBody = closed({
  supplier,
  packages: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 600 }), {
      maxItems: 256,
      default: [],
      description: packagesText,
    }),
  ),
})
export type BelieveSupplierBody = Static<typeof believeSupplierBody>

export const believedSupplierSchema = closed({
  id: hexId,
  supplier,
  packages: Type.Array(Type.String(), { description: packagesText }),
  since: at,
})
export type BelievedSupplier = Static<typeof believedSupplierSchema>

export const suppliersResponse = closed({ suppliers: Type.Array(believedSupplierSchema) })
export type SuppliersResponse = Static<typeof suppliersResponse>

export const supplierParams = closed({ id: hexId })

const saidState = oneOf(['affected', 'under_investigation', 'undetermined', 'fixed', 'not_affected'])
const matchState = oneOf(
  ['affected', 'under_investigation', 'undetermined', 'fixed', 'not_affected', 'remedied', 'mitigated'],
  'where all that is said comes to, the own word of the party first',
)

export const matchesQuery = pageQuery({
  state: Type.Optional(matchState),
  inventory: Type.Optional(hexId),
  advisory: Type.Optional(Type.String({ minLength: 1, maxLength: 600, description: 'advisory URN' })),
  vulnerability: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'any name of it' })),
  exploited: Type.Optional(Type.Boolean({ description: 'what is known to be exploited, or is not' })),
  order: Type.Optional(oneOf(['changed', 'priority'], 'what changed last first, or what is to be looked at first')),
})
export type MatchesQuery = Static<typeof matchesQuery>

/** Why a match stands as it does: package, range or listed version, and the comparison that decided. */
export interface MatchWhy {
  readonly reason: string
  readonly text: string
  readonly [member: string]: unknown
}

const why = Type.Unsafe<MatchWhy>({
  type: 'object',
  description: 'advisory, package, range and comparison that decided',
})

const standing = {
  state: matchState,
  by: oneOf(['operator', 'supplier', 'others'], 'whose word prevails; the operator is the party itself'),
  why,
  since: { ...at, description: 'when this began' },
  cause: oneOf(
    ['inventory', 'advisory', 'answer', 'trust'],
    'what brought it; `trust`: the party believes another supplier',
  ),
  statement: Type.Optional({ ...statementId, description: 'the advisory statement that decided' }),
  alert: Type.Boolean({ description: 'whether it was news that concerns the party' }),
  news: oneOf(['harmless', 'unchanged', 'new', 'worse', 'exploited', 'remediation'], 'why it was, or was not'),
}

/** One thing that the weight of a match rests on; `text` is a sentence about it. */
export interface MatchFact {
  readonly fact: 'exploited' | 'severity' | 'depth' | 'fix'
  readonly text: string
  readonly [member: string]: unknown
}

const citedAdvisory = closed({
  as: oneOf(
    ['deciding', 'beside', 'contrary', 'superseded', 'withdrawn', 'silent', 'unreadable'],
    'what it is to the match',
  ),
  state: saidState,
  why,
  format: oneOf(['OSV', 'CSAF', 'CVE', 'OpenVEX', 'CycloneDX']),
  document: Type.String({ description: 'what the document calls itself' }),
  origin: Type.String({
    description: 'the log in which it stands: of this node, or one that it mirrors; else the address of its source',
  }),
  sub: Type.Optional(Type.String({ description: 'URN of the advisory; absent where it is no statement' })),
  statement: Type.Optional({ ...statementId, description: 'its latest statement: the one to acknowledge' }),
  party: Type.Optional({ ...partyUrn, description: 'who published it' }),
  names: { ...names, description: 'what the publisher is called' },
  products: Type.Array(closed({ urn: Type.String(), name: Type.String() }), { description: 'what it is about' }),
  title: Type.String(),
  severity: Type.Optional(Type.String()),
  remedy: Type.Optional(
    closed({ kind: Type.String(), version: Type.Optional(Type.String()), url: Type.Optional(Type.String()) }),
  ),
  withdrawn: Type.Boolean(),
})
export type CitedAdvisory = Static<typeof citedAdvisory>

const match = {
  ...standing,
  id: hexId,
  inventory: closed({ id: hexId, name: Type.String() }),
  component: closed({
    purl: Type.Optional(Type.String({ description: 'absent where it was found by CPE, or by vendor and name' })),
    name: Type.String(),
    version: Type.Optional(Type.String()),
    path: Type.Array(Type.String(), { description: 'from the root of the dependency graph' }),
    occurrences: count,
  }),
  vulnerability: closed({
    id: Type.String({ description: 'its CVE identifier, else its GHSA, else the first of its names' }),
    names: Type.Array(Type.String(), { description: 'all of them, this one among them' }),
  }),
  advisory: { ...citedAdvisory, description: 'what decides' },
  others: Type.Array(citedAdvisory, { description: 'what else speaks of it, in the order of precedence' }),
  priority: Type.Array(Type.Unsafe<MatchFact>({ type: 'object' }), {
    description: 'what it weighs: exploitation, severity, depth, fix; none where nobody has to do anything',
  }),
  alertedAt: Type.Optional(at),
  acknowledged: Type.Optional(
    closed({
      state: oneOf(['affected', 'not_affected', 'mitigated', 'remedied']),
      justification: Type.Optional(Type.String()),
      sub: Type.String({ description: 'the advisory that was answered' }),
      statement: statementId,
      at,
    }),
  ),
  lookAgain: Type.Optional(
    Type.Boolean({ description: 'something that speaks of harm was said after the own word of the party' }),
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
      sub: Type.Optional(Type.String()),
      statement: Type.Optional(statementId),
      followed: Type.Optional({
        ...closed({ origin: Type.String(), name: Type.String() }),
        description: 'a document without a statement: address of its source, and what that calls it',
      }),
      code: Type.Optional(Type.String({ description: 'why nothing of it can be matched; absent when parts can' })),
      problems: count,
    }),
  ),
  failure: Type.Optional(Type.String({ description: 'problem code, while matching stands still' })),
})
export type UnreadAdvisoriesResponse = Static<typeof unreadAdvisoriesResponse>
