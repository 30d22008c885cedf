/** Versions of the data by which days are counted: whoever comes to another deadline compares these first. */
export interface Calendars {
  /** IANA time zone database, such as `2026c`. */
  readonly zones: string
  /** Package and version that the holidays of States come from. */
  readonly holidays: string
}

let known: Calendars | undefined

/** What clocks are counted by here. A browser does not say which zones it has, nor which holidays it was given. */
export function calendars(): Calendars {
  known ??= { zones: globalThis.process?.versions?.['tz'] ?? 'unknown', holidays: holidaysVersion() }
  return known
}

function holidaysVersion(): string {
  // Not imported: this room runs in browsers, where there is no such module and may be no `process`.
  const module = globalThis.process?.getBuiltinModule?.('node:module')
  if (module === undefined) return 'unknown'
  // Safe: every package has its name and version there.
  const { name, version } = module.createRequire(import.meta.url)('date-holidays/package.json') as Named
  return `${name} ${version}`
}

interface Named {
  readonly name: string
  readonly version: string
}
