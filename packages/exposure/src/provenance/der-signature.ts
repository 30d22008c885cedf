/**
 * ECDSA signatures come in two forms: 64 octets `r || s` (RFC 7518 §3.4), and DER, `SEQUENCE { INTEGER r, INTEGER s }`
 * (RFC 3279 §2.2.3), which is what sigstore's tools write into envelopes.
 */

/** Whether octets are the DER of two positive integers of at most 32 octets each, and nothing else. */
export function isDerSignature(octets: Uint8Array): boolean {
  return fromDer(octets) !== undefined
}

/** `r || s`, 64 octets, of either form; undefined for anything else. */
export function rawSignature(octets: Uint8Array): Uint8Array | undefined {
  return fromDer(octets) ?? (octets.length === 64 ? octets : undefined)
}

function fromDer(octets: Uint8Array): Uint8Array | undefined {
  if (octets.length > 72 || octets[0] !== 0x30 || octets[1] !== octets.length - 2) return undefined
  const raw = new Uint8Array(64)
  let at = 2
  for (const end of [32, 64]) {
    const length = octets[at + 1] ?? 0
    const from = at + 2
    at = from + length
    if (octets[from - 2] !== 0x02 || length === 0 || at > octets.length) return undefined
    const leading = octets[from] ?? 0
    const isPadded = leading === 0 && length > 1
    // Positive, and in as few octets as it takes (X.690 §8.3.2).
    if (leading >= 0x80 || (isPadded && (octets[from + 1] ?? 0) < 0x80)) return undefined
    const value = octets.subarray(isPadded ? from + 1 : from, at)
    if (value.length > 32) return undefined
    raw.set(value, end - value.length)
  }
  return at === octets.length ? raw : undefined
}
