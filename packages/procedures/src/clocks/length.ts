/** How long a clock runs, as laws say it. */
export type Length =
  | { readonly hours: number }
  /** Calendar days: to the end of the last of them, where the clock is. */
  | { readonly days: number }
  /** Days on which the place works, whose holidays are known. */
  | { readonly workingDays: number }
  /** Calendar months: the same day of a later one, or its last. */
  | { readonly months: number }

/** `10 days`, `24 hours`. */
export function lengthText(length: Length): string {
  if ('hours' in length) return counted(length.hours, 'hour')
  if ('days' in length) return counted(length.days, 'day')
  if ('workingDays' in length) return counted(length.workingDays, 'working day')
  return counted(length.months, 'month')
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
