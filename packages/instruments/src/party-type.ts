/** Every kind of party that can be bound by, or take part in, an instrument. */
export const partyTypes = [
  'state',
  'organisation',
  'provider',
  'operator',
  'technical-community',
  'civil-society',
  'person',
] as const

export type PartyType = (typeof partyTypes)[number]
