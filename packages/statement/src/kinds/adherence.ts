import { type Static, Type } from 'typebox'
import { closed, date, documents, firstRepeated, list, provision, text } from './fields.ts'
import { defineKind, type PayloadProblem } from './kind.ts'
import { instrument } from './subjects.ts'

/** What is said about one provision, in the party's own words. */
export const declaration = closed({ provision, text: text(4000) })
export const withdrawal = closed({ after: date })

export const adherencePayload = closed({
  version: Type.Optional(text(64, 'symbol of the text adhered to, such as `A/66/359`')),
  declarations: Type.Optional(list(declaration, 32)),
  reservations: Type.Optional(list(declaration, 32)),
  withdrawal: Type.Optional(withdrawal),
  documents: Type.Optional(documents),
})

/** Payload of an `adherence`. */
export type AdherencePayload = Static<typeof adherencePayload>

export const adherenceKind = defineKind({
  name: 'adherence',
  title: 'Declaration of adherence',
  purpose:
    "A party's declaration that it adheres to an instrument, with declarations and reservations by provision. A later one replaces it; one with `withdrawal` ends it at that date by itself. It is never called a ratification.",
  schema: adherencePayload,
  sub: instrument,
  check: ({ version, declarations = [], reservations = [] }, { sub }) =>
    checkVersion(version, sub) ??
    checkProvisions('declarations', declarations, sub) ??
    checkProvisions('reservations', reservations, sub),
  example: {
    sub: 'urn:comity:instrument:gids',
    payload: {
      declarations: [{ provision: 'gids-8', text: 'We publish the update policy of every product.' }],
      reservations: [{ provision: 'gids-4', text: 'Except where the law of our seat demands a copy there.' }],
    },
  },
})

/**
 * The texts that an instrument has by now, where its symbol is verified: the Code of 2011, and that of 2015 which goes back
 * to it. A symbol of the Initiative nobody has verified yet, so none can be wrong.
 */
export const knownVersions: Readonly<Record<string, readonly string[]>> = {
  'urn:comity:instrument:code': ['A/66/359', 'A/69/723'],
}

/** That a text which is named is one of this instrument. */
export function checkVersion(version: string | undefined, sub: string): PayloadProblem | undefined {
  const known = knownVersions[sub]
  if (version === undefined || known === undefined || known.includes(version)) return undefined
  return { pointer: '/version', message: `is no text of ${sub}: its texts are ${known.join(', ')}` }
}

/** Each provision once, and only provisions of the instrument in `sub`. */
export function checkProvisions(
  member: string,
  items: readonly Static<typeof declaration>[],
  sub: string,
): PayloadProblem | undefined {
  const names = items.map((item) => item.provision)
  const repeated = firstRepeated(names)
  if (repeated >= 0)
    return { pointer: `/${member}/${repeated}/provision`, message: 'this provision stands above already' }
  const prefix = `${sub.slice(sub.lastIndexOf(':') + 1)}-`
  const foreign = names.findIndex((name) => !name.startsWith(prefix))
  if (foreign < 0) return undefined
  return {
    pointer: `/${member}/${foreign}/provision`,
    message: `is no provision of ${sub}: those start with ${prefix}`,
  }
}
