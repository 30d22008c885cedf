/**
 * `datetime` of the VERS specification, https://www.packageurl.org/docs/vers/: timestamps of RFC 3339
 * §5.6, ordered by the instant they mean. `2024-01-01T00:00:00.500+02:00`
 */
import { compareText } from './order.ts'
import { versionScheme } from './version-scheme.ts'

interface Instant {
  readonly seconds: number
  /** Digits after the point, without trailing zeros. */
  readonly fraction: string
}

const grammar =
  /^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})[Tt](?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(?:\.(?<fraction>[0-9]+))?(?:[Zz]|(?<sign>[+-])(?<offsetHour>[0-9]{2}):(?<offsetMinute>[0-9]{2}))$/

export const datetimeScheme = versionScheme<Instant>({
  name: 'RFC 3339 timestamps',
  kind: 'a timestamp',
  read: (text, refuse) => {
    const groups = grammar.exec(text)?.groups
    if (groups === undefined) return refuse('it is not YYYY-MM-DDThh:mm:ss with "Z" or an offset such as +02:00')
    const part = (name: string): number => Number(groups[name] ?? '0')
    // A second 60 is a leap second (RFC 3339 §5.7).
    if (part('hour') > 23 || part('minute') > 59 || part('second') > 60) return refuse('there is no such time of day')
    if (part('offsetHour') > 23 || part('offsetMinute') > 59) return refuse('there is no such offset')
    const date = new Date(0)
    date.setUTCFullYear(part('year'), part('month') - 1, part('day'))
    if (date.getUTCMonth() !== part('month') - 1 || date.getUTCDate() !== part('day')) {
      return refuse('there is no such day')
    }
    const offset = (part('offsetHour') * 60 + part('offsetMinute')) * (groups['sign'] === '-' ? -60 : 60)
    return {
      seconds: date.getTime() / 1000 + part('hour') * 3600 + part('minute') * 60 + part('second') - offset,
      fraction: withoutTrailingZeros(groups['fraction'] ?? ''),
    }
  },
  compare: (a, b) => a.seconds - b.seconds || compareText(a.fraction, b.fraction),
})

function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end -= 1
  return digits.slice(0, end)
}
