import type Holidays from 'date-holidays'
import { ProcedureError } from '../procedure-error.ts'

/** What knows the holidays of all States: the one thing that the package `date-holidays` exports. */
export type HolidayBooks = typeof Holidays

let books: HolidayBooks | undefined

/**
 * The holidays of all States, loaded when a clock first counts working days: they take 35 MB and a fifth of a second,
 * and most nodes never need them.
 *
 * Throws ProcedureError `unknown-place` in a browser that was given none by {@link useHolidays}.
 */
export function holidayBooks(): HolidayBooks {
  books ??= loadBooks()
  return books
}

/** Gives a browser the holidays of all States, which it cannot load in the middle of a computation. */
export function useHolidays(given: HolidayBooks): void {
  books = given
}

function loadBooks(): HolidayBooks {
  // Not imported: this room runs in browsers, where there is no such module and may be no `process`.
  const module = globalThis.process?.getBuiltinModule?.('node:module')
  if (module === undefined) {
    throw new ProcedureError('unknown-place', 'no holidays are known here: give them by useHolidays() first')
  }
  // Safe: `require` of that package gives what its types say it exports by default.
  return module.createRequire(import.meta.url)('date-holidays') as HolidayBooks
}
