import { type GivenKey, keyOfJwk } from '@comity/exposure/sigstore'
import type { PartyState } from '@comity/statement'

/** Keys of a party that envelopes are tried under: those that sign, once each, none that was in other hands. */
export function signingKeys({
  urn,
  keys,
  compromised,
}: Pick<PartyState, 'urn' | 'compromised'> & {
  readonly keys: readonly Pick<PartyState['keys'][number], 'kid' | 'jwk' | 'roles'>[]
}): readonly GivenKey[] {
  const lost = new Set(compromised.map(({ kid }) => kid))
  const found = new Map<string, GivenKey>()
  for (const { kid, jwk, roles } of keys) {
    const isForSigning = roles.includes('sign') && (jwk.kty === 'EC' || (jwk.kty === 'OKP' && jwk.crv === 'Ed25519'))
    if (isForSigning && !lost.has(kid)) found.set(kid, keyOfJwk(jwk, urn))
  }
  return [...found.values()]
}
