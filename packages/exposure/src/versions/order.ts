/** Orders that the rules of several ecosystems are made of. None depends on a language. */

/** By code unit, which for ASCII is by octet. */
export function compareText(a: string, b: string): number {
  return Number(a > b) - Number(a < b)
}

/** Decimal numbers of any length, without a loss of digits; leading zeros do not count. */
export function compareDigits(a: string, b: string): number {
  const left = withoutLeadingZeros(a)
  const right = withoutLeadingZeros(b)
  return left.length - right.length || compareText(left, right)
}

/** The first difference decides; where there is none, the shorter list comes first. */
export function compareLists<Item>(
  a: readonly Item[],
  b: readonly Item[],
  compare: (a: Item, b: Item) => number,
): number {
  for (const [index, left] of a.entries()) {
    const right = b[index]
    if (right === undefined) return 1
    const order = compare(left, right)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Item by item to the end of the longer list; `missing` stands where one has ended. */
export function comparePadded<Item>(
  a: readonly Item[],
  b: readonly Item[],
  missing: Item,
  compare: (a: Item, b: Item) => number,
): number {
  const length = Math.max(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const order = compare(a[index] ?? missing, b[index] ?? missing)
    if (order !== 0) return order
  }
  return 0
}

/** Whether the text is decimal digits and nothing else. */
export function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text)
}

/** `10` of `0010`, and `0` of `000`. */
export function withoutLeadingZeros(digits: string): string {
  let start = 0
  while (start < digits.length - 1 && digits[start] === '0') start += 1
  return digits.slice(start)
}
