/** Keys that offices name: found by role or by how they begin, and carried on when the keys of a party change. */
import { type Contact, type PartyPayload, partyKeyThumbprint, toHex } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import { crypto } from '../crypto-port.ts'

type Keys = PartyPayload['keys']
type Key = Keys[number]

/** Digits that name a key at least. */
const leastDigits = 8

/**
 * The offices with the thumbprints of their keys in place of what was written: `seal` or `sign` for the only key of that
 * role, or how a thumbprint begins. Throws CliError `usage`.
 */
export function withContactKeys(contacts: readonly Contact[], keys: Keys): Contact[] {
  const usable = keys
    .filter(({ roles }) => roles.includes('seal') || roles.includes('sign'))
    .map((key) => ({ key, kid: kidOf(key) }))
  return contacts.map((contact) => {
    const { key: said } = contact
    if (said === undefined) return contact
    const found = usable.filter(({ key, kid }) =>
      said === 'seal' || said === 'sign'
        ? key.roles.includes(said) && key.kinds === undefined
        : said.length >= leastDigits && kid.startsWith(said),
    )
    const [only, ...others] = found
    if (only !== undefined && others.length === 0) return { ...contact, key: only.kid }
    const choice = usable.map(({ key, kid }) => `${kid.slice(0, 16)} (${key.roles.join(', ')})`).join(', ')
    throw new CliError(
      'usage',
      `the ${contact.function} contact names key ${said}, which is ${only === undefined ? 'none' : 'more than one'} of the party's keys to seal to or to sign with: ${choice}; say seal, sign, or how one begins with ${leastDigits} digits or more`,
    )
  })
}

/**
 * A party statement with other members, its keys among them. An office whose key goes names the one key that takes its
 * place, of the same roles and kinds; where that is not clear it names none, for a key that nobody has is worse.
 */
export function withChangedKeys(before: PartyPayload, change: Partial<PartyPayload>): PartyPayload {
  const after: PartyPayload = { ...before, ...change }
  const { contacts } = after
  if (contacts?.some(({ key }) => key !== undefined) !== true) return after
  const gone = new Set(after.compromise?.map(({ kid }) => kid))
  const counting = after.keys.map((key) => ({ key, kid: kidOf(key) })).filter(({ kid }) => !gone.has(kid))
  const carried = contacts.map(({ key: kid, ...contact }): Contact => {
    if (kid === undefined || counting.some((each) => each.kid === kid)) return { ...contact, ...(kid && { key: kid }) }
    const old = before.keys.find((each) => kidOf(each) === kid)
    const [heir, ...others] = counting.filter(({ key }) => old !== undefined && duties(key) === duties(old))
    return heir === undefined || others.length > 0 ? contact : { ...contact, key: heir.kid }
  })
  return { ...after, contacts: carried }
}

function duties({ roles, kinds }: Key): string {
  return JSON.stringify([[...roles].sort(), kinds ?? null])
}

function kidOf({ jwk }: Key): string {
  return toHex(partyKeyThumbprint(jwk, crypto))
}
