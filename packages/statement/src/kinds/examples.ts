/** Names that recur in the examples of kinds. All parties in them are fictitious. */
export const PARTY_A = `urn:comity:party:${'a1'.repeat(32)}`
export const PARTY_B = `urn:comity:party:${'b2'.repeat(32)}`
export const ORIGIN = 'log.north.invalid'
export const STATEMENT_ID = '5e'.repeat(32)
export const DIGEST = `sha256:${'d1'.repeat(32)}`
export const ROOT = `sha256:${'70'.repeat(32)}`
export const CASE = `urn:comity:case:${'a1'.repeat(32)}:builds`
export const PRODUCT = `urn:comity:product:${'a1'.repeat(32)}:gateway`
/** RFC 8032 §7.1, tests 1 to 3. */
export const KEY_1 = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' } as const
export const KEY_2 = { kty: 'OKP', crv: 'Ed25519', x: 'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw' } as const
export const KEY_3 = { kty: 'OKP', crv: 'Ed25519', x: '_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU' } as const
