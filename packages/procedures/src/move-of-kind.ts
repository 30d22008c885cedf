/** Statements of kinds `adherence` and `support` are moves of the procedure `adherence`. This says which. */
import { type AdherencePayload, parseInstrumentUrn, partyHex, type SupportPayload } from '@comity/statement'
import { atTime } from './at-time.ts'
import type { Case, Move } from './case.ts'
import { type Procedure, versionName } from './definition.ts'
import { adherence } from './procedures/adherence.ts'

/** Slugs that begin so are those of such cases; no other case is opened under them. */
export const adherenceSlugs = 'adherence.'

/** What the statement makes of a move: `Move` lacks but the statement's id, its author and its times. */
export interface MoveOfKind extends Pick<Move, 'urn' | 'name' | 'body'> {
  readonly kind: 'adherence' | 'support'
}

/** The procedure of such cases. */
export const adherenceProcedure: Procedure = adherence
export const adherenceVersion: string = versionName(adherence)

/** The case in which a party's adherence to an instrument is kept: `urn:comity:case:<hex>:adherence.code`. */
export function adherenceCase(party: string, instrument: string): string {
  return `urn:comity:case:${partyHex(party)}:${adherenceSlugs}${instrument}`
}

/**
 * The move that a statement of one of these kinds makes, in the order of its author's home log, which is the seat; undefined
 * for other kinds and for subjects that are no instrument. Total: whatever the schema of the kind allows is a move that is
 * possible in the case as its earlier moves have left it, so that a declaration never fails for the state of a case.
 *
 * @param so the case so far; undefined before the first statement
 * @param at when it takes effect, in seconds since the epoch
 */
export function moveOfKind(
  kind: string,
  sub: string,
  iss: string,
  payload: unknown,
  so: Case | undefined,
  at: number,
): MoveOfKind | undefined {
  const instrument = parseInstrumentUrn(sub)
  if ((kind !== 'adherence' && kind !== 'support') || instrument === undefined) return undefined
  // Safe: a statement's payload was read against the schema of its kind; support is adherence without reservations.
  const { withdrawal, ...said } = payload as AdherencePayload & SupportPayload
  const state = so === undefined ? undefined : atTime(adherence, so, at).state
  const name = nameOf(kind, state, withdrawal !== undefined)
  const hasForm = name === 'declare-until' || name === 'give-notice' || name === 'take-back-notice'
  // Safe: nothing but this procedure writes the fact of that name.
  const reserved = (so?.facts['reserved'] ?? {}) as Readonly<Record<string, number>>
  const isNew = said.reservations?.some(({ provision }) => !Object.hasOwn(reserved, provision)) === true
  const body = {
    instrument,
    ...said,
    ...(isNew ? { reservedAt: at } : {}),
    ...(hasForm ? { form: kind } : {}),
    ...(withdrawal === undefined ? {} : { until: withdrawal.after }),
  }
  return { urn: adherenceCase(iss, instrument), kind, name, body }
}

function nameOf(kind: 'adherence' | 'support', state: string | undefined, isNotice: boolean): string {
  if (state === undefined) return isNotice ? 'declare-until' : kind === 'support' ? 'support' : 'declare'
  if (isNotice) return 'give-notice'
  if (state === 'leaving') return 'take-back-notice'
  return kind === 'support' ? 'support-anew' : 'declare-anew'
}
