import { type Static, Type } from 'typebox'
import { checkProvisions, checkVersion, declaration, withdrawal } from './adherence.ts'
import { closed, documents, list, text } from './fields.ts'
import { defineKind } from './kind.ts'
import { instrument } from './subjects.ts'

export const supportPayload = closed({
  version: Type.Optional(text(64, 'symbol of the text supported')),
  declarations: Type.Optional(list(declaration, 32)),
  withdrawal: Type.Optional(withdrawal),
  documents: Type.Optional(documents),
})

/** Payload of a `support` statement. */
export type SupportPayload = Static<typeof supportPayload>

export const supportKind = defineKind({
  name: 'support',
  title: 'Statement of support',
  purpose:
    'A company, community, organisation or person says that it supports an instrument that only States adhere to, and what it does about single provisions. There are no reservations to support.',
  schema: supportPayload,
  sub: instrument,
  check: ({ version, declarations = [] }, { sub }) =>
    checkVersion(version, sub) ?? checkProvisions('declarations', declarations, sub),
  example: {
    sub: 'urn:comity:instrument:gids',
    payload: { declarations: [{ provision: 'gids-7', text: 'Our products have no function their users cannot see.' }] },
  },
})
