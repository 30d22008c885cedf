/** Keys that the offices of a party name as theirs. */
import type { PartyPayload } from '../kinds/party.ts'
import { StatementError } from '../statement-error.ts'
import type { PartyKey } from './party-state.ts'

/**
 * What a key of an office can be for: what is written to it is sealed to a `seal` key, what it signs is verified with a
 * `sign` key. A key with no other role than `approve` is one person's, and contacts name no persons; `receipt`, `log`
 * and `witness` keys are a machine's, which answers nobody.
 */
const contactRoles = ['seal', 'sign'] as const

/** Keys that a message names in full. */
const namedMost = 4

/**
 * Refuses a contact whose `key` is none of the party's that count from this statement on: those of the same statement,
 * without what it or an earlier one declares compromised. `keys` are the party's as the statement leaves them.
 *
 * Throws StatementError `schema-violation` with the pointer `/contacts/i/key`.
 */
export function requireContactKeys({ contacts = [] }: PartyPayload, keys: readonly PartyKey[]): void {
  const counting = keys.filter(({ to }) => to === undefined)
  for (const [i, { key }] of contacts.entries()) {
    if (key === undefined) continue
    const named = counting.filter(({ kid }) => kid === key)
    if (named.some(isForContacts)) continue
    const [known] = named
    const what =
      known !== undefined
        ? `has role ${known.roles.join(' and ')}`
        : keys.some(({ kid }) => kid === key)
          ? 'counts no more: it was replaced, or declared compromised'
          : 'is none of the keys of this statement'
    throw new StatementError(
      'schema-violation',
      `party/contacts/${i}/key: ${key} ${what}; an office names a key to seal to, or one with which it signs: ${choice(counting)}`,
      `/contacts/${i}/key`,
    )
  }
}

function isForContacts({ roles }: PartyKey): boolean {
  return contactRoles.some((role) => roles.includes(role))
}

/** `3f… (sign), 9c… (seal)`: what would be right. */
function choice(counting: readonly PartyKey[]): string {
  const usable = counting.filter(isForContacts)
  if (usable.length === 0) return 'none of the keys is for that, so leave key out'
  const shown = usable.slice(0, namedMost).map(({ kid, roles }) => `${kid} (${roles.join(', ')})`)
  const left = usable.length - shown.length
  return `${shown.join(', ')}${left === 0 ? '' : `, and ${left} more`}`
}
