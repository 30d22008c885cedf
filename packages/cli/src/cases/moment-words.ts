/** `2026-12-22 23:59:59 +03:00, Africa/Nairobi` of `2026-12-22T23:59:59+03:00[Africa/Nairobi]`. */
export function momentWords(moment: string): string {
  const [, day, time, offset, zone] = /^([0-9-]+)T([0-9:.]+)(Z|[+-][0-9:]+)\[(.+)\]$/.exec(moment) ?? []
  if (day === undefined || time === undefined) return moment
  return zone === 'UTC' ? `${day} ${time} UTC` : `${day} ${time} ${offset}, ${zone}`
}
