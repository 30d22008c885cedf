/**
 * A non-negative decimal with no sign and no leading zero, as every C2SP text format writes sizes,
 * indexes and times. Undefined for anything else, and above 2^53 − 1, where a JavaScript number
 * would no longer be exact.
 */
export function parseDecimal(text: string): number | undefined {
  if (text.length === 0 || text.length > 16) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) && value >= 0 && String(value) === text ? value : undefined
}

/** Whether the value can be an index, a size or a time in seconds: a safe integer ≥ 0. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
