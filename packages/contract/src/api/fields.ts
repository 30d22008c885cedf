/** Shapes that several parts of the API share. */
import { fields, partyTypes } from '@comity/statement'
import { type TProperties, type TSchema, Type } from 'typebox'

const { closed, oneOf } = fields
export { closed, oneOf }

export const digest = fields.digest
export const partyUrn = fields.party
export const statementId = fields.statementId
export const kid = fields.kidHex
export const provisionId = fields.provision
export const origin = fields.origin
export const language = fields.language

/** Whole seconds since the epoch. */
export const at = fields.seconds

export const index = Type.Integer({ minimum: 0, description: 'index in the log' })
export const logSize = Type.Integer({ minimum: 0, description: 'number of entries' })

export const partyType = oneOf(partyTypes)

/** A name in one language. */
export const localized = closed({ language, text: Type.String() })
export const names = Type.Array(localized)

/** A statement that took effect: where it stands and where and when that happened. */
export const place = closed({
  id: statementId,
  origin: { ...origin, description: 'the log it stands in: of this node, or one that it mirrors' },
  index,
  effective: { ...index, description: 'index at which it took effect: its own, or that of its last missing approval' },
  at: { ...at, description: 'time of the time leaf that closes its batch, whole seconds since the epoch' },
})

/** A statement at its place in a log, and when that log had it. */
export const stands = closed({ id: statementId, origin, index, at })

/** A party by its URN, with its names as the register has them; without any where the register does not know it. */
export const named = closed({ party: partyUrn, names })

export const documentReference = closed({ digest, size: logSize, type: Type.String() })

/** Most items one page has, and how many it has when nobody says. */
export const pageLimit = 200
export const pageDefault = 50

/** A query that lists in pages. Unknown parameters are refused, so that a misspelt filter does not list everything. */
export function pageQuery<P extends TProperties>(properties: P) {
  return closed({
    ...properties,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageLimit, default: pageDefault })),
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 300, description: 'the `next` of the page before, as it came' }),
    ),
  })
}

/** One page of a list. */
export function pageOf<S extends TSchema>(item: S) {
  return closed({
    items: Type.Array(item),
    next: Type.Optional(Type.String({ description: 'cursor of the next page; absent on the last one' })),
  })
}
