/** Times where a case has its clocks, by what the platform knows of zones: the room of procedures is not needed for it. */

const shapes = new Map<string, Intl.DateTimeFormat>()

/** Its parts in a zone, as numbers and as the offset is written: `+03:00`. */
function partsAt(at: number, zone: string): Readonly<Record<string, string>> {
  const shape =
    shapes.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    })
  shapes.set(zone, shape)
  return Object.fromEntries(shape.formatToParts(new Date(at * 1000)).map(({ type, value }) => [type, value]))
}

/** `2026-12-22 23:59:59 +03:00, Africa/Nairobi`; in UTC without the offset. `at` in seconds since the epoch. */
export function momentAt(at: number, zone: string): string {
  const { year, month, day, hour, minute, second, timeZoneName = '' } = partsAt(at, zone)
  const time = `${year}-${month}-${day} ${hour}:${minute}:${second}`
  if (zone === 'UTC') return `${time} UTC`
  return `${time} ${timeZoneName === 'GMT' ? '+00:00' : timeZoneName.replace('GMT', '')}, ${zone}`
}

/** The last second of a day, `2026-12-22`, in a zone; in seconds since the epoch. */
export function endOfDay(day: string, zone: string): number {
  const wanted = Date.parse(`${day}T23:59:59Z`) / 1000
  // Twice: the offset at the first guess may be that of the other side of a change.
  const first = wanted - offsetAt(wanted, zone)
  return wanted - offsetAt(first, zone)
}

function offsetAt(at: number, zone: string): number {
  const { year, month, day, hour, minute, second } = partsAt(at, zone)
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) / 1000 - at
}
